r"""Spherically symmetric laws of the data, and the radial part of the logistic population loss.

With labels y = sign(v·x) the population loss of a linear predictor w under a spherically symmetric
law is :math:`L(w) = \Phi(\lVert w\rVert) - \kappa\, v^\top w`, where

.. math:: \Phi(r) = \mathbb{E}\ln(2\cosh(r x_1/2)), \qquad
   \kappa = \tfrac12\mathbb{E}|x_1| = c_0/\pi.

A law therefore enters through one function of one variable.  Every law here gives it, with its
derivatives and with the two differences that would otherwise cancel
(:math:`\psi = \kappa - \Phi'` and :math:`\Phi - \kappa r`), to about 1e-14.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn import _check
from lindyn._radial import (
    CURVATURE,
    PSI,
    RESIDUAL,
    SLOPE,
    MixtureProfile,
    Profile,
    RuleProfile,
    cosine_profile,
    normal_profile,
    sphere_profile,
    student_profile,
)
from lindyn._radial_rule import RadialRule

Array = NDArray[np.float64]


class SphericalLaw(ABC):
    r"""A law of x in :math:`\mathbb{R}^d` that every rotation leaves unchanged.

    All functions of r take a non-negative number or an array of any shape and return the same
    shape.  They are accurate to 1e-13 for r·E|x₁| from 0 to 1e12.

    Attributes
    ----------
    dim : int
        Dimension d of the data.
    c0 : float
        :math:`\mathbb{E}\lVert(x_1,x_2)\rVert`; in dimension 1, where there is no second
        coordinate, :math:`\tfrac{\pi}{2}\mathbb{E}|x_1|`, which is the same number otherwise.
    kappa : float
        The pull :math:`c_0/\pi = \tfrac12\mathbb{E}|x_1|`, the largest value of the slope.
    second_moment : float
        :math:`\mathbb{E}\lVert x\rVert^2`, possibly infinite.
    density_at_zero : float
        Density p(0) of the coordinate x₁ at 0, which governs late times:
        :math:`r^2\psi(r) \to \tfrac{\pi^2}{6}p(0)` as r → ∞.  Infinite where
        :math:`\mathbb{E}\lVert x\rVert^{-1}` is (d ≥ 2), 0 where x₁ stays away from 0.
    """

    dim: int

    @property
    @abstractmethod
    def _profile(self) -> Profile:
        """The four means for this law at scale 1."""

    @property
    @abstractmethod
    def _scale(self) -> float:
        """The factor from the law at scale 1 to this one."""

    @property
    @abstractmethod
    def second_moment(self) -> float:
        """E‖x‖²."""

    @property
    @abstractmethod
    def density_at_zero(self) -> float:
        """Density of the coordinate x₁ at 0."""

    @abstractmethod
    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""

    @cached_property
    def kappa(self) -> float:
        """The pull κ = c₀/π = ½ E|x₁|."""
        return self._scale * self._profile.scale / 2

    @cached_property
    def c0(self) -> float:
        """E‖(x₁, x₂)‖ = (π/2) E|x₁|."""
        return float(np.pi * self.kappa)

    def _mean(self, kind: int, r: Any, power: int, at_zero: float) -> Any:
        if isinstance(r, float) and 0 < r < np.inf:
            return self._profile.scalar(r * self._scale, kind) * self._scale**power
        radius = _check.finite_array("r", r)
        if np.any(radius < 0):
            raise _check.fail("r", "non-negative", float(radius.min()))
        flat = np.atleast_1d(radius).ravel()
        positive = flat > 0
        out = np.full(flat.shape, at_zero)
        means = self._profile.evaluate(flat[positive] * self._scale, (kind,))
        out[positive] = means[0] * self._scale**power
        return float(out[0]) if radius.ndim == 0 else out.reshape(radius.shape)

    def psi(self, r: Any) -> Any:
        r""":math:`\psi(r) = \kappa - \Phi'(r) = \mathbb{E}[|x_1|/(1+e^{r|x_1|})]`."""
        return self._mean(PSI, r, 1, self.kappa)

    def residual(self, r: Any) -> Any:
        r""":math:`\Phi(r) - \kappa r = \mathbb{E}\ln(1+e^{-r|x_1|})`: the loss at angle 0."""
        return self._mean(RESIDUAL, r, 0, float(np.log(2)))

    def Phi(self, r: Any) -> Any:
        r""":math:`\Phi(r) = \mathbb{E}\ln(2\cosh(r x_1/2))`."""
        return self.residual(r) + self.kappa * np.asarray(r, dtype=float)[()]

    def dPhi(self, r: Any) -> Any:
        r""":math:`\Phi'(r) = \tfrac12\mathbb{E}[|x_1|\tanh(r|x_1|/2)]`."""
        return self._mean(SLOPE, r, 1, 0.0)

    def d2Phi(self, r: Any) -> Any:
        r""":math:`\Phi''(r) = \tfrac14\mathbb{E}[x_1^2/\cosh^2(r x_1/2)]`."""
        return self._mean(CURVATURE, r, 2, self.second_moment / (4 * self.dim))


def _slice_density(dim: int) -> float:
    """Density at 0 of one coordinate of the unit sphere of dimension d ≥ 2."""
    return math.exp(math.lgamma(dim / 2) - math.lgamma((dim - 1) / 2)) / math.sqrt(math.pi)


def _directions(n: int, dim: int, rng: np.random.Generator) -> Array:
    points = rng.standard_normal((n, dim))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def _generator(rng: Any) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise _check.fail(
            "rng", "a numpy random generator", type(rng).__name__, "Use numpy.random.default_rng."
        )
    return rng


@dataclass(frozen=True)
class UniformSphere(SphericalLaw):
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

    dim: int
    radius: float = 1.0

    def __post_init__(self) -> None:
        _check.integer("dim", self.dim, least=1)
        _check.positive("radius", self.radius)

    @property
    def _profile(self) -> Profile:
        return sphere_profile(self.dim)

    @property
    def _scale(self) -> float:
        return float(self.radius)

    @property
    def second_moment(self) -> float:
        """E‖x‖²."""
        return float(self.radius) ** 2

    @property
    def density_at_zero(self) -> float:
        """Density of x₁ at 0: 0 in dimension 1, where x₁ is plus or minus the radius."""
        return _slice_density(self.dim) / self.radius if self.dim > 1 else 0.0

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _generator(rng)
        return self.radius * _directions(n, self.dim, rng)


@dataclass(frozen=True)
class UniformBall(SphericalLaw):
    """The uniform law on the ball of the given radius.

    Parameters
    ----------
    dim : int
        Dimension of the space, at least 1.
    radius : float
        Radius, positive.
    """

    dim: int
    radius: float = 1.0

    def __post_init__(self) -> None:
        _check.integer("dim", self.dim, least=1)
        _check.positive("radius", self.radius)

    @property
    def _profile(self) -> Profile:
        # One coordinate of the ball in dimension d is one of the sphere in dimension d + 2.
        return cosine_profile(self.dim)

    @property
    def _scale(self) -> float:
        return float(self.radius)

    @property
    def second_moment(self) -> float:
        """E‖x‖²."""
        return float(self.radius) ** 2 * self.dim / (self.dim + 2)

    @property
    def density_at_zero(self) -> float:
        """Density of x₁ at 0, that of the sphere two dimensions up."""
        return _slice_density(self.dim + 2) / self.radius

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _generator(rng)
        radii = self.radius * rng.random((n, 1)) ** (1 / self.dim)
        return radii * _directions(n, self.dim, rng)


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
        n, rng = _check.integer("n", n), _generator(rng)
        return self.scale * rng.standard_normal((n, self.dim))


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
        n, rng = _check.integer("n", n), _generator(rng)
        normal = rng.standard_normal((n, self.dim))
        return self.scale * normal / np.sqrt(rng.chisquare(self.freedom, (n, 1)) / self.freedom)


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
        return _slice_density(self.dim) * self._rule.inverse_moment

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """``n`` independent points, shape (n, dim)."""
        n, rng = _check.integer("n", n), _generator(rng)
        radii = self._rule.quantile(rng.random(n))
        return radii[:, None] * _directions(n, self.dim, rng)
