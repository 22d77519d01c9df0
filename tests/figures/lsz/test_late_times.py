"""Late times: the laws are approached, from runs of all layers."""

import numpy as np
import pytest

from lindyn import UniformSphere, gradient_flow
from lindyn.figures.lsz import late_times, runs
from lindyn.networks import balanced
from lindyn.risks import SphericalLogistic


@pytest.mark.parametrize("depth", late_times.DEPTHS)
def test_late_law_is_approached(depth):
    data = late_times.compute_late_law()
    assert data[f"apart_{depth}"][-1] < (1e-6 if depth == 1 else 1e-9)
    late = data["t"] > 1e8
    clock = np.log(data["t"][late])
    for name, power in (("norm", 1), ("angle", 2), ("loss", -1)):
        slope = np.polyfit(clock, np.log(data[f"{name}_{depth}"][late]), 1)[0]
        assert slope == pytest.approx(power * depth / (depth + 2), abs=1e-5), name
    apart = np.polyfit(clock, np.log(data[f"apart_{depth}"][late]), 1)[0]
    assert apart == pytest.approx(-2 / 3 if depth == 1 else -1, abs=0.08)


@pytest.mark.parametrize("depth", late_times.DEPTHS[1:])
def test_late_law_starts_as_all_layers_do(depth):
    data = late_times.compute_late_law()
    some = data["t"] < 25
    times = data["t"][some]
    risk = SphericalLogistic(UniformSphere(2), runs.TEACHER)
    w = gradient_flow(risk, balanced(runs.START, depth), times).product[:, 0]
    norm = np.linalg.norm(w, axis=1)
    assert norm == pytest.approx(data[f"norm_{depth}"][some], rel=1e-6)
    angle = -np.log(2) - 2 * np.log(np.sin(np.arctan2(np.abs(w[:, 0]), w[:, 1]) / 2))
    assert angle == pytest.approx(data[f"angle_{depth}"][some], rel=1e-6, abs=1e-8)
