"""The landscape over all layers to second order: Hessians and the kinds of critical points.

The objective is L(W_1, …, W_N) = R(W_N ⋯ W_1) for a risk R of the end-to-end matrix.  Weights and
directions are tuples of matrices, input layer first; a scalar output has d_N = 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, combinations

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.networks import Weights, chain_rule, multiply
from lindyn.risks import CurvedRisk, LeastSquares, WhitenedSquare, as_product

ROUNDING = 1e-14  # of the product of the factors' norms: what a product of layers may lose


class PointKind(StrEnum):
    """What a point of weight space is, as far as two derivatives and the product's rank tell."""

    NOT_CRITICAL = "not critical"
    MINIMISER = "global minimiser"
    STRICT_SADDLE = "strict saddle"
    FLAT_SADDLE = "non-strict saddle"
    SECOND_ORDER = "second-order point"


@dataclass(frozen=True)
class CriticalPoint:
    r"""What :func:`critical_point` found.

    Attributes
    ----------
    kind : :class:`PointKind`.
    gradient_norm : norm of the gradient over all layers.
    spectrum : eigenvalues of the Hessian, ascending, shape (Σ d_k d_{k-1},).
    descent_direction : unit direction of the most negative curvature at a strict saddle; the
        loss falls along it and along its opposite.  None at every other kind.
    gradient_floor, curvature_floor : sizes below which a gradient and an eigenvalue counted as 0.
    """

    kind: PointKind
    gradient_norm: float
    spectrum: Array
    descent_direction: Weights | None
    gradient_floor: float
    curvature_floor: float


