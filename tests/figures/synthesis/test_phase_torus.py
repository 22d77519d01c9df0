"""The phase diagram of the torus: times, sets, tails."""

import numpy as np
import pytest

from lindyn import RankOneFlow
from lindyn.figures.synthesis import arrival, phase_torus


@pytest.fixture(scope="module")
def torus():
    return phase_torus.compute_torus()


@pytest.mark.parametrize(("row", "column"), [(0, 0), (20, 44), (45, 45), (60, 10), (89, 40)])
def test_torus_times_are_roots_of_the_exact_distance(torus, row, column):
    u, v = np.radians(phase_torus.SIDE[2 * row]), np.radians(phase_torus.OTHER[2 * column])
    exact = RankOneFlow(
        np.diag(phase_torus.SIGMA),
        [np.cos(u), np.sin(u)],
        [np.cos(v), np.sin(v)],
        s=1.0,
        depth=phase_torus.DEPTH,
    )
    time = torus["time"][row, column]
    around = exact.at([time * (1 - 1e-5), time * (1 + 1e-5)]).W - np.diag([1.0, 0.0])
    before, after = np.linalg.norm(around, axis=(1, 2))
    assert before > arrival.LEVEL > after


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
