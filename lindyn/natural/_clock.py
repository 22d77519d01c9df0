r"""The size s and the clock t of rank-one flows, panel by panel, for a whole batch at once.

In natural time :math:`s' = Ns(\lambda - s)` with :math:`\lambda = (\ln\nu)'`, so on a panel of
length h from :math:`\tau_p`, with :math:`x = (\tau-\tau_p)/h` and
:math:`g = (\nu/\nu_p)^Ne^{-\kappa x}`,

.. math:: \frac{s_p}{s} = \frac1g\Bigl(e^{-\kappa x} + Ns_ph\int_0^xe^{-\kappa(x-\xi)}g\,d\xi
   \Bigr), \qquad t = t_p + h\int_0^xs^{2/N-1}\,d\xi .

With :math:`\kappa = N\lambda_ph`, a power of two, g is nearly constant where the direction moves
slowly, and a panel may be many times longer than the memory of s.  A panel counts when the
Chebyshev coefficients of g, ln s and t′ have come down to round-off; else it is shortened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lindyn._chebyshev import basis
from lindyn.natural._kernel import POINTS, kernel, points
from lindyn.natural._modes import NEVER, Modes, exponential, two_sum

Array = NDArray[np.float64]
Index = NDArray[np.intp]

LONGEST = 1e290  # t beyond which it is called infinite
FLAT = 30.0  # a mode e^{−FLAT} times the largest does not count
TAIL = 2e-15  # of the last Chebyshev coefficients
SETTLED = 2e-15  # of s/λ − 1, or of what a start leaves behind
ATTEMPTS = 200_000


@dataclass
class Panels:
    """Solved panels of all starts, those of one start together and in order.

    ``first`` (B+1,) says where the panels of each start begin.
    """

    first: Index
    tau: Array
    length: Array
    kappa: Array
    t: Array
    log_s: Array  # as a sum of two, at the beginning
    log_s_low: Array
    rise: Array  # ln(s/s_p): coefficients of powers of 2x − 1, shape (POINTS, panels)
    clock: Array  # the same of (t − t_p)/(t_p′ h x)


class March:
    """The state of the march of every start.

    Parameters
    ----------
    modes : modes of the batch.
    log_s, log_s_low : ln s at time 0 as a sum of two, shape (B,).
    depth : N.
    """

    def __init__(self, modes: Modes, log_s: Array, log_s_low: Array, depth: float) -> None:
        self.modes, self.depth = modes, depth
        self.clock = 2.0 / depth - 1.0
        size = log_s.size
        self.tau, self.t = np.zeros(size), np.zeros(size)
        self.log_s, self.log_s_low = log_s.copy(), log_s_low.copy()
        self.terminal = np.zeros(size, dtype=bool)
        self.leader = np.zeros(size, dtype=np.intp)
        self.difference = np.empty(modes.high.shape)
        self._step = np.full(size, np.inf)
        self._rows: list[tuple[Array, ...]] = []
        self._enter(np.arange(size))
        self._sorted: Panels | None = None

    @property
    def exponent(self) -> Array:
        """μ of the largest mode, shape (B,)."""
        return np.asarray(self.modes.exponents[self.leader])

    def rate(self, log_s: Array) -> Array:
        """dt/dτ, at most LONGEST."""
        return np.exp(np.minimum(self.clock * log_s, math.log(LONGEST)))

    def advance(self, until: Array, natural: bool) -> None:
        """March until the (natural) time of each start reaches ``until``, or its last phase."""
        for _ in range(ATTEMPTS):
            reached = self.tau if natural else self.t
            rows = np.flatnonzero(~self.terminal & (reached < until))
            if rows.size == 0:
                return
            self._panel(rows)
        low = int(np.argmin(reached))
        raise ArithmeticError(f"start {low}: no end of the march at τ = {self.tau[low]:g}")

    def panels(self) -> Panels:
        """All panels so far."""
        if self._sorted is None:
            size = self.tau.size
            if not self._rows:
                empty, none = np.empty(0), np.empty((POINTS, 0))
                first = np.zeros(size + 1, dtype=np.intp)
                return Panels(first, *[empty] * 6, none, none)
            rows = np.concatenate([row[0] for row in self._rows])
            order = np.argsort(rows, kind="stable")
            first = np.searchsorted(rows[order], np.arange(size + 1))
            columns = [np.concatenate([row[k] for row in self._rows], -1) for k in range(1, 9)]
            self._sorted = Panels(first, *(column[..., order] for column in columns))
        return self._sorted

    # -- one panel ---------------------------------------------------------------------------

    def _enter(self, rows: Index) -> None:
        """Modes at the beginning of the next panel, and whether the last phase has come."""
        modes = self.modes.take(rows)
        difference, leader, _, _ = modes.relative(self.tau[rows])
        self.difference[rows], self.leader[rows] = difference, leader
        mu = self.modes.exponents
        top = mu[leader]
        faster = mu > top[:, None]
        alone = np.where(
            faster, difference < NEVER / 2, (difference < -FLAT) | (mu == top[:, None])
        )
        s = exponential(self.log_s[rows], self.log_s_low[rows])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            grown = np.abs(s / top - 1) <= SETTLED
        settled = np.where(top > 0, grown, (top == 0) | (s <= SETTLED * np.abs(top)))
        last = alone.all(axis=1) & settled
        self.terminal[rows] = last
        grow = rows[last & (top > 0)]
        self.log_s[grow], self.log_s_low[grow] = np.log(self.exponent[grow]), 0.0

    def _limit(self, difference: Array, top: Array) -> Array:
        """How far the modes let a panel reach: the zeros of ν in the complex plane are near."""
        gap = self.modes.exponents - top[:, None]
        distance = np.where(gap > 0, 0.7 * -difference - 3.0, 1.5 * -difference)
        distance = np.maximum(distance, 1.2)
        free = (gap == 0) | (difference < NEVER / 2) | ((gap < 0) & (difference < -FLAT))
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(free, np.inf, distance / np.abs(gap)).min(axis=1))

    def _panel(self, rows: Index) -> None:
        n, x = self.depth, points()
        difference, leader = self.difference[rows], self.leader[rows]
        mu = self.modes.exponents
        top, s = mu[leader], exponential(self.log_s[rows], self.log_s_low[rows])
        weights = np.exp(2 * difference)
        total = weights.sum(axis=1)
        pull = (weights @ mu) / total
        step = np.minimum(self._step[rows], self._limit(difference, top))
        # Never more than a few units of the change of s at the first try.
        first = np.isinf(self._step[rows])
        pace = n * (np.abs(pull) + s)
        with np.errstate(divide="ignore"):
            step = np.where(first, np.minimum(step, 1 / pace), step)
        start = self.tau[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            doubling = np.floor(np.log2(n * pull * step))
            stiff = (pull > 0) & (doubling >= 1)
            kappa = np.where(stiff, np.exp2(np.where(stiff, doubling, 0.0)), 0.0)
            step = np.where(stiff, kappa / (n * pull), step)
        end = start + step
        step = end - start
        relevant = (difference > -FLAT - 20) | (mu > top[:, None]) & (difference > NEVER / 2)
        used = np.flatnonzero(relevant.any(axis=0))
        gap = (mu[used] - top[:, None]) * step[:, None]
        rise = difference[:, used, None] + gap[..., None] * x
        growth = np.exp(2 * np.minimum(rise, 100.0)).sum(axis=1)
        growth /= np.exp(2 * difference[:, used]).sum(axis=1)[:, None]
        exponent = (n * top * step - kappa)[:, None] * x + (n / 2) * np.log(growth)
        g = np.exp(np.clip(exponent, -200.0, 200.0))
        levels, place = np.unique(kappa, return_inverse=True)
        integral = np.empty_like(g)
        for k, level in enumerate(levels):
            chosen = np.flatnonzero(place == k)
            integral[chosen] = g[chosen] @ kernel(float(level)).T
        decay = np.exp(-kappa[:, None] * x)
        ratio = (decay + (n * s * step)[:, None] * integral) / g
        with np.errstate(invalid="ignore", divide="ignore"):
            log_rise = -np.log(ratio)
        gear = np.exp(np.clip(self.clock * log_rise, -200.0, 200.0))
        b = basis(POINTS)
        spectra = [np.abs(f @ b.to_chebyshev.T) for f in (g, log_rise, gear)]
        sizes = [g.max(axis=1), np.maximum(1.0, spectra[1].max(axis=1)), gear.max(axis=1)]
        tail, middle = np.zeros(rows.size), np.zeros(rows.size)
        half = POINTS // 2
        for spectrum, size in zip(spectra, sizes, strict=True):
            tail = np.maximum(tail, spectrum[:, -3:].max(axis=1) / size)
            middle = np.maximum(middle, spectrum[:, half - 1 : half + 1].max(axis=1) / size)
        steep = np.abs(exponent).max(axis=1) > np.where(exponent[:, -1] > 0, 3.0, 9.0)
        good = (tail <= TAIL) & ~steep  # NaN is not good
        wish = (2e-8 / np.maximum(np.nan_to_num(middle, nan=1.0), 1e-17)) ** (1 / half)
        wish = np.where(good, np.clip(wish, 0.6, 8.0), np.clip(wish, 0.2, 0.6))
        self._step[rows] = step * wish
        self._accept(rows[good], end[good], step[good], kappa[good], log_rise[good], gear[good])

    def _accept(
        self, rows: Index, end: Array, step: Array, kappa: Array, log_rise: Array, gear: Array
    ) -> None:
        if rows.size == 0:
            return
        b = basis(POINTS)
        rise, clock = b.fit(log_rise).T, b.fit(gear @ b.integral.T).T
        self._rows.append(
            (
                rows,
                self.tau[rows],
                step,
                kappa,
                self.t[rows],
                self.log_s[rows],
                self.log_s_low[rows],
                rise,
                clock,
            )
        )
        self._sorted = None
        rate = self.rate(self.log_s[rows])
        with np.errstate(over="ignore"):
            t = self.t[rows] + rate * step * (gear @ b.total / 2)
        self.t[rows] = np.where(rate * step < LONGEST, np.minimum(t, LONGEST), LONGEST)
        total, lost = two_sum(self.log_s[rows], rise.sum(axis=0))
        self.log_s[rows], self.log_s_low[rows] = two_sum(total, lost + self.log_s_low[rows])
        self.tau[rows] = end
        self._enter(rows)
