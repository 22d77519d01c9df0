"""The Student law, whose tail is heavy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn._radial import Profile, student_profile
from lindyn.laws.spherical_law import SphericalLaw


@dataclass(frozen=True)
class StudentT(SphericalLaw):
    r"""The multivariate Student law, our heavy-tailed example.

    x = scale · z / √(χ²/freedom) with z standard normal.  The tail of ‖x‖ is of order
    r^{−freedom}: the second moment is infinite for freedom ≤ 2, the mean norm for freedom ≤ 1.

    Parameters
    ----------
    dim : int
        Dimension of the space, at least 1.
    freedom : float
        Degrees of freedom, at least 1.1 (LSZ need a finite mean norm, that is more than 1; closer
        to 1 the tail outruns floating point).
    scale : float
        Scale, positive.
    """

    dim: int
    freedom: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        _check.integer("dim", self.dim, least=1)
        if _check.real("freedom", self.freedom) < 1.1:
            raise _check.fail(
                "freedom", "at least 1.1", self.freedom, "At 1 or less E‖x‖ is infinite."
            )
        _check.positive("scale", self.scale)

    @property
    def _profile(self) -> Profile:
        return student_profile(float(self.freedom))

    @property
    def _scale(self) -> float:
        return float(self.scale)

    @property
    def second_moment(self) -> float:
        """E‖x‖², infinite for freedom ≤ 2."""
        if self.freedom <= 2:
            return float("inf")
        return float(self.scale) ** 2 * self.dim * self.freedom / (self.freedom - 2)

    @property
    def density_at_zero(self) -> float:
        """Density of x₁ at 0."""
        nu = float(self.freedom)
        ratio = math.exp(math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2))
        return ratio / (math.sqrt(math.pi * nu) * self.scale)

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _check.generator("rng", rng)
        normal = rng.standard_normal((n, self.dim))
        return self.scale * normal / np.sqrt(rng.chisquare(self.freedom, (n, 1)) / self.freedom)
