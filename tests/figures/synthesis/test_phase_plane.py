"""The phase diagram of the plane: times, stages, borders."""

import numpy as np
import pytest
from scipy.optimize import brentq

from lindyn import RankOneFlow, sweep
from lindyn.figures.synthesis import arrival, phase_plane, phase_torus
from lindyn.figures.synthesis.phase_plane import ANGLES, DEPTHS, DIPS, SIZES


def flow(depth, angle, size):
    turned = np.radians(angle)
    return RankOneFlow([[1.0, 0.0]], [1.0], [np.cos(turned), np.sin(turned)], s=size, depth=depth)


@pytest.fixture(scope="module")
def plane():
    return phase_plane.compute_plane()


def test_the_two_diagrams_hold_a_hundred_thousand_starts(plane):
    assert plane["time"].size + phase_torus.SIDE.size * phase_torus.OTHER.size >= 100_000
    assert all(np.all(np.isfinite(plane[name])) for name in ("time", "t1", "least"))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("row", "column"), [(0, 150), (0, 50), (80, 149), (152, 3), (100, 100)])
def test_times_are_roots_of_the_exact_distance(plane, depth, row, column):
    exact = flow(depth, ANGLES[column], SIZES[row])

    def missing(tau):
        return np.linalg.norm(exact.at_natural_time(tau).W - [[1.0, 0.0]]) - arrival.LEVEL

    time = exact.time(brentq(missing, 0.0, 20.0, xtol=1e-13))
    place = DEPTHS.index(depth), row, column
    assert plane["time"][place] == pytest.approx(time, rel=1e-6)
    assert plane["least"][place] == pytest.approx(exact.at(min(exact.t2, 1e9)).s, rel=1e-5)


def test_stages_begin_where_theory_says(plane):
    angles, sizes = np.broadcast_arrays(ANGLES, SIZES[:, None])
    for row in range(len(DEPTHS)):
        np.testing.assert_array_equal(plane["t1"][row] > 0, angles > 90)
        np.testing.assert_array_equal(plane["t2"][row] > 0, sizes > np.cos(np.radians(angles)))


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_dotted_borders_part_the_starts_that_dip(plane, depth):
    data = phase_plane.compute_phase()
    for least, border in zip(DIPS, data[f"dip_{depth}"], strict=True):
        for column in np.flatnonzero(np.isfinite(border)):
            below = plane["least"][DEPTHS.index(depth), :, column] < least * (1 - 1e-5)
            np.testing.assert_array_equal(below, SIZES < border[column])
        beyond = np.isinf(border)
        assert np.all(plane["least"][DEPTHS.index(depth)][:, beyond] < least)
        assert ANGLES[beyond].min() > data[f"last_{depth}"][DIPS.index(least)]


def test_the_first_stage_takes_a_half_at_most_and_waits_exactly_a_half(plane):
    first, second, third = phase_plane.shares(plane)
    assert np.all(first + second + third == pytest.approx(1.0))
    assert first.max() <= 0.5
    corner = first[:, 0, -1]
    assert corner[0] < 0.4
    assert corner[1:] == pytest.approx(0.5, abs=5e-3)


def test_a_block_does_not_depend_on_its_neighbours(plane):
    some = sweep(phase_plane.plane_block, {"depth": [3], "sizes": [(SIZES[7],)]}, progress=False)
    np.testing.assert_allclose(some["time"][0, 0, 0], plane["time"][1, 7], rtol=1e-12)
