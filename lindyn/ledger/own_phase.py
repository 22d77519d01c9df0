"""Own results on the plane of starts with one output: units, the dip, the first stage, waiting.

Coordinates are cos θ = tanh x and s over the norm of the target; in natural time x moves with
speed one, so that an orbit is a curve over x.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from lindyn._check import Array
from lindyn.flows import gradient_flow
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow
from lindyn.networks import balanced
from lindyn.risks import WhitenedSquare

PAGE = Page("synthesis/phase-diagram")
UNIT = np.array([[1.0, 0.0]])
TINY = 1e-60
"""A start so small that half of the time to its mirror image is the first stage."""
LARGE = 1e6
"""A start that is as good as infinite: beyond the last angle every size falls below the level."""
PANELS = 60
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def planar(x: float, s: float, depth: float) -> RankOneFlow:
    """The flow to (1, 0) from cos θ = tanh x, exact also next to 0° and 180°."""
    side = 1 / np.cosh(x)
    plus = np.array([2 / (1 + np.exp(-2 * x)), side]) / np.sqrt(2)
    minus = np.array([2 / (1 + np.exp(2 * x)), -side]) / np.sqrt(2)
    return RankOneFlow.from_modes([1.0, 0.0], plus, minus, s, depth)


def plane_slack(depth, x, size, later, top, power, speed) -> float:
    """Layers run in two units; angle and distance to the target; where the stages begin."""
    v = np.array([[np.tanh(x), 1 / np.cosh(x)]])
    exact = planar(x, size, depth) if depth > 1 else RankOneFlow(UNIT, [1.0], v[0], size, 1)
    t, found = exact.time(later), []
    for unit, end in ((1.0, t), (top, t * top ** (-power * (2 - 2 / depth)))):
        weights = balanced(unit * size * v, depth, [1] * (depth - 1))
        times = np.linspace(0.0, float(end), 5)
        run = gradient_flow(WhitenedSquare(unit * UNIT), weights, times, rtol=1e-9)
        found.append(run.product[-1, 0] / unit)
        far = np.linalg.norm(run.product[:, 0] / unit - UNIT, axis=1)
        if np.any(np.diff(far) >= 0):
            return -1.0
    scale = np.linalg.norm(found[0])
    half = np.tan(np.arctan2(found[0][1], found[0][0]) / 2) / np.exp(-x - speed * later)
    wrong = max(np.linalg.norm(found[0] - found[1]) / scale, abs(half - 1))
    stages = (exact.t1 > 0) == (x < 0) and (exact.t2 > 0) == (size > np.tanh(x))
    return 1e-6 - wrong if stages else -1.0


def least_size(x: float, s: float, depth: float, last: float) -> float:
    """The smallest s up to ``last`` of the orbit through (x, s), by integrating d ln s/dx."""

    def slope(y: float, log_s: Array) -> Array:
        return depth * (np.tanh(y) - np.exp(log_s))

    def turn(y: float, log_s: Array) -> float:
        return float(np.tanh(y) - np.exp(log_s[0]))

    turn.terminal, turn.direction = True, 1.0  # type: ignore[attr-defined]
    options = {"method": "LSODA", "rtol": 1e-12, "atol": 1e-12}
    run = solve_ivp(slope, (x, last), [np.log(s)], events=turn, **options)
    return float(np.exp(run.y[0].min()))


def border(x: float, least: float, depth: float) -> float:
    """The size at x from which the least size is ``least``; inf where there is none."""
    end = np.arctanh(least)
    area = quad(lambda y: (np.cosh(y) / np.cosh(x)) ** depth, x, end, limit=200)[0]
    right = (np.cosh(end) / np.cosh(x)) ** depth / least - depth * area
    return 1 / right if right > 0 else np.inf


def dip_slack(depth, level, back, factor) -> float | None:
    """From the border the least size is the level; where there is none, below it."""
    x = np.arctanh(level) - back
    size = border(x, level, depth)
    if LARGE / 10 < size < np.inf:
        return None  # so close to the last angle that no start tells the two cases apart
    found = least_size(x, min(factor * size, LARGE), depth, 1.0 + np.arctanh(level))
    return 1 - found / level if size == np.inf else 1e-7 - abs(found / level - 1)


def half_slack(depth, x, size, share) -> float:
    """Time to 90° over the time t' to the mirror image of the start; the distance up to t'."""
    if depth == 1:  # the other way
        return passed(x, size, 1) - 0.5 + 1e-15 * np.exp(2 * x)  # room for rounding of cos
    part = passed(x, size, depth)
    equal = part if depth == 2 else passed(x, TINY, depth)
    way = planar(-x, size, depth).at_natural_time(np.linspace(0.0, 2 * x, 33))
    far = np.hypot(way.s * way.b[:, 0] - 1, way.s * way.b[:, 1]).min() * np.cosh(x)
    return min(share - part, 1e-6 - abs(equal - 0.5), far - 1 + 1e-9)


def passed(x: float, s: float, depth: float) -> float:
    """t₁ over the time t' at which the angle is the mirror image of the start's."""
    start = np.tanh(-x), 1 / np.cosh(x)
    flow = planar(-x, s, depth) if depth > 1 else RankOneFlow(UNIT, [1.0], start, s, 1)
    return float(flow.t1 / flow.time(2 * x))


def _cumulative(x: float, s: float, tau: float, depth: float) -> tuple[float, float]:
    """I = ∫ν^{2−N} and J = ∫ν^{2−N} min(Aᵖ, p s^{2/N} A) up to τ, A = N∫νᴺ, p = 1 − 2/N."""
    edges = np.linspace(0.0, tau, PANELS + 1)
    half = np.diff(edges)[:, None] / 2
    at = edges[:-1, None] + half * (1 + NODES)
    # Inner integrals from the left edge to each node, by the same rule on the shorter interval.
    inner = edges[:-1, None, None] + (at - edges[:-1, None])[..., None] * (1 + NODES) / 2
    nu = np.cosh(x + at) / np.cosh(x)
    part = ((np.cosh(x + inner) / np.cosh(x)) ** depth @ WEIGHTS) * (at - edges[:-1, None]) / 2
    whole = ((nu**depth) @ WEIGHTS) * half[:, 0]
    area = part + np.concatenate([[0.0], np.cumsum(whole)[:-1]])[:, None]
    slow = nu ** (2 - depth)
    p, area = 1 - 2 / depth, depth * area
    late = slow * np.minimum(area**p, p * s ** (2 / depth) * area)
    return float(((slow @ WEIGHTS) * half[:, 0]).sum()), float(
        ((late @ WEIGHTS) * half[:, 0]).sum()
    )


def waited(x: float, s: float, near: float, depth: float) -> tuple[float, float]:
    """T_ε less its leading term for small s(0), and that term."""
    flow, start = planar(x, s, depth), float(np.arctan2(1 / np.cosh(x), np.tanh(x)))

    def distance(tau: float) -> float:
        state = flow.at_natural_time(tau)
        return float(np.hypot(state.s * state.b[0] - 1, state.s * state.b[1]))

    tau = brentq(lambda r: distance(r) - near, 0.0, 60.0, xtol=1e-12)
    area = quad(lambda y: (np.sin(y) / np.sin(start)) ** (depth - 3), 0, start)[0] / np.sin(start)
    leading = s ** (2 / depth - 1) * area
    return float(flow.time(tau)) - leading, leading


def law_slack(depth, x, near, factor) -> float:
    """What T_ε has beside its leading term does not grow as s(0) → 0."""
    (early, _), (late, leading) = (waited(x, s, near, depth) for s in (1e-8, 1e-12))
    return 2 * abs(early) + 1 - abs(late + (1 - factor) * leading) + 1e-9 * leading


def waiting_slack(depth, x, size, later, near, factor) -> float:
    """The time between its two bounds, the lower one in closed form, and the law of T_ε."""
    lower, more = _cumulative(x, size, later, depth)
    unit = size ** (2 / depth - 1)
    t = float(planar(x, size, depth).time(later))
    start, end = (float(np.arctan2(1 / np.cosh(y), np.tanh(y))) for y in (x, x + later))
    part = quad(lambda y: (np.sin(y) / np.sin(start)) ** (depth - 3), end, start)[0] / np.sin(start)
    between = t / (factor * unit * lower) - 1, (unit * lower + more) / t - 1
    law = law_slack(depth, x / 4, near, factor)
    return min(*between, 1e-5 - abs(part / lower - 1), law)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-phase-plane",
        "One plane for all targets, one path for all depths",
        Searched(
            plane_slack,
            Domain(
                depth=Integer(1, 6),
                x=Uniform(-4.0, 4.0),
                size=Log(1e-2, 1e2),
                later=Log(1e-2, 4.0),
                top=Log(1e-2, 1e2),
            ),
            {"power": 1.0, "speed": 1.0},
            {"power": 1.02},
            evaluations=24,
            sharp=lambda: "exact",
            sharp_at={"power": 1.0},
        ),
        "own-oja",
        "own-natural-time",
        note="Gradient flow of the layers in two units, to six digits.",
    ),
    PAGE.row(
        "own-phase-dip",
        "Which starts dip below a given size",
        factor(
            dip_slack,
            Domain(
                depth=Choice(1, 2, 3, 5, 9, 40), level=Uniform(0.003, 0.97), back=Log(1e-3, 8.0)
            ),
            1.03,
            "exact",
            evaluations=200,
        ),
        "own-square-closed-form",
        "own-turning-time-s",
        note="The orbit is integrated, not read off the closed form.",
    ),
    PAGE.row(
        "own-phase-half",
        "The first stage takes at most half of the time",
        Searched(
            half_slack,
            Domain(depth=Integer(1, 20), x=Log(1e-4, 12.0), size=Log(1e-9, 1e6)),
            {"share": 0.5},
            {"share": 0.49},
            tolerance=1e-9,
            evaluations=80,
            sharp=lambda: "1/2: for N = 2 always, for N ≥ 3 as s(0) → 0",
            sharp_at={"share": 0.5},
        ),
        "own-square-closed-form",
    ),
    PAGE.row(
        "own-phase-waiting",
        "Waiting near zero: two bounds and the limit",
        factor(
            waiting_slack,
            Domain(
                depth=Choice(3, 4, 5, 9, 20),
                x=Uniform(-12.0, 12.0),
                size=Log(1e-12, 1e2),
                later=Log(1e-3, 24.0),
                near=Log(1e-3, 0.9),
            ),
            1.02,
            "1, as s(0) → 0",
            tolerance=1e-9,
            evaluations=80,
        ),
        "own-square-closed-form",
    ),
)
