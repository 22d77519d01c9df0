"""What kind of critical point the weights are: :func:`critical_point`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, combinations

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.landscape.derivatives import curved_start, hessian, stationarity
from lindyn.networks import Weights, multiply
from lindyn.risks import CurvedRisk, LeastSquares, WhitenedSquare

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
    layers = curved_start(risk, weights)
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
