"""Our own results on deep networks, as drawn: late times, and the turn of the norm."""

import numpy as np
import pytest

from lindyn import UniformSphere, gradient_flow
from lindyn.figures import lsz_own
from lindyn.networks import balanced
from lindyn.risks import SphericalLogistic


@pytest.mark.parametrize("depth", lsz_own.DEPTHS)
def test_late_law_is_approached(depth):
    data = lsz_own.compute_late_law()
    assert data[f"apart_{depth}"][-1] < (1e-6 if depth == 1 else 1e-9)
    late = data["t"] > 1e8
    clock = np.log(data["t"][late])
    for name, power in (("norm", 1), ("angle", 2), ("loss", -1)):
        slope = np.polyfit(clock, np.log(data[f"{name}_{depth}"][late]), 1)[0]
        assert slope == pytest.approx(power * depth / (depth + 2), abs=1e-5), name
    apart = np.polyfit(clock, np.log(data[f"apart_{depth}"][late]), 1)[0]
    assert apart == pytest.approx(-2 / 3 if depth == 1 else -1, abs=0.08)


@pytest.mark.parametrize("depth", lsz_own.DEPTHS[1:])
def test_late_law_starts_as_all_layers_do(depth):
    data = lsz_own.compute_late_law()
    some = data["t"] < 25
    times = data["t"][some]
    risk = SphericalLogistic(UniformSphere(2), lsz_own.TEACHER)
    w = gradient_flow(risk, balanced(lsz_own.START, depth), times).product[:, 0]
    norm = np.linalg.norm(w, axis=1)
    assert norm == pytest.approx(data[f"norm_{depth}"][some], rel=1e-6)
    angle = -np.log(2) - 2 * np.log(np.sin(np.arctan2(np.abs(w[:, 0]), w[:, 1]) / 2))
    assert angle == pytest.approx(data[f"angle_{depth}"][some], rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("depth", lsz_own.TURN_DEPTHS)
def test_turn_near_opposite_tends_to_its_law(depth):
    data = lsz_own.compute_turn_near_opposite()
    for name, limit in (("time", 1e-6 if depth == 3 else 1e-11), ("norm", 1e-10)):
        quotient = data[f"{name}_{depth}"] / data[f"law_{name}_{depth}"]
        assert abs(quotient[-1] - 1) < limit
        assert abs(quotient[12] - 1) < 0.1
    norms = data[f"norm_{depth}"]
    assert np.all(np.diff(norms) < 0)
    assert norms[-1] / norms[-9] == pytest.approx(1e-2 ** (depth / 2), rel=1e-9)


@pytest.mark.parametrize("depth", lsz_own.PRINTED_DEPTHS)
def test_print_guarantees_a_right_angle_pi_times_the_exponent_later(depth):
    data = lsz_own.compute_turn_near_opposite()
    ratio = np.log(data["gap"][-9] / data["gap"][-1])
    true, printed = (
        np.log(data[f"{name}_{depth}"][-1] / data[f"{name}_{depth}"][-9]) / ratio
        for name in ("time", "printed")
    )
    assert true == pytest.approx((depth - 2) / 2, abs=1e-5)
    assert printed == pytest.approx(np.pi * true, rel=1e-4)
    small = data["gap"] < 0.01
    assert np.all(data[f"printed_{depth}"][small] > data[f"time_{depth}"][small])


@pytest.mark.parametrize("depth", lsz_own.BOUNDED_DEPTHS)
def test_turning_norm_lies_between_its_bounds(depth):
    data = lsz_own.compute_turning_norm()
    for k in range(len(lsz_own.SIZES)):
        exact = data[f"exact_{depth}_{k}"]
        assert np.all(exact <= data[f"above_{depth}"] * (1 + 1e-12))
        assert np.all(exact >= data[f"below_{depth}_{k}"] * (1 - 1e-12))
        assert np.all(np.diff(exact) <= 1e-14)
        floor = np.cos(np.radians(data["angle"]) / 2) ** (2 * depth)
        assert np.all(exact >= floor * (1 - 1e-12))
    # A small start attains the upper bound, to the share of its own curvature.
    assert np.all(data[f"exact_{depth}_0"] > 0.8 * data[f"above_{depth}"])
