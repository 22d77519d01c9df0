"""Size and clock of rank-one flows at any time, from the panels of a march and its last phase.

In the last phase one mode, of exponent μ, is left.  Then s stands still (μ > 0), or
1/s grows linearly (μ = 0) or exponentially (μ < 0), for ever.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lindyn.natural._clock import LONGEST, March
from lindyn.natural._modes import exponential

Array = NDArray[np.float64]


class Trajectory:
    """The functions s(τ), t(τ) and τ(t) of a batch; arguments have shape (T, B)."""

    def __init__(self, march: March) -> None:
        self.march = march
        self.depth = march.depth

    def log_s(self, tau: Array) -> tuple[Array, Array]:
        """Values of ln s at natural times, as sums of two."""
        self.march.advance(_latest(tau), natural=True)
        panel, x, late = self._place(tau)
        panels = self.march.panels()
        high = np.broadcast_to(self.march.log_s, tau.shape).copy()
        low = np.broadcast_to(self.march.log_s_low, tau.shape).copy()
        low -= self._fall(np.where(late, tau - self.march.tau, 0.0))
        inside = np.flatnonzero(~late.ravel())
        if inside.size:
            panel, x = panel.ravel()[inside], x.ravel()[inside]
            high.ravel()[inside] = panels.log_s[panel]
            rise = polynomial(panels.rise, panels.place[panel], x)
            low.ravel()[inside] = panels.log_s_low[panel] + rise
        return high, low

    def time(self, tau: Array) -> Array:
        """Times at natural times; inf beyond LONGEST."""
        self.march.advance(_latest(tau), natural=True)
        panel, x, late = self._place(tau)
        panels = self.march.panels()
        with np.errstate(over="ignore"):
            t = self.march.t + self._late_time(np.where(late, tau - self.march.tau, 0.0))
        inside = np.flatnonzero(~late.ravel())
        if inside.size:
            panel, x = panel.ravel()[inside], x.ravel()[inside]
            pace = self.march.rate(panels.log_s[panel]) * panels.length[panel]
            with np.errstate(over="ignore"):
                clock = pace * x * polynomial(panels.clock, panels.place[panel], x)
            t.ravel()[inside] = panels.t[panel] + clock
        return np.where(t < LONGEST, t, np.inf)

    def natural_time(self, t: Array) -> tuple[Array, Array, Array]:
        """Natural times and ln s, as a sum of two, at times; Newton's method within panels."""
        self.march.advance(_latest(t), natural=False)
        march, panels = self.march, self.march.panels()
        late = t >= np.where(march.terminal, march.t, np.inf)
        rest = self._late_natural_time(np.where(late, t - march.t, 0.0))
        tau = march.tau + rest
        high = np.broadcast_to(march.log_s, tau.shape).copy()
        low = march.log_s_low - self._fall(rest)
        inside = np.flatnonzero(~late.ravel())
        if inside.size:
            panel = _find(panels.t, panels.first, t).ravel()[inside]
            pace = march.rate(panels.log_s[panel]) * panels.length[panel]
            x, rise = self._invert(
                panels.place[panel], (t.ravel()[inside] - panels.t[panel]) / pace
            )
            tau.ravel()[inside] = panels.tau[panel] + panels.length[panel] * x
            high.ravel()[inside] = panels.log_s[panel]
            low.ravel()[inside] = panels.log_s_low[panel] + rise
        return tau, high, low

    @property
    def end_time(self) -> Array:
        """Where s reaches 0 (depth 1 only), shape (B,); else inf."""
        march = self.march
        if self.depth > 1:
            return np.full(march.t.shape, np.inf)
        dying = march.modes.exponents[np.newaxis] >= 0
        dying = ~np.any(dying & (march.modes.high > -1e29), axis=1)
        march.advance(np.where(dying, np.inf, 0.0), natural=True)
        with np.errstate(divide="ignore"):
            rest = march.rate(march.log_s) / np.abs(march.exponent)
        return np.where(dying, march.t + rest, np.inf)

    # -- panels ------------------------------------------------------------------------------

    def _place(self, tau: Array) -> tuple[NDArray[np.intp], Array, NDArray[np.bool_]]:
        panels = self.march.panels()
        late = tau >= np.where(self.march.terminal, self.march.tau, np.inf)
        if late.all():
            return np.zeros(tau.shape, dtype=np.intp), tau, late
        panel = np.maximum(_find(panels.tau, panels.first, tau), 0)
        x = np.clip((tau - panels.tau[panel]) / panels.length[panel], 0.0, 1.0)
        return panel, x, late

    def _invert(self, place: NDArray[np.intp], share: Array) -> tuple[Array, Array]:
        """The x with x·clock(x) = share, an increasing function on [0, 1], and ln(s/s_p) there."""
        panels, clock = self.march.panels(), self.march.clock
        coefficients, rises = panels.clock, panels.rise
        whole = coefficients.sum(axis=1)[place]
        # Cubic Hermite interpolation of the inverse function.
        u = np.clip(share / whole, 0.0, 1.0)
        right = whole * np.exp(-clock * rises.sum(axis=1)[place])
        x = u * u * (3 - 2 * u) + u * (1 - u) * ((1 - u) * whole - u * right)
        x = np.clip(x, 0.0, 1.0)
        low, high, rise = np.zeros_like(x), np.ones_like(x), np.zeros_like(x)
        todo = np.arange(x.size)
        for _ in range(80):
            p, at = place[todo], x[todo]
            miss = share[todo] - at * polynomial(coefficients, p, at)
            low[todo] = np.where(miss >= 0, at, low[todo])
            high[todo] = np.where(miss <= 0, at, high[todo])
            rise[todo] = now = polynomial(rises, p, at)
            new = at + miss * np.exp(-clock * now)
            outside = (new < low[todo]) | (new > high[todo])
            new = np.where(outside, (low[todo] + high[todo]) / 2, new)
            x[todo] = new
            todo = todo[np.abs(new - at) > 1e-8 * new]
            if todo.size == 0:
                break
        return x, polynomial(rises, place, x)

    # -- the last phase ----------------------------------------------------------------------

    def _fall(self, x: Array) -> Array:
        """By how much ln s has fallen after x."""
        mu, s = self.march.exponent, exponential(self.march.log_s, self.march.log_s_low)
        with np.errstate(invalid="ignore"):
            linear = np.log1p(self.depth * s * x)
            return np.where(mu > 0, 0.0, np.where(mu == 0, linear, -self.depth * mu * x))

    def _late_time(self, x: Array) -> Array:
        mu, s = self.march.exponent, exponential(self.march.log_s, self.march.log_s_low)
        rate = self.march.rate(self.march.log_s)
        power = 2 - 2 / self.depth
        done = np.log1p(self.depth * s * x)
        grown = done if power == 0 else np.expm1(power * done) / power
        small = self.depth * s * x < 1e-17
        with np.errstate(divide="ignore", invalid="ignore"):
            linear = rate * np.where(small, x, grown / (self.depth * s))
        falling = rate * _expm1_over((2 - self.depth) * mu, x)
        return np.where(mu > 0, rate * x, np.where(mu == 0, linear, falling))

    def _late_natural_time(self, t: Array) -> Array:
        mu, s = self.march.exponent, exponential(self.march.log_s, self.march.log_s_low)
        share = t / self.march.rate(self.march.log_s)
        power = 2 - 2 / self.depth
        scaled = self.depth * s * share
        done = scaled if power == 0 else np.log1p(power * scaled) / power
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            linear = np.where(scaled < 1e-17, share, np.expm1(done) / (self.depth * s))
            q = (2 - self.depth) * np.where(mu < 0, mu, 0.0)
            falling = np.where(q == 0, share, np.log1p(q * share) / q)
        return np.where(mu > 0, share, np.where(mu == 0, linear, falling))


