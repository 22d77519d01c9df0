"""Figures of Ji and Telgarsky's paper: set up as said, and against what they mean."""

import numpy as np
import pytest

from lindyn import alignment, end_to_end, imbalance
from lindyn.figures import jt, jt_alignment, jt_layers, jt_margin
from lindyn.flows import gradient_flow
from lindyn.margins import max_margin
from lindyn.risks import Separable


@pytest.fixture(scope="module")
def printed():
    return jt.compute_fig_1()


def test_figure_1_data_are_separable_and_in_the_unit_ball(printed):
    data = jt.clusters()
    assert np.linalg.norm(data.X, axis=1).max() == pytest.approx(1)
    found = max_margin(data.X, data.y)
    assert found.margin > 0.2
    assert found.alpha > 0.05
    assert printed["direction"] == pytest.approx(found.direction)
    assert float(printed["certificate"]) < 1e-8


@pytest.mark.parametrize("k", [0, 1])
def test_figure_1_starts_are_unbalanced_and_its_flow_is_that_of_time(printed, k):
    data = jt.clusters()
    layers = jt.random_layers(data, (2, 10, 10, 10, 1), jt.SCALES[k], jt.WEIGHT_SEED)
    assert [layer.shape for layer in layers] == [(10, 2), (10, 10), (10, 10), (1, 10)]
    assert min(np.abs(gap).max() for gap in imbalance(layers)) > 0.1
    assert np.mean(data.signed @ end_to_end(layers)[0]) > 0
    risk = Separable(data.X, data.y, "exponential")
    run = gradient_flow(risk, layers, [0.0, 5.0, 20.0])
    reached = -np.log10(run.risk)
    angles = jt.angles_to(printed["direction"], run.product)
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


def test_residual_minimises_its_sum():
    data = jt.clusters()
    found, x = max_margin(data.X, data.y), jt.residual(data)
    across = np.array([-found.direction[1], found.direction[0]])
    p = data.signed[found.support] @ across
    values = [np.exp(-p * y).sum() for y in (x - 1e-3, x, x + 1e-3)]
    assert values[1] < min(values[0], values[2])


# --- Figure 2 ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def layers():
    return jt_layers.compute_fig_2()


def test_figure_2_data_lie_on_two_circles_far_apart(layers):
    data = jt_layers.circles()
    for sign in (1, -1):
        points = data.X[data.y == sign]
        system = np.column_stack([2 * points, np.ones(len(points))])
        x, y, rest = np.linalg.lstsq(system, np.sum(points**2, axis=1))[0]
        radius = np.sqrt(rest + x**2 + y**2)
        assert np.linalg.norm(points - [x, y], axis=1) == pytest.approx(radius)
        assert radius < 0.7 * np.hypot(x, y)
    assert float(layers["certificate"]) < 1e-8


def test_figure_2_both_depths_find_the_maximum_margin(layers):
    data = jt_layers.circles()
    for name in ("1", "3"):
        angle = np.abs(layers[f"angle_{name}"])
        assert angle[-1] < 0.5
        law = np.degrees(max_margin(data.X, data.y).margin * jt.residual(data))
        assert angle[-1] * 300 * np.log(10) == pytest.approx(abs(law), rel=0.15)


def test_figure_2_data_flatten_along_the_next_layer(layers):
    flat = []
    for k in range(3):
        points, leading = layers[f"map_{k}"], layers[f"leading_{k}"]
        assert np.all(points[layers["labels"] == 1, 0] > 0)
        assert np.all(points[layers["labels"] == -1, 0] < 0)
        centred = points - points.mean(axis=0)
        assert centred[:, 0] @ centred[:, 1] == pytest.approx(0, abs=1e-9 * np.sum(centred**2))
        flat.append(centred[:, 1].std() / centred[:, 0].std())
        assert abs(leading[0]) > 0.99
    assert flat[0] > 3 * flat[1] > 9 * flat[2]
    there = np.argmin(np.abs(layers["digits_3"] - 3))
    assert flat[1:] == pytest.approx([layers["flat_1"][there], layers["flat_2"][there]])


def test_figure_2_flattening_falls_as_powers_of_the_logarithm(layers):
    """What is across v_1 stays in W_1, and W_1 grows as (ln 1/R)^{1/3}; the next layer squares."""
    shown = layers["digits_3"]
    for k, power in ((1, -1 / 3), (2, -2 / 3)):
        flat = layers[f"flat_{k}"]
        slope = np.log(flat[-1] / flat[-30]) / np.log(shown[-1] / shown[-30])
        assert slope == pytest.approx(power, abs=0.04)


# --- Alignment against the risk ----------------------------------------------------------------


@pytest.fixture(scope="module")
def aligned():
    return jt_alignment.compute_alignment_rates()


def test_misalignment_is_that_of_the_definition():
    rng = np.random.default_rng(0)
    weights = tuple(rng.standard_normal(shape) for shape in ((4, 3), (5, 4), (1, 5)))
    found = alignment(weights)
    expected = (1 - found.ratios[0], 1 - found.inner[0])
    assert jt_alignment.misalignment(weights) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("depth", jt_alignment.DEPTHS)
