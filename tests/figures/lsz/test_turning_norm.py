"""The least norm lies between its bounds."""

import numpy as np
import pytest

from lindyn.figures.lsz import turning_norm


@pytest.mark.parametrize("depth", turning_norm.DEPTHS)
def test_turning_norm_lies_between_its_bounds(depth):
    data = turning_norm.compute_turning_norm()
    for k in range(len(turning_norm.SIZES)):
        exact = data[f"exact_{depth}_{k}"]
        assert np.all(exact <= data[f"above_{depth}"] * (1 + 1e-12))
        assert np.all(exact >= data[f"below_{depth}_{k}"] * (1 - 1e-12))
        assert np.all(np.diff(exact) <= 1e-14)
        floor = np.cos(np.radians(data["angle"]) / 2) ** (2 * depth)
        assert np.all(exact >= floor * (1 - 1e-12))
    # A small start attains the upper bound, to the share of its own curvature.
    assert np.all(data[f"exact_{depth}_0"] > 0.8 * data[f"above_{depth}"])
