"""Balance: what the flow conserves, and weights for which it is zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.networks.product import Weights


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
    >>> from lindyn import balanced, end_to_end
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
