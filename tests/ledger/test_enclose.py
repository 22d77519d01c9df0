"""Enclosures hold the true infimum, and say so when they cannot."""

from __future__ import annotations

import math

import pytest

from lindyn.ledger.base import CheckError
from lindyn.ledger.checks import Enclosure
from lindyn.ledger.enclose import infimum, least


def test_the_gain_function_is_enclosed():
    found = infimum(lambda x: 0.3 - x / (1 + x.exp()), 0.0, 20.0, width=1e-6)
    exact = 0.3 - 0.2784645427610738  # W(1/e)
    assert found.lower <= exact <= found.upper
    assert found.upper - found.lower <= 1e-6
    assert found.where["x"] == pytest.approx(1.2784645, abs=1e-2)


def test_an_infimum_at_an_end_is_enclosed():
    found = infimum(lambda x: x.exp(), 0.0, 1.0)
    assert found.lower <= 1.0 <= found.upper


def test_too_few_boxes_are_an_error():
    with pytest.raises(CheckError, match="50 boxes"):
        infimum(lambda x: (50 * x).sin() * x, 0.0, 20.0, width=1e-12, boxes=50)


def test_a_pole_is_never_certified():
    with pytest.raises(CheckError):
        infimum(lambda x: 1 / x, -1.0, 1.0, boxes=200)


def test_parts_are_joined():
    joined = least(Enclosure(0.1, 0.2, {"x": 1}, 3), Enclosure(0.05, 0.3, {"x": 2}, 4))
    assert joined == Enclosure(0.05, 0.2, {"x": 1}, 7)
    assert not math.isnan(joined.lower)
