"""How far a matrix is from rank one, also with its entries in random places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lindyn import _check
from lindyn._check import Array
from lindyn.bounds.jt import BOUNDS

LARGE = 512


def leading_values(matrix: NDArray[np.floating], count: int = 1) -> Array:
    """The ``count`` largest singular values, in falling order.

    AlexNet's layers are too large for a full decomposition after every epoch: from a side of
    ``LARGE`` on Lanczos iteration finds them, to about eight digits.

    Raises
    ------
    ValueError
        If ``count`` is below 1 or above the shorter side.

    Examples
    --------
    >>> leading_values(np.diag([3.0, -4.0, 1.0]), 2).round(12)
    array([4., 3.])
    """
    matrix = _check.matrix("matrix", matrix)
    count = _check.integer("count", count, least=1)
    side = min(matrix.shape)
    if count > side:
        raise _check.fail("count", f"at most {side}, the shorter side", count)
    if side < LARGE:
        return np.linalg.svd(matrix, compute_uv=False)[:count]
    from scipy.sparse.linalg import svds  # slow to import

    begin = np.random.default_rng(0).standard_normal(side)  # fixed: the same run every time
    found = svds(matrix, count, tol=1e-8, v0=begin, return_singular_vectors=False)
    return np.sort(found)[::-1]


def rank_bound(shape: tuple[int, int]) -> float:
    """The least ratio ‖W‖₂/‖W‖_F of any matrix of this shape, 1 over the root of its rank."""
    return float(BOUNDS["jt-txt-sec4-lower-bound"](q=min(shape)))


def random_ratio(shape: tuple[int, int]) -> float:
    r"""The ratio ‖W‖₂/‖W‖_F of a large matrix of independent entries of mean 0.

    Equation: :math:`m^{-1/2} + n^{-1/2}`: the largest singular value is close to
    :math:`\sqrt m + \sqrt n` standard deviations, whatever the law of the entries with four
    moments, and the Frobenius norm to :math:`\sqrt{mn}`.

    Examples
    --------
    >>> round(random_ratio((4096, 1024)), 3), rank_bound((4096, 1024))
    (0.047, 0.03125)

    References
    ----------
    Bai and Yin (1993), Limit of the smallest eigenvalue of a large dimensional sample covariance
    matrix.
    """
    m, n = shape
    return float(BOUNDS["jt-txt-sec4-lower-bound-null"](m=m, n=n))


def shuffled_ratio(
    matrix: NDArray[np.floating], rng: np.random.Generator, draws: int = 20
) -> float:
    """The mean ratio ‖W‖₂/‖W‖_F after the entries of W have been put in random places.

    A trained matrix keeps the law of its entries, and loses what they say together.
    """
    matrix = _check.matrix("matrix", matrix)
    rng = _check.generator("rng", rng)
    tops = [
        leading_values(rng.permuted(matrix.ravel()).reshape(matrix.shape))[0]
        for _ in range(_check.integer("draws", draws, least=1))
    ]
    return float(np.mean(tops) / np.linalg.norm(matrix))
