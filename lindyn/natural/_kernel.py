r"""Matrices that integrate against a decaying exponential on one panel.

At the Chebyshev points :math:`x_k` of [0, 1],
:math:`K_\kappa g(x) = \int_0^x e^{-\kappa(x-\xi)}g(\xi)\,d\xi`, for :math:`\kappa = 0` and for
powers of two, however large: panels may be many times longer than the decay.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from lindyn._chebyshev import basis

Array = NDArray[np.float64]

POINTS = 28
SEEN = 48.0  # e^{−SEEN} is nothing


@functools.cache
def points() -> Array:
    """Chebyshev points of [0, 1]."""
    return np.asarray((1 + basis(POINTS).points) / 2)


@functools.cache
def kernel(kappa: float) -> Array:
    """The matrix K_κ, from values at the points to values at the points."""
    x, w = np.polynomial.legendre.leggauss(POINTS)
    pieces = 12
    # In η = κ(x − ξ) from 0 to at most SEEN; first axis: the end of the integral.
    end = points()[:, None]
    length = (np.minimum(end, SEEN / kappa) if kappa > 0 else end) / pieces
    y = (np.arange(pieces)[:, None] + (1 + x) / 2).ravel() * length
    weight = np.tile(w, pieces) * (length / 2) * np.exp(-kappa * y)
    values = chebyshev.chebvander(2 * (end - y) - 1, POINTS - 1)
    return np.asarray(np.einsum("ij,ijk->ik", weight, values) @ basis(POINTS).to_chebyshev)
