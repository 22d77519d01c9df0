"""Directions that are uniform on the unit sphere."""

from __future__ import annotations

import math

import numpy as np

from lindyn._check import Array


def slice_density(dim: int) -> float:
    """Density at 0 of one coordinate of the unit sphere of dimension d ≥ 2."""
    return math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)


def directions(n: int, dim: int, rng: np.random.Generator) -> Array:
    """``n`` independent directions, shape (n, dim)."""
    points = rng.standard_normal((n, dim))
    return points / np.linalg.norm(points, axis=1, keepdims=True)
