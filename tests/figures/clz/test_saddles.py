"""Figure 1: descent leaves its saddles as predicted, the flow stays."""

import numpy as np
import pytest

from lindyn import RankOneFlow
from lindyn.figures.clz import runs, saddles


@pytest.fixture(scope="module")
def data():
    return saddles.compute_fig_1()


@pytest.mark.parametrize("k", range(6))
def test_figure_1_pulls_never_fall_and_the_size_falls_then_rises(data, k):
    assert np.all(np.diff(data[f"flow_pull_{k}"]) > -1e-12)
    assert np.all(np.diff(data[f"flow_first_{k}"]) > -1e-12)
    change = np.sign(np.diff(data[f"flow_s_{k}"]).round(9))
    turns = np.count_nonzero(np.diff(change[change != 0]))
    assert turns == (0 if k == 5 else 1)


@pytest.mark.parametrize("k", range(1, 5))
def test_figure_1_descent_leaves_the_saddle_at_the_step_predicted_and_the_flow_stays(data, k):
    assert data["escape"][k] == pytest.approx(data["predicted"][k], rel=5e-3)
    assert data[f"gd_s_{k}"][-1] == pytest.approx(5, abs=2e-3)
    assert data[f"flow_s_{k}"][-1] == pytest.approx(runs.SINGULAR[k], abs=2e-3)
    assert abs(data[f"flow_first_{k}"][-1]) < 1e-3
    first, last = saddles.stay(data, k)
    assert last - first > 1500


def test_figure_1_descent_from_zero_sums_does_not_leave_and_keeps_balance(data):
    assert np.max(np.abs(data["lost_5"])) < 1e-13
    assert data["escape"][5] == data["predicted"][5] == np.inf
    # On the way to 0 the flow comes near [(N−2)σ_5 t]^{−N/(N−2)}, from below.
    t = data["n"][-1] * runs.STEP
    assert 0.2 < data["flow_s_5"][-1] * (4 * t) ** 1.5 < 1


@pytest.mark.parametrize("k", range(1, 5))
def test_figure_1_lost_balance_is_the_predicted_one(data, k):
    """I = −2η∫ s Σσ_j²p_jm_j dτ while descent is near the flow."""
    a, b = runs.start(k)
    flow = RankOneFlow(runs.TARGET, u=a, v=b, s=runs.SIZE, depth=runs.DEPTH)
    tau = flow.natural_time(2000 * runs.STEP)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    record = flow.at_natural_time(tau / 2 * (nodes + 1))
    gain = record.s * np.sum(np.array(runs.SINGULAR) ** 2 * record.plus * record.minus, axis=1)
    lost = -2 * runs.STEP * tau / 2 * np.sum(weights * gain)
    assert data[f"lost_{k}"][100] == pytest.approx(lost, rel=0.03)
