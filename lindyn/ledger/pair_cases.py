"""Rank-one matrices beside a target for checks of EFT: correlation, parts of the loss, its slope.

The plane of the first two pairs of singular vectors holds the extremes of what the paper bounds;
one output, and more dimensions, are shapes beside it.  Time is that of m = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from lindyn._check import Array
from lindyn.ledger.domain import Choice, Integer, Log, Uniform
from lindyn.ledger.rank_one_states import State
from lindyn.natural import RankOneFlow

SHAPES = ("plane", "one output", "wide")

PAIRS = {
    "depth": Integer(2, 12),
    "shape": Choice(*SHAPES),
    "top": Log(1e-3, 1e3),
    "gap_ratio": Uniform(0.0, 0.999),
    "left": Uniform(0.0, 2 * np.pi),
    "right": Uniform(0.0, 2 * np.pi),
    "size": Log(1e-3, 1e3),
    "seed": Integer(0, 10**4),
}
"""γ_Z = σ₂/σ₁, angles of u and v to the first pair, s relative to σ₁."""

CORRELATED = PAIRS | {"left": Uniform(0.0, np.pi / 2), "right": Uniform(-np.pi / 2, np.pi / 2)}
"""The first components of u and v are positive."""


@dataclass(frozen=True)
class Pair:
    """A rank-one matrix and a target, in the singular bases of the target."""

    at: State

    @property
    def first(self) -> float:
        """σ₁."""
        return float(self.at.sigma[0])

    @property
    def gamma(self) -> float:
        """γ_Z = σ₂/σ₁; 0 where there is no second pair."""
        return float(self.at.sigma[1] / self.first) if self.at.d > 1 else 0.0

    @property
    def c(self) -> float:
        """a₁b₁, so that uᵀZ₁v = σ₁c."""
        return float(self.at.a[0] * self.at.b[0])

    @property
    def rest(self) -> float:
        """The number uᵀ(Z − Z₁)v."""
        return self.at.rayleigh - self.first * self.c

    @property
    def T1(self) -> float:
        """Error of the size."""
        return (self.at.s - self.first * self.c) ** 2 / 2

    @property
    def T2(self) -> float:
        """Error of the direction."""
        return self.first**2 * (1 - self.c)

    @cached_property
    def loss(self) -> float:
        """½‖Z₁ − W‖²."""
        W = self.at.s * np.outer(self.at.a, self.at.b)
        W[0, 0] -= self.first
        return float(np.sum(W * W)) / 2

    @property
    def unit(self) -> float:
        """s^{2−2/N}: the rate at which the layers move W."""
        return float(self.at.s ** (2 - 2 / self.at.depth))

    def slope(self) -> float:
        """The derivative of the loss when every layer follows its own gradient."""
        at = self.at
        du, dv, ds = at.velocity()
        a, b, da, db = at.a, at.b, at.U.T @ du, at.V.T @ dv
        change = ds * np.outer(a, b) + at.s * (np.outer(da, b) + np.outer(a, db))
        gap = at.s * np.outer(a, b)
        gap[0, 0] -= self.first
        return float(np.sum(gap * change))

    def flow(self) -> RankOneFlow:
        """The exact flow from here."""
        at = self.at
        return RankOneFlow(at.Z, at.u, at.v, at.s, at.depth)


def correlation(record: Any) -> Array:
    """C = a₁b₁ along a trajectory."""
    plus, minus = record.plus[..., 0], record.minus[..., 0]
    return np.asarray((plus - minus) * (plus + minus) / 2)


def missing(record: Any) -> Array:
    """1 − c along a trajectory, without cancellation."""
    plus, minus = record.plus, record.minus
    others = np.sum(plus[..., 1:] ** 2 + minus[..., 1:] ** 2, axis=-1) / 2
    return np.asarray(minus[..., 0] ** 2 + others + outside(record))


def outside(record: Any) -> Array:
    """What the modes of the target leave of |u|² + |v|², over 2."""
    squares = np.sum(record.plus**2 + record.minus**2, axis=-1)
    return np.asarray(np.maximum(2.0 - squares, 0.0) / 2)


def log_loss(record: Any, first: float) -> Array:
    """Logarithm of ½‖Z₁ − W‖², from differences that do not cancel."""
    gap = record.s - first
    with np.errstate(divide="ignore"):  # −inf where nothing is left
        return np.log((gap * gap + 2 * record.s * first * missing(record)) / 2)


@lru_cache(maxsize=256)
def pair(
    depth: int,
    shape: str,
    top: float,
    gap_ratio: float,
    left: float,
    right: float,
    size: float,
    seed: int,
) -> Pair:
    """The matrix size·σ₁·uvᵀ with u and v at the given angles to the first pair."""
    rng = np.random.default_rng(seed)
    outputs, inputs, kept = {"plane": (2, 2, 2), "one output": (1, 3, 1), "wide": (3, 4, 3)}[shape]
    sigma = top * gap_ratio ** np.arange(kept)
    a, b = _at_angle(left, outputs, rng), _at_angle(right, inputs, rng)
    Z = np.zeros((outputs, inputs))
    Z[np.arange(kept), np.arange(kept)] = sigma
    eye = np.eye(max(outputs, inputs))
    U, V = eye[:outputs, :outputs], eye[:inputs, :inputs]
    return Pair(State(Z, sigma, U, V, size * top, a, b, depth, rng))


def _at_angle(angle: float, dim: int, rng: np.random.Generator) -> Array:
    if dim == 1:
        return np.array([1.0])
    rest = np.zeros(dim - 1)
    if dim == 2:
        rest[0] = 1.0
    else:
        rest = rng.standard_normal(dim - 1)
    return np.append(np.cos(angle), np.sin(angle) * rest / np.linalg.norm(rest))
