"""The residual is the minimiser of its sum."""

import numpy as np

from lindyn.figures.jt import runs
from lindyn.margins import max_margin


def test_residual_minimises_its_sum():
    data = runs.clusters()
    found, x = max_margin(data.X, data.y), runs.residual(data)
    across = np.array([-found.direction[1], found.direction[0]])
    p = data.signed[found.support] @ across
    values = [np.exp(-p * y).sum() for y in (x - 1e-3, x, x + 1e-3)]
    assert values[1] < min(values[0], values[2])
