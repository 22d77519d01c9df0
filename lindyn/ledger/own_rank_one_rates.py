"""Own results on rates of rank-one flows: late laws, a linear rate from the start, escapes."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from lindyn._check import Array
from lindyn.bounds.clz import BOUNDS
from lindyn.ledger.model import Domain, Log, Row, Uniform
from lindyn.ledger.own_rank_one import critical_inverse
from lindyn.ledger.rank_one_starts import (
    AHEAD,
    ANY,
    DEEPER,
    LATER,
    LONGEST,
    SHAPE,
    SIZE,
    Launch,
    grow,
    launch,
    log_nu,
)
from lindyn.ledger.writing import Page, factor, farthest, quotient

RATES, LINEAR_RATE = Page("clz/rates"), Page("clz/linear-rate")
SIGMA = np.array([1.5, 1.2, 0.1, 0.0])
DEPTHS = (2, 3, 4, 9)
_nodes, _weights = np.polynomial.legendre.leggauss(10)


def _start(depth: int, slowest: str, first: float = 0.6, s0: float = 0.4) -> Launch:
    """A start whose slowest mode beside the first is a sum, one outside, or a difference."""
    p, m = np.zeros(4), np.zeros(4)
    p[0] = first
    if slowest == "sum":
        p[1:], m[1:] = [0.5, 0.3, 0.2], [-0.3, 0.5, 0.0]
        m[0] = -(p[1:] @ m[1:]) / p[0]
    elif slowest == "outside":
        p[3], m[1], m[3] = 0.4, 0.5, -0.5
        m[0] = -(p[3] * m[3]) / p[0]
    else:
        m[1:3] = [0.5, 0.2 if depth > 3 else 0.0]
    scale = np.sqrt(2 / (p @ p + m @ m))
    return Launch(SIGMA, scale * p, scale * m, s0, depth)


def late(start: Launch) -> tuple[float, float]:
    """Exponent g and constant K of 1 − a₁b₁ ~ Ke^{−gτ}."""
    first, p, m, sigma = start.first, start.p, start.m, start.sigma
    exponents = np.concatenate([first - sigma[1:], first + sigma[1:]]) * 2
    sizes = np.concatenate([p[1:], m[1:]]) ** 2 / p[0] ** 2
    g = exponents[sizes > 0].min()
    return float(g), float(sizes[np.isclose(exponents, g)].sum())


def _delay(start: Launch) -> float:
    """The integral of (s/σ₁)^{2/N−1} − 1 over natural time."""
    edges = np.linspace(0, 80 / start.first, 241)
    half = np.diff(edges) / 2
    tau = (edges[:-1] + half)[:, None] + half[:, None] * _nodes
    log_s = start.flow.at_natural_time(tau.ravel()).log_s.reshape(tau.shape)
    values = np.expm1((2 / start.depth - 1) * (log_s - np.log(start.first)))
    return float(np.sum(half[:, None] * _weights * values))


def direction_measure() -> float:
    """1 − a₁b₁ over Ke^{gD}e^{−gσ₁^{1−2/N}t}, the ratio farthest from 1."""
    ratios = []
    for depth, slowest in product(DEPTHS, ("sum", "outside", "difference")):
        start = _start(depth, slowest)
        g, K = late(start)
        view = start.at(60.0)
        passed = start.first ** (1 - 2 / depth) * view.t - _delay(start)
        ratios.append(view.missing / (K * np.exp(-g * passed)))
    return farthest(ratios)


def size_measure() -> float:
    """σ₁ − s over its late law, the ratio farthest from 1."""
    ratios = []
    for depth, slowest in product(DEPTHS, ("sum", "outside", "difference")):
        start = _start(depth, slowest)
        g, K = late(start)
        first, fast = start.first, depth * start.first
        speed = min(g, fast)
        tau = np.log(1e9) / speed
        view = start.at(tau * first)
        found = -np.expm1(view.log_s - np.log(first)) * first
        if np.isclose(g, fast):  # a factor τ: compare the slopes
            other = start.at(1.2 * tau * first)
            more = -np.expm1(other.log_s - np.log(first)) * first
            slope = (more * np.exp(1.2 * g * tau) - found * np.exp(g * tau)) / (0.2 * tau)
            ratios.append(slope / (fast * g * K / 2))
            continue
        predicted = fast * g * K / 2 / (fast - g) * np.exp(-g * tau)
        if g > fast:
            constant = 1 / start.s0 - critical_inverse(start)
            predicted += first**2 * (start.P / 2) ** -depth * constant * np.exp(-fast * tau)
        ratios.append(found / predicted)
    return farthest(ratios)


def second_stage_slack(later: float, factor: float, **case: object) -> float | None:
    """The gain of ln(a₁b₁/(1 − a₁b₁)) over the bound's, where a₁(0)b₁(0) > 0."""
    start = launch(**case)
    begin, view = start.at(0.0), start.at(later)
    if start.second == 0 or begin.product <= 1e-5 * start.p[0] ** 2 or begin.missing < 1e-12:
        return None
    if not 0 < view.t < LONGEST or view.missing < 1e-280:
        return None
    low = start.s0 * start.second / (start.s0 + start.second)
    clock = grow(low, start.second, view.t, start.depth)
    gain = view.log_odds - begin.log_odds
    return float(gain / (2 * (start.first - start.second) * clock) - factor)