def hessian_vector(
    risk: CurvedRisk, weights: Sequence[Array], directions: Sequence[Array]
) -> Weights:
    r"""The Hessian of the risk over all layers, applied to a direction.

    Equation: with :math:`A_k = W_N\cdots W_{k+1}`, :math:`B_k = W_{k-1}\cdots W_1`,
    :math:`G = \nabla R(W)` and a dot for the derivative along the directions
    :math:`\Delta_1, \dots, \Delta_N`,

    .. math:: (\nabla^2 L[\Delta])_k = \dot A_k^\top G B_k^\top + A_k^\top\dot G B_k^\top
        + A_k^\top G\dot B_k^\top, \qquad \dot G = \nabla^2 R(W)[\dot W].

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
    layers = _start(risk, weights)
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
    layers = _start(risk, weights)
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


def critical_point(
    risk: CurvedRisk, weights: Sequence[Array], tolerance: float = 1e-8
) -> CriticalPoint:
    r"""What kind of point of the landscape the weights are.

    The kinds, for a convex risk and :math:`r = \min_k d_k` over all widths, input and output
    included:

    * *not critical*: the gradient is not 0;
    * *strict saddle*: the Hessian has a negative eigenvalue, and a descent direction comes along;
    * *global minimiser*: no negative eigenvalue, and either :math:`\nabla R(W) = 0`, or the risk
      is a square loss and rank(W) = r (Theorem 2.8 of EFT);
    * *non-strict saddle*: no negative eigenvalue, :math:`\nabla R(W)\ne0` and rank(W) < r; such a
      point never minimises, not even locally (``own-rank-deficient``);
    * *second-order point*: no negative eigenvalue, rank(W) = r, :math:`\nabla R(W)\ne0` and the
      risk is no square loss; two derivatives leave it open.

    Numbers count as 0 below ``tolerance`` times the size of what they are made of: with G =
    ∇R(W), h the norm of :math:`\nabla^2R(W)`, and p and q the largest norms that are left of the
    product when one or two layers are taken out, these sizes are
    :math:`p(\lVert G\rVert + h\lVert W\rVert)` for the gradient, :math:`p^2h + q\lVert G\rVert`
    for eigenvalues, :math:`\lVert W\rVert` for its singular values and
    :math:`h\lVert W\rVert` for G; rounding in the products of the layers is allowed for besides.
    So the answer does not change when the target or the data are rescaled.  It is about the point
    to within that tolerance: curvature below it is not seen, and a point near a saddle is not
    critical until its gradient is as small as this.  Saddles of product 0 should have their zeros
    exact.

    Parameters
    ----------
    risk : convex risk of the end-to-end matrix with a ``second_derivative``.
    weights : sequence of arrays, input layer first; small, for the spectrum is dense.
    tolerance : relative, positive; 1e-8 suits points known to rounding.

    Returns
    -------
    CriticalPoint

    Raises
    ------
    ShapeError
        If the weights do not chain or do not fit the risk.
    ValueError
        If an entry is not finite, a product overflows, the risk has no second derivative, or the
        tolerance is not positive.

    Statements
    ----------
    ``eft-def-2-3``, ``eft-thm-2-8``, ``own-rank-deficient``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> zeros = [tuple(np.zeros((1, 1)) for _ in range(depth)) for depth in (2, 3)]
    >>> [str(critical_point(WhitenedSquare([[2.0]]), zero).kind) for zero in zeros]
    ['strict saddle', 'non-strict saddle']
    """
    layers = _start(risk, weights)
    tolerance = _check.positive("tolerance", tolerance)
    values, vectors = np.linalg.eigh(hessian(risk, layers))
    slope, floors = stationarity(risk, layers), _Floors.of(risk, layers, tolerance)
    direction: Weights | None = None
    if slope > floors.gradient:
        kind = PointKind.NOT_CRITICAL
    elif values[0] < -floors.hessian:
        kind = PointKind.STRICT_SADDLE
        direction = _as_layers(vectors[:, 0], layers)
    else:
        kind = _second_order(risk, layers, floors)
    return CriticalPoint(kind, slope, values, direction, floors.gradient, floors.hessian)


@dataclass(frozen=True)
class _Floors:
    """Sizes below which the gradient, eigenvalues, singular values of W and ∇R(W) count as 0."""

    gradient: float
    hessian: float
    product: float
    risk_gradient: float

    @classmethod
    def of(cls, risk: CurvedRisk, layers: Weights, tolerance: float) -> _Floors:
        """``tolerance`` of the sizes of the products, ROUNDING of those of their factors."""
        single = [float(np.linalg.norm(layer, 2)) for layer in layers]

        def of_product(first: int, end: int) -> float:
            return float(np.linalg.norm(multiply(layers[first:end]), 2)) if first < end else 1.0

        def of_factors(first: int, end: int) -> float:
            return float(np.prod(single[first:end]))

        W, depth = multiply(layers), len(layers)
        slope, bend = float(np.linalg.norm(risk.gradient(W))), _curvature_of(risk, W)
        floors = np.zeros(4)
        for share, norm in ((tolerance, of_product), (ROUNDING, of_factors)):
            whole = norm(0, depth)
            one = max(norm(0, k) * norm(k + 1, depth) for k in range(depth))
            two = max(
                (
                    norm(0, k) * norm(k + 1, j) * norm(j + 1, depth)
                    for k, j in combinations(range(depth), 2)
                ),
                default=0.0,
            )
            gradient = one * (slope + bend * whole)
            sizes = [gradient, one * one * bend + two * slope, whole, bend * whole]
            floors += share * np.array(sizes)
        return cls(*map(float, _check.finite_result("weights", floors)))


def _curvature_of(risk: CurvedRisk, W: Array) -> float:
    """The norm of ∇²R(W)."""
    basis = np.eye(W.size).reshape(-1, *W.shape)
    images = np.array([risk.second_derivative(W, move).ravel() for move in basis])
    return float(np.linalg.norm(images, 2))


def _second_order(risk: CurvedRisk, layers: Weights, floors: _Floors) -> PointKind:
    """The kind of a critical point without negative curvature."""
    W = multiply(layers)
    if np.linalg.norm(risk.gradient(W)) <= floors.risk_gradient:
        return PointKind.MINIMISER
    least_width = min(W.shape[1], *(layer.shape[0] for layer in layers))
    if np.linalg.svd(W, compute_uv=False)[least_width - 1] <= floors.product:
        return PointKind.FLAT_SADDLE
    square = isinstance(risk, WhitenedSquare | LeastSquares)
    return PointKind.MINIMISER if square else PointKind.SECOND_ORDER


def _as_layers(vector: Array, layers: Weights) -> Weights:
    """A vector of all entries cut into layers, its largest entry made positive."""
    vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
    cuts = list(accumulate(layer.size for layer in layers))[:-1]
    pieces = np.split(vector, cuts)
    return tuple(piece.reshape(layer.shape) for piece, layer in zip(pieces, layers, strict=True))


def _start(risk: CurvedRisk, weights: Sequence[Array]) -> Weights:
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
