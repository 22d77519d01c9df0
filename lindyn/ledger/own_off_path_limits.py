"""Own results on infinite depth for classifiers: LSZ's finite time, and JT's limits do not commute.

In the limit the norm stands where the force along w vanishes: Φ'(ρ) = κ cos θ for LSZ, the least
risk along the ray for JT.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from lindyn._check import Array
from lindyn.laws import SphericalLaw
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.own_late import late_constant
from lindyn.ledger.spherical_cases import flow_of
from lindyn.ledger.writing import Page, factor
from lindyn.margins import max_margin

PAGE = Page("synthesis/infinite-depth")
DEEP = 10**4
DEEPEST = 1e8
CLOSE = 0.005
"""Radians from the limit at this depth; the distance falls a little slower than 1/√N."""


# --- LSZ -----------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def resting_norm(law: SphericalLaw, cosine: float) -> float:
    """The norm ρ with Φ'(ρ) = κ cos θ, to full relative accuracy near θ = 0."""
    missing = law.kappa * (1 - cosine)

    def force(log_norm: float) -> float:
        norm = np.exp(log_norm)
        if cosine > 0.5:
            return float(np.log(float(law.psi(norm)) / missing))
        return float(np.log(law.kappa * cosine / float(law.dPhi(norm))))

    return float(np.exp(brentq(force, -40.0, 40.0, xtol=1e-13)))


def limit_pace(law: SphericalLaw, angle: float) -> float:
    """Time per radian at infinite depth."""
    missing = 2 * np.sin(angle / 2) ** 2
    return 1 / (law.kappa * np.sin(angle) * resting_norm(law, 1 - missing))


def _first_order(law: SphericalLaw, start: float, begin: float, end: float) -> list[float]:
    """The parts of lim N(t_N − t_∞): the layer at the start, the lag, the power of the clock."""
    rest = resting_norm(law, np.cos(begin))
    level = float(law.dPhi(rest))

    def layer(log_r: float) -> float:
        r = np.exp(log_r)
        if abs(r / rest - 1) < 1e-6:  # 0/0, and its limit
            return float(1 / (rest**2 * float(law.d2Phi(rest))))
        return float((1 / r - 1 / rest) / (level - float(law.dPhi(r))))

    def lag(angle: float) -> float:
        norm = resting_norm(law, np.cos(angle))
        slope = float(law.d2Phi(norm))
        return float(law.kappa * np.sin(angle) / (slope * norm) / (norm**2 * slope))

    def power(angle: float) -> float:
        norm = resting_norm(law, np.cos(angle))
        return float(2 * np.log(norm) / norm / (law.kappa * np.sin(angle)))

    options = {"epsrel": 1e-7, "epsabs": 1e-10}
    return [
        quad(layer, np.log(start), np.log(rest), **options)[0],
        quad(lag, end, begin, **options)[0],
        quad(power, end, begin, **options)[0],
    ]


def finite_slack(law, begin, turned, size, factor) -> float:
    """The time to an angle at depth 10⁴ against its limit, to first order; and the last stretch."""
    radial = law_named(law)
    rest, end = resting_norm(radial, np.cos(begin)), begin * turned
    flow = flow_of(law, DEEP, size * rest * radial.kappa, begin)
    tau = np.log(np.tan(begin / 2) / np.tan(end / 2)) / radial.kappa
    limit = quad(lambda x: limit_pace(radial, x), end, begin, epsrel=1e-10)[0]
    lag = DEEP * (float(flow.time(tau)) - limit)
    parts = _first_order(radial, size * rest, begin, end)
    miss = abs(lag - factor * sum(parts)) / sum(abs(part) for part in parts)
    tiny = 1e-4
    stretch = quad(lambda x: limit_pace(radial, x), tiny / 2, tiny)[0]
    law_of_stretch = factor * tiny / 2 / np.sqrt(2 * late_constant(law) * radial.kappa)
    return min(0.03 - miss, 0.01 - abs(stretch / law_of_stretch - 1))


# --- JT ------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def separable(examples: int, dim: int, seed: int) -> tuple[Array, Array] | None:
    """Data zᵢ, separable, and a direction that does not separate them, with mean margin > 0."""
    rng = np.random.default_rng(seed)
    best = np.eye(dim)[0]
    Z = rng.standard_normal((examples, dim))
    Z[:, 0] = 0.2 + np.abs(Z[:, 0])
    for _ in range(100):
        w = best + 2 * rng.standard_normal(dim)
        w /= np.linalg.norm(w)
        margins = Z @ w
        if margins.min() < -0.05 and margins.mean() > 0.05:
            return Z, w
    return None