def linear_floor_slack(later: float, factor: float, **case: object) -> float:
    """S over factor·(|a₁(0) + b₁(0)|/2)^N min(s(0), σ₁), in logarithms."""
    start = launch(**case)
    floor = start.depth * np.log(start.P / 2) + np.log(min(start.s0, start.first))
    return float(start.at(later).log_s - floor - np.log(factor))


def linear_slack(later: float, factor: float, **case: object) -> float | None:
    """The bound on 1 − a₁b₁ over factor times its value."""
    start = launch(**case)
    view = start.at(later)
    if not view.t < LONGEST or view.missing < 1e-280 or 4 / start.P**2 - 1 < 1e-6:
        return None
    bound = BOUNDS["own-global-linear"](
        N=start.depth,
        P=start.P,
        s_low=(start.P / 2) ** start.depth * min(start.s0, start.first),
        sigma_1=start.first,
        sigma_2=start.second,
        t=view.t,
    )
    return float(np.log(bound / view.missing) - np.log(factor))


def global_size_slack(later: float, factor: float, **case: object) -> float | None:
    """What |1/s − 1/σ₁| has above the first term of its bound, over the second; and the bound."""
    start = launch(**case)
    view, N, first = start.at(later), start.depth, start.first
    speed = (N - 2) * first + 2 * start.second  # Nσ₁ − g
    if speed == 0 or 4 / start.P**2 - 1 < 1e-6:
        return None
    values = {"N": N, "P": start.P, "s_0": start.s0, "sigma_1": first, "sigma_2": start.second}
    low = (start.P / 2) ** N * min(start.s0, first)
    bound = float(BOUNDS["own-global-size"](**values, s_low=low, tau=view.tau))
    faded = abs(1 / start.s0 - 1 / first) * np.exp(-N * first * view.tau)
    found = abs(np.expm1(np.log(first) - view.log_s)) / first
    if not bound - faded > 1e-6 * max(1 / first, faded):
        return None  # the second term is lost in rounding
    return float(factor - (found - faded) / (bound - faded))


def zero_measure() -> float:
    """The time until s = σ₁/2 over s(0)^{2/N−1}∫ν^{2−N}, from s(0) = 1e-14."""
    ratios = []
    for depth in (3, 4, 9):
        start = _start(depth, "sum", s0=1e-14)
        tau = _reaches(start, start.first / 2)
        time = start.flow.time(tau)
        integral = quad(lambda x, s=start: np.exp((2 - s.depth) * log_nu(s, x)), 0, 40)[0]
        ratios.append(time * start.s0 ** (1 - 2 / depth) / integral)
    return farthest(ratios)


def _reaches(start: Launch, size: float) -> float:
    def above(tau: float) -> float:
        return start.at(tau * start.first).log_s - np.log(size)

    return float(brentq(above, 0, 60 / start.first, xtol=1e-13))


def saddle_time(first: float, second: float, depth: int, small: float) -> tuple[float, float]:
    """Time until a₁² = ½ from a = b = (small, …) with s(0) = σ₂: exact, and by the law."""
    p = np.sqrt(2) * np.array([small, np.sqrt(1 - small**2), 0.0])
    start = Launch(np.array([first, second, 0.0]), p, 0 * p, second, depth)
    tau = np.log(p[1] / p[0]) / (first - second)
    return start.flow.time(tau), second ** (2 / depth - 1) * tau - _head_start(first, second, depth)


def _head_start(first: float, second: float, depth: int) -> float:
    """What the orbit from the saddle to the target saves before a₁² = ½."""
    nodes = np.concatenate([_nodes, [1.0]])

    def level(x: Array) -> Array:
        return np.logaddexp(2 * first * x, 2 * second * x) / 2

    def saved(x: float) -> float:
        back = 40 / (depth * second)
        edges = x - back * np.linspace(1, 0, 41) ** 2
        half = np.diff(edges) / 2
        at = (edges[:-1] + half)[:, None] + half[:, None] * nodes[:-1]
        inside = np.exp(depth * (level(at) - level(np.array(x))))
        inverse = depth * float(np.sum(half[:, None] * _weights * inside))
        return second ** (2 / depth - 1) - inverse ** (1 - 2 / depth)

    return quad(saved, -40 / (first - second), 0, epsabs=1e-10, limit=200)[0]


