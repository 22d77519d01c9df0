"""Saddles of scalar layers: where paths end, and how long escapes take."""

import numpy as np
import pytest

from lindyn import RankOneFlow
from lindyn.figures.eft import saddle_plane


@pytest.fixture(scope="module")
def saddles():
    return saddle_plane.compute_saddle_plane()


def test_pairs_keep_their_difference_of_squares_and_end_where_it_says(saddles):
    for k, start in enumerate(saddle_plane.PAIRS):
        run = saddles[f"pair_{k}"]
        kept = run[:, 0] ** 2 - run[:, 1] ** 2
        assert run[0] == pytest.approx(start)
        assert kept == pytest.approx(kept[0], abs=1e-9)
        on_the_line = start[0] == -start[1]
        assert np.prod(run[-1]) == pytest.approx(0 if on_the_line else 1, abs=1e-8)


def test_triples_below_the_diagonal_end_on_saddles_of_the_slice(saddles):
    for k, (x, z) in enumerate(saddle_plane.TRIPLES):
        run = saddles[f"triple_{k}"]
        kept = run[:, 1] ** 2 - run[:, 0] ** 2
        assert kept == pytest.approx(z**2 - x**2, abs=1e-9)
        assert run[0] == pytest.approx((x, z))
        if z < 0 and abs(x) < abs(z):
            assert run[-1] == pytest.approx((0, -np.sqrt(z**2 - x**2)), abs=1e-6)
        elif abs(x) == -z:
            assert -run[-1, 1] == pytest.approx(1 / saddle_plane.END, rel=0.05)  # flat
        else:
            assert run[-1, 0] ** 2 * run[-1, 1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("depth", saddle_plane.ESCAPE_DEPTHS)
def test_escapes_from_small_layers_are_those_of_the_flow_and_tend_to_their_law(saddles, depth):
    begin = saddles["start"][5]
    flow = RankOneFlow([[1.0]], u=[1.0], v=[1.0], s=begin**depth, depth=depth)
    assert flow.at(saddles[f"escape_{depth}"][5]).s == pytest.approx(0.5, rel=1e-9)
    small, times = saddles["start"][[-9, -1]], saddles[f"escape_{depth}"][[-9, -1]]
    if depth == 2:
        assert np.diff(times) == pytest.approx(-np.diff(np.log(small)), rel=1e-6)
    else:
        slope = np.diff(np.log(times)) / np.diff(np.log(small))
        assert slope == pytest.approx(2 - depth, abs=1e-3)
        assert times[-1] == pytest.approx(small[-1] ** (2 - depth) / (depth - 2), rel=1e-3)
