"""What every spherically symmetric law gives: one function of one variable, and samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn._radial import CURVATURE, PSI, RESIDUAL, SLOPE, Profile


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
