"""The uniform law on a sphere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn._radial import Profile, sphere_profile
from lindyn.laws._directions import directions, slice_density
from lindyn.laws.of_radius import LawOfRadius


@dataclass(frozen=True)
class UniformSphere(LawOfRadius):
    r"""The uniform law on the sphere of the given radius (two points in dimension 1).

    Parameters
    ----------
    dim : int
        Dimension of the space, at least 1.
    radius : float
        Radius, positive.

    Examples
    --------
    >>> from lindyn import UniformSphere
    >>> law = UniformSphere(2)
    >>> round(law.c0, 12), round(law.second_moment, 12)
    (1.0, 1.0)
    """

    @property
    def _profile(self) -> Profile:
        return sphere_profile(self.dim)

    @property
    def second_moment(self) -> float:
        """E‖x‖²."""
        return float(self.radius) ** 2

    @property
    def density_at_zero(self) -> float:
        """Density of x₁ at 0, which is 0 in dimension 1, where x₁ is plus or minus the radius."""
        return slice_density(self.dim) / self.radius if self.dim > 1 else 0.0

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _check.generator("rng", rng)
        return self.radius * directions(n, self.dim, rng)
