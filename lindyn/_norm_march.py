"""A rough march along the norm equation: where to put panels, and a first guess on them.

The variables are those of ``_norm_equation``.  Each panel is as long as the known singularities and
rates of the solution allow; the march takes a few linearly implicit midpoint steps over it, with ψ
interpolated in a table, in plain floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lindyn._radial import Profile

Array = NDArray[np.float64]

SUBSTEPS = 4  # a panel
BATCH = 400  # panels marched at once
WIDEST = 2.0  # panel in s: the nearest singularity for late times is at distance π
TURN = 1.2  # change of φ, and of m, in a panel: singularities at distance π/2
FLAT = 37.0  # −ln(round-off): what is that small needs no resolution
DECAY = 8.0  # of deviations, in a panel: more is not resolved

Done = Callable[[float, float, float, float], bool]  # of t, τ, m, dm/ds


class March:
    """The march for one law, start angle φ₀, depth and scale δ of s = ln(1 + τ/δ)."""

    def __init__(self, profile: Profile, phi: float, depth: int, delta: float) -> None:
        self.phi, self.depth, self.delta = phi, depth, delta
        self.clock = 2.0 / depth - 1.0
        self.order = profile.order
        self._logs, self._level = profile.rough, -math.log(profile.scale)
        self._density = 4 / math.log(2)  # of the table, in ln r
        self._offset = self._level * self._density - 4 * profile.lowest

    def _psi(self, m: float) -> tuple[float, float]:
        """ψ(e^m), to a per cent, and the slope of its logarithm."""
        place = m * self._density + self._offset
        k = min(max(int(place), 0), len(self._logs) - 2)
        rise = self._logs[k + 1] - self._logs[k]
        log = self._logs[k] + (place - k) * rise + self._level
        return math.exp(min(max(log, -700.0), math.log(0.5))), rise * self._density

    def run(self, s: float, t: float, m: float, done: Done) -> tuple[Array, Array]:
        """From s on until ``done(t, τ, m, dm/ds)``: edges, and m at the ends of all substeps."""
        edges, rough = [s], [[m]]
        while True:
            reach = self.delta * math.exp(s)  # τ + δ
            gain = self.depth * reach
            psi, fall = self._psi(m)
            away = _logistic(-2 * self.phi - reach + self.delta)
            slope = gain * (psi - away)
            # Around the turn the slope starts small and grows to a part of what cancels in it.
            largest = math.copysign(max(abs(slope), 0.5 * gain * max(psi, away)), slope)
            width = self._width(m, reach, gain, largest, -gain * psi * fall)
            step = width / SUBSTEPS
            for k in range(SUBSTEPS):
                reach = self.delta * math.exp(s + (k + 0.5) * step)
                away = _logistic(-2 * self.phi - reach + self.delta)
                gain = self.depth * reach
                psi, fall = self._psi(m)
                slope = gain * (psi - away)
                change = step * slope / (1 - 0.5 * step * gain * psi * fall)
                t += step * reach * math.exp(min(self.clock * (m + change / 2), 690.0))
                m += change
                rough[-1].append(m)
            s += width
            edges.append(s)
            if len(edges) > BATCH or done(t, self.delta * math.expm1(s), m, slope):
                return np.array(edges), np.array(rough)
            rough.append([m])

    def _width(self, m: float, reach: float, gain: float, slope: float, rate: float) -> float:
        """Length in s of the next panel."""
        width = min(WIDEST, math.log1p(DECAY / rate)) if rate > 0 else WIDEST
        phi = self.phi + (reach - self.delta) / 2
        seen = FLAT / 2 + math.log(max(gain, 1e-300)) / 2
        if abs(phi) < seen:
            # Far from its poles at φ = ±iπ/2 it is as good as an exponential.
            turn = min(max(TURN, (0.8 if phi > 0 else 0.4) * abs(phi)), 4.0)
            width = min(width, math.log1p(2 * turn / reach))
        elif phi < 0 and math.isfinite(phi):
            width = min(width, math.log1p(2 * max(TURN, -seen - phi) / reach))
        # How far ψ(e^m) is from leaving κ.
        below = -FLAT / self.order - math.log(max(gain, 1.0)) - m
        if below < 0 or slope > 0:
            width = min(width, math.log1p(max(TURN, below) / max(abs(slope), 1e-300)))
        if slope * self.clock != 0 and abs(self.clock * m) < 600:
            width = min(width, math.log1p(4 / abs(self.clock * slope)))
        return width


def _logistic(z: float) -> float:
    """1/(1 + e^{−z})."""
    if z < -700:
        return 0.0
    return 1 / (1 + math.exp(-min(z, 700.0)))
