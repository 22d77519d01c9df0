"""Risks in the plane without spherical symmetry: means, gradients, the rule."""

import numpy as np
import pytest

from lindyn.figures.planar import EllipticalLogistic, SquareLogistic
from lindyn.risks import SphericalLogistic

POINTS = [[0.6, -0.8], [0.3, 2.0], [-1.0, 0.2], [0.05, 9.0]]


def sampled(points, w):
    """Gradient of the mean logistic loss over points labelled by their second coordinate."""
    signed = np.where(points[:, 1:] >= 0, 1.0, -1.0) * points
    terms = -signed / (1 + np.exp(signed @ w))[:, None]
    return terms.mean(axis=0), terms.std(axis=0) / np.sqrt(len(points))


@pytest.mark.parametrize("w", POINTS)
def test_risks_of_the_plane_are_the_means_they_name(w):
    rng, w = np.random.default_rng(3), np.array(w)
    covariance = np.array([[2.0, 1.1], [1.1, 0.9]])
    normal = rng.standard_normal((400_000, 2)) @ np.linalg.cholesky(covariance).T
    tilt = 0.4
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    square = rng.uniform(-1, 1, (400_000, 2)) @ turn
    for risk, points in (
        (EllipticalLogistic(covariance), normal),
        (SquareLogistic(tilt), square),
    ):
        mean, spread = sampled(points, w)
        assert np.all(np.abs(risk.gradient(w) - mean) < 5 * spread)


@pytest.mark.parametrize("risk", [EllipticalLogistic(np.diag([4.0, 0.25])), SquareLogistic(0.3)])
def test_gradients_of_the_plane_are_those_of_the_values(risk):
    for point in POINTS[:3]:
        w, size = np.array(point), 1e-5
        slopes = [
            (risk.value(w + size * e) - risk.value(w - size * e)) / (2 * size) for e in np.eye(2)
        ]
        assert risk.gradient(w) == pytest.approx(slopes, abs=1e-9)


def test_a_round_normal_law_is_the_spherical_problem():
    law = EllipticalLogistic(np.eye(2)).law
    exact = SphericalLogistic(law, [0.0, 1.0])
    for point in POINTS:
        w = np.array(point)
        found = EllipticalLogistic(np.eye(2))
        assert found.gradient(w) == pytest.approx(exact.gradient(w), abs=1e-13)
        assert found.value(w) == pytest.approx(exact.value(w), rel=1e-12)


@pytest.mark.parametrize("tilt", [0.0, 0.35])
def test_the_rule_on_the_square_is_exact_enough(tilt, monkeypatch):
    coarse = SquareLogistic(tilt)
    monkeypatch.setattr("lindyn.figures.planar.ORDER", 20)
    fine = SquareLogistic(tilt)
    for point in (*POINTS, [0.0, 60.0], [0.01, 100.0]):
        w = np.array(point)
        assert coarse.gradient(w) == pytest.approx(fine.gradient(w), abs=1e-9)