def _across(w: Array, pull: Array) -> Array:
    return pull - (w @ pull) * w


@lru_cache(maxsize=512)
def border(examples: int, dim: int, seed: int) -> tuple[Array, float, float]:
    """Where the flow of infinite depth first separates, the second smallest margin there, and when.

    The last is the natural time.
    """
    given = separable(examples, dim, seed)
    assert given is not None
    Z, start = given

    def velocity(_: float, w: Array) -> Array:
        w = w / np.linalg.norm(w)
        m = Z @ w
        if m.min() > -1e-12:
            return np.zeros_like(w)
        top = 1.0
        while m @ np.exp(-top * m) > 0:
            top *= 2
        norm = brentq(lambda r: m @ np.exp(-r * (m - m.min())), 0, top, xtol=1e-13)
        return _across(w, np.exp(-norm * m) @ Z / examples)

    def separates(_: float, w: Array) -> float:
        return float((Z @ w).min() + 1e-7)

    separates.terminal = True  # type: ignore[attr-defined]
    options = {"method": "LSODA", "rtol": 1e-6, "atol": 1e-8, "events": separates}
    run = solve_ivp(velocity, (0, 1e4), start, **options)
    w = run.y[:, -1] / np.linalg.norm(run.y[:, -1])
    return w, float(np.sort(Z @ w)[1]), float(run.t[-1])


def deep_direction(Z: Array, start: Array, norm: float, depth: float, neg_log_risk: float) -> Array:
    """The direction of the balanced flow when the exponential risk has come down to e^{−u}."""

    def velocity(_: float, y: Array) -> Array:
        w = y[:-1] / np.linalg.norm(y[:-1])
        m = Z @ w
        weight = np.exp(-np.exp(y[-1]) * m) / len(Z)
        return np.append(_across(w, weight @ Z), depth * (weight @ m))

    def arrived(_: float, y: Array) -> float:
        w = y[:-1] / np.linalg.norm(y[:-1])
        return float(np.log(np.mean(np.exp(-np.exp(y[-1]) * (Z @ w)))) + neg_log_risk)

    arrived.terminal = True  # type: ignore[attr-defined]
    options = {"method": "LSODA", "rtol": 1e-7, "atol": 1e-9, "events": arrived}
    w = solve_ivp(velocity, (0, 1e4), np.append(start, np.log(norm)), **options).y[:-1, -1]
    return np.asarray(w / np.linalg.norm(w))


def order_slack(examples, dim, seed, norm, more, share) -> float | None:
    """The time to the border; the direction at a given risk, at depth 10⁸, against the border's."""
    given = separable(examples, dim, seed)
    if given is None:
        return None
    Z, start = given
    first, other, time = border(examples, dim, seed)
    best = max_margin(Z, np.ones(examples))
    early = 1 - time * best.margin / (2 * examples)
    if other < 0.1:
        return early  # two data on the border at once, or nearly
    expected = (1 - share) * first + share * best.direction
    found = deep_direction(Z, start, norm, DEEPEST, np.log(examples) + more)
    return min(early, CLOSE - float(np.linalg.norm(found - expected / np.linalg.norm(expected))))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-off-finite",
        "Infinite depth: LSZ's teacher is reached in finite time",
        factor(
            finite_slack,
            Domain(
                law=Choice("circle", "sphere", "sphere 50", "ball", "gaussian", "student"),
                begin=Uniform(0.6, 1.45),
                turned=Uniform(0.4, 0.8),
                size=Log(1e-2, 1e2),
            ),
            1.045,
            "1, as N → ∞",
            evaluations=12,
        ),
        "own-depth-free",
        "own-natural-time",
        "own-late-norm",
    ),
    PAGE.row(
        "own-off-order",
        "Infinite depth: JT's limits do not commute",
        Searched(
            order_slack,
            Domain(
                examples=Integer(2, 5),
                dim=Integer(2, 4),
                seed=Integer(0, 10**4),
                norm=Log(1e-3, 1e1),
                more=Log(0.05, 3.0),
            ),
            {"share": 0.0},
            {"share": 0.04},
            evaluations=24,
        ),
        "own-natural-time",
        "jt-thm-2-8-ii",
        note="The last sentence of the statement is Theorem 2.8 of JT, and checked there.",
    ),
)
