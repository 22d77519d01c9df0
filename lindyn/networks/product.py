"""The product of the layers, and the chain rule that leads from it back to them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from lindyn import _check
from lindyn._check import Array

Weights = tuple[Array, ...]


def end_to_end(weights: Sequence[Array]) -> Array:
    r"""The end-to-end matrix of the network.

    Equation: :math:`W = W_N W_{N-1} \cdots W_1`.

    Parameters
    ----------
    weights : sequence of arrays, ``W_k`` of shape (d_k, d_{k-1}), input layer first.

    Returns
    -------
    array of shape (d_N, d_0).

    Raises
    ------
    ShapeError
        If neighbouring shapes do not chain.
    ValueError
        If an entry is not finite, or the product overflows.

    Statements
    ----------
    ``own-layer-gradient``, ``own-induced-flow``

    Examples
    --------
    >>> import numpy as np
    >>> end_to_end((np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])))
    array([[3., 6.],
           [4., 8.]])
    """
    layers = _check.weights_chain("weights", weights)
    with np.errstate(over="ignore", invalid="ignore"):
        return _check.finite_result("weights", multiply(layers))


def multiply(layers: Sequence[Array]) -> Array:
    """:func:`end_to_end` without checks, for inner loops."""
    return reduce(lambda below, layer: layer @ below, layers[1:], layers[0])


def layer_gradients(weights: Sequence[Array], gradient: Array) -> Weights:
    r"""Gradients of the risk with respect to every layer.

    Equation: with :math:`G = \nabla R(W)`,
    :math:`\partial R/\partial W_k = (W_N \cdots W_{k+1})^\top G\, (W_{k-1} \cdots W_1)^\top`.

    Parameters
    ----------
    weights : sequence of arrays, input layer first.
    gradient : array of shape (d_N, d_0)
        Gradient of the risk with respect to the end-to-end matrix.

    Returns
    -------
    tuple of arrays, each of the shape of its layer.

    Raises
    ------
    ShapeError
        If the shapes do not chain or the gradient does not fit the product.
    ValueError
        If an entry is not finite, or a product overflows.

    Statements
    ----------
    ``own-layer-gradient``, ``jt-eq-layer-grad``

    Examples
    --------
    >>> import numpy as np
    >>> weights = (np.array([[2.0]]), np.array([[3.0]]))
    >>> [float(g[0, 0]) for g in layer_gradients(weights, np.array([[1.0]]))]
    [3.0, 2.0]
    """
    layers = _check.weights_chain("weights", weights)
    shape = (layers[-1].shape[0], layers[0].shape[1])
    outer = _check.matrix("gradient", gradient, shape)
    with np.errstate(over="ignore", invalid="ignore"):
        gradients = chain_rule(layers, outer)
    return tuple(_check.finite_result("weights", inner) for inner in gradients)


def chain_rule(layers: Sequence[Array], gradient: Array) -> Weights:
    """:func:`layer_gradients` without checks, for inner loops."""
    below: list[Array | None] = [None]  # W_{k-1} ⋯ W_1; None stands for the identity
    for layer in layers[:-1]:
        last = below[-1]
        below.append(layer if last is None else layer @ last)
    gradients: list[Array] = []
    above = gradient  # (W_N ⋯ W_{k+1})ᵀ G
    for layer, product in zip(reversed(layers), reversed(below), strict=True):
        gradients.append(above if product is None else above @ product.T)
        above = layer.T @ above
    return tuple(reversed(gradients))
