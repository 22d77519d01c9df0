"""Starts of rank-one flows: what is asked for is what they are, by routes that do not meet."""

import numpy as np
import pytest

from lindyn.ledger.domain import Domain
from lindyn.ledger.rank_one_starts import ANY, SHAPE, SIZE, grow, integrated, launch, log_nu

DOMAIN = Domain(**SHAPE, **ANY, **SIZE)


@pytest.mark.parametrize("case", DOMAIN.sample(40, np.random.default_rng(3)))
def test_vectors_have_length_one_and_the_ratio_asked_for(case):
    start = launch(**case)
    a, b = (start.p + start.m) / np.sqrt(2), (start.p - start.m) / np.sqrt(2)
    assert a @ a == pytest.approx(1, rel=1e-12)
    assert b @ b == pytest.approx(1, rel=1e-12)
    assert start.s0 == pytest.approx(case["size"] * case["top"])
    if case["ratio"] < 1e8:
        assert abs(a[0] + b[0]) == pytest.approx(case["ratio"] * abs(a[0] - b[0]), rel=1e-6)


@pytest.mark.parametrize("depth", [2, 3, 6])
def test_readings_against_integration(depth):
    start = launch(depth, 3, 0.7, 0.3, 0.5, "spread", True, 4, 0.2, 2.0)
    view = start.at(2.0)
    a1, b1, pull, s = integrated(start, view.t)
    assert view.product == pytest.approx(a1 * b1, rel=1e-7)
    assert view.missing == pytest.approx(1 - a1 * b1, rel=1e-7)
    assert view.pull == pytest.approx(pull, rel=1e-7)
    assert view.lag == pytest.approx(start.first - pull, rel=1e-7)
    assert view.s == pytest.approx(s, rel=1e-7)
    grown = start.p[0] * np.exp(start.first * view.tau - log_nu(start, view.tau))
    assert view.record.plus[0] == pytest.approx(grown, rel=1e-10)


@pytest.mark.parametrize("depth", [2, 3, 7])
def test_clock_of_the_slowest_path(depth):
    """Its derivative is 1/(start^{2/N−1} + (N − 2)·speed·t)."""
    t, h = 0.8, 1e-5
    slope = (grow(0.3, 1.7, t + h, depth) - grow(0.3, 1.7, t - h, depth)) / (2 * h)
    assert slope == pytest.approx(1 / (0.3 ** (2 / depth - 1) + (depth - 2) * 1.7 * t), rel=1e-8)
