"""Stored worst cases: used while their stamp is right, red when it is not."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from lindyn.ledger import report, stored, verify
from lindyn.ledger.model import Domain, Proof, Row, Searched, Uniform

HELP = 2.0


def helper(x):
    return HELP * x


def slack(x, c=1.0):
    return x * x + 1 - c * helper(x)


CHECK = Searched(slack, Domain(x=Uniform(-2, 2)), {"c": 1.0}, {"c": 1.04})


def row(check=CHECK) -> Row:
    return Row("own-try", "A try", "lsz/turning", Proof.FULL, check=check)


def test_without_stored_cases_a_searched_row_is_red_until_the_deep_run(ledger_of):
    ledger_of(row())
    [before] = verify.run(["own-try"], jobs=1)
    assert verify.red(before) == ["no stored worst cases: run verify --deep"]
    [deep] = verify.run(["own-try"], deep=10_000, jobs=1)
    assert deep.cases == 10_000
    entry = stored.load()["own-try"]
    assert entry["slack"] == deep.slack
    [after] = verify.run(["own-try"], jobs=1, fresh=True)
    assert verify.red(after) == []
    assert after.slack <= deep.slack


def test_a_changed_check_makes_its_stamp_stale(ledger_of):
    ledger_of(row())
    verify.run(["own-try"], deep=10_000, jobs=1)
    ledger_of(row(replace(CHECK, constants={"c": 0.9})))
    [found] = verify.run(["own-try"], jobs=1, fresh=True)
    assert "changed since" in verify.red(found)[0]


def test_a_red_row_stores_nothing(ledger_of):
    ledger_of(row(replace(CHECK, constants={"c": 1.1})))
    verify.run(["own-try"], deep=10_000, jobs=1)
    assert stored.load() == {}


def test_other_entries_survive_a_write(ledger_of):
    ledger_of()
    stored.write({"own-a": {"stamp": "1"}})
    stored.write({"own-b": {"stamp": "2"}})
    assert set(stored.load()) == {"own-a", "own-b"}


@pytest.mark.parametrize(
    "changed",
    [
        replace(CHECK, constants={"c": 1.01}),
        replace(CHECK, control={"c": 1.03}),
        replace(CHECK, domain=Domain(x=Uniform(-2, 3))),
        replace(CHECK, tolerance=1e-9),
        replace(CHECK, slack=lambda x, c: slack(x, c)),
        replace(CHECK, control_slack=slack),
    ],
)
def test_the_stamp_sees_every_part_of_the_check(changed):
    assert stored.stamp(changed) != stored.stamp(CHECK)


def test_the_stamp_sees_constants_helpers_and_bound_arguments(monkeypatch):
    before = stored.stamp(CHECK)
    monkeypatch.setitem(globals(), "HELP", 2.5)
    assert stored.stamp(CHECK) != before
    one, two = (replace(CHECK, slack=partial(slack, c=c)) for c in (1.0, 2.0))
    assert stored.stamp(one) != stored.stamp(two)
    assert stored.stamp(one) == stored.stamp(replace(CHECK, slack=partial(slack, c=1.0)))


def test_green_reports_are_kept_and_red_ones_run_again(ledger_of, monkeypatch):
    calls = []

    def counted(x):
        calls.append(x)
        return 1.0

    ledger_of(row(Searched(counted, Domain(x=Uniform(0, 1)))))
    report.quick("own-try")
    once = len(calls)
    report.quick("own-try")
    assert len(calls) == 2 * once  # red: no control and no reason
    ledger_of(
        replace(row(Searched(counted, Domain(x=Uniform(0, 1)))), id="own-other", no_control="a try")
    )
    report.quick("own-other")
    calls.clear()
    report.quick("own-other")
    assert calls == []
