"""Figure 4: a straight line between descent and bound."""

import numpy as np
import pytest

from lindyn.figures.clz import aligned, runs


@pytest.fixture(scope="module")
def data():
    return aligned.compute_fig_4()


def test_figure_4_is_a_straight_line_between_descent_and_bound(data):
    n = data["n"]
    assert np.all(data["flow_s"] - 5 <= data["bound"] * (1 + 1e-9) + 1e-14)
    assert data["flow_pull"] == pytest.approx(5, abs=1e-14)
    descent = np.log(data["gd_s"] - 5)
    middle = (n >= 200) & (n <= 500)
    slope = np.polyfit(n[middle], descent[middle], 1)[0]
    assert slope == pytest.approx(np.log1p(-6 * 5 ** (5 / 3) * runs.STEP), rel=2e-3)
    assert np.max(np.abs(data["lost"])) < 1e-13
