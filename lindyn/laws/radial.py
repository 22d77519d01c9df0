"""Any spherically symmetric law, by the density of the norm."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn._radial import MixtureProfile, Profile, RuleProfile, sphere_profile
from lindyn.laws._directions import directions, slice_density
from lindyn.laws._radial_rule import RadialRule
from lindyn.laws.spherical_law import SphericalLaw


class RadialLaw(SphericalLaw):
    r"""The spherically symmetric law whose norm R = ‖x‖ has the given density.

    Parameters
    ----------
    dim : int
        Dimension of the space, at least 1.
    density : callable
        Density of R, vectorised: an array of radii to an array of values.  It must integrate to 1.
        Kinks and jumps are found; an inverse square root at an end of the support costs digits.
    support : (float, float)
        Interval that carries R, 0 ≤ lo < hi ≤ inf.

    Raises
    ------
    ValueError
        If the density is negative somewhere, does not integrate to 1 (the message gives the
        integral), or has an infinite first moment.

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn import RadialLaw, UniformBall
    >>> law = RadialLaw(3, lambda r: 3 * r**2, support=(0, 1))
    >>> abs(law.psi(2.0) - UniformBall(3).psi(2.0)) < 1e-14
    True
    """

    def __init__(
        self,
        dim: int,
        density: Callable[[Array], Array],
        support: tuple[float, float] = (0.0, float("inf")),
    ) -> None:
        self.dim = _check.integer("dim", dim, least=1)
        self.density = density
        self._rule = RadialRule(density, support)
        self.support = self._rule.support

    def __repr__(self) -> str:
        # The fingerprint tells densities apart that bear the same name.
        return f"RadialLaw(dim={self.dim}, support={self.support}, {self._rule.fingerprint})"

    @cached_property
    def _profile(self) -> Profile:
        radii, weights = self._rule.nodes, self._rule.weights
        if self.dim == 1:
            return RuleProfile(radii, weights, tabulated=False, order=self._rule.order)
        return MixtureProfile(sphere_profile(self.dim), radii, weights, self._rule.order)

    @property
    def _scale(self) -> float:
        return 1.0

    @property
    def second_moment(self) -> float:
        """E‖x‖², infinite where the octaves of its integral stop falling."""
        return self._rule.second_moment

    @property
    def density_at_zero(self) -> float:
        """Density of x₁ at 0, infinite where E‖x‖⁻¹ is."""
        if self.dim == 1:
            return self._rule.density_at_zero / 2
        return slice_density(self.dim) * self._rule.inverse_moment

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _check.generator("rng", rng)
        radii = self._rule.quantile(rng.random(n))
        return radii[:, None] * directions(n, self.dim, rng)
