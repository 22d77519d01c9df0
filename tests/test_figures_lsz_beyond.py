"""Measurements off the assumptions: the risks behind them, and what the figures claim."""

import numpy as np
import pytest

from lindyn import UniformSphere, gradient_flow
from lindyn.figures import lsz_beyond as beyond
from lindyn.figures.lsz import START
from lindyn.figures.planar import EllipticalLogistic, SquareLogistic
from lindyn.networks import end_to_end, imbalance
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


@pytest.mark.parametrize("name", ["tilted", "mirrored", "square"])
def test_without_symmetry_the_angle_falls_like_the_square_of_the_norm(name):
    data = beyond.compute_beyond_law()
    for depth in (1, 2, 4):
        angle = np.radians(data[f"angle_{name}_{depth}"])
        norm = data[f"norm_{name}_{depth}"]
        if norm[-1] < 20:
            continue
        found = angle[-1] * norm[-1] ** 2
        assert found == pytest.approx(float(data[f"lag_{name}"]), rel=0.01)
    assert data[f"norm_{name}_1"][-1] > 20


def test_off_the_assumption_the_angle_may_rise_or_cross_the_teacher():
    data = beyond.compute_beyond_law()
    for depth in beyond.LAW_DEPTHS:
        angle = {name: np.abs(data[f"angle_{name}_{depth}"]) for name in beyond.LAWS}
        assert np.all(np.diff(angle["tilted"]) < 1e-9)
        assert angle["mirrored"].max() > angle["mirrored"][0] + 10
        assert angle["untilted"].max() > angle["untilted"][0] + 2
    signed = data["angle_square_1"]
    assert signed.min() < -3
    assert data["angle_untilted_1"][-1] == pytest.approx(0, abs=1e-6)


def test_unbalanced_starts_have_the_same_product_and_the_defect_asked_for():
    for seed in range(3):
        start = beyond.unbalanced(0.1, seed)
        assert end_to_end(start)[0] == pytest.approx(START, abs=1e-12)
        worst = max(np.linalg.norm(gap, 2) for gap in imbalance(start))
        assert worst == pytest.approx(0.1, rel=1e-9)


def test_deviations_are_of_first_order_in_the_defect():
    data = beyond.compute_beyond_balance()
    for name in ("norm", "angle"):
        assert beyond.order_of(data, name) == pytest.approx(1, abs=0.05)
        # Draw by draw too: δ → 3δ triples the deviation.
        assert data[f"{name}_off"][1] / data[f"{name}_off"][0] == pytest.approx(3, rel=0.15)
    assert data["drift"].max() < 1e-6, "the flow conserves the imbalance"


def test_a_sample_leaves_the_population_and_goes_to_its_max_margin_direction():
    data = beyond.compute_beyond_sample()
    for size in beyond.SIZES:
        early = (data["t"] > 0.5) & (data["t"] < 5)
        ratio = data[f"angle_{size}"][early] / data["population"][early]
        assert np.all(np.abs(ratio - 1) < 0.25)
        assert data["population"][-1] < 1e-6
        assert data[f"angle_{size}"][-1] == pytest.approx(float(data[f"limit_{size}"]), rel=0.05)
        assert data[f"margin_{size}"][-1] < 0.05 * data[f"limit_{size}"]
        assert data[f"left_{size}"] < data[f"near_{size}"]
        assert 30 < size * data[f"limit_{size}"] < 80
    near = [float(data[f"near_{size}"]) for size in beyond.SIZES]
    assert near[0] < near[1] < near[2]


def test_max_margin_on_the_circle_halves_the_extreme_angle():
    x = UniformSphere(2).sample(30, np.random.default_rng(5))
    signed = np.where(x[:, 1:] >= 0, 1.0, -1.0) * x
    angles = np.arctan2(signed[:, 0], signed[:, 1])
    grid = np.linspace(-np.pi / 2, np.pi / 2, 200_001)
    margins = np.cos(angles[:, None] - grid[None, ::100]).min(axis=0)
    best = grid[::100][np.argmax(margins)]
    assert (angles.min() + angles.max()) / 2 == pytest.approx(best, abs=2e-3)


def test_the_flow_of_a_nearly_balanced_start_is_integrated_finely_enough():
    risk = SphericalLogistic(UniformSphere(2), [0.0, 1.0])
    start, times = beyond.unbalanced(0.1, 0), np.linspace(0, beyond.HORIZON, 301)[::50]
    fine = gradient_flow(risk, start, times, rtol=1e-12, atol=1e-14).product[:, 0]
    data = beyond.compute_beyond_balance()
    k = beyond.SHOWN.index(0.1)
    assert np.linalg.norm(fine, axis=1) == pytest.approx(data[f"norm_{k}"][::50], rel=1e-7)