def _latest(times: Array) -> Array:
    return np.asarray(times.max(axis=0, initial=0.0))


def _expm1_over(q: Array, x: Array) -> Array:
    """(e^{qx} − 1)/q."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(q == 0, x, np.expm1(q * x) / q)


def polynomial(coefficients: Array, place: NDArray[np.intp], x: Array) -> Array:
    """The polynomials of the given rows, in 2x − 1."""
    out = np.empty(x.size)
    for begin in range(0, x.size, 1024):  # what fits into the cache
        part = slice(begin, begin + 1024)
        rows, y = coefficients[place[part]].T, 2 * x[part] - 1
        value = rows[-1].copy()
        for row in rows[-2::-1]:
            value *= y
            value += row
        out[part] = value
    return out


def _find(keys: Array, first: NDArray[np.intp], values: Array) -> NDArray[np.intp]:
    """Where in its start's rising ``keys`` each value lies: the last key not above it."""
    if first.size == 2:
        return np.maximum(np.searchsorted(keys, values, side="right") - 1, 0)
    # A last start without panels would begin beyond the end.
    low = np.broadcast_to(np.minimum(first[:-1], keys.size - 1), values.shape).copy()
    high = np.broadcast_to(first[1:], values.shape).copy()
    for _ in range(int(np.max(np.diff(first), initial=1)).bit_length() + 1):
        middle = (low + high) // 2
        right = (middle > low) & (keys[middle] <= values)
        low, high = np.where(right, middle, low), np.where(right, high, middle)
    return low
