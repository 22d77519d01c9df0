"""Starts of rank-one flows by what decides them, and what is read off their trajectories.

Only the sums and differences of the modes matter, and of the modes outside the target their size.
Times are natural and in units of 1/σ₁ unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.integrate import solve_ivp

from lindyn._check import Array
from lindyn.ledger.domain import Choice, Integer, Log
from lindyn.natural import RankOneFlow
from lindyn.natural.rank_one import RankOneRecord

DEPTHS = Integer(2, 9)
DEEP = Integer(3, 9)
NEVER_BEHIND = 1e8
"""From this ratio on, a₁ = b₁ exactly."""

SHAPE = {
    "depth": DEPTHS,
    "rank": Integer(1, 4),
    "top": Log(1e-3, 1e3),
    "gap": Log(1e-3, 0.999),
    "share": Log(1e-4, 1.0),
    "lean": Choice("second", "last", "outside", "spread"),
    "swap": Choice(False, True),
    "seed": Integer(0, 10**4),
}
"""Target and direction: ``gap`` is 1 − σ_{i+1}/σ_i, ``share`` the size of the first mode."""

DEEPER = SHAPE | {"depth": DEEP}
SIZE = {"size": Log(1e-6, 1e4)}
BEHIND = {"ratio": Log(1e-6, 1.0)}
AHEAD = {"ratio": Log(1.0, NEVER_BEHIND)}
ANY = {"ratio": Log(1e-6, NEVER_BEHIND)}
LATER = {"later": Log(1e-3, 1e2)}
LONGEST = 1e250
"""Times beyond are not compared."""


@dataclass(frozen=True)
class Launch:
    """A start: singular values (the last one 0), sums p and differences m over √2, s and depth."""

    sigma: Array
    p: Array
    m: Array
    s0: float
    depth: int

    @property
    def first(self) -> float:
        """The largest singular value."""
        return float(self.sigma[0])

    @property
    def second(self) -> float:
        """The second one, 0 where there is none."""
        return float(self.sigma[1])

    @property
    def s_max(self) -> float:
        """max(σ₁, s(0))."""
        return max(self.first, self.s0)

    @property
    def ratio(self) -> float:
        """|a₁ + b₁|/|a₁ − b₁|."""
        return float(self.p[0] / self.m[0]) if self.m[0] else np.inf

    @property
    def P(self) -> float:
        """|a₁ + b₁|."""
        return float(np.sqrt(2) * self.p[0])

    @cached_property
    def flow(self) -> RankOneFlow:
        """The exact flow."""
        return RankOneFlow.from_modes(self.sigma, self.p, self.m, self.s0, self.depth)

    @property
    def tau1(self) -> float:
        """Natural time until a₁b₁ = 0."""
        return max(0.0, float(-np.log(self.ratio)) / (2 * self.first))

    def at(self, later: float) -> View:
        """The trajectory at the natural time later/σ₁."""
        return View(self, self.flow.at_natural_time(later / self.first))


@dataclass(frozen=True)
class View:
    """One point of a trajectory; differences are formed without cancellation."""

    start: Launch
    record: RankOneRecord

    @property
    def s(self) -> float:
        """Size of W."""
        return float(self.record.s)

    @property
    def log_s(self) -> float:
        """Its logarithm."""
        return float(self.record.log_s)

    @property
    def t(self) -> float:
        """Time."""
        return float(self.record.t)

    @property
    def tau(self) -> float:
        """Natural time."""
        return float(self.record.tau)

    @cached_property
    def _squares(self) -> tuple[Array, Array]:
        return self.record.plus**2, self.record.minus**2

    @property
    def product(self) -> float:
        """a₁b₁."""
        plus, minus = self.record.plus[0], self.record.minus[0]
        return float((plus - minus) * (plus + minus)) / 2

    @property
    def missing(self) -> float:
        """1 − a₁b₁."""
        plus, minus = self._squares
        return float(minus[0] + (plus[1:].sum() + minus[1:].sum()) / 2)

    @property
    def log_odds(self) -> float:
        """Logarithm of a₁b₁/(1 − a₁b₁)."""
        return float(np.log(self.product) - np.log(self.missing))

    @property
    def pull(self) -> float:
        """The number uᵀZv."""
        plus, minus = self._squares
        return float(self.start.sigma @ (plus - minus)) / 2

    @property
    def lag(self) -> float:
        """σ₁ − uᵀZv."""
        plus, minus = self._squares
        first, sigma = self.start.first, self.start.sigma
        return float((first - sigma) @ plus + (first + sigma) @ minus) / 2

    @property
    def rest(self) -> float:
        """The sum of σ_j a_j b_j over j ≥ 2."""
        plus, minus = self._squares
        return float(self.start.sigma[1:] @ (plus[1:] - minus[1:])) / 2


@lru_cache(maxsize=256)
def launch(
    depth: int,
    rank: int,
    top: float,
    gap: float,
    share: float,
    lean: str,
    swap: bool,
    seed: int,
    ratio: float,
    size: float,
) -> Launch:
    """The start with the given |a₁ + b₁|/|a₁ − b₁|, and s(0) as a multiple of σ₁.

    The other modes are as ``lean`` says and as the lengths of u and v demand: their sums and
    differences are opposite; ``swap`` makes the sums the larger ones.
    """
    sigma = np.append(top * (1 - gap) ** np.arange(rank), 0.0)
    p, m = np.zeros(rank + 1), np.zeros(rank + 1)
    if ratio >= NEVER_BEHIND:
        p[0] = np.sqrt(2) * share
    else:
        m[0] = np.sqrt(2) * share / (1 + ratio)
        p[0] = ratio * m[0]
    cross = p[0] * m[0]
    left = 2 - p[0] ** 2 - m[0] ** 2
    far = np.sqrt(max(left + 2 * cross, 0.0))
    near = np.sqrt(max(left - 2 * cross, 0.0))
    larger = (far + near) / 2
    smaller = cross / larger if larger else 0.0
    direction = np.zeros(rank + 1)
    if lean == "spread":
        rng = np.random.default_rng(seed)
        direction[1:] = rng.choice([-1.0, 1.0], rank) * 10 ** (-3 * rng.random(rank))
    else:
        direction[min({"second": 1, "last": max(rank - 1, 1), "outside": rank}[lean], rank)] = 1.0
    direction /= np.linalg.norm(direction)
    sums, differences = (larger, smaller) if swap else (smaller, larger)
    return Launch(sigma, p + sums * direction, m - differences * direction, size * top, depth)


def grow(start: float, speed: float, t: float, depth: int) -> float:
    """∫₀ᵗ dx/(start^{2/N−1} + (N−2)·speed·x): natural time at least, if s^{2/N−1} grows so."""
    rate = start ** (1 - 2 / depth)
    if depth == 2:
        return t
    return float(np.log1p((depth - 2) * speed * rate * t) / ((depth - 2) * speed))


def log_nu(start: Launch, tau: float | Array) -> Array:
    """Logarithm of ν, where the sums grow like e^{στ}/ν and the differences like e^{−στ}/ν."""
    tau = np.asarray(tau, dtype=float)[..., None]
    with np.errstate(divide="ignore"):
        up, down = np.log(start.p**2 / 2), np.log(start.m**2 / 2)
    exponents = np.concatenate([up + 2 * start.sigma * tau, down - 2 * start.sigma * tau], -1)
    top = exponents.max(axis=-1)
    return np.asarray((top + np.log(np.exp(exponents - top[..., None]).sum(axis=-1))) / 2)


def integrated(start: Launch, t: float) -> tuple[float, float, float, float]:
    """Values of a₁, b₁, uᵀZv and s at the time t, by integrating equations (4a)–(4c)."""
    k, power = start.sigma.size, 1 - 2 / start.depth

    def velocity(_: float, y: Array) -> Array:
        a, b, s = y[:k], y[k:-1], np.exp(y[-1])
        pull = start.sigma @ (a * b)
        turn = np.concatenate([start.sigma * b - pull * a, start.sigma * a - pull * b])
        return np.append(turn, start.depth * (pull - s)) * s**power

    a, b = (start.p + start.m) / np.sqrt(2), (start.p - start.m) / np.sqrt(2)
    y = np.concatenate([a, b, [np.log(start.s0)]])
    rate = start.depth * (start.first + start.s0) * start.s0**power
    options = {"method": "DOP853", "rtol": 1e-10, "atol": 1e-12}
    with np.errstate(over="ignore", invalid="ignore"):  # in steps that are then refused
        end = solve_ivp(velocity, (0, t), y, first_step=min(t, 1e-3 / rate), **options).y[:, -1]
    a, b = end[:k], end[k:-1]
    return float(a[0]), float(b[0]), float(start.sigma @ (a * b)), float(np.exp(end[-1]))
