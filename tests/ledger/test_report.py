"""Synthetic statements: everything that must be red is red, and green when it is right."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import sympy

from lindyn.ledger.model import (
    Asymptotic,
    Certified,
    Cited,
    Domain,
    Effort,
    Enclosure,
    Integer,
    Printed,
    Proof,
    Row,
    Searched,
    Symbolic,
    Uniform,
    Verdict,
)
from lindyn.ledger.report import JSON_KEYS, examine

x = sympy.Symbol("x")
LINE = Domain(x=Uniform(-2, 2), n=Integer(1, 3))


def parabola(x, n, c=1.0):
    """At least 0 for every x and n exactly where c ≤ 1."""
    return x * x + 1 - 2 * c * x


def enclosed(c):
    """Enclose the smallest value of x² + 1 − 2cx."""
    return Enclosure(1 - c * c - 1e-9, 1 - c * c + 1e-9, {"x": c})


def row(check, **changes) -> Row:
    return replace(Row("own-try", "A try", "lsz/turning", Proof.FULL, check=check), **changes)


RIGHT = {
    "searched": Searched(parabola, LINE, {"c": 1.0}, {"c": 1.04}, sharp_at={"c": 1.0}),
    "symbolic": Symbolic(
        lambda: [sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1], lambda: [sympy.sin(x) ** 2 - 1]
    ),
    "certified": Certified(enclosed, "all x", {"c": 0.999}, {"c": 1.04}),
    "asymptotic": Asymptotic(lambda: 1.99, expected=2.0, band=0.05, control=2.1),
}
FALSE = {
    "searched": replace(RIGHT["searched"], constants={"c": 1.01}),
    "symbolic": replace(RIGHT["symbolic"], residuals=lambda: [sympy.sin(2 * x) - sympy.sin(x)]),
    "certified": replace(RIGHT["certified"], constants={"c": 1.001}),
    "asymptotic": replace(RIGHT["asymptotic"], measure=lambda: 1.9),
}
IDLE_CONTROL = {
    "searched": replace(RIGHT["searched"], control={"c": 0.99}),
    "symbolic": replace(RIGHT["symbolic"], control=lambda: [(x + 1) ** 2 - x**2 - 2 * x - 1]),
    "certified": replace(RIGHT["certified"], control={"c": 0.9}),
    "asymptotic": replace(RIGHT["asymptotic"], control=2.01),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_a_true_statement_with_a_refuted_control_is_green(kind):
    report = examine(row(RIGHT[kind]), Effort(1))
    assert report.failures == ()
    assert (report.kind, report.control, report.verdict) == (kind, True, Verdict.HOLDS)
    assert report.slack >= 0


@pytest.mark.parametrize("kind", FALSE)
def test_a_false_statement_is_red(kind):
    report = examine(row(FALSE[kind]), Effort(1))
    assert any("slack" in failure for failure in report.failures)
    assert report.verdict is Verdict.OPEN


@pytest.mark.parametrize("kind", IDLE_CONTROL)
def test_a_control_that_is_not_refuted_is_red(kind):
    report = examine(row(IDLE_CONTROL[kind]), Effort(1))
    assert report.control is False
    assert any("control not refuted" in failure for failure in report.failures)


@pytest.mark.parametrize(
    ("slack", "message"),
    [
        (lambda x, n: None, "never met"),
        (lambda x, n: math.nan, "NaN"),
        (lambda x, n: 1 / 0, "ZeroDivisionError: division by zero at"),
        (lambda x, n: 1 + 1 / np.exp(np.float64(1e3 * n)), "RuntimeWarning: overflow"),
    ],
    ids=["never met", "nan", "exception", "warning"],
)
def test_a_search_that_cannot_judge_is_red(slack, message):
    report = examine(row(Searched(slack, LINE), no_control="a try"), Effort(1))
    assert message in "; ".join(report.failures)
    assert report.as_json()["slack"] is None


def test_nan_is_red_for_every_kind():
    for check in (
        Certified(lambda: (math.nan, {}), "nothing"),
        Asymptotic(lambda: math.nan, expected=0, band=1),
    ):
        assert examine(row(check, no_control="a try"), Effort(1)).failures


def test_a_check_without_control_needs_a_reason():
    check = replace(RIGHT["searched"], control={})
    assert "no negative control" in examine(row(check), Effort(1)).failures[0]
    report = examine(row(check, no_control="an identity by definition"), Effort(1))
    assert report.failures == ()
    assert report.control is None
    assert "an identity by definition" in report.as_json()["note"]


def test_a_dropped_hypothesis_is_a_control():
    def everywhere(x, n):
        return x

    def positive(x, n):
        return x if x > 0 else None

    report = examine(row(Searched(positive, LINE, control_slack=everywhere)), Effort(1))
    assert report.failures == ()
    assert report.control is True


def test_a_control_far_from_sharp_is_refused():
    with pytest.raises(ValueError, match="5 %"):
        replace(RIGHT["searched"], control={"c": 1.2})


def test_the_tolerance_is_part_of_the_slack():
    check = Searched(lambda x, n: -1e-12, LINE, tolerance=1e-10)
    report = examine(row(check, no_control="a try"), Effort(1))
    assert report.slack == pytest.approx(1e-10 - 1e-12)


def printed(slack: float) -> Printed:
    return Printed(Verdict.FALSE, "x", "y", "z", lambda: slack, "x = 1", "nothing", weight=2)


def test_the_printed_form_must_be_refuted():
    report = examine(row(RIGHT["searched"], printed=printed(-0.5)), Effort(1))
    assert (report.failures, report.verdict) == ((), Verdict.FALSE)
    assert "-0.5" in report.as_json()["note"]
    for idle in (0.0, 0.5, math.nan):
        report = examine(row(RIGHT["searched"], printed=printed(idle)), Effort(1))
        assert any("printed form is not refuted" in f for f in report.failures)


def test_a_printed_form_is_red_when_the_corrected_form_fails():
    assert examine(row(FALSE["searched"], printed=printed(-0.5)), Effort(1)).failures


def test_verdicts_are_computed():
    assert row(None, repair="a gap").verdict is Verdict.REPAIRED
    assert row(None, unchecked="about others").verdict is Verdict.UNCHECKED
    assert row(None, proof=Proof.OPEN).verdict is Verdict.OPEN
    with pytest.raises(ValueError, match="MISPRINT or FALSE"):
        replace(printed(-1), nature=Verdict.HOLDS)


def test_a_citation_runs_nothing():
    report = examine(row(Cited("Arora et al. 2018, Theorem 1"), proof=Proof.CITED), Effort(1))
    assert (report.kind, report.slack, report.control, report.failures) == ("cited", None, None, ())
    assert "Arora" in report.as_json()["note"]


def test_json_has_exactly_the_keys_of_the_design():
    report = examine(row(RIGHT["searched"]), Effort(1))
    keys = "id paper page proof verdict kind slack where control seconds note".split()
    assert list(report.as_json()) == keys == list(JSON_KEYS)


def test_runs_repeat_themselves():
    first, again = (examine(row(RIGHT["searched"]), Effort(5)) for _ in range(2))
    assert (first.slack, first.where, first.control_where) == (
        again.slack,
        again.where,
        again.control_where,
    )
