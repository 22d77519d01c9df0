"""Figures 1, 2 and 4 of Chen, Lin and Zhang: set up as the paper says, and explained."""

import numpy as np
import pytest

from lindyn import RankOneFlow, end_to_end, gradient_flow, imbalance
from lindyn.figures import clz, clz_aligned, clz_cause, clz_roadmap, clz_runs, clz_stages
from lindyn.ledger.register import rows
from lindyn.risks import WhitenedSquare


@pytest.fixture(scope="module")
def saddles():
    return clz.compute_fig_1()


@pytest.fixture(scope="module")
def stages():
    return clz_stages.compute_fig_2()


@pytest.fixture(scope="module")
def aligned():
    return clz_aligned.compute_fig_4()


def test_settings_are_those_of_the_paper():
    assert clz_runs.WIDTHS[::-1] == (5, 4, 1, 10, 5, 3, 8)
    assert clz_runs.DEPTH == len(clz_runs.WIDTHS) - 1 == 6
    assert clz_runs.SINGULAR == tuple(6.0 - i for i in range(1, 6))
    assert clz_runs.STEP == 5e-4
    assert clz_runs.SIZE == 6.0
    assert clz_aligned.STEPS == 800


@pytest.mark.parametrize("k", range(6))
def test_starts_are_balanced_and_their_first_k_sums_vanish(k):
    a, b = clz_runs.start(k)
    assert np.all(a[:k] + b[:k] == 0)
    assert k == 5 or abs(a[k] + b[k]) > 0.01
    left, right, weights = clz_runs.layers(a, b, clz_runs.SIZE)
    assert [layer.shape for layer in weights] == list(
        zip(clz_runs.WIDTHS[1:], clz_runs.WIDTHS[:-1], strict=True)
    )
    assert max(np.abs(gap).max() for gap in imbalance(weights)) < 1e-14
    product = clz_runs.SIZE * np.outer(left @ a, right @ b)
    assert end_to_end(weights) == pytest.approx(product, abs=1e-14)
    assert np.linalg.norm(a) == pytest.approx(1, abs=1e-15)
    assert np.linalg.norm(b) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("k", [0, 3])
def test_exact_flow_is_that_of_all_six_layers(saddles, k):
    a, b = clz_runs.start(k)
    left, right, weights = clz_runs.layers(a, b, clz_runs.SIZE)
    some = np.array([0, 20, 60, 120])
    risk = WhitenedSquare(left @ clz_runs.TARGET @ right.T)
    run = gradient_flow(risk, weights, saddles["n"][some] * clz_runs.STEP)
    s = np.linalg.norm(run.product, axis=(1, 2))
    assert s == pytest.approx(saddles[f"flow_s_{k}"][some], rel=1e-7)
    pull = np.sum(run.product * risk.target, axis=(1, 2)) / s
    assert pull == pytest.approx(saddles[f"flow_pull_{k}"][some], abs=1e-7)


@pytest.mark.parametrize("k", range(6))
def test_figure_1_pulls_never_fall_and_the_size_falls_then_rises(saddles, k):
    assert np.all(np.diff(saddles[f"flow_pull_{k}"]) > -1e-12)
    assert np.all(np.diff(saddles[f"flow_first_{k}"]) > -1e-12)
    change = np.sign(np.diff(saddles[f"flow_s_{k}"]).round(9))
    turns = np.count_nonzero(np.diff(change[change != 0]))
    assert turns == (0 if k == 5 else 1)


@pytest.mark.parametrize("k", range(1, 5))
def test_figure_1_descent_leaves_the_saddle_at_the_step_predicted_and_the_flow_stays(saddles, k):
    assert saddles["escape"][k] == pytest.approx(saddles["predicted"][k], rel=5e-3)
    assert saddles[f"gd_s_{k}"][-1] == pytest.approx(5, abs=2e-3)
    assert saddles[f"flow_s_{k}"][-1] == pytest.approx(clz_runs.SINGULAR[k], abs=2e-3)
    assert abs(saddles[f"flow_first_{k}"][-1]) < 1e-3
    first, last = clz._stay(saddles, k)
    assert last - first > 1500


