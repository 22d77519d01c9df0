"""Risks of the end-to-end matrix: value, gradient and second derivative.

A risk is a function of ``W`` of shape (d_out, d_in) alone; the layers enter only through the
chain rule of :mod:`lindyn.networks`.  Where d_out = 1 a vector (d_in,) is accepted and its
gradient comes back as a vector.  Each class states its factor (½, 1/n or expectation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.special import expit

from lindyn import _check
from lindyn._check import Array
from lindyn.data import LabelledData
from lindyn.losses import Loss, loss_named

if TYPE_CHECKING:
    from lindyn.laws import SphericalLaw


class Risk(Protocol):
    """A differentiable function of the end-to-end matrix."""

    @property
    def shape(self) -> tuple[int, int]:
        """(d_out, d_in) of the matrices it takes."""
        ...

    def value(self, W: Array) -> float:
        """R(W)."""
        ...

    def gradient(self, W: Array) -> Array:
        """∇R(W), of the shape of W."""
        ...


class CurvedRisk(Risk, Protocol):
    """A risk with a second derivative."""

    def second_derivative(self, W: Array, direction: Array) -> Array:
        """∇²R(W)[D] for a direction D: the derivative of the gradient, in the shape of W."""
        ...


class StochasticRisk(Risk, Protocol):
    """A risk that is an expectation and can be sampled."""

    def minibatch_gradient(self, W: Array, batch: int, rng: np.random.Generator) -> Array:
        """Gradient of the mean over ``batch`` fresh examples."""
        ...


def as_product(risk: Risk, W: Any, name: str = "W") -> Array:
    """``W`` as a matrix of the risk's shape; a vector stands for one row."""
    if not all(hasattr(risk, needed) for needed in ("shape", "value", "gradient")):
        raise _check.fail(
            "risk",
            "a risk, with .shape, .value(W) and .gradient(W)",
            type(risk).__name__,
            "See lindyn.risks.",
        )
    array = _check.finite_array(name, W)
    if array.ndim == 1 and risk.shape[0] == 1:
        array = array[None, :]
    return _check.matrix(name, array, risk.shape)


def _polar(w: Array) -> tuple[float, Array]:
    """Norm and direction of w; the direction of zero is zero.  Scaled, so nothing overflows."""
    largest = float(np.max(np.abs(w)))
    if largest == 0.0:
        return 0.0, w
    scaled = w / largest
    norm = float(np.linalg.norm(scaled))
    return largest * norm, scaled / norm


class WhitenedSquare:
    r"""Square loss on whitened data: :math:`R(W) = \tfrac12\lVert W - Z\rVert_F^2`.

    The factor ½ is there; the gradient is :math:`W - Z`.

    Parameters
    ----------
    target : array Z of shape (d_out, d_in); a vector stands for one row.

    Raises
    ------
    ShapeError
        If a matrix of another shape is passed to the methods.

    Statements
    ----------
    ``clz-eq-1``, ``own-oja``

    Examples
    --------
    >>> risk = WhitenedSquare([[3.0, 4.0]])
    >>> risk.value([0.0, 0.0]), risk.gradient([0.0, 0.0])
    (12.5, array([-3., -4.]))
    """

    def __init__(self, target: Any) -> None:
        self.target = _check.matrix("target", np.atleast_2d(_check.finite_array("target", target)))

    @property
    def shape(self) -> tuple[int, int]:
        """(d_out, d_in)."""
        return self.target.shape  # type: ignore[return-value]

    def value(self, W: Array) -> float:
        """½‖W − Z‖²_F."""
        return 0.5 * float(np.sum((as_product(self, W) - self.target) ** 2))

    def gradient(self, W: Array) -> Array:
        """W − Z, in the shape of W."""
        return (as_product(self, W) - self.target).reshape(np.shape(W))

    def second_derivative(self, W: Array, direction: Array) -> Array:
        """D itself, in the shape of W."""
        as_product(self, W)
        return as_product(self, direction, "direction").reshape(np.shape(W)).copy()


