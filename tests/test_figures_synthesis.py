"""Figures of the synthesis: against roots of the exact flow, against theory, and their limits."""

import numpy as np
import pytest
from scipy.optimize import brentq

from lindyn import RankOneFlow, balanced, end_to_end, sweep
from lindyn.figures import (
    synthesis_arrival,
    synthesis_balance,
    synthesis_infinite,
    synthesis_phase,
    synthesis_steps,
    synthesis_torus,
)
from lindyn.figures.synthesis_phase import ANGLES, DEPTHS, DIPS, SIZES


def flow(depth, angle, size):
    turned = np.radians(angle)
    return RankOneFlow([[1.0, 0.0]], [1.0], [np.cos(turned), np.sin(turned)], s=size, depth=depth)


# --- The plane ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plane():
    return synthesis_phase.compute_plane()


def test_the_two_diagrams_hold_a_hundred_thousand_starts(plane):
    assert plane["time"].size + synthesis_torus.SIDE.size * synthesis_torus.OTHER.size >= 100_000
    assert all(np.all(np.isfinite(plane[name])) for name in ("time", "t1", "least"))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("row", "column"), [(0, 150), (0, 50), (80, 149), (152, 3), (100, 100)])
def test_times_are_roots_of_the_exact_distance(plane, depth, row, column):
    exact = flow(depth, ANGLES[column], SIZES[row])

    def missing(tau):
        return np.linalg.norm(exact.at_natural_time(tau).W - [[1.0, 0.0]]) - synthesis_arrival.LEVEL

    time = exact.time(brentq(missing, 0.0, 20.0, xtol=1e-13))
    place = DEPTHS.index(depth), row, column
    assert plane["time"][place] == pytest.approx(time, rel=1e-6)
    assert plane["least"][place] == pytest.approx(exact.at(min(exact.t2, 1e9)).s, rel=1e-5)


def test_times_from_the_target_are_zero():
    near = RankOneFlow([[1.0, 0.0]], [[1.0]], [[1.0, 1e-3]], s=[1.001], depth=3)
    assert synthesis_arrival.arrival(near, [1.0], synthesis_phase.NATURAL)["time"] == [0.0]


def test_stages_begin_where_theory_says(plane):
    angles, sizes = np.broadcast_arrays(ANGLES, SIZES[:, None])
    for row in range(len(DEPTHS)):
        np.testing.assert_array_equal(plane["t1"][row] > 0, angles > 90)
        np.testing.assert_array_equal(plane["t2"][row] > 0, sizes > np.cos(np.radians(angles)))


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_dotted_borders_part_the_starts_that_dip(plane, depth):
    data = synthesis_phase.compute_phase()
    for least, border in zip(DIPS, data[f"dip_{depth}"], strict=True):
        for column in np.flatnonzero(np.isfinite(border)):
            below = plane["least"][DEPTHS.index(depth), :, column] < least * (1 - 1e-5)
            np.testing.assert_array_equal(below, SIZES < border[column])
        beyond = np.isinf(border)
        assert np.all(plane["least"][DEPTHS.index(depth)][:, beyond] < least)
        assert ANGLES[beyond].min() > data[f"last_{depth}"][DIPS.index(least)]


def test_the_first_stage_takes_a_half_at_most_and_waits_exactly_a_half(plane):
    first, second, third = synthesis_phase.shares(plane)
    assert np.all(first + second + third == pytest.approx(1.0))
    assert first.max() <= 0.5
    corner = first[:, 0, -1]
    assert corner[0] < 0.4
    assert corner[1:] == pytest.approx(0.5, abs=5e-3)


def test_a_block_does_not_depend_on_its_neighbours(plane):
    some = sweep(
        synthesis_phase.plane_block, {"depth": [3], "sizes": [(SIZES[7],)]}, progress=False
    )
    np.testing.assert_allclose(some["time"][0, 0, 0], plane["time"][1, 7], rtol=1e-12)


# --- The torus ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torus():
    return synthesis_torus.compute_torus()


@pytest.mark.parametrize(("row", "column"), [(0, 0), (20, 44), (45, 45), (60, 10), (89, 40)])
def test_torus_times_are_roots_of_the_exact_distance(torus, row, column):
    u, v = np.radians(synthesis_torus.SIDE[2 * row]), np.radians(synthesis_torus.OTHER[2 * column])
    exact = RankOneFlow(
        np.diag(synthesis_torus.SIGMA),
        [np.cos(u), np.sin(u)],
        [np.cos(v), np.sin(v)],
        s=1.0,
        depth=synthesis_torus.DEPTH,
    )
    time = torus["time"][row, column]
    around = exact.at([time * (1 - 1e-5), time * (1 + 1e-5)]).W - np.diag([1.0, 0.0])
    before, after = np.linalg.norm(around, axis=(1, 2))
    assert before > synthesis_arrival.LEVEL > after


def test_sets_are_nested_and_only_the_smallest_has_a_last_time(torus):
    shares = [float(torus[f"share_{name}"]) for name in ("nalpha", "gb", "rb", "all")]
    assert shares == pytest.approx([0.2325, 0.5, 0.5, 1.0], abs=2e-3)
    last = [torus[f"later_{name}"][-1] for name in ("nalpha", "gb", "rb", "all")]
    assert last[0] < 0.5 * last[1]
    assert last[3] > 5 * last[2]


