"""Figure 1: set up as the paper says, on the exact flow, into its late lines."""

import numpy as np
import pytest

from lindyn.figures.eft import distance_by_depth, runs
from lindyn.flows import induced_flow
from lindyn.risks import WhitenedSquare


@pytest.fixture(scope="module")
def printed():
    return distance_by_depth.compute_fig_1()


def test_settings_are_those_of_the_paper():
    assert (runs.EXAMPLES, runs.INPUTS, runs.STEP, runs.STEPS) == (50, 5, 1e-6, 100_000)
    target, direction = runs.problem()
    assert target.shape == direction.shape == (5,)
    cosine = direction @ target / np.linalg.norm(target)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(30, abs=1e-12)
    assert np.linalg.norm(direction) == pytest.approx(1, abs=1e-15)
    # Labels that know nothing of the inputs: m‖Z‖² is their part in d_x of m directions.
    assert np.linalg.norm(target) == pytest.approx(np.sqrt(5 / 50), rel=0.01)


@pytest.mark.parametrize("depth", runs.DEPTHS)
def test_figure_1_exact_flow_is_the_induced_one_and_euler_follows_it(printed, depth):
    target, direction = runs.problem()
    start = runs.FAR * np.linalg.norm(target) * direction
    some = np.array([0, 2, 20, 200])
    run = induced_flow(WhitenedSquare(target), start, depth, runs.EXAMPLES * printed["t"][some])
    distance = np.linalg.norm(run.product[:, 0] - target, axis=1)
    assert printed[f"flow_{depth}"][some] == pytest.approx(distance, rel=1e-8)
    assert printed[f"euler_{depth}"] == pytest.approx(printed[f"flow_{depth}"], rel=2e-3)


def test_figure_1_deeper_is_nearer_first_and_farther_in_the_end(printed):
    early, late = (
        np.array([printed[f"euler_{depth}"][step] for depth in runs.DEPTHS]) for step in (2, -1)
    )
    assert np.all(np.diff(early) < 0)
    assert np.all(np.diff(late) > 0)
    # The only ticks that can be read in print are 1 and 1/10.
    assert np.all((late > 1e-2) & (late < 1e-1))
    assert 1 < printed["euler_2"][0] < 10


@pytest.mark.parametrize("depth", runs.DEPTHS)
def test_figure_1_runs_into_its_late_line(printed, depth):
    constant, rate = printed[f"law_{depth}"]
    size = float(printed["size"])
    assert rate == pytest.approx(50 * size ** (2 - 2 / depth))
    line = constant * np.exp(-rate * printed["long"])
    assert printed[f"long_{depth}"][-1] == pytest.approx(line[-1], rel=1e-6)
    off = np.abs(np.log(printed[f"long_{depth}"] / line))
    assert off[200] < off[100] < off[50] < 0.2


# Factors e^{‖Z‖D_N} at 30° from ten times the norm, to 22 digits (mpmath).
FACTORS = {2: 1.0, 3: 0.897106351862756546, 10: 0.973858926876368737}


@pytest.mark.parametrize("depth", FACTORS)
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.2])
def test_late_constant_is_free_of_the_scale(depth, scale):
    target, direction = runs.problem()
    scaled = scale * target / np.linalg.norm(target)
    constant = runs.flow(scaled, direction, depth).late_law.constant
    expected = 2 * scale * np.tan(np.pi / 12) * FACTORS[depth]
    assert constant == pytest.approx(expected, rel=1e-10)
