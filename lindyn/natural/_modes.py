r"""Sums of exponentials with amplitudes of any size.

A rank-one flow is :math:`q(\tau) = \sum_i c_ie^{\mu_i\tau}e_i/\nu(\tau)` with
:math:`\nu^2 = \sum_ic_i^2e^{2\mu_i\tau}`.  Here :math:`\ln|c_i|` and :math:`\mu_i\tau` are carried
as sums of two floats, so that ratios of modes are accurate to round-off where they are of order
one, however small the amplitudes and however late the time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NEVER = -1e30  # stands for ln 0, but can be added and subtracted
_LN2_HIGH = 0.693145751953125  # 16 bits: its products with exponents of two are exact
_LN2_LOW = 1.4286068203094172321e-6


class Modes:
    """Modes of a batch of starts that share their exponents.

    Parameters
    ----------
    exponents : μ, shape (M,).
    high, low : ln|c| as a sum of two, shape (B, M); ``NEVER`` for a mode that is not there.
    """

    def __init__(self, exponents: Array, high: Array, low: Array) -> None:
        self.exponents, self.high, self.low = exponents, high, low

    def relative(self, tau: Array) -> tuple[Array, NDArray[np.intp], Array, Array]:
        """Logarithms of the modes, less that of the largest, at natural times of shape (…, B).

        Returns the differences, shape (…, B, M), the index of the largest mode, and its logarithm
        as a sum of two.
        """
        product, error = _two_product(self.exponents, tau[..., None])
        total, lost = two_sum(self.high, product)
        low = error + lost + self.low
        leader = np.argmax(total + low, axis=-1)
        size = self.exponents.size
        flat = np.arange(0, leader.size * size, size) + leader.ravel()
        top, top_low = (x.ravel()[flat].reshape(leader.shape) for x in (total, low))
        difference = (total - top[..., None]) + (low - top_low[..., None])
        return difference, leader, top, top_low

    def take(self, rows: NDArray[np.intp] | slice) -> Modes:
        """The modes of some of the starts."""
        return Modes(self.exponents, self.high[rows], self.low[rows])


def logarithm(x: Array) -> tuple[Array, Array]:
    """Values of ln|x| as sums of two floats, absolutely accurate to 1e-16 for x of any size."""
    mantissa, exponent = np.frexp(np.abs(x))
    small = mantissa < np.sqrt(0.5)
    mantissa, exponent = np.where(small, 2 * mantissa, mantissa), exponent - small
    absent = mantissa == 0
    high, low = two_sum(exponent * _LN2_HIGH, np.log(np.where(absent, 1.0, mantissa)))
    high, low = two_sum(high, low + exponent * _LN2_LOW)
    return np.where(absent, NEVER, high), np.where(absent, 0.0, low)


def exponential(high: Array, low: Array) -> Array:
    """The exponential of a sum of two; 0 where that is below the smallest float."""
    return np.asarray(np.exp(np.maximum(high, -800.0)) * np.exp(low))


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """The rounded sum and its rounding error."""
    total = a + b
    rest = total - a
    return total, (a - (total - rest)) + (b - rest)


def _two_product(a: Array, b: Array) -> tuple[Array, Array]:
    """The rounded product and its rounding error (Dekker's splitting)."""
    product = a * b
    a_high, b_high = _upper_half(a), _upper_half(b)
    a_low, b_low = a - a_high, b - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def _upper_half(a: Array) -> Array:
    scaled = 134217729.0 * a
    return np.asarray(scaled - (scaled - a))