def test_tails_have_the_rate_of_the_saddle(torus):
    rate = 0.6 * 0.4 ** (1 / 3)
    assert float(torus["rate_rb"]) == pytest.approx(rate, rel=0.1)
    assert float(torus["rate_gb"]) == pytest.approx(2 * rate, rel=0.1)


# --- Nearly balanced starts --------------------------------------------------------------------


@pytest.fixture(scope="module")
def balance():
    return synthesis_balance.compute_balance()


@pytest.mark.parametrize("depth", synthesis_balance.DEPTHS)
def test_narrow_starts_have_the_defect_and_the_product(depth):
    for defect in (1e-4, 0.2):
        start = synthesis_balance.narrow(depth, defect)
        assert synthesis_balance.largest(start) == pytest.approx(defect, rel=1e-9)
        expected = synthesis_balance.SIZE * np.outer(synthesis_balance.U, synthesis_balance.V)
        np.testing.assert_allclose(end_to_end(start), expected, atol=1e-15)


def test_noise_has_about_the_defect():
    whole = balanced(0.3 * np.outer([0.6, 0.8], [1.0, 0.0]), 3, [2, 2])
    start = synthesis_balance.perturbed(whole, 1e-4, seed=4)
    assert synthesis_balance.largest(start) == pytest.approx(1e-4, rel=1e-2)


def test_narrow_layers_forgive_in_first_order(balance):
    for name in ("off", "first"):
        for values in balance[name]:
            slope = synthesis_balance.slope(synthesis_balance.DEFECTS, values)
            assert slope == pytest.approx(1.0, abs=0.02)
    assert balance["end"].max() < 1e-7


def test_wide_layers_leave_after_a_logarithm_or_a_power(balance):
    two, three = (np.median(balance[f"leave_{n}"], axis=1) for n in (2, 3))
    gain = np.polyfit(-np.log(synthesis_balance.WIDE[2][:6]), two[:6], 1)[0]
    assert gain == pytest.approx(1 / 0.4, rel=0.01)
    slope = synthesis_balance.slope(synthesis_balance.WIDE[3], three)
    assert slope == pytest.approx(-1.0, abs=0.03)


def test_layers_of_separable_data_depart_in_second_order(balance):
    for name in ("rank", "turn"):
        slope = synthesis_balance.slope(synthesis_balance.MARGIN_DEFECTS, balance[name], 4)
        assert slope == pytest.approx(2.0, abs=0.05)


# --- Finite steps ------------------------------------------------------------------------------


def test_rises_forgives_rounding_only():
    assert synthesis_steps.rises(np.array([1.0, 1.0 - 1e-14, 2.0]))
    assert not synthesis_steps.rises(np.array([1.0, 0.999, 2.0]))


def test_largest_is_the_last_before_the_first_failure():
    kept = np.array([[True, False, True], [True, True, False], [True, True, True]])
    assert list(synthesis_steps.largest(kept, np.array([1.0, 2.0, 3.0]))) == [3.0, 0.0, 1.0]


def test_the_largest_steps_keep_and_the_next_break():
    data, factors = synthesis_steps.compute_steps(), synthesis_steps.FACTORS
    for row, depth in enumerate(synthesis_steps.DEPTHS):
        best = data["square"][2, row, 2]
        after = factors[np.argmin(np.abs(factors - best)) + 1]
        assert synthesis_steps.square_statements(best / depth, 3.0, depth)["pull"]
        assert not synthesis_steps.square_statements(after / depth, 3.0, depth)["pull"]
    # From a small start the loss has the classical limit 2/H, the size breaks before it.
    assert np.all((data["square"][0, :, 0] > 1.7) & (data["square"][0, :, 0] <= 2.05))
    assert np.all(data["square"][3] < data["square"][0] + 1e-9)


def test_a_step_that_overflows_keeps_nothing():
    assert not any(synthesis_steps.square_statements(1e3, 3.0, 5).values())


# --- Infinite depth ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def infinite():
    return synthesis_infinite.compute_infinite()


def test_size_and_constant_have_their_limits_in_first_order(infinite):
    for name in ("lag", "constant"):
        assert synthesis_infinite.order(infinite, name) == pytest.approx(1.0, abs=0.02)
    assert infinite["constant"][-1] == pytest.approx(synthesis_infinite.constant_limit(), rel=1e-5)


def test_turning_round_takes_exponentially_long(infinite):
    sines = -np.log(np.sin(np.radians(synthesis_infinite.OPPOSITE)))
    assert synthesis_infinite.growth(infinite) == pytest.approx(sines, abs=0.02)


def test_the_turn_at_infinity_is_approached_from_above(infinite):
    above = infinite["turn"] - infinite["turn_limit"]
    assert np.all(above > 0)
    assert np.all(np.diff(above) < 0)
    assert above[-1] < 0.2


def test_deep_predictors_stay_near_the_first_direction_that_separates(infinite):
    direction = infinite["direction"]
    assert direction[-1, 0] == pytest.approx(synthesis_infinite.BEST, abs=0.05)
    assert np.all(np.diff(direction[:, -1]) < 0)
    missing = synthesis_infinite.BORDER - direction[-1]
    assert np.all(np.diff(missing) < 0)
    assert 0 < missing[-1] < 7
