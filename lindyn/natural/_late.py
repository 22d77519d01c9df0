"""The limit of a rank-one flow, and the exponent and constant of the distance to it, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn.natural._modes import NEVER, Modes
from lindyn.natural._start import Start

Array = NDArray[np.float64]

_FADED = 40.0  # e^{−40} of a mode is left, and of 1/s − 1/σ, where the clock is read


@dataclass(frozen=True)
class LateLaw:
    r"""The law :math:`\lVert W(t)-W(\infty)\rVert_F \sim \sigma e^{-\kappa(t-d)}` of late times.

    Attributes
    ----------
    rate : κ.
    size : σ, the norm of the limit.
    delay : d, when the law passes σ; −inf where the flow starts in its limit.  It is large for
        starts near a saddle, and for those of tiny s at depths beyond 2.

    Numbers, or of shape (B,) for a batch.
    """

    rate: Any
    size: Any
    delay: Any

    @property
    def constant(self) -> Any:
        """The constant σe^{κd} in front of e^{−κt}; inf where that is beyond floating point."""
        return self.distance(0.0)

    def distance(self, t: Any) -> Any:
        """The law's value at the time ``t``, a number."""
        with np.errstate(over="ignore"):
            return self.size * np.exp(-self.rate * (t - self.delay))


def limit(start: Start) -> Array:
    """The end-to-end matrices that flows tend to, shape (B, d_N, d_0)."""
    alive = (start.plus != 0) & (start.sigma > 0)
    best = np.max(np.where(alive, start.sigma, 0.0), axis=1)
    chosen = np.where(alive & (start.sigma == best[:, None]), start.plus, 0.0)
    chosen = chosen / np.maximum(np.abs(chosen).max(axis=1, keepdims=True), 1e-320)
    chosen = chosen / np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), 0.5)
    u, v = chosen @ start.left, chosen @ start.right
    return np.asarray(best[:, None, None] * u[:, :, None] * v[:, None, :] + 0.0)  # no −0


def exponents(modes: Modes) -> tuple[Array, Array, Array]:
    """The leading exponent, the next below it (−∞: none), and ln of the ratio of their sizes."""
    level = modes.high + modes.low
    there = level > NEVER / 2
    mu = np.broadcast_to(modes.exponents, level.shape)
    found: list[Array] = []
    squares: list[Array] = []
    for _ in range(2):
        first = np.where(there, mu, -np.inf).max(axis=1)
        chosen = there & (mu == first[:, None])
        squares.append(np.logaddexp.reduce(np.where(chosen, 2 * level, -np.inf), axis=1))
        found.append(first)
        there = there & ~chosen
    return found[0], found[1], np.asarray(squares[1] - squares[0]) / 2


def settled(modes: Modes, lead: Array) -> Array:
    """Natural times at which every mode but the leading ones has faded, shape (B,)."""
    level = modes.high + modes.low
    leading = modes.exponents == lead[:, None]
    top = np.where(leading, level, 2 * NEVER).max(axis=1, keepdims=True)
    gap = np.where(leading, np.inf, lead[:, None] - modes.exponents)
    # Modes that are not there count as faded.
    return np.asarray(np.maximum((level - top + _FADED) / gap, 0.0).max(axis=1))


def late_law(
    modes: Modes,
    s0: Array,
    depth: float,
    log_s: Callable[[Array], Array],
    time: Callable[[Array], Array],
) -> LateLaw:
    """The law of a batch with positive leading exponents, depth at least 2 and scale 1.

    ``log_s`` and ``time`` give ln s and t at natural times of shape (B,).
    """
    sigma, following, log_ratio = exponents(modes)
    aligned = np.isneginf(following)
    pace = sigma ** (1 - 2 / depth)
    rate = np.where(aligned, depth * sigma, sigma - following) * pace
    with np.errstate(over="ignore", divide="ignore"):
        K = np.exp(2 * log_ratio)
        radial = np.log(np.abs((1 + K) * sigma / s0 - (1 - K)))
    angular = np.log(2) / 2 + log_ratio
    # At depth 2, 1/s − 1/σ is as slow as the direction if only e^{−στ} is left beside e^{στ}.
    tied = (depth == 2) & (following == -sigma)
    both = np.logaddexp(2 * angular, 2 * radial) / 2
    level = np.where(aligned, radial, np.where(tied, both, angular))
    delay = level / rate
    if depth > 2:
        tau = settled(modes, sigma)
        tau = tau + (_FADED + np.maximum(np.log(sigma) - log_s(tau), 0.0)) / (depth * sigma)
        delay = delay + time(tau) - tau / pace
    return LateLaw(rate, sigma, delay)
