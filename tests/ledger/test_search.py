"""The hunt finds worst cases, visits corners and repeats itself exactly."""

from __future__ import annotations

import math

import pytest

from lindyn.ledger.base import CheckError
from lindyn.ledger.model import Angle, Choice, Domain, Integer, Log, Uniform
from lindyn.ledger.search import hunt


@pytest.mark.parametrize("coordinate", [Uniform(-2, 5), Log(1e-6, 1e6), Angle(), Angle(0.1, 1)])
def test_unit_interval_round_trip(coordinate):
    for k in range(101):
        assert coordinate.unit(coordinate.value(k / 100)) == pytest.approx(k / 100, abs=1e-7)
    values = [coordinate.value(k / 100) for k in range(101)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (coordinate.lo, coordinate.hi)


@pytest.mark.parametrize("bad", [lambda: Log(0, 1), lambda: Uniform(1, 1), lambda: Integer(2, 1)])
def test_impossible_coordinates_are_refused(bad):
    with pytest.raises(ValueError, match="needs"):
        bad()
    with pytest.raises(ValueError, match="at least one"):
        Domain()


def test_every_corner_is_visited():
    domain = Domain(norm=Log(1e-3, 1e3), angle=Angle(), depth=Integer(1, 40), law=Choice("a", "b"))
    record = hunt(lambda **case: 1.0, domain, evaluations=300, seed=1)
    for name, coordinate in domain.coordinates.items():
        met = {case[name] for _, case in record.met}
        assert set(coordinate.corners) <= met, name


def test_few_discrete_cases_are_enumerated():
    domain = Domain(n=Integer(1, 5), law=Choice("a", "b", "c"))
    record = hunt(lambda n, law: n, domain, evaluations=60, seed=1)
    assert {(c["n"], c["law"]) for _, c in record.met} == {
        (n, law) for n in range(1, 6) for law in "abc"
    }


def valley(x, y, n):
    """Smallest, and 1e-6 below 0, on a curved floor at x = 0.7, and only for n = 3."""
    return (x - 0.7) ** 2 + 10 * (y - x * x) ** 2 + abs(n - 3) - 1e-6


def test_descent_finds_a_narrow_worst_case():
    domain = Domain(x=Uniform(-1, 1), y=Uniform(-1, 1), n=Integer(1, 1000))
    value, case = hunt(valley, domain, evaluations=2000, seed=7).worst
    assert value < 0
    assert case["n"] == 3
    assert case["x"] == pytest.approx(0.7, abs=2e-3)


def test_the_seed_decides_everything():
    domain = Domain(x=Uniform(-1, 1), y=Uniform(-1, 1), n=Integer(1, 1000))
    first, again = (hunt(valley, domain, evaluations=300, seed=7).met for _ in range(2))
    assert first == again
    assert first != hunt(valley, domain, evaluations=300, seed=8).met


def test_the_budget_is_kept_and_used():
    record = hunt(lambda x: x * x, Domain(x=Uniform(-1, 1)), evaluations=500, seed=2)
    assert record.evaluations == 500


def test_the_hunt_stops_at_the_first_refutation():
    record = hunt(lambda x: x, Domain(x=Uniform(-1, 1)), evaluations=500, seed=2, stop_below=0)
    assert record.worst[0] < 0
    assert record.evaluations < 20


def test_nan_and_exceptions_name_the_case():
    domain = Domain(x=Uniform(-1, 1))
    with pytest.raises(CheckError, match=r"NaN at x = "):
        hunt(lambda x: math.nan, domain, evaluations=10, seed=1)
    with pytest.raises(CheckError, match=r"ZeroDivisionError.* at x = "):
        hunt(lambda x: 1 / (x - x), domain, evaluations=10, seed=1)


def test_choices_are_stored_by_label():
    domain = Domain(f=Choice(math.sin, math.cos), n=Integer(1, 2), x=Log(1, 2))
    case = {"f": math.cos, "n": 2, "x": 1.5}
    assert domain.label(case) == {"f": "cos", "n": 2, "x": 1.5}
    assert domain.from_label(domain.label(case)) == case
    with pytest.raises(ValueError, match="does not fit"):
        domain.from_label({"x": 1.5})
