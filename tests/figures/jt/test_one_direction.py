"""Figure 1: set up as said, one rate at both depths, ratios that come to one."""

import numpy as np
import pytest

from lindyn import end_to_end, imbalance
from lindyn.figures.jt import one_direction, runs
from lindyn.flows import gradient_flow
from lindyn.margins import max_margin
from lindyn.risks import Separable


@pytest.fixture(scope="module")
def printed():
    return one_direction.compute_fig_1()


def test_figure_1_data_are_separable_and_in_the_unit_ball(printed):
    data = runs.clusters()
    assert np.linalg.norm(data.X, axis=1).max() == pytest.approx(1)
    found = max_margin(data.X, data.y)
    assert found.margin > 0.2
    assert found.alpha > 0.05
    assert printed["direction"] == pytest.approx(found.direction)
    assert float(printed["certificate"]) < 1e-8


@pytest.mark.parametrize("k", [0, 1])
def test_figure_1_starts_are_unbalanced_and_its_flow_is_that_of_time(printed, k):
    data = runs.clusters()
    layers = runs.random_layers(
        data, (2, 10, 10, 10, 1), one_direction.SCALES[k], one_direction.WEIGHT_SEED
    )
    assert [layer.shape for layer in layers] == [(10, 2), (10, 10), (10, 10), (1, 10)]
    assert min(np.abs(gap).max() for gap in imbalance(layers)) > 0.1
    assert np.mean(data.signed @ end_to_end(layers)[0]) > 0
    risk = Separable(data.X, data.y, "exponential")
    run = gradient_flow(risk, layers, [0.0, 5.0, 20.0])
    reached = -np.log10(run.risk)
    angles = runs.angles_to(printed["direction"], run.product)
    for time in (1, 2):
        digit, angle = reached[time], angles[time]
        seen = np.interp(digit, printed[f"digits_4_{k}"], printed[f"angle_4_{k}"])
        assert seen == pytest.approx(angle, abs=0.05)
        for layer, paths in enumerate(run.weights):
            W = paths[time]
            ratio = np.linalg.norm(W, 2) / np.linalg.norm(W)
            column = printed[f"ratios_4_{k}"][:, layer]
            assert np.interp(digit, printed[f"digits_4_{k}"], column) == pytest.approx(
                ratio, abs=1e-3
            )


def test_figure_1_both_depths_come_to_the_maximum_margin_at_one_rate(printed):
    for name in ("1", "4_0", "4_1"):
        last = printed[f"digits_{name}"][-1]
        assert last == pytest.approx(300)
        product = printed[f"angle_{name}"][-1] * last * np.log(10)
        assert product == pytest.approx(float(printed["law"]), rel=0.02)


@pytest.mark.parametrize("k", [0, 1])
def test_figure_1_ratios_come_to_one_and_the_small_start_s_first(printed, k):
    ratios = printed[f"ratios_4_{k}"]
    assert ratios[:, 3] == pytest.approx(1, abs=1e-12)
    assert np.all(ratios[-1] > 0.94)
    assert np.all(ratios[0, 1:3] < 0.7)
    # 1 − ratio falls as (ln 1/R)^{−2/L} in the end.
    shown = printed[f"digits_4_{k}"]
    slope = np.log((1 - ratios[-1, :3]) / (1 - ratios[-40, :3])) / np.log(shown[-1] / shown[-40])
    assert slope == pytest.approx(-2 / 4, abs=0.08)
    assert np.all(printed["ratios_4_0"][-1, :3] > printed["ratios_4_1"][-1, :3])
