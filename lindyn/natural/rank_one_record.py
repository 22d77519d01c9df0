"""Points of a rank-one flow: :class:`RankOneRecord`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lindyn._check import Array
from lindyn.natural._modes import Modes
from lindyn.natural._start import Start


@dataclass(frozen=True)
class RankOneRecord:
    """Points of a :class:`lindyn.RankOneFlow`: time axis first, then the batch axis, if any.

    Attributes
    ----------
    t, tau : time and natural time.
    s : norm of the end-to-end matrix; 0 where it is below the smallest float.
    log_s : ln s, there too.
    u, v : singular vectors, shapes (…, d_N) and (…, d_0).
    a, b : their coordinates in the singular bases of the target, shape (…, k).
    plus, minus : (a + b)/√2 and (a − b)/√2 without cancellation.
    W : end-to-end matrix s·u vᵀ, shape (…, d_N, d_0).

    All but ``t``, ``tau``, ``s`` and ``log_s`` are computed when first read.
    """

    t: Any
    tau: Any
    s: Any
    log_s: Any
    _natural: Array = field(repr=False)
    _start: Start = field(repr=False)
    _modes: Modes = field(repr=False)
    _drop: tuple[int, ...] = field(repr=False)

    @cached_property
    def _amplitudes(self) -> Array:
        """Sizes of all modes of q, normalised: shape (T, B, 2k + 1)."""
        difference = self._modes.relative(self._natural)[0]
        sizes = np.exp(difference)
        return np.asarray(sizes / np.sqrt((sizes**2).sum(axis=-1, keepdims=True)))

    @cached_property
    def _all(self) -> tuple[Array, ...]:
        start, k = self._start, self._start.sigma.size
        sizes = self._amplitudes
        plus = np.sign(start.plus) * sizes[..., :k]
        minus = np.sign(start.minus) * sizes[..., k : 2 * k]
        a, b = plus + minus, plus - minus
        rest = np.sqrt(sum((part**2).sum(axis=1) for part in start.outside) / 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.where(rest == 0, 0.0, sizes[..., -1] / rest)[..., None]
        u, v = a @ start.left + left * start.outside[0], b @ start.right + left * start.outside[1]
        root = math.sqrt(2)
        return a, b, u, v, root * plus, root * minus

    def _shaped(self, k: int) -> Array:
        return np.asarray(self._all[k].squeeze(axis=self._drop))

    @cached_property
    def a(self) -> Array:
        """Coordinates of u."""
        return self._shaped(0)

    @cached_property
    def b(self) -> Array:
        """Coordinates of v."""
        return self._shaped(1)

    @cached_property
    def u(self) -> Array:
        """The left singular vector."""
        return self._shaped(2)

    @cached_property
    def v(self) -> Array:
        """The right singular vector."""
        return self._shaped(3)

    @cached_property
    def plus(self) -> Array:
        """(a + b)/√2."""
        return self._shaped(4)

    @cached_property
    def minus(self) -> Array:
        """(a − b)/√2."""
        return self._shaped(5)

    @cached_property
    def W(self) -> Array:
        """The end-to-end matrix."""
        s = np.asarray(self.s)[..., None, None]
        return np.asarray(s * self.u[..., :, None] * self.v[..., None, :])
