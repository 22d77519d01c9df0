"""Who leads among the growing modes of a rank-one flow, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn.natural._modes import NEVER, Modes

Array = NDArray[np.float64]


@dataclass(frozen=True)
class EscapeTimes:
    """When a flow leaves one saddle after the other; see :attr:`lindyn.RankOneFlow.escape_times`.

    ``tau`` and ``t`` have shape (K,), or (B, K) for a batch, filled up with inf; ``leader``
    (K + 1,) or (B, K + 1) has the indices of the modes that lead in turn, filled up with −1.
    """

    tau: Array
    t: Array
    leader: Array


def ladder(sigma: Array, modes: Modes) -> tuple[Array, NDArray[np.intp]]:
    """Natural times (B, K) at which leaders change, and the leaders (B, K + 1)."""
    k = sigma.size
    level = modes.high[:, :k] + modes.low[:, :k]
    rate = np.where(sigma > 0, sigma, 0.0)
    there = (level > NEVER / 2) & (rate > 0)
    rows = np.arange(level.shape[0])
    # The largest at time 0; of equal ones the fastest, which comes first.
    leader = np.argmax(np.where(there, level, 2 * NEVER), axis=1)
    now = np.where(there.any(axis=1), 0.0, np.inf)
    leaders, taus = [np.where(there.any(axis=1), leader, -1)], []
    while True:
        gain = rate - rate[leader][:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            meet = (level[rows, leader][:, None] - level) / gain
        meet = np.where(there & (gain > 0), meet, np.inf)
        following = np.argmin(meet, axis=1)
        now = np.where(np.isfinite(now), meet[rows, following], now)
        if not np.isfinite(now).any():
            break
        leader = np.where(np.isfinite(now), following, leader)
        leaders.append(np.where(np.isfinite(now), following, -1))
        taus.append(now)
    tau = np.stack(taus, axis=1) if taus else np.empty((rows.size, 0))
    return tau, np.stack(leaders, axis=1)


def time_of_alignment(sigma: Array, modes: Modes) -> Array:
    """First natural times with a₁b₁ ≥ 0, shape (B,); inf where never.

    There the sums of the modes of the largest singular value overtake their differences.
    """
    first = np.flatnonzero(sigma == sigma[0])
    plus, minus = _log_norm(modes, first), _log_norm(modes, sigma.size + first)
    behind = minus > plus
    never = behind & ((plus < NEVER / 2) | (sigma[0] == 0))
    tau = np.where(behind, (minus - plus) / (2 * sigma[0] or 1.0), 0.0)
    return np.where(never, np.inf, tau)


def _log_norm(modes: Modes, columns: Any) -> Array:
    """Logarithm of the norm of some modes, shape (B,)."""
    high, low = modes.high[:, columns], modes.low[:, columns]
    top = high.max(axis=1, keepdims=True)
    squares = np.exp(2 * (high - top) + 2 * low).sum(axis=1)
    return np.asarray(top[:, 0] + 0.5 * np.log(squares))
