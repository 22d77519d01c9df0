"""The plane of starts: its flow and the border of the dip, by routes that do not meet."""

import numpy as np
import pytest

from lindyn.ledger.own_phase import border, least_size, planar
from lindyn.natural import RankOneFlow


@pytest.mark.parametrize("depth", [2, 3, 6])
def test_planar_flow_is_the_flow_of_the_vectors(depth):
    angle = 2.0
    given = RankOneFlow([[1.0, 0.0]], [1.0], [np.cos(angle), np.sin(angle)], 0.7, depth).at(3.0)
    found = planar(float(np.arctanh(np.cos(angle))), 0.7, depth).at(3.0)
    assert found.s == pytest.approx(given.s, rel=1e-12)
    assert found.b[0] == pytest.approx(given.b[0], rel=1e-12)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_border_of_one_layer_is_the_distance_of_a_line(level):
    """W runs straight to Z: the distance of the line from the origin is the least size."""
    x, Z = np.arctanh(level) - 0.5, np.array([1.0, 0.0])
    W = border(x, level, 1) * np.array([np.tanh(x), 1 / np.cosh(x)])
    way = (Z - W) / np.linalg.norm(Z - W)
    assert abs(W[0] * way[1] - W[1] * way[0]) == pytest.approx(level, rel=1e-10)
    last = -np.arccosh(1 / level)  # sin θ₀ = level
    assert border(last - 1e-6, level, 1) == np.inf
    assert border(last + 1e-6, level, 1) > 1e5


def test_least_size_is_that_at_the_second_stage():
    flow = planar(-1.0, 5.0, 3)
    assert least_size(-1.0, 5.0, 3, 2.0) == pytest.approx(float(flow.at(flow.t2).s), rel=1e-9)