def test_figure_1_descent_from_zero_sums_does_not_leave_and_keeps_balance(saddles):
    assert np.max(np.abs(saddles["lost_5"])) < 1e-13
    assert saddles["escape"][5] == saddles["predicted"][5] == np.inf
    # On the way to 0 the flow comes near [(N−2)σ_5 t]^{−N/(N−2)}, from below.
    t = saddles["n"][-1] * clz_runs.STEP
    assert 0.2 < saddles["flow_s_5"][-1] * (4 * t) ** 1.5 < 1


@pytest.mark.parametrize("k", range(1, 5))
def test_figure_1_lost_balance_is_the_predicted_one(saddles, k):
    """I = −2η∫ s Σσ_j²p_jm_j dτ while descent is near the flow."""
    a, b = clz_runs.start(k)
    flow = RankOneFlow(clz_runs.TARGET, u=a, v=b, s=clz_runs.SIZE, depth=clz_runs.DEPTH)
    tau = flow.natural_time(2000 * clz_runs.STEP)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    record = flow.at_natural_time(tau / 2 * (nodes + 1))
    gain = record.s * np.sum(np.array(clz_runs.SINGULAR) ** 2 * record.plus * record.minus, axis=1)
    lost = -2 * clz_runs.STEP * tau / 2 * np.sum(weights * gain)
    assert saddles[f"lost_{k}"][100] == pytest.approx(lost, rel=0.03)


def test_escape_waits_longer_by_the_logarithm_of_the_step():
    """Half the step: ln 2/(σ₁ − σ_{k+1}) more natural time at the saddle."""
    a, b = clz_runs.start(2)
    wide, fine = (
        clz_runs.escape_of_flow(2, a, b, clz_runs.SIZE, step) * step
        for step in (clz_runs.STEP, clz_runs.STEP / 2)
    )
    expected = np.log(2) / (5 - 3) * 3 ** (2 / clz_runs.DEPTH - 1)
    assert fine - wide == pytest.approx(expected, rel=1e-3)


def test_figure_2_has_three_stages_and_its_bounds_hold(stages):
    first, second = stages["turns"]
    assert stages["gd_first"][0] < 0
    assert 0 < first < second < clz_stages.SHOWN_LEFT
    n = stages["n"]
    assert np.all(stages["flow_first"][n < first] < 0)
    assert np.all(stages["flow_first"][n > first] > 0)
    assert np.all((stages["flow_pull"] < stages["flow_s"])[n < second])
    assert np.all((stages["flow_pull"] > stages["flow_s"] - 1e-12)[n > second])
    assert np.all(stages["floor"] <= stages["flow_s"] * (1 + 1e-12))
    after = n >= second
    assert np.all(np.isnan(stages["bound"][~after]))
    assert np.all(stages["bound"][after] >= 5 * stages["flow_gap"][after])
    assert np.max(np.abs(stages["gd_s"] / stages["flow_s"] - 1)) < 0.1


def test_figure_2_ends_on_its_laws(stages):
    late = stages["n"] > 6000
    gap = 5 * stages["flow_gap"][late]
    assert gap == pytest.approx(stages["law_first"][late], rel=1e-3)
    assert 5 - stages["flow_s"][late] == pytest.approx(stages["law_s"][late], rel=5e-2, abs=1e-13)
    plain = 5 - stages["flow_first"][late]
    assert gap == pytest.approx(plain, rel=1e-3, abs=1e-13)


def test_figure_4_is_a_straight_line_between_descent_and_bound(aligned):
    n = aligned["n"]
    assert np.all(aligned["flow_s"] - 5 <= aligned["bound"] * (1 + 1e-9) + 1e-14)
    assert aligned["flow_pull"] == pytest.approx(5, abs=1e-14)
    descent = np.log(aligned["gd_s"] - 5)
    middle = (n >= 200) & (n <= 500)
    slope = np.polyfit(n[middle], descent[middle], 1)[0]
    assert slope == pytest.approx(np.log1p(-6 * 5 ** (5 / 3) * clz_runs.STEP), rel=2e-3)
    assert np.max(np.abs(aligned["lost"])) < 1e-13


# --- Why descent leaves ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cause():
    return clz_cause.compute_cause()


