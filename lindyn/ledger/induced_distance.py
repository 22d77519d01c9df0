"""The distance to the target itself, integrated along the induced flow without cancellation.

What runs is W − Z₁ in the first row and column, in the singular bases: the other entries of a
product of rank one follow from these.  Nothing here uses natural time or modes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.integrate import solve_ivp

from lindyn._check import Array
from lindyn.natural import RankOneFlow


@dataclass(frozen=True)
class Approach:
    """A start: singular values, coordinates of u and v (of any lengths), s, depth and scale m."""

    sigma: tuple[float, ...]
    a: tuple[float, ...]
    b: tuple[float, ...]
    s0: float
    depth: int
    m: float

    @property
    def target(self) -> Array:
        """Z, of shape (d_y, d_x)."""
        Z = np.zeros((len(self.a), len(self.b)))
        for k, value in enumerate(self.sigma[: min(Z.shape)]):
            Z[k, k] = value
        return Z

    @property
    def flow(self) -> RankOneFlow:
        """The closed form."""
        return RankOneFlow(self.target, self.a, self.b, self.s0, self.depth, self.m)

    @property
    def p(self) -> Array:
        """Sums a_i + b_i over √2, of the common dimensions."""
        d = min(len(self.a), len(self.b))
        a, b = (np.array(x) / np.linalg.norm(x) for x in (self.a, self.b))
        return (a[:d] + b[:d]) / np.sqrt(2)


def _rank_one(y: Array, Z: Array) -> tuple[Array, Array, Array, float]:
    """W − Z, u, v and s from the first column and the rest of the first row of W − Z₁."""
    rows, first = Z.shape[0], Z[0, 0]
    gap = np.zeros_like(Z)
    gap[:, 0], gap[0, 1:] = y[:rows], y[rows:]
    row = gap[0] + np.eye(row_size := Z.shape[1])[0] * first
    if rows == 1:
        return gap, np.ones(1), row / np.linalg.norm(row), float(np.linalg.norm(row))
    column = gap[:, 0] + np.eye(rows)[0] * first
    if row_size > 1:
        gap[1:, 1:] = np.outer(column[1:], row[1:]) / row[0] - Z[1:, 1:]
    high, wide = np.linalg.norm(column), np.linalg.norm(row)
    return gap, column / high, row / wide, float(high * wide / row[0])


@lru_cache(maxsize=1024)
def distance(start: Approach, t: float) -> float:
    """‖W(t) − Z₁‖ by integrating (17); with more than one output, u₁ᵀu and v₁ᵀv positive."""
    Z, N = start.target, start.depth

    def velocity(_: float, y: Array) -> Array:
        gap, u, v, s = _rank_one(y, Z)
        left, right = u @ gap, gap @ v
        moved = (N - 2) * (u @ right) * np.outer(u, v) + np.outer(u, left) + np.outer(right, v)
        moved *= -start.m * s ** (2 - 2 / N)
        return np.concatenate([moved[:, 0], moved[0, 1:]])

    W = start.s0 * np.outer(*(np.array(x) / np.linalg.norm(x) for x in (start.a, start.b)))
    W[0, 0] -= Z[0, 0]
    y = np.concatenate([W[:, 0], W[0, 1:]])
    options = {"method": "LSODA", "rtol": 1e-12, "atol": 1e-40 * Z[0, 0]}
    gap = _rank_one(solve_ivp(velocity, (0, t), y, **options).y[:, -1], Z)[0]
    gap[1:, 1:] += Z[1:, 1:]
    return float(np.linalg.norm(gap))
