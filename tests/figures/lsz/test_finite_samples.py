"""Finite samples: from the population to the maximum margin."""

import numpy as np
import pytest

from lindyn import UniformSphere
from lindyn.figures.lsz import finite_samples


def test_a_sample_leaves_the_population_and_goes_to_its_max_margin_direction():
    data = finite_samples.compute_beyond_sample()
    for size in finite_samples.SIZES:
        early = (data["t"] > 0.5) & (data["t"] < 5)
        ratio = data[f"angle_{size}"][early] / data["population"][early]
        assert np.all(np.abs(ratio - 1) < 0.25)
        assert data["population"][-1] < 1e-6
        assert data[f"angle_{size}"][-1] == pytest.approx(float(data[f"limit_{size}"]), rel=0.05)
        assert data[f"margin_{size}"][-1] < 0.05 * data[f"limit_{size}"]
        assert data[f"left_{size}"] < data[f"near_{size}"]
        assert 30 < size * data[f"limit_{size}"] < 80
    near = [float(data[f"near_{size}"]) for size in finite_samples.SIZES]
    assert near[0] < near[1] < near[2]


def test_max_margin_on_the_circle_halves_the_extreme_angle():
    x = UniformSphere(2).sample(30, np.random.default_rng(5))
    signed = np.where(x[:, 1:] >= 0, 1.0, -1.0) * x
    angles = np.arctan2(signed[:, 0], signed[:, 1])
    grid = np.linspace(-np.pi / 2, np.pi / 2, 200_001)
    margins = np.cos(angles[:, None] - grid[None, ::100]).min(axis=0)
    best = grid[::100][np.argmax(margins)]
    assert (angles.min() + angles.max()) / 2 == pytest.approx(best, abs=2e-3)
