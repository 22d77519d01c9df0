"""Rank-one networks beside a target of two singular values: at one moment, and in the stable set.

The target is diag(σ₁, σ₂, 0); u and v lean away from u₁ and v₁ into the other two directions.  The
risk is ½‖Y − WX‖² with XXᵀ = mI, so its gradient is m(W − Z).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.optimize import brentq

from lindyn._check import Array
from lindyn.bounds.eft import BOUNDS
from lindyn.ledger.domain import Angle, Choice, Log, Uniform
from lindyn.ledger.rank_one_starts import Launch, View
from lindyn.ledger.rank_one_states import State

DEPTHS = Choice(2, 3, 5, 20)
TARGET = {"depth": DEPTHS, "m": Log(1e-2, 1e3), "top": Log(1e-3, 1e3)}
TURNS = {"turn_u": Angle(0.0, np.pi), "turn_v": Angle(0.0, np.pi)}
MOMENTS = (
    TARGET
    | {"ratio": Uniform(0.0, 0.999), "lean_u": Angle(0.0, np.pi), "lean_v": Angle(0.0, np.pi)}
    | TURNS
    | {"size": Log(1e-3, 1e3)}
)
"""``size`` is s over |u₁ᵀu v₁ᵀv|σ₁; ``ratio`` is σ₂/σ₁."""

FAR = float(np.sqrt(6))
"""From this multiple of σ₁ on, s is far."""


def _leaning(lean: float, turn: float) -> Array:
    return np.array([np.cos(lean), np.sin(lean) * np.cos(turn), np.sin(lean) * np.sin(turn)])


@dataclass(frozen=True)
class Moment:
    """One point of a flow; the velocity comes from the gradients of all layers.

    ``missing`` is 1 − c with c = a₁b₁, without cancellation.
    """

    state: State
    m: float
    missing: float

    @property
    def c(self) -> float:
        """a₁b₁."""
        return float(self.state.a[0] * self.state.b[0])

    @property
    def first(self) -> float:
        """σ₁."""
        return float(self.state.sigma[0])

    @property
    def gamma(self) -> float:
        """σ₂/σ₁."""
        return float(self.state.sigma[1] / self.first)

    @property
    def rho(self) -> float:
        """uᵀ(Z − Z₁)v."""
        return float(self.state.sigma[1] * self.state.a[1] * self.state.b[1])

    @property
    def speed(self) -> float:
        """The factor m s^{2−2/N} of the derivative."""
        return float(self.m * self.state.s ** (2 - 2 / self.state.depth))

    @property
    def T1(self) -> float:
        """½(s − σ₁c)²."""
        return (self.state.s - self.first * self.c) ** 2 / 2

    @property
    def T2(self) -> float:
        """σ₁²(1 − c)."""
        return self.first**2 * self.missing

    @property
    def loss(self) -> float:
        """½‖W − Z₁‖²."""
        return (self.state.s - self.first) ** 2 / 2 + self.state.s * self.first * self.missing

    @property
    def unit(self) -> float:
        """What rounding of the slope is measured by."""
        return self.state.depth * self.speed * (self.state.s + self.first) ** 2

    @cached_property
    def slope(self) -> float:
        """dL/dt = ⟨W − Z₁, Ẇ⟩, in the singular bases."""
        at = self.state
        du, dv, ds = at.velocity()
        change = ds * np.outer(at.u, at.v) + at.s * (np.outer(du, at.v) + np.outer(at.u, dv))
        gap = at.s * np.outer(at.a, at.b)
        gap[0, 0] -= self.first
        return float(self.m * np.sum(gap * change))


@lru_cache(maxsize=64)
def moment(depth, m, top, ratio, lean_u, lean_v, turn_u, turn_v, size) -> Moment:
    """The point with the given angles and size."""
    a, b = _leaning(lean_u, turn_u), _leaning(lean_v, turn_v)
    sigma = top * np.array([1.0, ratio, 0.0])
    s = size * top * (abs(a[0] * b[0]) or 1.0)
    missing = np.sin((lean_u + lean_v) / 2) ** 2 + np.sin((lean_u - lean_v) / 2) ** 2
    rng = np.random.default_rng(0)
    at = State(np.diag(sigma), sigma, np.eye(3), np.eye(3), s, a, b, depth, rng)
    return Moment(at, m, float(missing))


STABLE = (
    TARGET
    | {
        "shy": Log(1e-4, 0.99),
        "share": Uniform(0.0, 1.0),
        "beta": Log(1.001, 1e2),
        "over": Log(1e-9, 1.0),
        "skew": Uniform(-1.0, 1.0),
        "inside": Uniform(1e-6, 1 - 1e-6),
    }
    | TURNS
)
"""Starts in N_{α,β}: α = 1 − ``shy``, γ_Z = ``share``·α, a₁b₁ above α by ``over`` of the room,
``skew`` sets a₁ beside b₁, s between its limits at ``inside``."""


@dataclass(frozen=True)
class Stable:
    """A start in N_{α,β}: σ₁, γ, α, β in ``values`` by the names of the bounds."""

    launch: Launch
    m: float
    alpha: float
    beta: float

    @property
    def gamma(self) -> float:
        """σ₂/σ₁."""
        return self.launch.second / self.launch.first

    @property
    def unit(self) -> float:
        """The unit of rates, m σ₁^{2−2/N}."""
        return float(self.m * self.launch.first ** (2 - 2 / self.launch.depth))

    @property
    def values(self) -> dict[str, float]:
        """Arguments of the bounds on N_{α,β}."""
        start = self.launch
        known = {"N": start.depth, "m": self.m, "sigma_1": start.first}
        return known | {"gamma_Z": self.gamma, "alpha": self.alpha}

    def rate(self, name: str, **more: float) -> float:
        """The rate of a bound on ‖W − Z₁‖² that is an exponential of time."""
        bound = BOUNDS[name]
        return float(-np.log(bound(**self.values, **more, t=1 / self.unit, L_0=0.5)) * self.unit)

    def lost(self, begin: View, view: View) -> tuple[float, float] | None:
        """The loss of ln L between two points, and the time between them; None in rounding."""
        time, left = (view.t - begin.t) / self.m, self.log_loss(view)
        if not time > 0 or left < 2 * np.log(self.launch.first) - 30:
            return None
        return self.log_loss(begin) - left, time

    def log_loss(self, view: View) -> float:
        """The logarithm of ½‖W − Z₁‖²."""
        first = self.launch.first
        off = np.expm1(view.log_s - np.log(first))
        loss = off**2 / 2 + (1 + off) * view.missing
        return float(np.log(max(loss, 1e-300)) + 2 * np.log(first))

    def near(self, level: float = FAR) -> float:
        """Natural time, times σ₁, at which s comes down to level·σ₁; 0 where it starts below."""
        start, first = self.launch, self.launch.first
        if start.s0 <= level * first:
            return 0.0
        latest = (1 / level - first / start.s0) / (start.depth * (1 - 1 / level))

        def above(later: float) -> float:
            return start.at(later).log_s - np.log(level * first)

        return (
            float(brentq(above, 0.0, 1.001 * latest, xtol=1e-14)) if above(latest) < 0 else latest
        )


@lru_cache(maxsize=64)
def stable(
    depth, m, top, shy, share, beta, over, skew, inside, turn_u, turn_v, widest: float = 1.0
) -> Stable | None:
    """The start in N_{α,β} with γ = share·α·widest; None where α would not be positive."""
    alpha = 1 - shy
    gamma = share * alpha * widest
    missing = shy * (1 - over)
    # (1 − a₁²)(1 − b₁²) ≤ (1 − c)²: a₁ = √c·e^x, b₁ = √c·e^{−x} with both at most 1.
    c = 1 - missing
    x = skew * -np.log(c) / 2
    lean_u, lean_v = (_angle_of(np.log(c) / 2 + sign * x) for sign in (1, -1))
    a, b = _leaning(lean_u, turn_u), _leaning(lean_v, turn_v)
    low = alpha - gamma
    s0 = top * (low + (beta - low) * inside)
    if s0 <= 0:
        return None
    sigma = top * np.array([1.0, gamma, 0.0])
    root = np.sqrt(2)
    return Stable(Launch(sigma, (a + b) / root, (a - b) / root, s0, depth), m, alpha, beta)


def _angle_of(log_cosine: float) -> float:
    """The angle with the given logarithm of its cosine, accurate near 0."""
    return float(np.arctan2(np.sqrt(-np.expm1(2 * min(log_cosine, 0.0))), np.exp(log_cosine)))