def test_alignment_tends_to_its_laws(aligned, depth):
    """Orders (ln 1/R)^{−2/L} and (ln 1/R)^{−4/L}, with their constants."""
    shown = aligned[f"digits_{depth}"]
    for name, power in (("ratio", -2 / depth), ("inner", -4 / depth)):
        values, law = aligned[f"{name}_{depth}"], aligned[f"{name}_law_{depth}"]
        slope = np.log(values[-1] / values[-16]) / np.log(shown[-1] / shown[-16])
        assert slope == pytest.approx(power, abs=0.04)
        assert law[-1] / law[-16] == pytest.approx((shown[-1] / shown[-16]) ** power)
        quotient = np.abs(np.log(values / law))
        assert quotient[-1] < 0.25
        assert quotient[-1] < quotient[-60]


def test_alignment_bounds_hold_and_ours_is_the_better(aligned):
    for name in ("ratio", "inner"):
        flow = aligned[f"{name}_{jt_alignment.BOUNDED}"]
        own, printed = aligned[f"{name}_own"], aligned[f"{name}_print"]
        for bound in (own, printed):
            said = np.isfinite(bound)
            assert said.sum() > 20
            assert np.all(flow[said] <= bound[said])
        assert own[-1] < printed[-1]
    # Lemma 2.6 (ii) has half the order.
    shown = aligned["digits_3"]
    slope = np.log(aligned["inner_print"][-1] / aligned["inner_print"][-16])
    assert slope / np.log(shown[-1] / shown[-16]) == pytest.approx(-2 / 3, abs=0.06)


# --- The margin against risk and time ----------------------------------------------------------


@pytest.fixture(scope="module")
def raced():
    return jt_margin.compute_margin_rates()


@pytest.mark.parametrize("depth", jt_margin.DEPTHS)
def test_angles_times_the_logarithm_tend_to_one_constant(raced, depth):
    angle, clock = np.abs(raced[f"angle_{depth}"]), raced[f"digits_{depth}"] * np.log(10)
    quotient = angle * clock / float(raced["law"])
    # What is left is of order L/ρ.
    assert quotient[-1] == pytest.approx(1, abs=0.005 * depth)
    # Two supports of projections p and −q: x⋆ = ln(p/q)/(p + q).
    best = max_margin(jt.clusters().X, jt.clusters().y)
    u = best.direction
    p, q = np.abs(jt.clusters().signed[best.support] @ [-u[1], u[0]])
    assert float(raced["law"]) == pytest.approx(best.margin * abs(np.log(p / q)) / (p + q))


@pytest.mark.parametrize("depth", jt_margin.DEPTHS)
def test_margin_bounds_hold(raced, depth):
    bound = raced[f"bound_{depth}"]
    said = np.isfinite(bound)
    assert said.sum() > 10
    assert said[-1]
    assert np.all(np.tan(np.abs(raced[f"angle_{depth}"][said])) <= bound[said])


@pytest.mark.parametrize("depth", jt_margin.DEPTHS)
def test_risk_in_time_tends_to_its_law(raced, depth):
    """R t (ln t)^{2−2/L} → 1/(Lγ^{2/L})."""
    log_time, clock = raced[f"log_time_{depth}"], raced[f"digits_{depth}"] * np.log(10)
    gamma, late = float(raced["margin"]), [-60, -1]
    law = jt_margin.time_law(log_time[late], depth, gamma)
    off = np.abs(clock[late] - log_time[late] - law)
    assert off[1] < min(0.06, off[0] + 1e-12)
    value = np.log(log_time[-1]) * (2 - 2 / depth) + np.log(depth) + 2 / depth * np.log(gamma)
    assert law[1] == pytest.approx(value)


@pytest.mark.parametrize("depth", jt_margin.DEPTHS)
@pytest.mark.parametrize("name", jt_margin.FAILURES)
def test_without_a_spanning_support_depth_slows_the_angle(name, depth):
    data = jt_margin.compute_off_span()
    best = max_margin(jt_margin.FAILURES[name], np.ones(len(jt_margin.FAILURES[name])))
    assert best.margin == pytest.approx(jt_margin.MARGIN)
    assert best.direction == pytest.approx([1, 0])
    assert best.alpha == 0
    angle, law = data[f"angle_{name}_{depth}"], data[f"law_{name}_{depth}"]
    assert angle[-1] == pytest.approx(law[-1], rel=0.02)
    if name == "data":
        # ρ cos∠ = ln(1/R)/γ: the law is exact but for this cosine.
        exact = law * np.cos(angle) ** (1 / depth)
        assert np.sin(angle) == pytest.approx(exact, rel=1e-6)
    if depth > 1:
        assert jt_margin._slope(data, f"angle_{name}_{depth}") == pytest.approx(
            -1 / depth, abs=0.02
        )
        shallower = data[f"angle_{name}_{depth - 1}"]
        assert angle[-1] > 1.3 * shallower[-1]
