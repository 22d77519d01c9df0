"""The maximum margin direction of separable data, its support vectors, and the constant α."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.data import LabelledData

SUPPORT = 1e-9  # of the largest ‖z_i‖: an example nearer to the margin than this is on it
LEAST_MARGIN = 1e-10  # of the largest ‖z_i‖: below, rounding hides whether the data separate
MOST_FACETS = 9  # dimensions up to which the convex hull of dependent support vectors is found


@dataclass(frozen=True)
class MaxMargin:
    r"""The maximum margin direction ū of separable data, with its dual certificate.

    Attributes
    ----------
    direction : ū, shape (d,), of norm 1.
    margin : :math:`\gamma = \min_i \langle\bar u, z_i\rangle`, in the units of the inputs.
    support : sorted indices i with ⟨ū, z_i⟩ = γ, up to 1e-9 of the largest ‖z_i‖.
    dual : q of shape (n,), non-negative, of sum 1, zero off the support, with
        :math:`\sum_i q_i z_i = \gamma\bar u`: the nearest point of the hull to 0.
    """

    direction: Array
    margin: float
    support: np.ndarray
    dual: Array
    _supports: Array = field(repr=False)

    @cached_property
    def spanning(self) -> bool:
        """Whether the support vectors span R^d (Assumption 2.7)."""
        scaled = self._supports / np.max(np.abs(self._supports))
        return int(np.linalg.matrix_rank(scaled, tol=SUPPORT)) == self.direction.size

    @cached_property
    def alpha(self) -> float:
        r"""The constant α of Lemma 2.10, in the units of the inputs.

        Equation: :math:`\alpha = \min_{\xi\perp\bar u,\,\lVert\xi\rVert=1}\,\max_{i\in S}
        \langle\xi, z_i\rangle`, negative values counted as 0.

        It is the distance from 0 to the boundary of the hull of the projections
        :math:`\Pi_\perp z_i`, i ∈ S, in :math:`\bar u^\perp`: inf for d = 1 (no ξ), 0 where
        0 lies on that boundary or the hull is flat.

        Raises
        ------
        ValueError
            For linearly dependent support vectors in more than 9 dimensions, where the facets of
            the hull are too many.
        """
        d, count = self.direction.size, self.support.size
        if d == 1:
            return np.inf
        if not self.spanning:
            return 0.0
        frame = np.linalg.svd(self.direction[None, :])[2][1:]
        projected = self._supports @ frame.T
        if count == d:
            return _simplex_inradius(projected, self.dual[self.support])
        if d == 2:
            return max(0.0, min(float(projected.max()), -float(projected.min())))
        if d > MOST_FACETS:
            raise _check.fail(
                "X, y",
                f"of at most {MOST_FACETS} dimensions, or with independent support vectors, for α",
                f"{count} support vectors in {d} dimensions",
            )
        from scipy.spatial import ConvexHull  # slow to import

        size = float(np.max(np.abs(projected)))
        offsets = ConvexHull(projected / size).equations[:, -1]  # −distance where 0 is inside
        return _positive_part(-float(offsets.max()), size)


def max_margin(X: Any, y: Any) -> MaxMargin:
    r"""The maximum margin direction of separable data.

    Equation: :math:`\bar u = \arg\max_{\lVert u\rVert=1}\min_i \langle u, z_i\rangle` with
    :math:`z_i = y_i x_i`; the hyperplane goes through the origin.

    The shortest w with all ⟨w, z_i⟩ ≥ 1 is found as a non-negative least squares problem, whose
    active set is then solved anew; the result is returned only if it satisfies the
    optimality conditions, so that duality certifies γ.

    Parameters
    ----------
    X : inputs of shape (n, d).
    y : labels ±1 of shape (n,).

    Returns
    -------
    MaxMargin
        ``.direction`` (d,), ``.margin``, ``.support`` (sorted indices), ``.dual`` (n,),
        ``.alpha``, ``.spanning``.

    Raises
    ------
    ValueError
        If no hyperplane through the origin separates the data, or so narrowly (γ below 1e-10 of
        the largest input) that rounding decides; the message gives a convex combination of the
        :math:`z_i` that is (almost) zero.
    ArithmeticError
        If the solver fails or its result misses the optimality conditions.

    Statements
    ----------
    ``jt-def-margin``, ``jt-asm-2-7``, ``jt-lem-2-10``

    Examples
    --------
    >>> found = max_margin([[2.0, 1.0], [-2.0, 1.0], [5.0, 0.0]], [1, -1, 1])
    >>> found.direction.round(9) + 0.0, round(found.margin, 9), found.support
    (array([1., 0.]), 2.0, array([0, 1]))
    >>> found.dual.round(9), round(found.alpha, 9), found.spanning
    (array([0.5, 0.5, 0. ]), 1.0, True)

    References
    ----------
    Lawson and Hanson (1974), chapter 23: least distance programming.
    """
    data = LabelledData(X, y)
    z, size = _scaled(data)
    active, gap, combination = _least_distance(z)
    if gap < LEAST_MARGIN:
        raise _not_separable(combination, float(np.linalg.norm(combination @ z)))
    w = np.linalg.lstsq(z[active], np.ones(active.size))[0]
    norm = float(np.linalg.norm(w))
    direction, margin = w / norm, 1.0 / norm
    dual = np.zeros(len(z))
    dual[active] = np.linalg.lstsq(z[active].T, direction)[0] * margin
    values = z @ direction
    wrong = max(-float(dual.min()), (margin - float(values.min())) / margin)
    if not wrong < 1e-5:
        raise ArithmeticError(f"the maximum margin misses its optimality conditions by {wrong:.1e}")
    support = np.flatnonzero(values <= margin + SUPPORT)
    dual = np.maximum(dual, 0.0)
    return MaxMargin(direction, margin * size, support, dual / dual.sum(), data.signed[support])


def separable(X: Any, y: Any) -> bool:
    r"""Whether some hyperplane through the origin separates the data.

    Equation: some u has :math:`y_i\langle u, x_i\rangle > 0` for every i.  Margins below 1e-10 of
    the largest input count as none.

    Parameters
    ----------
    X, y : inputs of shape (n, d) and labels ±1.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        For inputs that are not finite or labels that are not ±1.

    Statements
    ----------
    ``jt-def-margin``

    Examples
    --------
    >>> separable([[1.0], [2.0]], [1, 1]), separable([[1.0], [2.0]], [1, -1])
    (True, False)
    """
    return _least_distance(_scaled(LabelledData(X, y))[0])[1] >= LEAST_MARGIN


def _scaled(data: LabelledData) -> tuple[Array, float]:
    """The vectors z_i in units of the longest of them, and that unit."""
    largest = float(np.max(np.abs(data.X))) or 1.0  # first, so that no norm overflows
    z = data.signed / largest
    longest = float(np.max(np.linalg.norm(z, axis=1))) or 1.0
    return z / longest, longest * largest


def _least_distance(z: Array) -> tuple[Array, float, Array]:
    """Active set of the shortest w with z w ≥ 1, about γ, and a convex combination near 0.

    With λ ≥ 0 nearest to solving zᵀλ = 0, Σλ = 1, the residual r has ‖r‖² = γ²/(1 + γ²).
    """
    from scipy.optimize import nnls  # slow to import

    n, d = z.shape
    system = np.vstack([z.T, np.ones(n)])
    wanted = np.append(np.zeros(d), 1.0)
    try:
        multipliers, gap = nnls(system, wanted, maxiter=30 * max(n, d))
    except RuntimeError as error:
        raise ArithmeticError(f"non-negative least squares: {error}") from error
    active = np.flatnonzero(multipliers > 1e-13 * multipliers.max())
    return active, float(gap), multipliers / multipliers.sum()


def _simplex_inradius(corners: Array, weights: Array) -> float:
    """Distance from 0 = Σ q_j p_j to the nearest facet of the simplex of the corners p_j."""
    size = float(np.max(np.abs(corners)))
    system = np.vstack([corners.T / size, np.ones(len(corners))])
    slopes = np.linalg.inv(system)[:, :-1]  # of the barycentric coordinates
    return _positive_part(float(np.min(weights / np.linalg.norm(slopes, axis=1))), size)


def _positive_part(distance: float, size: float) -> float:
    """``distance`` in units of ``size``; what rounding alone could have made counts as 0."""
    return distance * size if distance > SUPPORT else 0.0


def _not_separable(combination: Array, distance: float) -> ValueError:
    used = np.flatnonzero(combination)
    shown = ", ".join(f"{combination[i]:.6g}·z_{i}" for i in used[:6])
    more = f" + {used.size - 6} more" if used.size > 6 else ""
    return _check.fail(
        "X, y",
        "separable by a hyperplane through the origin",
        f"data with a convex combination of the z_i = y_i x_i at {distance:.1e} of the largest "
        f"from 0 ({shown}{more})",
        "Add a constant coordinate to X if the hyperplane may have an offset.",
    )
