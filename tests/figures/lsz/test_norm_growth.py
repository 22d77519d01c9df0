"""Figure 2: the sign of the gain, as estimated and exactly."""

import numpy as np
import pytest

from lindyn.figures.lsz import norm_growth


def test_figure_2_signs_agree_with_the_exact_boundary_away_from_it():
    """The mean of 1000 values z/(1+e^z) spreads by their standard deviation over √1000."""
    data = norm_growth.compute_fig_2()
    nodes, weights = np.polynomial.legendre.leggauss(60)
    turn = np.pi / 2 * (nodes + 1)
    first, second = np.meshgrid(data["first"], data["second"])
    z = first[..., None] * np.cos(turn) + second[..., None] * np.sin(turn)
    values = z / (1 + np.exp(z))
    spread = np.sqrt((values**2 @ weights / 2 - data["exact"] ** 2) / norm_growth.SAMPLES)
    assert np.all(np.abs(data["estimate"] - data["exact"]) <= 5 * spread)
    clear = np.abs(data["exact"]) > 5 * spread
    assert np.mean(clear) > 0.8
    assert np.array_equal(data["estimate"][clear] > 0, data["exact"][clear] > 0)
    assert np.mean((data["estimate"] > 0) == (data["exact"] > 0)) > 0.97


def test_figure_2_gain_against_its_definition():
    """g(w) = E[z/(1+e^z)] with z = y w·x, by quadrature on the half circle."""
    data = norm_growth.compute_fig_2()
    nodes, weights = np.polynomial.legendre.leggauss(300)
    turn = np.pi / 2 * (nodes + 1)
    for row, column in ((10, 20), (45, 45), (80, 70)):
        z = data["first"][column] * np.cos(turn) + data["second"][row] * np.sin(turn)
        direct = np.sum(weights * z / (1 + np.exp(z))) / 2
        assert data["exact"][row, column] == pytest.approx(direct, abs=1e-12)


def test_figure_2_boundary_is_where_the_gain_vanishes():
    data = norm_growth.compute_fig_2()
    nodes, weights = np.polynomial.legendre.leggauss(300)
    turn = np.pi / 2 * (nodes + 1)
    for rho, theta in zip(data["norm"][1::30], data["angle"][1::30], strict=True):
        z = rho * (np.sin(theta) * np.cos(turn) + np.cos(theta) * np.sin(turn))
        assert np.sum(weights * z / (1 + np.exp(z))) == pytest.approx(0, abs=1e-11)
    assert data["angle"][0] == pytest.approx(np.pi / 2)
