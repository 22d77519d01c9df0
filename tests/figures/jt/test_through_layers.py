"""Figure 2: circles, the maximum margin at both depths, and how the data flatten."""

import numpy as np
import pytest

from lindyn.figures.jt import runs, through_layers
from lindyn.margins import max_margin


@pytest.fixture(scope="module")
def layers():
    return through_layers.compute_fig_2()


def test_figure_2_data_lie_on_two_circles_far_apart(layers):
    data = through_layers.circles()
    for sign in (1, -1):
        points = data.X[data.y == sign]
        system = np.column_stack([2 * points, np.ones(len(points))])
        x, y, rest = np.linalg.lstsq(system, np.sum(points**2, axis=1))[0]
        radius = np.sqrt(rest + x**2 + y**2)
        assert np.linalg.norm(points - [x, y], axis=1) == pytest.approx(radius)
        assert radius < 0.7 * np.hypot(x, y)
    assert float(layers["certificate"]) < 1e-8


def test_figure_2_both_depths_find_the_maximum_margin(layers):
    data = through_layers.circles()
    for name in ("1", "3"):
        angle = np.abs(layers[f"angle_{name}"])
        assert angle[-1] < 0.5
        law = np.degrees(max_margin(data.X, data.y).margin * runs.residual(data))
        assert angle[-1] * 300 * np.log(10) == pytest.approx(abs(law), rel=0.15)


def test_figure_2_data_flatten_along_the_next_layer(layers):
    flat = []
    for k in range(3):
        points, leading = layers[f"map_{k}"], layers[f"leading_{k}"]
        assert np.all(points[layers["labels"] == 1, 0] > 0)
        assert np.all(points[layers["labels"] == -1, 0] < 0)
        centred = points - points.mean(axis=0)
        assert centred[:, 0] @ centred[:, 1] == pytest.approx(0, abs=1e-9 * np.sum(centred**2))
        flat.append(centred[:, 1].std() / centred[:, 0].std())
        assert abs(leading[0]) > 0.99
    assert flat[0] > 3 * flat[1] > 9 * flat[2]
    there = np.argmin(np.abs(layers["digits_3"] - 3))
    assert flat[1:] == pytest.approx([layers["flat_1"][there], layers["flat_2"][there]])


def test_figure_2_flattening_falls_as_powers_of_the_logarithm(layers):
    """What is across v_1 stays in W_1, and W_1 grows as (ln 1/R)^{1/3}; the next layer squares."""
    shown = layers["digits_3"]
    for k, power in ((1, -1 / 3), (2, -2 / 3)):
        flat = layers[f"flat_{k}"]
        slope = np.log(flat[-1] / flat[-30]) / np.log(shown[-1] / shown[-30])
        assert slope == pytest.approx(power, abs=0.04)
