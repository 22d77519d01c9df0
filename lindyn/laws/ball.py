"""The uniform law on a ball."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn._radial import Profile, cosine_profile
from lindyn.laws._directions import directions, slice_density
from lindyn.laws.of_radius import LawOfRadius


@dataclass(frozen=True)
class UniformBall(LawOfRadius):
    """The uniform law on the ball of the given radius.

    Parameters
    ----------
    dim : int
        Dimension of the space, at least 1.
    radius : float
        Radius, positive.
    """

    @property
    def _profile(self) -> Profile:
        # One coordinate of the ball in dimension d is one of the sphere in dimension d + 2.
        return cosine_profile(self.dim)

    @property
    def second_moment(self) -> float:
        """E‖x‖²."""
        return float(self.radius) ** 2 * self.dim / (self.dim + 2)

    @property
    def density_at_zero(self) -> float:
        """Density of x₁ at 0, that of the sphere two dimensions up."""
        return slice_density(self.dim + 2) / self.radius

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _check.generator("rng", rng)
        radii = self.radius * rng.random((n, 1)) ** (1 / self.dim)
        return radii * directions(n, self.dim, rng)
