"""Infinite depth: limits and their orders."""

import numpy as np
import pytest

from lindyn.figures.synthesis import infinite_depth


@pytest.fixture(scope="module")
def infinite():
    return infinite_depth.compute_infinite()


def test_size_and_constant_have_their_limits_in_first_order(infinite):
    for name in ("lag", "constant"):
        assert infinite_depth.order(infinite, name) == pytest.approx(1.0, abs=0.02)
    assert infinite["constant"][-1] == pytest.approx(infinite_depth.constant_limit(), rel=1e-5)


def test_turning_round_takes_exponentially_long(infinite):
    sines = -np.log(np.sin(np.radians(infinite_depth.OPPOSITE)))
    assert infinite_depth.growth(infinite) == pytest.approx(sines, abs=0.02)


def test_the_turn_at_infinity_is_approached_from_above(infinite):
    above = infinite["turn"] - infinite["turn_limit"]
    assert np.all(above > 0)
    assert np.all(np.diff(above) < 0)
    assert above[-1] < 0.2


def test_deep_predictors_stay_near_the_first_direction_that_separates(infinite):
    direction = infinite["direction"]
    assert direction[-1, 0] == pytest.approx(infinite_depth.BEST, abs=0.05)
    assert np.all(np.diff(direction[:, -1]) < 0)
    missing = infinite_depth.BORDER - direction[-1]
    assert np.all(np.diff(missing) < 0)
    assert 0 < missing[-1] < 7