class LeastSquares:
    r"""Square loss on data: :math:`R(W) = \tfrac12\lVert W X^\top - Y^\top\rVert_F^2`.

    The factor is ½ of the sum over examples (no 1/n).  Rows are examples, so that the papers'
    data matrix is :math:`X^\top`.

    Parameters
    ----------
    X : array of shape (n, d_in).
    Y : array of shape (n, d_out), or (n,) for d_out = 1.

    Raises
    ------
    ShapeError
        If X and Y have different numbers of examples.

    Statements
    ----------
    ``eft-eq-4``

    Examples
    --------
    >>> risk = LeastSquares([[1.0, 0.0], [0.0, 2.0]], [1.0, 2.0])
    >>> risk.value([1.0, 1.0]), risk.gradient([0.0, 0.0])
    (0.0, array([-1., -4.]))
    """

    def __init__(self, X: Any, Y: Any) -> None:
        self.X = _check.finite_array("X", X, ndim=2)
        outputs = _check.finite_array("Y", Y)
        self.Y = outputs[:, None] if outputs.ndim == 1 else _check.matrix("Y", outputs)
        if self.Y.shape[0] != self.X.shape[0] or self.X.size == 0:
            raise _check.fail_shape(
                "Y", f"{self.X.shape[0]} examples, at least 1", f"{self.Y.shape[0]}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """(d_out, d_in)."""
        return (self.Y.shape[1], self.X.shape[1])

    def _residual(self, W: Array) -> Array:
        return self.X @ as_product(self, W).T - self.Y

    def value(self, W: Array) -> float:
        """½ Σ_i ‖W x_i − y_i‖²."""
        return 0.5 * float(np.sum(self._residual(W) ** 2))

    def gradient(self, W: Array) -> Array:
        """Σ_i (W x_i − y_i) x_iᵀ, in the shape of W."""
        return (self._residual(W).T @ self.X).reshape(np.shape(W))

    def second_derivative(self, W: Array, direction: Array) -> Array:
        """Σ_i D x_i x_iᵀ, in the shape of W."""
        as_product(self, W)
        moved = self.X @ as_product(self, direction, "direction").T
        return (moved.T @ self.X).reshape(np.shape(W))


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


class Separable:
    r"""Mean of a scalar loss over a labelled data set.

    Equation: :math:`R(w) = \frac1n\sum_i \ell(y_i\langle w, x_i\rangle)`; the factor is 1/n.
    Separability is not required here (the flow's theorems need it, the risk does not).

    Parameters
    ----------
    X : inputs of shape (n, d).
    y : labels ±1 of shape (n,).
    loss : ``"exponential"``, ``"logistic"`` or a :class:`lindyn.losses.Loss`.

    Raises
    ------
    ValueError
        If a label is not ±1, or no loss has that name.

    Statements
    ----------
    ``jt-def-network``, ``jt-eq-grad-w``

    Examples
    --------
    >>> risk = Separable([[1.0, 0.0], [0.0, 2.0]], [1, 1])
    >>> risk.value([0.0, 0.0]), risk.gradient([0.0, 0.0])
    (1.0, array([-0.5, -1. ]))
    """

    def __init__(self, X: Any, y: Any, loss: str | Loss = "exponential") -> None:
        self.data = LabelledData(X, y)
        self.loss = loss_named(loss)

    @property
    def shape(self) -> tuple[int, int]:
        """(1, d)."""
        return (1, self.data.X.shape[1])

    def value(self, W: Array) -> float:
        """Mean loss."""
        return float(np.mean(self.loss.value(self.data.signed @ as_product(self, W)[0])))

    def gradient(self, W: Array) -> Array:
        """(1/n) Σ_i ℓ′(⟨w, z_i⟩) z_i, in the shape of W."""
        z = self.data.signed
        slopes = self.loss.derivative(z @ as_product(self, W)[0])
        return (slopes @ z / len(z)).reshape(np.shape(W))

    def second_derivative(self, W: Array, direction: Array) -> Array:
        """(1/n) Σ_i ℓ″(⟨w, z_i⟩) ⟨D, z_i⟩ z_i, in the shape of W."""
        z = self.data.signed
        margins = z @ as_product(self, W)[0]
        bends = -self.loss.decay(margins) * self.loss.derivative(margins)
        moved = z @ as_product(self, direction, "direction")[0]
        return ((bends * moved) @ z / len(z)).reshape(np.shape(W))
