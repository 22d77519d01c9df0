"""Rows written by page, and searches by the factor of a bound."""

from __future__ import annotations

import pytest

from lindyn.ledger.model import Domain, Effort, Proof, Row, Uniform, Verdict
from lindyn.ledger.writing import Page, factor, farthest, quotient

PAGE = Page("lsz/turning")
LINE = Domain(x=Uniform(0.0, 1.0))


def ceiling(x, factor):
    """The claim x ≤ factor on the unit interval, where 1 is best."""
    return factor - x


def test_a_row_stands_on_its_page_with_its_proof():
    check = factor(ceiling, LINE, 0.97)
    row = PAGE.row("own-a", "A", check, "own-b", "own-c", note="said")
    assert row == Row(
        "own-a", "A", "lsz/turning", Proof.FULL, ("own-b", "own-c"), check, note="said"
    )
    assert PAGE.row("own-a", "A", None, proof=Proof.CITED).proof is Proof.CITED


def test_a_shared_row_names_whose_check_it_shares():
    row = PAGE.shared("own-a", "A", "own-b", "own-c", repair="a gap")
    assert (row.shares_check_of, row.check, row.uses) == ("own-b", None, ("own-c",))
    assert row.verdict is Verdict.REPAIRED


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (PAGE.definition, "a definition"),
        (PAGE.assumption, "an assumption"),
        (PAGE.figure, "a figure; its arrays are tested against frozen values"),
    ],
)
def test_what_needs_no_control_says_why(write, reason):
    row = write("own-a", "A", "own-b", note="said")
    assert (row.no_control, row.note, row.uses) == (reason, "said", ("own-b",))
    assert row.check is None


def test_the_claim_has_factor_one_and_the_control_moves_it():
    check = factor(ceiling, LINE, 0.97, "1, at x = 1", tolerance=1e-12, evaluations=50)
    assert check.changed == "factor 1 → 0.97"
    assert (check.tolerance, check.evaluations, check.sharp_at) == (1e-12, 50, {"factor": 1.0})
    found = check.run(Effort())
    assert found.holds
    assert found.sharp == "1, at x = 1"
    assert check.refute_control(Effort()).refutes


def test_a_control_far_from_the_best_factor_is_refused():
    with pytest.raises(ValueError, match="not within 5 %"):
        factor(ceiling, LINE, 0.5, "1, at x = 1")
    assert factor(ceiling, LINE, 0.5, "not known", best=None).sharp_at == {}
    assert factor(ceiling, LINE, 0.5).sharp is None


def test_the_sharp_factor_may_be_computed():
    assert factor(ceiling, LINE, 0.97, lambda: f"{1.0:.1f}").sharp() == "1.0"


def test_a_quotient_tends_to_one():
    check = quotient(lambda: 1.0005, 1e-3, "late")
    assert check.run(Effort()).holds
    assert check.refute_control(Effort()).refutes
    assert check.domain_text == "late"


def test_of_several_quotients_the_farthest_from_one_counts():
    assert farthest([1.01, 0.97, 1.02]) == 0.97
    assert farthest(x for x in (1.0, 1.004)) == 1.004
