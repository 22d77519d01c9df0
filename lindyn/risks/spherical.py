"""The logistic loss of a population: :class:`SphericalLogistic`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from lindyn import _check
from lindyn._check import Array
from lindyn.risks.protocol import as_product

if TYPE_CHECKING:
    from lindyn.laws import SphericalLaw


class SphericalLogistic:
    r"""Population logistic loss under spherically symmetric inputs and teacher labels.

    Equation: :math:`L(w) = E\ln(1 + e^{-\mathrm{sgn}(v_\star\cdot x)\,w\cdot x})
    = \Phi(\lVert w\rVert) - \kappa\, v_\star\cdot w` with :math:`\kappa = c_0/\pi`; an
    expectation, no further factor.

    Parameters
    ----------
    law : spherically symmetric law of the inputs (:mod:`lindyn.laws`).
    direction : teacher direction v_⋆ of shape (d,), normalised on entry.

    Raises
    ------
    ShapeError
        If the direction does not have the law's dimension.

    Statements
    ----------
    ``lsz-eq-1``, ``lsz-eq-2``, ``own-spherical-identity``

    Examples
    --------
    >>> from lindyn.laws import UniformSphere
    >>> risk = SphericalLogistic(UniformSphere(2), direction=[0.0, 1.0])
    >>> round(risk.value([0.0, 0.0]), 6), risk.gradient([0.0, 0.0]).round(6)
    (0.693147, array([ 0.     , -0.31831]))

    References
    ----------
    Lin, Sun and Zhang (2021), equations (1) and (2).
    """

    def __init__(self, law: SphericalLaw, direction: Any) -> None:
        self.law = law
        self.direction = _check.unit_vector("direction", direction, law.dim)

    @property
    def shape(self) -> tuple[int, int]:
        """(1, d)."""
        return (1, self.law.dim)

    def value(self, W: Array) -> float:
        """L(w) as E ln(1 + e^{−ρ|x₁|}) + κρ(1 − cos θ): two non-negative terms, no cancellation."""
        w = as_product(self, W)[0]
        norm, unit = _polar(w)
        if norm == 0.0:
            return float(np.log(2.0))
        one_minus_cos = 0.5 * float(np.sum((unit - self.direction) ** 2))
        return float(self.law.residual(norm)) + self.law.kappa * norm * one_minus_cos

    def gradient(self, W: Array) -> Array:
        """Φ′(ρ) w̄ − κ v_⋆ = κ(w̄ − v_⋆) − ψ(ρ) w̄, in the shape of W."""
        w = as_product(self, W)[0]
        norm, unit = _polar(w)
        gradient = self.law.kappa * (unit - self.direction) - float(self.law.psi(norm)) * unit
        return gradient.reshape(np.shape(W))

    def second_derivative(self, W: Array, direction: Array) -> Array:
        """Φ″(ρ) along w and Φ′(ρ)/ρ across, in the shape of W; Φ″(0) both ways at w = 0."""
        norm, unit = _polar(as_product(self, W)[0])
        moved = as_product(self, direction, "direction")[0]
        along = (unit @ moved) * unit
        bend = float(self.law.d2Phi(norm))
        across = bend if norm == 0.0 else float(self.law.dPhi(norm)) / norm
        return (bend * along + across * (moved - along)).reshape(np.shape(W))

    def minibatch_gradient(self, W: Array, batch: int, rng: np.random.Generator) -> Array:
        """Gradient of the mean loss over ``batch`` fresh inputs."""
        batch = _check.integer("batch", batch, least=1)
        x = self.law.sample(batch, _check.generator("rng", rng))
        labels = np.where(x @ self.direction >= 0, 1.0, -1.0)
        margins = labels * (x @ as_product(self, W)[0])
        weights = -labels * expit(-margins) / batch
        return (weights @ x).reshape(np.shape(W))


def _polar(w: Array) -> tuple[float, Array]:
    """Norm and direction of w; the direction of zero is zero.  Scaled, so nothing overflows."""
    largest = float(np.max(np.abs(w)))
    if largest == 0.0:
        return 0.0, w
    scaled = w / largest
    norm = float(np.linalg.norm(scaled))
    return largest * norm, scaled / norm
