"""Polynomials on panels: fitting at Chebyshev points, fast evaluation, spectral integration."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Basis:
    """Matrices for polynomials of degree below n on [−1, 1].

    ``points`` are the Chebyshev points, in rising order.  Values there become Chebyshev
    coefficients by ``to_chebyshev``, and these coefficients of powers by ``to_powers``.
    ``integral`` takes values f(x_j) to (∫_{−1}^{x_i} f)/(1 + x_i), ``total`` to ∫_{−1}^{1} f.
    """

    points: Array
    to_chebyshev: Array
    to_powers: Array
    integral: Array
    total: Array

    def fit(self, values: Array) -> Array:
        """Coefficients of powers along the last axis.

        Powers are safe here, as Chebyshev coefficients fall faster than the change of basis grows;
        but the two matrices must be applied one after the other: their product loses six digits.
        """
        return np.asarray(values @ self.to_chebyshev.T @ self.to_powers.T)


@functools.cache
def basis(n: int) -> Basis:
    """The basis with ``n`` points."""
    angle = (n - 0.5 - np.arange(n)) * np.pi / n
    points = np.cos(angle)
    to_chebyshev = 2 / n * np.cos(np.outer(np.arange(n), angle))
    to_chebyshev[0] /= 2
    to_powers = np.zeros((n, n))
    for k in range(n):
        to_powers[: k + 1, k] = chebyshev.cheb2poly(np.eye(n)[k])[: k + 1]
    # By Gauss's rule on [−1, x_i], so that short integrals keep their relative accuracy.
    x, w = np.polynomial.legendre.leggauss(n)
    inner = (1 + points)[:, None] / 2 * (x + 1) - 1
    integral = np.einsum("imk,m->ik", chebyshev.chebvander(inner, n - 1), w / 2) @ to_chebyshev
    total = w @ chebyshev.chebvander(x, n - 1) @ to_chebyshev
    return Basis(points, to_chebyshev, to_powers, integral, total)


def powers(x: Array, n: int) -> Array:
    """The powers 1, x, …, x^{n−1} of the entries of the vector ``x``: shape (n, len(x))."""
    out = np.empty((n, x.size))
    out[0], out[1] = 1.0, x
    done = 2
    while done < n:  # twice as many each time: fast, and fewer roundings than one by one
        more = min(done, n - done)
        np.multiply(out[:more], out[done - 1] * x, out=out[done : done + more])
        done += more
    return out


def evaluate(coefficients: Array, panel: NDArray[np.intp], x_powers: Array) -> Array:
    """The polynomials of the given panels; ``coefficients`` has shape (n, panels)."""
    return np.einsum("kn,kn->n", coefficients.take(panel, axis=1), x_powers)
