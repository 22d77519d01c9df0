"""When flows of rank one arrive at their target: many at once, from exact points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lindyn._check import Array
from lindyn.figures.picture import Arrays
from lindyn.natural import RankOneFlow

LEVEL = 0.01  # of σ₁: the distance at which a flow has arrived


def _cubic(x: Array, width: Array, ends: Array, slopes: Array) -> Array:
    """The cubic with these values and slopes, shape (2, B), at the part x of an interval."""
    y = 1 - x
    bent = x * y * (y * slopes[0] - x * slopes[1]) * width
    return y**2 * (1 + 2 * x) * ends[0] + x**2 * (1 + 2 * y) * ends[1] + bent


def arrival(flow: RankOneFlow, singular_values: Sequence[float], tau: Array) -> Arrays:
    """When a batch arrives at Z₁, and how small it was on the way.

    From exact points at the natural times ``tau``, between which the cubics through values and
    exact slopes serve.  Rows that have not arrived at the last of them raise IndexError.

    Returns
    -------
    dict
        ``tau`` and ``time``: from when on ‖W − Z₁‖ ≤ σ₁/100; ``least``: smallest s; shapes (B,).
    """
    sigma, path = np.asarray(singular_values), flow.at_natural_time(tau)
    a, b, s = path.a, path.b, path.s
    pull, first = (sigma * a * b).sum(axis=-1), a[..., 0] * b[..., 0]
    growth = flow.depth * (pull - s)  # of ln s
    turning = sigma[0] * (a[..., 0] ** 2 + b[..., 0] ** 2) - 2 * first * pull
    miss = np.maximum((s - sigma[0]) ** 2 / 2 + s * sigma[0] * (1 - first), 1e-40)
    slope = s * (growth * (s - sigma[0] * first) - sigma[0] * turning) / miss
    far, border, rows = np.log(miss), np.log((LEVEL * sigma[0]) ** 2 / 2), np.arange(s.shape[1])

    above = far > border
    k = np.where(above.any(axis=0), len(tau) - 1 - np.argmax(above[::-1], axis=0), 0)
    pair = np.stack([k, k + 1]), rows
    width = tau[k + 1] - tau[k]
    low, high = np.zeros(rows.size), np.ones(rows.size)
    for _ in range(50):
        middle = (low + high) / 2
        beyond = _cubic(middle, width, far[pair], slope[pair]) > border
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    arrived = np.where(above.any(axis=0), 1.0, 0.0)
    time = _cubic(low, width, path.t[pair], s[pair] ** (2 / flow.depth - 1))

    turn = np.minimum(np.argmax(growth >= 0, axis=0), len(tau) - 1)
    start = np.maximum(turn - 1, 0)
    pair = np.stack([start, turn]), rows
    before, after = growth[pair]
    part = np.where(before < 0, before / np.where(before < 0, before - after, 1.0), 0.0)
    least = np.exp(_cubic(part, tau[turn] - tau[start], path.log_s[pair], growth[pair]))
    return {"tau": arrived * (tau[k] + low * width), "time": arrived * time, "least": least}
