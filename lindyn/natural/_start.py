"""The start of rank-one flows in the singular bases of the target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.natural._modes import NEVER, Modes, logarithm

BALANCE = 1e-9  # of modal amplitudes that should give unit vectors


@dataclass(frozen=True)
class Start:
    """Amplitudes (B, k) of the sums and differences of modes, and what lies outside the bases.

    ``left`` (k, d_N) and ``right`` (k, d_0) hold singular vectors as rows; ``outside`` the parts
    (B, d_N) and (B, d_0) of u and v that stay as they are, up to normalisation.
    """

    sigma: Array
    plus: Array
    minus: Array
    left: Array
    right: Array
    outside: tuple[Array, Array]

    def modes(self) -> Modes:
        """The modes of q = (u; v)/√2: sums, differences, and the rest."""
        rest = np.sqrt(sum((part**2).sum(axis=1) for part in self.outside))
        amplitudes = np.concatenate([self.plus, self.minus, rest[:, None]], axis=1)
        high, low = logarithm(amplitudes)
        low = np.where(high > NEVER / 2, low - 0.5 * np.log(2), 0.0)
        exponents = np.concatenate([self.sigma, -self.sigma, [0.0]])
        return Modes(exponents, high, low)

    def repeated(self, count: int) -> Start:
        """The one start of a batch, ``count`` times."""
        plus, minus, *outside = (
            np.repeat(part, count, axis=0) for part in (self.plus, self.minus, *self.outside)
        )
        return replace(self, plus=plus, minus=minus, outside=(outside[0], outside[1]))


def from_vectors(target: Array, u: Any, v: Any) -> tuple[Start, bool]:
    """The start given by vectors, and whether there is a batch."""
    rows, columns = target.shape
    us, batch_u = _directions("u", u, rows)
    vs, batch_v = _directions("v", v, columns)
    left, sigma, right = np.linalg.svd(target)
    k = sigma.size
    left, right = left.T[:k], right[:k]
    noise = max(target.shape) * np.finfo(float).eps * sigma[0]
    sigma = _merged(np.where(sigma <= noise, 0.0, sigma), 4 * noise)
    us, vs = _common("u and v", us, vs)
    a, b = us @ left.T, vs @ right.T
    parts = [us - a @ left, vs - b @ right]
    rest = np.sqrt(sum((part**2).sum(axis=1, keepdims=True) for part in parts))
    plus, minus, kept = (_cleared(x, rows + columns) for x in (a + b, a - b, rest))
    plus, minus = plus / np.sqrt(2), minus / np.sqrt(2)
    outside_u, outside_v = (np.where(kept > 0, part, 0.0) for part in parts)
    start = Start(sigma, plus, minus, left, right, (outside_u, outside_v))
    return start, batch_u or batch_v


def from_amplitudes(singular_values: Any, plus: Any, minus: Any) -> tuple[Start, bool]:
    """The start given by modal amplitudes, and whether there is a batch."""
    sigma = _check.vector("singular_values", singular_values)
    if np.any(sigma < 0):
        raise _check.fail("singular_values", "non-negative", float(sigma.min()))
    if np.any(np.diff(sigma) > 0):
        raise _check.fail("singular_values", "in falling order", "another order", "Sort the modes.")
    ups, batch_up = _rows("plus", plus, sigma.size)
    downs, batch_down = _rows("minus", minus, sigma.size)
    ups, downs = _common("plus and minus", ups, downs)
    largest = np.maximum(np.abs(ups), np.abs(downs)).max(axis=1, keepdims=True)
    if np.any(largest == 0):
        raise _check.fail("plus, minus", "non-zero", "a start with all amplitudes zero")
    ups, downs = ups / largest, downs / largest
    scale = np.sqrt(((ups**2).sum(axis=1) + (downs**2).sum(axis=1)) / 2)
    ups, downs = ups / scale[:, None], downs / scale[:, None]
    skew = float(np.max(np.abs((ups * downs).sum(axis=1)), initial=0.0))
    if skew > BALANCE:
        raise _check.fail(
            "plus, minus",
            "orthogonal, so that u and v have the same norm",
            f"an inner product of {skew:.1e}",
            "With u and v of norm 1, plus = (a + b)/√2 and minus = (a − b)/√2 are.",
        )
    sigma = _merged(sigma, 8 * np.finfo(float).eps * sigma[0])
    base = np.eye(sigma.size)
    nothing = np.zeros_like(ups)
    return Start(sigma, ups, downs, base, base, (nothing, nothing)), batch_up or batch_down


def _rows(name: str, value: Any, size: int) -> tuple[Array, bool]:
    array = _check.finite_array(name, value)
    if array.ndim not in (1, 2) or array.shape[-1] != size or array.size == 0:
        raise _check.fail_shape(name, f"({size},) or (B, {size})", f"shape {array.shape}")
    return np.atleast_2d(array), array.ndim == 2


def _directions(name: str, value: Any, size: int) -> tuple[Array, bool]:
    array, batch = _rows(name, value, size)
    largest = np.abs(array).max(axis=1, keepdims=True)
    if np.any(largest == 0):
        raise _check.fail(name, "non-zero", "the zero vector", "A direction needs a length.")
    array = array / largest
    return array / np.linalg.norm(array, axis=1, keepdims=True), batch


def _common(names: str, first: Array, second: Array) -> tuple[Array, Array]:
    try:
        size = np.broadcast_shapes((first.shape[0],), (second.shape[0],))[0]
    except ValueError as error:
        raise _check.fail_shape(
            names, "batches of one size", f"{first.shape[0]} and {second.shape[0]} starts"
        ) from error
    return tuple(np.broadcast_to(x, (size, x.shape[1])).copy() for x in (first, second))  # type: ignore[return-value]


def _cleared(amplitudes: Array, size: int) -> Array:
    """Amplitudes of modes of vectors, with those of the size of rounding set to zero."""
    return np.where(np.abs(amplitudes) <= 2 * size * np.finfo(float).eps, 0.0, amplitudes)


def _merged(sigma: Array, width: float) -> Array:
    """Falling singular values, with those that differ by round-off made equal."""
    groups = np.concatenate([[0], np.cumsum(-np.diff(sigma) > width)])
    means = np.bincount(groups, sigma) / np.bincount(groups)
    return np.asarray(means[groups])
