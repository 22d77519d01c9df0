"""Figure 1a: set up as the paper says, in a band around the flow, below its bounds."""

import numpy as np
import pytest

from lindyn.figures.lsz import one_layer, runs


def test_figure_1a_runs_as_the_paper_says():
    assert (runs.TEACHER, runs.START) == ((0.0, 1.0), (0.6, -0.8))
    assert (runs.STEP, runs.BATCH, one_layer.RESTART) == (1e-3, 1000, 5000)
    data = one_layer.compute_fig_1a()
    assert data["sgd_gap"][0] == pytest.approx(1.8)
    assert data["sgd_norm"][0] == pytest.approx(1.0)
    assert data["n"][-1] == one_layer.STEPS


def test_figure_1a_sgd_stays_in_a_band_around_the_flow():
    """Noise of one step is at most η/√batch in mean square: after n steps √n times that."""
    data = one_layer.compute_fig_1a()
    band = 4 * runs.STEP * np.sqrt(np.maximum(data["n"], 1) / runs.BATCH) + runs.STEP
    assert np.all(np.abs(data["sgd_norm"] - data["flow_norm"]) < band)
    assert np.all(np.abs(data["sgd_loss"] - data["flow_loss"]) < band)
    angles = [np.arccos(1 - data[f"{name}_gap"]) for name in ("sgd", "flow")]
    assert np.all(np.abs(angles[0] - angles[1]) < band / data["flow_norm"])
    apart = np.max(np.abs(data["sgd_norm"] - data["flow_norm"]))
    assert apart > 1e-6, "SGD without noise: it is not stochastic"


def test_figure_1a_bounds_hold_after_their_restart_and_touch_there():
    data = one_layer.compute_fig_1a()
    for name, restart in (("bound_0", 0), ("bound_5000", one_layer.RESTART)):
        after = data["n"] >= restart
        assert np.all(np.isnan(data[name][~after]))
        bound, gap = data[name][after], data["flow_gap"][after]
        assert np.all(bound >= gap * (1 - 1e-11))
        assert bound[0] == pytest.approx(gap[0], rel=1e-11)
        assert np.all(np.diff(bound) < 0)
        assert bound[-1] > 1.5 * gap[-1]
    late = data["n"] > one_layer.RESTART
    assert np.all(data["bound_5000"][late] < data["bound_0"][late])


def test_figure_1a_norm_falls_then_grows():
    data = one_layer.compute_fig_1a()
    turn = int(np.argmin(data["flow_norm"]))
    assert abs(data["t"][turn] - data["turning"]) <= one_layer.RECORD_EVERY * runs.STEP
    assert np.all(np.diff(data["sgd_norm"][: turn - 1]) < 0)
    assert np.all(np.diff(data["sgd_norm"][turn + 2 :]) > 0)
    assert data["turning"] < one_layer.RESTART * runs.STEP, "the paper restarts after the turn"
