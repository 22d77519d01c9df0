"""Arrivals: zero from the target itself."""

from lindyn import RankOneFlow
from lindyn.figures.synthesis import arrival, phase_plane


def test_times_from_the_target_are_zero():
    near = RankOneFlow([[1.0, 0.0]], [[1.0]], [[1.0, 1e-3]], s=[1.001], depth=3)
    assert arrival.arrival(near, [1.0], phase_plane.NATURAL)["time"] == [0.0]
