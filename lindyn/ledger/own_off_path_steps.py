"""Own results off the path: the largest steps of descent, for the loss and for the angle."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from lindyn._check import Array
from lindyn.descent import gradient_descent
from lindyn.ledger.model import Angle, Domain, Integer, Log, Row, Uniform
from lindyn.ledger.writing import Page, factor
from lindyn.risks import WhitenedSquare

PAGE = Page("synthesis/off-the-path")
LONG = 200_000
"""Steps after which the slowest run of the domain has long arrived."""


# --- Steps on which the loss falls, aligned and balanced -----------------------------------------


def largest_step(y: float, depth: int) -> float:
    """H times the step from s = yσ₁ > σ₁ after which the loss is as large as before."""
    w, across = y ** (1 / depth), 2 - y
    kept = -w if across < 0 and depth % 2 == 0 else np.sign(across) * abs(across) ** (1 / depth)
    return float(depth * (w - kept) / (w ** (depth - 1) * (y - 1)))


def stepped(y: float, x: float, depth: int) -> float:
    """s/σ₁ after a step of x/H from s = yσ₁."""
    return float(y * (1 + x / depth * y ** (1 - 2 / depth) * (1 - y)) ** depth)


def highest(x: float, depth: int) -> tuple[float, float]:
    """Where below σ₁ a step of x/H leads highest, and how high, over σ₁."""
    options = {"bounds": (0.3, 1.0), "method": "bounded", "options": {"xatol": 1e-13}}
    best = minimize_scalar(lambda y: -stepped(y, x, depth), **options)
    return float(best.x), -float(best.fun)


def overshoot(x: float, depth: int) -> float:
    """The largest s/σ₁ after a step of x/H from below σ₁."""
    return max(1.0, highest(x, depth)[1])


@cache
def safe_step(depth: int) -> float:
    """The largest x such that steps of x/H lower the loss along every run from s ≤ σ₁."""
    return float(brentq(lambda x: largest_step(overshoot(x, depth), depth) - x, 1.3, 2 - 1e-9))


def losses(depth: int, start: float, top: float, x: float, steps: int) -> Array:
    """Losses over σ₁² of aligned layers from s = start·σ₁, run with steps of x/H."""
    step = x / (depth * top ** (2 - 2 / depth))
    weights = tuple(np.full((1, 1), (start * top) ** (1 / depth)) for _ in range(depth))
    run = gradient_descent(WhitenedSquare(np.array([[top]])), weights, step=step, steps=steps)
    return np.asarray(run.risk / top**2)


def fall_slack(depth, start, top, x) -> float:
    """The smallest share of the loss that one of forty steps takes."""
    loss = losses(depth, start, top, x, 40)
    before = loss[:-1][loss[:-1] > 1e-14]
    return float(np.min(1 - loss[1 : before.size + 1] / before, initial=1.0))


def arrival_slack(depth, start, x) -> float:
    """A run with x < x_N comes to σ₁, each step nearer, and keeps to its interval."""
    y, top, wrong = start, overshoot(x, depth), 0.0
    least = min(start, 2 - top)
    for _ in range(LONG):
        if abs(1 - y) < 1e-9:
            break
        after = stepped(y, x, depth)
        wrong = max(wrong, abs(1 - after) / abs(1 - y) - 1, least - after, after - top)
        y = after
    return min(1e-9 - wrong, 1e-8 - abs(1 - y))


def loss_slack(depth, start, top, below, part, beyond, factor) -> float:
    """Runs with x_N; a first step with x = 2; runs with x < x_N; the second step with x > x_N."""
    safe = safe_step(depth)
    once = losses(depth, 1 - below, top, 2.0, 1)
    large = safe + beyond * (2 - safe)
    twice = losses(depth, highest(large, depth)[0], top, large, 2)
    return min(
        fall_slack(depth, start, top, factor * safe),
        1 - float(once[1] / once[0]),
        arrival_slack(depth, start, part * safe),
        float(twice[2] / twice[1]) - 1,
    )


# --- Steps on which the angle falls, any balance -------------------------------------------------


def first_layer(depth, theta, alpha, c, spread, step) -> Array:
    """The first layer after one step, along the target and across; it starts at ``theta``."""
    others = [c ** (1 / (depth - 1))] * (depth - 1) if depth > 1 else []
    if depth > 2:
        others[0] *= spread
        others[-1] /= spread
    w = alpha * np.array([[np.cos(theta), np.sin(theta)]])
    weights = (w, *(np.full((1, 1), other) for other in others))
    risk = WhitenedSquare(np.array([[1.0, 0.0]]))
    run = gradient_descent(risk, weights, step=step, steps=1)
    return np.asarray(run.weights[0][-1, 0])


def turned(depth, theta, alpha, c, spread, step) -> float:
    """The angle after one step over the angle before."""
    along, across = first_layer(depth, theta, alpha, c, spread, step)
    return float(np.arctan2(abs(across), along) / theta)


def any_step_slack(depth, theta, alpha, c, spread, ratio, big) -> float:
    """A step, and two next to the limit: the side where they end, whether the angle falls.

    ``ratio`` is c/α, and ``big`` the step in units of 1/c².
    """
    s, cosine = c * alpha, float(np.cos(theta))
    across = first_layer(depth, theta, alpha, c, spread, big / c**2)[1] / (alpha * np.sin(theta))
    slack = float(1e-9 - abs(across - (1 - big)) / max(1.0, big))
    steps, speed = [big / c**2], ratio * (2 * s * cosine - 1)
    if cosine > 0 and 2 * s * cosine > 1 + 1e-6:
        steps += [0.99 * 2 * cosine / speed, 1.01 * 2 * cosine / speed]
    for step in steps:
        if abs(step * speed - 2 * cosine) < 1e-6 * (abs(step * speed) + 2 * abs(cosine)):
            continue  # too close to equality for rounding
        falls = turned(depth, theta, alpha, c, spread, step) < 1
        if falls != (cosine <= 0 or step * speed < 2 * cosine):
            return -1.0
    return slack


def every_angle_slack(depth, theta, alpha, c, spread, factor) -> float:
    """The step that lowers every angle, at this one; beyond it a small angle grows."""
    s = c * alpha
    if 2 * s < 1 + 1e-3:
        return 1.0
    step = 2 * alpha / (c * (2 * s - 1))
    falls = 1 + 1e-9 - turned(depth, theta, alpha, c, spread, factor * step)
    return min(falls, turned(depth, 1e-3, alpha, c, spread, 1.02 * step) - 1)


def limit_slack(depth, theta, alpha, c, spread, big, factor) -> float:
    """At the limit the angle stays, at 1/c² it vanishes, and without a limit it falls."""
    s, cosine = alpha * c, float(np.cos(theta))
    meets = first_layer(depth, theta, alpha, c, spread, 1 / c**2)
    wrong = abs(meets[1]) * 1e-3 / (alpha * max(1.0, s))
    limited = 2 * s * cosine > 1 + 1e-6
    step = factor * 2 * alpha * cosine / (c * (2 * s * cosine - 1)) if limited else big / c**2
    ratio = turned(depth, theta, alpha, c, spread, step)
    if limited and factor == 1:
        wrong = max(wrong, abs(ratio - 1) * min(1.0, (2 * s * cosine - 1) / s))
    return float(1e-9 - wrong if limited and factor == 1 else 1 + 1e-9 - ratio)


def angle_slack(depth, theta, size, first, spread, big, factor) -> float:
    """One step at the limit, any step, also of balanced layers, and the step for every angle."""
    layers = (size * first, 1 / first, spread) if depth > 1 else (size, 1.0, spread)
    even = (size ** (1 / depth), size ** (1 - 1 / depth), 1.0)
    return min(
        limit_slack(depth, theta, *layers, big, factor),
        any_step_slack(depth, theta, *layers, layers[1] / layers[0], big),
        any_step_slack(depth, theta, *even, size ** (1 - 2 / depth), big),
        every_angle_slack(depth, theta, *layers, factor),
    )


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-off-step-loss",
        "The largest step with which the loss falls along every run from below",
        factor(
            loss_slack,
            Domain(
                depth=Integer(2, 30),
                start=Uniform(1e-3, 1.0),
                top=Log(1e-2, 1e2),
                below=Log(1e-4, 0.999),
                part=Uniform(0.05, 0.98),
                beyond=Uniform(1e-3, 1.0),
            ),
            1.02,
            lambda: "ηH = " + ", ".join(f"{safe_step(N):.4f} (N = {N})" for N in (2, 3, 5, 30)),
            evaluations=100,
            tolerance=1e-9,
        ),
        "own-layer-gradient",
    ),
    PAGE.row(
        "own-off-step-angle",
        "The largest step with which the angle falls",
        factor(
            angle_slack,
            Domain(
                depth=Integer(1, 6),
                theta=Angle(1e-6, np.pi - 1e-6),
                size=Log(1e-3, 1e3),
                first=Log(1e-2, 1e2),
                spread=Log(0.1, 10.0),
                big=Log(1e-3, 1e6),
            ),
            1.02,
            "exact",
            evaluations=300,
        ),
        "own-descent-reduction",
    ),
)
