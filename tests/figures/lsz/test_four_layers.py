"""Figure 1b: set up as the paper says, and between the bounds it shows."""

import numpy as np
import pytest

from lindyn import UniformSphere, gradient_flow
from lindyn.figures.lsz import four_layers, runs
from lindyn.risks import SphericalLogistic


@pytest.fixture(scope="module")
def data():
    return four_layers.compute_fig_1b()


def test_figure_1b_runs_as_the_paper_says(data):
    assert (four_layers.DEPTH, four_layers.RESTART, four_layers.STUCK) == (4, 18_000, (5.0, 10.0))
    assert data["sgd_gap"][0] == pytest.approx(1.8)
    assert data["sgd_norm"][0] == pytest.approx(1.0)
    assert data["n"][-1] == four_layers.STEPS
    assert data["imbalance"][0] < 1e-14


def test_figure_1b_flow_is_the_one_of_all_four_layers(data):
    """The closed form against the integration of the weights, started as the paper writes it."""
    rng = np.random.default_rng(7)
    u = [np.array(runs.START)]
    for width in four_layers.WIDTHS:
        frame = rng.standard_normal(width)
        u.append(frame / np.linalg.norm(frame))
    weights = [np.outer(outer, inner) for inner, outer in zip(u[:-1], u[1:], strict=True)]
    some = slice(None, None, 60)
    risk = SphericalLogistic(UniformSphere(2), runs.TEACHER)
    run = gradient_flow(risk, (*weights, u[-1][None, :]), data["t"][some])
    norm = np.linalg.norm(run.product[:, 0], axis=1)
    assert norm == pytest.approx(data["flow_norm"][some], rel=1e-8)
    assert run.risk == pytest.approx(data["flow_loss"][some], rel=1e-8)
    assert 1 - run.product[:, 0, 1] / norm == pytest.approx(data["flow_gap"][some], abs=1e-8)


def test_figure_1b_sgd_follows_the_flow_with_noise(data):
    """The noise of the gradient drives it off by some per cent of the norm, not more."""
    apart = np.abs(data["sgd_norm"] / data["flow_norm"] - 1)
    assert 1e-4 < apart.max() < 0.05
    assert np.max(np.abs(data["sgd_loss"] - data["flow_loss"])) < 0.01
    angles = [2 * np.arcsin(np.sqrt(data[f"{name}_gap"] / 2)) for name in ("sgd", "flow")]
    assert np.max(np.abs(angles[0] - angles[1])) < 0.02
    # Descent loses balance at the second order of the step only.
    assert data["imbalance"].max() < runs.STEP


def test_figure_1b_bounds_hold_and_touch_where_they_are_restarted(data):
    for restart in (0, four_layers.RESTART):
        after = data["n"] >= restart
        above, below, gap = data[f"above_{restart}"], data[f"below_{restart}"], data["flow_gap"]
        assert np.all(np.isnan(above[~after]))
        assert np.all(np.isnan(below[~after]))
        assert np.all(above[after] >= gap[after] * (1 - 1e-11))
        assert np.all(below[after] <= gap[after] * (1 + 1e-11))
        assert above[after][0] == pytest.approx(gap[after][0], rel=1e-11)
        assert below[after][0] == pytest.approx(gap[after][0], rel=1e-11)
    assert np.all(data["norm_below"] <= data["flow_norm"] * (1 + 1e-12))
    assert np.all(data["flow_norm"] <= data["norm_above"] * (1 + 1e-12))


def test_figure_1b_restart_lies_after_the_turn_and_in_the_second_phase(data):
    assert data["turning"] < four_layers.RESTART * runs.STEP
    late = data["n"] > four_layers.RESTART
    assert np.all(data["above_18000"][late] < data["above_0"][late])


def test_figure_1b_stuck_period_is_the_passage_by_the_least_norm(data):
    """The speed of φ, κ‖w‖^{1/2}, is least at the turn; near it the loss passes ln 2."""
    first, last = data["near"]
    assert four_layers.STUCK[0] < first < data["turning"] < four_layers.STUCK[1]
    assert last == pytest.approx(four_layers.STUCK[1], abs=0.5)
    near = (data["t"] > first) & (data["t"] < last)
    assert np.all(data["flow_norm"][near] < 1.05 * data["turning_norm"])
    assert np.all(data["flow_norm"][~near] > 1.049 * data["turning_norm"])
    inside = (data["t"] >= 5) & (data["t"] <= 10)
    loss, gap = data["flow_loss"][inside], data["flow_gap"][inside]
    assert loss[0] > np.log(2) > loss[-1]
    assert loss[0] - loss[-1] < 0.015
    assert gap[0] - gap[-1] > 0.45
    phi = 0.5 * np.log(2 / data["flow_gap"] - 1)
    slowest = data["t"][np.argmin(np.diff(phi)[:-1])]
    assert abs(slowest - data["turning"]) <= four_layers.RECORD_EVERY * runs.STEP
