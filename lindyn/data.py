"""Finite data sets: inputs with labels ±1, and whitened regression data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array


@dataclass(frozen=True)
class LabelledData:
    """Inputs ``X`` of shape (n, d) with labels ``y`` of ±1 (shape (n,)).

    Raises
    ------
    ValueError
        If a label is not ±1 or there is no example.
    ShapeError
        If the numbers of inputs and labels differ.

    Examples
    --------
    >>> data = LabelledData([[1.0, 0.0], [0.0, 2.0]], [1, -1])
    >>> data.signed
    array([[ 1.,  0.],
           [-0., -2.]])
    """

    X: Array
    y: Array

    def __init__(self, X: Any, y: Any) -> None:
        inputs = _check.finite_array("X", X, ndim=2)
        labels = _check.finite_array("y", y, ndim=1)
        if inputs.shape[0] == 0 or inputs.shape[1] == 0:
            raise _check.fail_shape("X", "an array (n, d) with n, d ≥ 1", f"shape {inputs.shape}")
        if labels.size != inputs.shape[0]:
            raise _check.fail_shape("y", f"{inputs.shape[0]} labels", f"{labels.size}")
        if not np.all(np.abs(labels) == 1):
            raise _check.fail("y", "labels of +1 or -1", np.unique(labels)[:4], "Map 0 to -1.")
        object.__setattr__(self, "X", inputs)
        object.__setattr__(self, "y", labels)

    @property
    def signed(self) -> Array:
        """The vectors z_i = y_i x_i, shape (n, d); w separates the data iff all ⟨w, z_i⟩ > 0."""
        return self.y[:, None] * self.X


def two_clusters(
    n: int, dim: int, rng: np.random.Generator, gap: float = 1.0, spread: float = 0.3
) -> LabelledData:
    r"""Two clusters on either side of the plane x₁ = 0, separated by construction.

    Each input is :math:`\pm(\mathrm{gap} + \mathrm{spread}\,\lvert\xi_1\rvert,
    \mathrm{spread}\,\xi_2, \dots)` with standard normal ξ and label ±1.

    Parameters
    ----------
    n, dim : number of examples and of coordinates.
    rng : generator that is advanced.
    gap : the least distance from the plane, positive.
    spread : standard deviation within a cluster, not negative.

    Returns
    -------
    LabelledData
        Separable, with margin at least ``gap`` in the direction e₁.

    Raises
    ------
    ValueError
        If ``n`` or ``dim`` is below 1, ``gap`` not positive or ``spread`` negative.

    Examples
    --------
    >>> data = two_clusters(6, 2, np.random.default_rng(0))
    >>> bool((data.signed[:, 0] >= 1.0).all())
    True
    """
    n = _check.integer("n", n, least=1)
    dim = _check.integer("dim", dim, least=1)
    rng = _check.generator("rng", rng)
    gap = _check.positive("gap", gap)
    spread = _check.real("spread", spread)
    if spread < 0:
        raise _check.fail("spread", "non-negative", spread)
    noise = spread * rng.standard_normal((n, dim))
    noise[:, 0] = gap + np.abs(noise[:, 0])
    labels = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    return LabelledData(labels[:, None] * noise, labels)


def whitened_inputs(n: int, dim: int, rng: np.random.Generator) -> Array:
    r"""Inputs whose second moments are whitened: :math:`\sum_i x_i x_i^\top = I`.

    Parameters
    ----------
    n, dim : number of examples and of coordinates, ``n`` at least ``dim``.
    rng : generator that is advanced.

    Returns
    -------
    array of shape (n, dim); its transpose is the papers' X with XXᵀ = I.

    Raises
    ------
    ValueError
        If there are fewer examples than coordinates.

    Statements
    ----------
    ``clz-asm-2-1-data``

    Examples
    --------
    >>> X = whitened_inputs(5, 2, np.random.default_rng(0))
    >>> bool(np.allclose(X.T @ X, np.eye(2), atol=1e-14))
    True
    """
    n = _check.integer("n", n, least=1)
    dim = _check.integer("dim", dim, least=1)
    rng = _check.generator("rng", rng)
    if n < dim:
        raise _check.fail("n", f"at least dim = {dim}", n, "Whitening needs n ≥ dim.")
    frame, _ = np.linalg.qr(rng.standard_normal((n, dim)))
    return frame