def saddle_measure() -> float:
    """Exact time over that of the law, the ratio farthest from 1."""
    ratios = [
        np.divide(*saddle_time(first, second, depth, 1e-6))
        for depth in DEPTHS
        for first, second in ((1.5, 0.7), (1e-2, 9e-3), (1e2, 1.0))
    ]
    return farthest(ratios)


def vanishing_measure() -> float:
    """S over its late law where all a_i + b_i vanish, the ratio farthest from 1."""
    ratios = []
    for depth, outside in product(DEPTHS, (True, False)):
        m = np.array([0.6, 0.4, 0.5, 0.3 if outside else 0.0])
        start = Launch(SIGMA, 0 * m, np.sqrt(2 / (m @ m)) * m, 2.0, depth)
        if depth == 2 and not outside:
            view, slowest = start.at(100.0 * SIGMA[0]), 2  # K of two layers
            inverse = 1 / start.s0 + np.sum(start.m[:3] ** 2 / (2 * SIGMA[:3]))
            rate = 2 * SIGMA[slowest]
            predicted = start.m[slowest] ** 2 / 2 / inverse * np.exp(-rate * view.t)
            ratios.append(view.s / predicted)
            continue
        t = 1e9 if depth == 2 else 1e40
        power, speed = (2 - 2 / depth, 2 * depth - 2) if outside else (1 - 2 / depth, depth - 2)
        clock = speed * t * (1.0 if outside else SIGMA[2])
        ratios.append(start.flow.at(t).s ** power * clock)
    return farthest(ratios)


_WHOLE = SHAPE | SIZE | LATER

ROWS: tuple[Row, ...] = (
    LINEAR_RATE.row(
        "own-late-direction",
        "The late law of the direction",
        quotient(
            direction_measure, 1e-6, "N = 2, 3, 4, 9; the slowest mode a sum, outside, a difference"
        ),
        "own-square-closed-form",
    ),
    LINEAR_RATE.row(
        "own-late-size",
        "The late law of the size",
        quotient(
            size_measure, 1e-3, "N = 2, 3, 4, 9; the slowest mode a sum, outside, a difference"
        ),
        "own-late-direction",
        note="With a slower sum beside the first mode it has the exponent of the direction: "
        "c₆ never decides. At N = 2 with only a mode outside there is a factor t.",
    ),
    RATES.row(
        "own-second-stage",
        "Theorem 4.7 with σ₂ in place of σ₁ + s₀",
        factor(
            second_stage_slack,
            Domain(**DEEPER | SIZE, later=Log(1e-2, 1e2), **AHEAD),
            1.03,
            "1, as t → 0 and s(0) → 0",
            tolerance=1e-8,
            evaluations=200,
        ),
        "clz-eq-49",
        "own-size-floor",
    ),
    LINEAR_RATE.row(
        "own-linear-floor",
        "The size never falls below a fixed part of its start",
        factor(
            linear_floor_slack,
            Domain(**_WHOLE, **ANY),
            1.03,
            "1, aligned",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-square-closed-form",
        note="s ≥ (|a₁(0) + b₁(0)|/2)^N min(s(0), σ₁) for all t.",
    ),
    LINEAR_RATE.row(
        "own-global-linear",
        "A linear rate from the start",
        factor(
            linear_slack,
            Domain(**_WHOLE, **ANY),
            1.02,
            "1, at t = 0, where no other mode is there",
            tolerance=1e-9,
            evaluations=200,
        ),
        "own-square-closed-form",
        "own-linear-floor",
        note="With s_low = (|a₁(0) + b₁(0)|/2)^N min(s(0), σ₁).",
    ),
    LINEAR_RATE.row(
        "own-global-size",
        "The size beside the linear rate",
        factor(
            global_size_slack,
            Domain(**_WHOLE | {"share": Uniform(1e-3, 0.9999)}, **ANY),
            0.97,
            "1, as t → 0, near the target with a₂ = −b₂ and σ₂ → σ₁",
            tolerance=1e-7,
            evaluations=900,
        ),
        "own-global-linear",
        "own-linear-floor",
        note="In natural time. For N = 2 and one mode alone the quotient is τe^{−2σ₁τ}.",
    ),
    LINEAR_RATE.row(
        "own-escape-from-zero",
        "How long it takes to leave zero",
        quotient(zero_measure, 1e-3, "N = 3, 4, 9, s(0) = 1e-14"),
        "own-square-closed-form",
    ),
    LINEAR_RATE.row(
        "own-escape-from-saddle",
        "How long it takes to leave a saddle",
        quotient(saddle_measure, 1e-6, "N = 2, 3, 4, 9; three pairs of singular values"),
        "own-square-closed-form",
        note="Exactly ln(p_j/p₁)/(σ₁ − σ_j) in natural time.",
    ),
    LINEAR_RATE.row(
        "own-rate-to-zero",
        "How fast W vanishes where all a_i + b_i do",
        quotient(vanishing_measure, 1e-3, "N = 2, 3, 4, 9, with and without a mode outside"),
        "clz-thm-3-1-ii-rate",
    ),
)
