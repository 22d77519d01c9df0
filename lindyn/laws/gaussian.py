"""The normal law."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn._radial import Profile, normal_profile
from lindyn.laws.spherical_law import SphericalLaw


@dataclass(frozen=True)
class Gaussian(SphericalLaw):
    """The normal law with mean 0 and covariance scale² times the identity.

    Parameters
    ----------
    dim : int
        Dimension of the space, at least 1.
    scale : float
        Standard deviation of each coordinate, positive.
    """

    dim: int
    scale: float = 1.0

    def __post_init__(self) -> None:
        _check.integer("dim", self.dim, least=1)
        _check.positive("scale", self.scale)

    @property
    def _profile(self) -> Profile:
        return normal_profile()

    @property
    def _scale(self) -> float:
        return float(self.scale)

    @property
    def second_moment(self) -> float:
        """E‖x‖²."""
        return float(self.scale) ** 2 * self.dim

    @property
    def density_at_zero(self) -> float:
        """Density of x₁ at 0."""
        return 1 / (math.sqrt(2 * math.pi) * self.scale)

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _check.generator("rng", rng)
        return self.scale * rng.standard_normal((n, self.dim))
