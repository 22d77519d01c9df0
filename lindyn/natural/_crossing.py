r"""When a rank-one flow turns from falling to rising: the first τ with λ ≥ s.

With :math:`\delta = \lambda - s`, on each panel

.. math:: \delta = \Bigl(\delta_pe^{-\kappa x} + h\int_0^xe^{-\kappa(x-\xi)}g\,\lambda'
   \frac{s_p}{s}\,d\xi\Bigr)\Big/\Bigl(g\frac{s_p}{s}\Bigr),

where :math:`\lambda'\ge0`: once positive, it stays so, and nothing cancels on the way.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lindyn._chebyshev import basis
from lindyn.natural._clock import March
from lindyn.natural._kernel import kernel, points
from lindyn.natural._modes import NEVER
from lindyn.natural._trajectory import polynomial

Array = NDArray[np.float64]
Index = NDArray[np.intp]


def time_of_return(march: March, s0: Array) -> Array:
    """First natural times with λ ≥ s, shape (B,); inf where there are none."""
    difference = march.modes.relative(np.zeros(s0.size))[0]
    weights = np.exp(2 * difference)
    pull = (weights @ march.modes.exponents) / weights.sum(axis=1)
    delta = pull - s0
    found = np.where(delta >= 0, 0.0, np.inf)
    # Only starts with a growing mode can come back; march until s has nothing left to say.
    rising = ((march.modes.exponents > 0) & (march.modes.high > NEVER / 2)).any(axis=1)
    march.advance(np.where(np.isinf(found) & rising, np.inf, 0.0), natural=True)
    panels = march.panels()
    rows, number = np.flatnonzero(np.isinf(found) & rising), 0
    while rows.size:
        here = panels.first[rows] + number
        over = here >= panels.first[rows + 1]
        for row in rows[over]:
            found[row] = march.tau[row] + _last_phase(march, int(row), float(delta[row]))
        rows, here = rows[~over], here[~over]
        if rows.size == 0:
            break
        up = np.zeros(rows.size, dtype=bool)
        parts = _parts(march, rows, here)
        for part in range(parts):
            curve = _along(march, rows, here, delta[rows], part, parts)
            now = (curve[:, -1] > 0) & ~up
            if now.any():
                x = (part + _root(curve[now])) / parts
                found[rows[now]] = panels.tau[here[now]] + panels.length[here[now]] * x
            delta[rows], up = curve[:, -1], up | now
        rows, number = rows[~up], number + 1
    return found


def _forces(march: March, rows: Index, panel: Index, x: Array) -> tuple[Array, Array, Array, Array]:
    """Values of N ln ν less its start, of λ′, ln(s/s_p), and N times the exponent of the leader."""
    panels = march.panels()
    difference, leader, _, _ = march.modes.take(rows).relative(panels.tau[panel])
    gap = march.modes.exponents - march.modes.exponents[leader][:, None]
    rise = difference[:, None, :] + (gap * panels.length[panel][:, None])[:, None, :] * x[:, None]
    weights = np.exp(2 * np.minimum(rise, 100.0))
    total = weights.sum(axis=2)
    mean = (weights * gap[:, None, :]).sum(axis=2) / total  # λ less the leader's exponent
    bend = 2 * (weights * (gap[:, None, :] - mean[..., None]) ** 2).sum(axis=2) / total
    growth = march.depth / 2 * np.log(total)
    place = panels.place[panel].repeat(x.size)
    log_rise = polynomial(panels.rise, place, np.tile(x, panel.size)).reshape(panel.size, x.size)
    return growth, bend, log_rise, march.depth * march.modes.exponents[leader]


def _parts(march: March, rows: Index, panel: Index) -> int:
    """Into how many parts, a power of two, panels are cut, so that λ′ does not fall far in one."""
    _, bend, _, _ = _forces(march, rows, panel, np.array([0.0, 0.5, 1.0]))
    size = np.log(np.maximum(bend, 1e-300))
    fall = float(np.max(size.max(axis=1) - size.min(axis=1)))
    return int(2 ** math.ceil(math.log2(max(fall / 4.0, 1.0))))


def _along(march: March, rows: Index, panel: Index, delta: Array, part: int, parts: int) -> Array:
    """Values of δ at the points of a part of a panel and, last, at its end."""
    panels, x = march.panels(), np.concatenate([[0.0], points(), [1.0]])
    step, kappa = panels.length[panel] / parts, panels.kappa[panel] / parts
    growth, bend, log_rise, rate = _forces(march, rows, panel, (part + x) / parts)
    growth, log_rise = growth - growth[:, :1], log_rise - log_rise[:, :1]
    exponent = growth + (rate * step - kappa)[:, None] * x
    g, ratio = np.exp(np.clip(exponent, -200.0, 200.0)), np.exp(-log_rise)
    force = g * bend * ratio
    integral = np.zeros_like(g)
    for level in np.unique(kappa):
        chosen = np.flatnonzero(kappa == level)
        inside = force[chosen, 1:-1] @ kernel(float(level)).T
        integral[chosen, 1:] = np.concatenate([inside, inside @ _last_value()[:, None]], axis=1)
    decay = np.exp(-kappa[:, None] * x)
    return np.asarray((delta[:, None] * decay + step[:, None] * integral) / (g * ratio))[:, 1:]


def _last_value() -> Array:
    """From values at the points to the value at the end."""
    return basis(points().size).to_chebyshev.sum(axis=0)


def _root(curve: Array) -> Array:
    """Where polynomials that rise through 0 on [0, 1] vanish."""
    coefficients = basis(curve.shape[1] - 1).fit(curve[:, :-1])
    every = np.arange(curve.shape[0])
    low, high = np.zeros(every.size), np.ones(every.size)
    for _ in range(54):
        middle = (low + high) / 2
        below = polynomial(coefficients, every, middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def _last_phase(march: March, row: int, delta: float) -> float:
    """How long after the last panel δ vanishes; inf where it does not."""
    modes = march.modes.take(np.array([row]))
    difference, leader, _, _ = modes.relative(march.tau[[row]])
    mu = march.modes.exponents
    top = mu[leader[0]]
    gap = top - mu
    other = (difference[0] > NEVER / 2) & (gap > 0)
    if top <= 0 or not other.any():
        return np.inf
    # δe^{Nσx} = δ_p + Σ c (e^{βx} − 1)/β
    log_c = np.log(2) + 2 * difference[0][other] + 2 * np.log(gap[other])
    beta = march.depth * top - 2 * gap[other]
    if delta >= 0:
        return 0.0
    goal = np.log(-delta)

    def log_sum(x: float) -> float:
        size = np.abs(beta) * x
        with np.errstate(divide="ignore"):
            rise = np.where(
                beta > 0,
                size + np.log(-np.expm1(-size)) - np.log(np.maximum(np.abs(beta), 1e-300)),
                np.log(-np.expm1(-size)) - np.log(np.maximum(np.abs(beta), 1e-300)),
            )
            rise = np.where(beta == 0, np.log(x), rise)
        return float(np.logaddexp.reduce(log_c + rise))

    high = 1.0 / top
    while log_sum(high) < goal:
        high *= 2
        if high > 1e300:
            return np.inf
    low = 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if log_sum(middle) < goal else (low, middle)
    return high
