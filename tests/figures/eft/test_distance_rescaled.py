"""Figure 1 at other scales: the late order is reversed, the rates go with the norm."""

import numpy as np
import pytest

from lindyn.figures.eft import distance_rescaled, runs


@pytest.fixture(scope="module")
def scales():
    return distance_rescaled.compute_scales()


def test_other_scales_reverse_the_late_order(scales):
    unit, wide = (np.array([scales[f"euler_{k}_{depth}"] for depth in runs.DEPTHS]) for k in (0, 1))
    assert np.all(np.diff(wide[:, -1]) < 0)
    assert np.ptp(unit[:, -1]) < 0.12 * unit[0, -1]
    assert np.all(np.diff(unit[:, 2]) < 0)
    assert np.all(np.diff(wide[:, 2]) < 0)
    for k in (0, 1):
        for depth in runs.DEPTHS:
            assert scales[f"euler_{k}_{depth}"] == pytest.approx(
                scales[f"flow_{k}_{depth}"], rel=0.05
            )


@pytest.mark.parametrize("k", range(3))
def test_late_rates_go_with_the_norm_of_the_target(scales, k):
    size = scales["sizes"][k]
    assert scales[f"rate_{k}"] == pytest.approx(size ** (1 - 2 / scales["depth"]), rel=1e-9)
    # The scale-free rate is one: distances over e^{−u} settle on constants.
    for depth in runs.DEPTHS:
        limit = float(scales[f"limit_{depth}"])
        assert scales[f"unit_{depth}"][-1] == pytest.approx(limit, rel=1e-4)
        one_layer = np.sqrt(101 - 20 * np.cos(np.pi / 6))
        assert scales[f"unit_{depth}"][0] == pytest.approx(one_layer)
        assert 17 < one_layer / limit < 19.1
