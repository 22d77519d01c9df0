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

import functools
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
ROUGH = 50.0  # depth from which on the rounding of ν^N shows in them
WISH = 1e-6  # of the coefficients in the middle
SETTLED = 1e-14  # of s/λ − 1, or of what a start leaves behind
ATTEMPTS = 200_000
BLOCK = 256  # starts at once: what fits into the cache


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
    place: Index  # row of the next two
    rise: Array  # ln(s/s_p): coefficients of powers of 2x − 1, shape (panels, POINTS)
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
        with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
            for _ in range(ATTEMPTS):
                reached = self.tau if natural else self.t
                wanted = (reached < until) | (self.tau == 0)
                rows = np.flatnonzero(~self.terminal & wanted)
                if rows.size == 0:
                    return
                for begin in range(0, rows.size, BLOCK):
                    self._panel(rows[begin : begin + BLOCK])
        low = int(np.argmin(np.where(self.terminal, np.inf, reached)))
        raise ArithmeticError(f"start {low}: no end of the march at τ = {self.tau[low]:g}")

    def panels(self) -> Panels:
        """All panels so far."""
        if self._sorted is None:
            size = self.tau.size
            if not self._rows:
                empty, none = np.empty(0), np.empty((0, POINTS))
                first = np.zeros(size + 1, dtype=np.intp)
                return Panels(first, *[empty] * 6, np.empty(0, dtype=np.intp), none, none)
            rows = np.concatenate([row[0] for row in self._rows])
            order = np.argsort(rows, kind="stable")
            first = np.searchsorted(rows[order], np.arange(size + 1))
            columns = [np.concatenate([row[k] for row in self._rows])[order] for k in range(1, 7)]
            shapes = [np.concatenate([row[k] for row in self._rows]) for k in (7, 8)]
            self._sorted = Panels(first, *columns, order, *shapes)
        return self._sorted

    # -- one panel ---------------------------------------------------------------------------

    def _enter(self, rows: Index) -> None:
        """Modes at the beginning of the next panel, and whether the last phase has come."""
        mu = self.modes.exponents
        difference, leader, _, _ = self.modes.take(rows).relative(self.tau[rows])
        self.difference[rows], self.leader[rows] = difference, leader
        top = mu[leader]
        ahead = mu - top[:, None]
        alone = (difference < np.where(ahead > 0, NEVER / 2, -FLAT)) | (ahead == 0)
        s = exponential(self.log_s[rows], self.log_s_low[rows])
        settled = np.where(top > 0, np.abs(s - top) <= SETTLED * top, s <= -SETTLED * top)
        last = alone.all(axis=1) & (settled | (top == 0))
        if last.any():
            self.terminal[rows] = last
            grow = rows[last & (top > 0)]
            self.log_s[grow], self.log_s_low[grow] = np.log(self.exponent[grow]), 0.0

    def _limit(self, difference: Array, gap: Array) -> Array:
        """How far the modes let a panel reach: the zeros of ν in the complex plane are near."""
        distance = np.where(gap > 0, -0.9 * difference - 2.0, -2.5 * difference)
        distance = np.maximum(distance, 2.0) / np.abs(gap)
        free = (gap == 0) | (difference < np.where(gap > 0, NEVER / 2, -FLAT))
        distance[free] = np.inf
        return np.asarray(distance.min(axis=1))

    def _panel(self, rows: Index) -> None:
        """Try one more panel for each of the starts."""
        n, x, mu = self.depth, points(), self.modes.exponents
        difference = self.difference[rows]
        top, s = mu[self.leader[rows]], exponential(self.log_s[rows], self.log_s_low[rows])
        gap = mu - top[:, None]
        weights = np.exp(2 * difference)
        total = weights.sum(axis=1)
        lag = (weights * gap).sum(axis=1) / total  # of λ behind the largest exponent
        pull = top + lag
        known = self._step[rows]
        # At the first try no more than s changes by a few units.
        pace = np.where(np.isinf(known), 2.5 / (n * (np.abs(pull) + s)), known)
        step = np.minimum(pace, self._limit(difference, gap))
        doubling = np.floor(np.log2(np.maximum(n * pull * step, 1.0)))
        kappa = np.where(doubling >= 1, np.exp2(doubling), 0.0)
        step = np.where(kappa > 0, kappa / (n * pull), step)
        start = self.tau[rows]
        end = start + step
        # So late that floats do not resolve the memory of s, κ has to fit rather than the step.
        rounded = end - start
        misfit = np.where(np.abs(rounded - step) * n * np.abs(top) > 0.5, 0.0, rounded - step)
        slope = np.where(kappa > 0, n * (pull * misfit - lag * step), n * top * (step + misfit))
        step = step + misfit
        used = np.flatnonzero((difference > np.where(gap > 0, NEVER / 2, -FLAT - 20)).any(axis=0))
        rise = (2 * gap[:, used] * step[:, None])[..., None] * x
        rise += 2 * difference[:, used, None]
        growth = np.exp(np.minimum(rise, 200.0, out=rise), out=rise).sum(axis=1)
        exponent = slope[:, None] * x + (n / 2) * np.log(growth / total[:, None])
        steep = np.abs(exponent).max(axis=1) > np.where(exponent[:, -1] > 0, 3.0, 9.0)
        values = np.empty((3, rows.size, POINTS))
        g = np.exp(np.minimum(np.maximum(exponent, -200.0), 200.0), out=values[0])
        integral = _integrals(kappa, g)
        ratio = (np.exp(-kappa[:, None] * x) + (n * s * step)[:, None] * integral) / g
        log_rise = np.negative(np.log(ratio), out=values[1])
        gear = np.exp(np.minimum(np.maximum(self.clock * log_rise, -200.0), 200.0), out=values[2])
        size = np.abs(values).max(axis=2)
        size[1] = np.maximum(size[1], 1.0)
        spectra = (np.abs(values @ _parts()) / size[..., None]).max(axis=0)
        tail, middle = spectra[:, 2:].max(axis=1), spectra[:, :2].max(axis=1)
        good = (tail <= TAIL * max(1.0, n / ROUGH)) & ~steep  # NaN is not good
        wish = (WISH / np.maximum(middle, 1e-17)) ** (2 / POINTS)
        longest = np.where(good, 8.0, 0.6)
        self._step[rows] = step * np.fmax(np.fmin(wish, longest), longest / 10)
        if not good.all():
            rows, end, step, kappa = rows[good], end[good], step[good], kappa[good]
            log_rise, gear = log_rise[good], gear[good]
        if rows.size:
            self._accept(rows, end, step, kappa, log_rise, gear)

    def _accept(
        self, rows: Index, end: Array, step: Array, kappa: Array, log_rise: Array, gear: Array
    ) -> None:
        before, before_low, t = self.log_s[rows], self.log_s_low[rows], self.t[rows]
        b = basis(POINTS)
        shapes = b.fit(log_rise), b.fit(gear @ b.integral.T)
        self._rows.append((rows, self.tau[rows], step, kappa, t, before, before_low, *shapes))
        self._sorted = None
        t = t + self.rate(before) * step * (gear @ b.total / 2)
        self.t[rows] = np.where(t < LONGEST, t, LONGEST)
        total, lost = two_sum(before, log_rise @ _last_value())
        self.log_s[rows], self.log_s_low[rows] = two_sum(total, lost + before_low)
        self.tau[rows] = end
        self._enter(rows)


def _integrals(kappa: Array, values: Array) -> Array:
    """K_κ of the values of each panel."""
    if kappa.size == 1 or np.all(kappa == kappa[0]):
        return np.asarray(values @ kernel(float(kappa[0])).T)
    out = np.empty_like(values)
    for level in np.unique(kappa):
        chosen = np.flatnonzero(kappa == level)
        out[chosen] = values[chosen] @ kernel(float(level)).T
    return out


@functools.cache
def _parts() -> Array:
    """From values at the points to two Chebyshev coefficients in the middle and the last three.

    Angles are reduced in integers, so that smooth functions leave as little as possible there.
    """
    degrees = np.array([POINTS // 2 - 1, POINTS // 2, POINTS - 3, POINTS - 2, POINTS - 1])
    turns = np.outer(2 * np.arange(POINTS, 0, -1) - 1, degrees) % (4 * POINTS)
    return np.asarray(2 / POINTS * np.cos(turns * (np.pi / (2 * POINTS))))


@functools.cache
def _last_value() -> Array:
    """From values at the points to the value at the end."""
    return np.asarray(basis(POINTS).to_chebyshev.sum(axis=0))
