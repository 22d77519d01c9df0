"""Square losses: on whitened data, and on any."""

from __future__ import annotations

from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.risks.protocol import as_product


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
