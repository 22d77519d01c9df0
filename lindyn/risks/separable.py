"""The mean loss of labelled data: :class:`Separable`."""

from __future__ import annotations

from typing import Any

import numpy as np

from lindyn._check import Array
from lindyn.data import LabelledData
from lindyn.losses import Loss, loss_named
from lindyn.risks.protocol import as_product


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
