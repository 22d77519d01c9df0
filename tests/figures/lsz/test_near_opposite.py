"""Starts almost opposite: time and norm of the turn tend to their laws."""

import numpy as np
import pytest

from lindyn.figures.lsz import near_opposite


@pytest.mark.parametrize("depth", near_opposite.DEPTHS)
def test_turn_near_opposite_tends_to_its_law(depth):
    data = near_opposite.compute_turn_near_opposite()
    for name, limit in (("time", 1e-6 if depth == 3 else 1e-11), ("norm", 1e-10)):
        quotient = data[f"{name}_{depth}"] / data[f"law_{name}_{depth}"]
        assert abs(quotient[-1] - 1) < limit
        assert abs(quotient[12] - 1) < 0.1
    norms = data[f"norm_{depth}"]
    assert np.all(np.diff(norms) < 0)
    assert norms[-1] / norms[-9] == pytest.approx(1e-2 ** (depth / 2), rel=1e-9)


@pytest.mark.parametrize("depth", near_opposite.PRINTED_DEPTHS)
def test_print_guarantees_a_right_angle_pi_times_the_exponent_later(depth):
    data = near_opposite.compute_turn_near_opposite()
    ratio = np.log(data["gap"][-9] / data["gap"][-1])
    true, printed = (
        np.log(data[f"{name}_{depth}"][-1] / data[f"{name}_{depth}"][-9]) / ratio
        for name in ("time", "printed")
    )
    assert true == pytest.approx((depth - 2) / 2, abs=1e-5)
    assert printed == pytest.approx(np.pi * true, rel=1e-4)
    small = data["gap"] < 0.01
    assert np.all(data[f"printed_{depth}"][small] > data[f"time_{depth}"][small])
