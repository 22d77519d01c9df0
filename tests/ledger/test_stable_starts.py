"""Starts of EFT's stable set and their distance to the target, by routes that do not meet."""

import numpy as np
import pytest

from lindyn.ledger.domain import Domain
from lindyn.ledger.induced_distance import Approach, distance
from lindyn.ledger.stable_starts import FAR, MOMENTS, STABLE, moment, stable


@pytest.mark.parametrize("case", Domain(**STABLE).sample(40, np.random.default_rng(5)))
def test_starts_lie_in_the_set(case):
    at = stable(**case)
    a, b = (at.launch.p + at.launch.m) / np.sqrt(2), (at.launch.p - at.launch.m) / np.sqrt(2)
    assert np.linalg.norm(a) == pytest.approx(1, rel=1e-12)
    assert np.linalg.norm(b) == pytest.approx(1, rel=1e-12)
    assert a[0] * b[0] >= at.alpha - 1e-12
    assert 0 <= at.gamma <= at.alpha * (1 + 1e-12) < 1 < at.beta
    assert at.alpha - at.gamma <= at.launch.s0 / at.launch.first < at.beta
    W = at.launch.s0 * np.outer(a, b)
    W[0, 0] -= at.launch.first
    scale = (at.launch.s0 + at.launch.first) ** 2
    loss = np.exp(at.log_loss(at.launch.at(0.0)))
    assert loss == pytest.approx(np.sum(W**2) / 2, rel=1e-6, abs=1e-14 * scale)


def test_time_to_come_near():
    case = dict.fromkeys(("turn_u", "turn_v", "skew"), 0.3)
    at = stable(3, 2.0, 0.5, 0.2, 0.4, 50.0, 0.1, inside=0.8, **case)
    assert at.launch.at(at.near()).s == pytest.approx(FAR * 0.5, rel=1e-12)
    near = stable(3, 2.0, 0.5, 0.2, 0.4, 2.0, 0.1, inside=0.8, **case)
    assert near.near() == 0


@pytest.mark.parametrize("case", Domain(**MOMENTS).sample(20, np.random.default_rng(6)))
def test_slope_is_that_of_the_distance(case):
    """The slope of all layers against a difference quotient of the integrated distance."""
    case |= {"depth": 3, "size": 0.7, "lean_u": 0.9, "lean_v": 0.4}
    at = moment(**case)
    start = Approach(
        tuple(at.state.sigma), tuple(at.state.a), tuple(at.state.b), at.state.s, 3, at.m
    )
    h = 1e-4 / (at.speed / at.state.s * (at.first + at.state.s))
    ends = [distance(start, t) ** 2 / 2 for t in (h, 2 * h)]
    assert distance(start, h) == pytest.approx(np.sqrt(2 * at.loss), rel=1e-2)
    assert 2 * ends[0] - 1.5 * at.loss - ends[1] / 2 == pytest.approx(
        h * at.slope, rel=1e-4, abs=1e-9 * at.loss
    )