def test_reduced_descent_is_that_of_all_layers(saddles):
    a, b = clz_runs.start(2)
    run = clz_cause.descend_reduced(a, b, clz_runs.STEP, 10_000)
    count = run["n"].size
    assert np.array_equal(run["n"], saddles["n"][:count])
    assert run["first"] == pytest.approx(saddles["gd_first_2"][:count], abs=1e-7)
    assert run["lost"] == pytest.approx(saddles["lost_2"][:count], abs=1e-11)


def test_escapes_come_from_the_balance_lost_and_not_from_rounding(cause):
    """The error of the prediction is of the order of the step; single precision changes little."""
    error = cause["escape"] / cause["predicted"] - 1
    assert np.all(np.abs(error[:, 0]) < 1e-2)
    assert np.all(np.abs(error[:, -1]) < 1e-3)
    assert cause["lost"] / cause["step"] == pytest.approx(
        np.repeat(cause["lost"][:, -1:] / cause["step"][-1], 4, axis=1), rel=0.06
    )
    assert cause["single"] == pytest.approx(cause["escape"][:, 1], rel=2e-2)
    assert np.all(np.isinf(cause["symmetric"]))


def test_escapes_wait_for_the_logarithm_of_the_step(cause):
    """A cause that does not know the step, such as rounding, would leave at one time."""
    for row, k in enumerate(clz_cause.SADDLES):
        sigma = clz_runs.SINGULAR[k]
        expected = np.log(2) / (5 - sigma) * sigma ** (2 / clz_runs.DEPTH - 1)
        last = cause["escape"][row, -1] - cause["escape"][row, -2]
        assert last == pytest.approx(expected, rel=0.05)


def test_vanishing_sum_leaves_rounding_at_once_and_joins_the_prediction(cause):
    assert cause["sum"][0] < 1e-15
    assert cause["sum"][1] > 1e8 * clz_cause.ROUNDING
    late = (cause["n"] > 2000) & (cause["n"] < 7000)
    assert cause["sum"][late] == pytest.approx(cause["sum_predicted"][late], rel=0.1)


# --- Figure 3 ----------------------------------------------------------------------------------


def test_figure_3_has_every_way_of_the_ledger_and_no_other():
    graph, register = clz_roadmap.roadmap(), rows()

    def above(id):
        return {id}.union(*(above(used) for used in register[id].uses))

    for id, premises in graph.items():
        assert set(premises) <= above(id) - {id}
        for used in register[id].uses:
            assert id in clz_roadmap.ROOTS or used not in graph or used in premises
    assert set(clz_roadmap.GOALS) | set(clz_roadmap.ROOTS) <= set(graph)
    assert {"clz-prop-2-2-4", "clz-prop-2-2-5", "clz-lem-3-2", "clz-lem-3-6"} <= set(graph)


def test_figure_3_leaves_out_the_equations_but_not_what_stands_behind_them():
    graph = clz_roadmap.roadmap()
    assert not any(id.startswith("clz-eq") for id in set(graph) - set(clz_roadmap.ROOTS))
    assert "clz-prop-2-2-2" in graph["clz-lem-3-5-a"]  # through equations (29), (30)


def test_figure_3_is_not_circular_and_its_arrows_go_down_past_the_boxes():
    placed = clz_roadmap.arranged(clz_roadmap.roadmap())
    width, height = clz_roadmap.BOX
    for (used, using), points in placed.arrows.items():
        assert placed.place[used][1] > placed.place[using][1]
        assert np.all(np.diff([y for _, y in points]) < 0)
        inner = [
            np.add(start, share * np.subtract(end, start))
            for start, end in zip(points[:-1], points[1:], strict=True)
            for share in np.linspace(0.05, 0.95, 19)
        ]
        for x, y in placed.place.values():
            hit = [abs(px - x) < width / 2 and abs(py - y) < height / 2 for px, py in inner]
            assert not any(hit), (used, using)
    boxes = np.array(list(placed.place.values()))
    apart = np.abs(boxes[:, None] - boxes[None]) >= np.array(clz_roadmap.BOX)
    assert np.all(apart.any(axis=-1) | np.eye(len(boxes), dtype=bool))
