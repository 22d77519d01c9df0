"""Gradient and Hessian of a risk over all layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.networks import Weights, chain_rule, multiply
from lindyn.risks import CurvedRisk, as_product


def hessian_vector(
    risk: CurvedRisk, weights: Sequence[Array], directions: Sequence[Array]
) -> Weights:
    r"""The Hessian of the risk over all layers, applied to a direction.

    Equation: with :math:`A_k = W_N\cdots W_{k+1}`, :math:`B_k = W_{k-1}\cdots W_1`,
    :math:`G = \nabla R(W)` and a dot for the derivative along the directions
    :math:`\Delta_1, \dots, \Delta_N`,

    .. math::
        &(\nabla^2 L[\Delta])_k = \dot A_k^\top G B_k^\top\\
        &\quad + A_k^\top\dot G B_k^\top + A_k^\top G\dot B_k^\top,\\
        &\dot G = \nabla^2 R(W)[\dot W].

    Two passes over the layers, so about three times the cost of the gradient.

    Parameters
    ----------
    risk : risk of the end-to-end matrix with a ``second_derivative`` (:mod:`lindyn.risks`).
    weights : sequence of arrays, ``W_k`` of shape (d_k, d_{k-1}), input layer first.
    directions : sequence of arrays of the same shapes.

    Returns
    -------
    tuple of arrays, each of the shape of its layer.

    Raises
    ------
    ShapeError
        If the weights do not chain or do not fit the risk, or a direction does not fit its layer.
    ValueError
        If an entry is not finite, a product overflows, or the risk has no second derivative.

    Statements
    ----------
    ``eft-def-2-2``, ``own-critical-spectrum``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> zero, one = np.zeros((1, 1)), np.ones((1, 1))
    >>> [float(h[0, 0]) for h in hessian_vector(WhitenedSquare([[2.0]]), (zero, zero), (one, zero))]
    [0.0, -2.0]
    """
    layers = curved_start(risk, weights)
    moves = _check.weights_chain("directions", directions)
    shapes = [layer.shape for layer in layers]
    if [move.shape for move in moves] != shapes:
        raise _check.fail_shape("directions", f"of shapes {shapes}", [m.shape for m in moves])
    with np.errstate(over="ignore", invalid="ignore"):
        images = _second_derivative(risk, layers, moves)
    return tuple(_check.finite_result("weights", image) for image in images)


def hessian(risk: CurvedRisk, weights: Sequence[Array]) -> Array:
    r"""The Hessian of the risk over all layers as a matrix.

    Coordinates are the entries of :math:`W_1`, row by row, then those of :math:`W_2`, and so on.

    Parameters
    ----------
    risk : risk of the end-to-end matrix with a ``second_derivative``.
    weights : sequence of arrays, input layer first; meant for up to some hundred entries.

    Returns
    -------
    symmetric array of shape (n, n), n = Σ d_k d_{k-1}.

    Raises
    ------
    ShapeError
        If the weights do not chain or do not fit the risk.
    ValueError
        If an entry is not finite, a product overflows, or the risk has no second derivative.

    Statements
    ----------
    ``eft-def-2-2``, ``eft-rem-2-8-zero``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> hessian(WhitenedSquare([[2.0]]), (np.zeros((1, 1)), np.zeros((1, 1))))
    array([[ 0., -2.],
           [-2.,  0.]])
    """
    layers = curved_start(risk, weights)
    sizes = [layer.size for layer in layers]
    ends = list(accumulate(sizes))
    basis = np.eye(ends[-1])
    moves = [
        basis[:, end - size : end].reshape(-1, *layer.shape)
        for layer, size, end in zip(layers, sizes, ends, strict=True)
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        images = _second_derivative(risk, layers, moves)
    matrix = np.concatenate([image.reshape(ends[-1], -1) for image in images], axis=1)
    return _check.finite_result("weights", (matrix + matrix.T) / 2)


def hessian_spectrum(risk: CurvedRisk, weights: Sequence[Array]) -> Array:
    """The eigenvalues of :func:`hessian`, ascending; parameters and errors are the same.

    Statements
    ----------
    ``own-critical-spectrum``, ``own-scalar-landscape``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> hessian_spectrum(WhitenedSquare([[2.0]]), (np.zeros((1, 1)), np.zeros((1, 1))))
    array([-2.,  2.])
    """
    return np.linalg.eigvalsh(hessian(risk, weights))


def stationarity(risk: CurvedRisk, weights: Sequence[Array]) -> float:
    r"""The norm of the gradient of the risk over all layers.

    Equation: :math:`(\sum_k\lVert\partial R/\partial W_k\rVert_F^2)^{1/2}`.

    Parameters
    ----------
    risk : risk of the end-to-end matrix.
    weights : sequence of arrays, input layer first.

    Returns
    -------
    float, in units of the risk over units of the weights; 0 exactly at critical points.

    Raises
    ------
    ShapeError
        If the weights do not chain or do not fit the risk.
    ValueError
        If an entry is not finite, or a product overflows.

    Statements
    ----------
    ``eft-def-2-1``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> stationarity(WhitenedSquare([[2.0]]), (np.zeros((1, 1)), np.ones((1, 1))))
    2.0
    """
    layers = _check.weights_chain("weights", weights)
    with np.errstate(over="ignore", invalid="ignore"):
        product = as_product(risk, multiply(layers), "product of weights")
        parts = chain_rule(layers, risk.gradient(product))
        norm = np.linalg.norm([np.linalg.norm(part) for part in parts])
    return float(_check.finite_result("weights", norm))


def curved_start(risk: CurvedRisk, weights: Sequence[Array]) -> Weights:
    """The checked weights of a risk with a second derivative."""
    layers = _check.weights_chain("weights", weights)
    with np.errstate(over="ignore", invalid="ignore"):
        product = _check.finite_result("weights", multiply(layers))
    as_product(risk, product, "product of weights")
    if not hasattr(risk, "second_derivative"):
        raise _check.fail(
            "risk",
            "a risk with .second_derivative(W, direction)",
            type(risk).__name__,
            "See lindyn.risks.",
        )
    return layers


def _second_derivative(
    risk: CurvedRisk, layers: Weights, moves: Sequence[Array]
) -> tuple[Array, ...]:
    """∇²L applied to directions, which may share a leading axis; no checks."""
    below = [np.eye(layers[0].shape[1])]  # W_{k-1} ⋯ W_1
    turned = [np.zeros_like(below[0])]  # its derivative
    for layer, move in zip(layers, moves, strict=True):
        turned.append(layer @ turned[-1] + move @ below[-1])
        below.append(layer @ below[-1])
    W, change = below[-1], turned[-1]
    above = risk.gradient(W)  # (W_N ⋯ W_{k+1})ᵀ G, and its derivative
    if change.ndim == 2:
        swung = risk.second_derivative(W, change)
    else:
        swung = np.array([risk.second_derivative(W, one) for one in change])
    images: list[Array] = []
    for k in reversed(range(len(layers))):
        images.append(swung @ below[k].T + above @ np.swapaxes(turned[k], -1, -2))
        swung = layers[k].T @ swung + np.swapaxes(moves[k], -1, -2) @ above
        above = layers[k].T @ above
    return tuple(reversed(images))
