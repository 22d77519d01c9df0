"""Without symmetry: the angle falls like the square of the norm, and may rise before."""

import numpy as np
import pytest

from lindyn.figures.lsz import without_symmetry


@pytest.mark.parametrize("name", ["tilted", "mirrored", "square"])
def test_without_symmetry_the_angle_falls_like_the_square_of_the_norm(name):
    data = without_symmetry.compute_beyond_law()
    for depth in (1, 2, 4):
        angle = np.radians(data[f"angle_{name}_{depth}"])
        norm = data[f"norm_{name}_{depth}"]
        if norm[-1] < 20:
            continue
        found = angle[-1] * norm[-1] ** 2
        assert found == pytest.approx(float(data[f"lag_{name}"]), rel=0.01)
    assert data[f"norm_{name}_1"][-1] > 20


def test_off_the_assumption_the_angle_may_rise_or_cross_the_teacher():
    data = without_symmetry.compute_beyond_law()
    for depth in without_symmetry.HORIZONS:
        angle = {name: np.abs(data[f"angle_{name}_{depth}"]) for name in without_symmetry.LAWS}
        assert np.all(np.diff(angle["tilted"]) < 1e-9)
        assert angle["mirrored"].max() > angle["mirrored"][0] + 10
        assert angle["untilted"].max() > angle["untilted"][0] + 2
    signed = data["angle_square_1"]
    assert signed.min() < -3
    assert data["angle_untilted_1"][-1] == pytest.approx(0, abs=1e-6)
