"""Weights of a deep linear network: product, layer gradients, imbalance, alignment.

Weights are a tuple ``(W_1, …, W_N)`` from the input layer to the output layer, ``W_k`` of shape
``(d_k, d_{k-1})``.  The network maps ``x`` to ``W_N ⋯ W_1 x``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from lindyn import _check
from lindyn._check import Array

Weights = tuple[Array, ...]


@dataclass(frozen=True)
class Alignment:
    r"""How near the layers are to rank one, and neighbours to each other.

    ``ratios[k-1]`` is ‖W_k‖₂/‖W_k‖_F (shape (N,)); ``inner[k-1]`` is
    :math:`\lvert\langle v_{k+1}, u_k\rangle\rvert` for the leading singular vectors of
    neighbouring layers (shape (N-1,)).
    """

    ratios: Array
    inner: Array


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


def imbalance(weights: Sequence[Array]) -> Weights:
    r"""What the gradient flow conserves.

    Equation: :math:`D_k = W_{k+1}^\top W_{k+1} - W_k W_k^\top`, k = 1, …, N-1.

    Parameters
    ----------
    weights : sequence of arrays, input layer first.

    Returns
    -------
    tuple of N-1 symmetric matrices, ``D_k`` of shape (d_k, d_k); all zero if and only if the
    weights are balanced.

    Raises
    ------
    ShapeError
        If neighbouring shapes do not chain.
    ValueError
        If an entry is not finite, or a square overflows.

    Statements
    ----------
    ``own-conservation``, ``jt-eq-2-4``

    Examples
    --------
    >>> import numpy as np
    >>> imbalance((np.array([[2.0]]), np.array([[3.0]])))
    (array([[5.]]),)
    """
    layers = _check.weights_chain("weights", weights)
    with np.errstate(over="ignore", invalid="ignore"):
        differences = tuple(
            outer.T @ outer - inner @ inner.T
            for inner, outer in zip(layers[:-1], layers[1:], strict=True)
        )
    return tuple(_check.finite_result("weights", difference) for difference in differences)


def alignment(weights: Sequence[Array]) -> Alignment:
    r"""Ratios and inner products that Ji and Telgarsky's alignment is about.

    Equation: :math:`\lVert W_k\rVert_2/\lVert W_k\rVert_F` for every layer and
    :math:`|\langle v_{k+1}, u_k\rangle|` for neighbours, where :math:`u_k, v_k` are the leading
    left and right singular vectors of :math:`W_k`.  Where a layer's two largest singular values
    are equal, its leading vectors are not unique and ``.inner`` is that of one choice.

    Parameters
    ----------
    weights : sequence of arrays, input layer first.

    Returns
    -------
    Alignment
        ``.ratios`` of shape (N,), ``.inner`` of shape (N-1,).

    Raises
    ------
    ValueError
        If a layer is zero: its leading singular vectors do not exist.

    Statements
    ----------
    ``jt-lem-2-6-i``, ``jt-lem-2-6-ii``, ``jt-thm-2-2-iii``

    Examples
    --------
    >>> import numpy as np
    >>> found = alignment((np.diag([3.0, 4.0]), np.array([[0.0, 2.0]])))
    >>> found.ratios.round(3), found.inner
    (array([0.8, 1. ]), array([1.]))

    References
    ----------
    Ji and Telgarsky (2019), Lemma 2.6.
    """
    layers = _check.weights_chain("weights", weights)
    ratios, left, right = [], [], []
    for k, layer in enumerate(layers):
        size = np.max(np.abs(layer))
        if size == 0:
            raise _check.fail(f"weights[{k}]", "non-zero", "the zero matrix")
        u, s, vt = np.linalg.svd(layer / size, full_matrices=False)
        ratios.append(s[0] / np.linalg.norm(s))
        left.append(u[:, 0])
        right.append(vt[0])
    inner = [abs(float(v @ u)) for u, v in zip(left[:-1], right[1:], strict=True)]
    return Alignment(np.array(ratios), np.array(inner))


def balanced(
    W: Array,
    depth: int,
    widths: Sequence[int] | None = None,
    rng: np.random.Generator | None = None,
) -> Weights:
    r"""Balanced weights of the given depth whose product is ``W``.

    Equation: with :math:`W = U\Sigma V^\top`,
    :math:`W_1 = O_1\Sigma^{1/N}V^\top,\; W_k = O_k\Sigma^{1/N}O_{k-1}^\top,\;
    W_N = U\Sigma^{1/N}O_{N-1}^\top`, where the :math:`O_k` have orthonormal columns.

    Parameters
    ----------
    W : array of shape (d_N, d_0), of any rank; a vector (d,) stands for (1, d)
        Singular values below max(d_N, d_0)·2⁻⁵²·‖W‖₂ are rounding and count as zero: their N-th
        roots would not be small.
    depth : int, at least 1.
    widths : hidden widths d_1, …, d_{N-1}, each at least the rank; default: max(rank, 1).
    rng : generator of the frames O_k; without it they are the first columns of the identity.

    Returns
    -------
    tuple of ``depth`` arrays, input layer first, with zero :func:`imbalance`.

    Raises
    ------
    ValueError
        If a hidden width is below the rank, their number is not ``depth`` - 1, or ``rng`` is
        not a generator.

    Statements
    ----------
    ``own-balanced-exists``, ``eft-def-3-2``

    Examples
    --------
    >>> import numpy as np
    >>> weights = balanced(np.array([[3.0, 4.0]]), depth=3)
    >>> [layer.shape for layer in weights], end_to_end(weights).round(12)
    ([(1, 2), (1, 1), (1, 1)], array([[3., 4.]]))
    """
    depth = _check.integer("depth", depth, least=1)
    if rng is not None:
        rng = _check.generator("rng", rng)
    target = _check.finite_array("W", W)
    target = _check.matrix("W", np.atleast_2d(target))
    u, s, vt = np.linalg.svd(target, full_matrices=False)
    _check.finite_result("W", s)
    negligible = max(target.shape) * np.finfo(float).eps * s[0]
    rank = int(np.sum(s > negligible))
    chosen = _hidden_widths(widths, depth, rank)
    if depth == 1:
        return (target.copy(),)
    root = s[:rank] ** (1.0 / depth)
    frames = [_frame(width, rank, rng) for width in chosen]
    first = frames[0] @ (root[:, None] * vt[:rank])
    middle = [
        (outer * root) @ inner.T for inner, outer in zip(frames[:-1], frames[1:], strict=True)
    ]
    last = (u[:, :rank] * root) @ frames[-1].T
    return (first, *middle, last)


def _hidden_widths(widths: Sequence[int] | None, depth: int, rank: int) -> list[int]:
    if widths is None:
        return [max(rank, 1)] * (depth - 1)
    count = len(widths) if isinstance(widths, Sequence | np.ndarray) else repr(widths)
    if count != depth - 1:
        raise _check.fail(
            "widths",
            f"{depth - 1} hidden widths for depth {depth}",
            count,
            "Leave out the widths of input and output.",
        )
    chosen = [_check.integer(f"widths[{k}]", width, least=1) for k, width in enumerate(widths)]
    if min(chosen, default=rank) < rank:
        raise _check.fail(
            "widths", f"at least the rank {rank} of W", min(chosen), "Widen the hidden layers."
        )
    return chosen


def _frame(width: int, rank: int, rng: np.random.Generator | None) -> Array:
    if rng is None:
        return np.eye(width, rank)
    q, r = np.linalg.qr(rng.standard_normal((width, rank)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)  # signs fixed, so that q is Haar distributed
