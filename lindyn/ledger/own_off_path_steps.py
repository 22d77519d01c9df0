"""Own results off the path: the largest steps of descent, and two flows from nearby starts."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.integrate import trapezoid
from scipy.optimize import brentq, minimize_scalar

from lindyn._check import Array
from lindyn.bounds.synthesis import BOUNDS
from lindyn.descent import gradient_descent
from lindyn.flows import gradient_flow
from lindyn.ledger.cases import KINDS, SEEDS, at, horizon_of, network_of, weight_gradients
from lindyn.ledger.model import Angle, Choice, Domain, Integer, Log, Row, Uniform
from lindyn.ledger.writing import Page, factor
from lindyn.networks import end_to_end
from lindyn.risks import WhitenedSquare

PAGE = Page("synthesis/off-the-path")


# --- Steps on which the loss falls, aligned and balanced -----------------------------------------


def largest_step(y: float, depth: int) -> float:
    """H times the step from s = yσ₁ > σ₁ after which the loss is as large as before."""
    w, across = y ** (1 / depth), 2 - y
    kept = -w if across < 0 and depth % 2 == 0 else np.sign(across) * abs(across) ** (1 / depth)
    return float(depth * (w - kept) / (w ** (depth - 1) * (y - 1)))


def overshoot(x: float, depth: int) -> float:
    """The largest s/σ₁ after a step of x/H from below σ₁."""

    def after(y: float) -> float:
        return -float(y * (1 + x / depth * y ** (1 - 2 / depth) * (1 - y)) ** depth)

    best = minimize_scalar(after, bounds=(0.3, 1.0), method="bounded", options={"xatol": 1e-13})
    return max(1.0, -float(best.fun))


@cache
def safe_step(depth: int) -> float:
    """The largest x such that steps of x/H lower the loss along every run from s ≤ σ₁."""
    return float(brentq(lambda x: largest_step(overshoot(x, depth), depth) - x, 1.3, 2 - 1e-9))


def loss_slack(depth, start, top, factor) -> float:
    """The smallest share of the loss that a step takes, layers run one by one."""
    side = (start * top) ** (1 / depth)
    x = factor * safe_step(depth)
    step = x / (depth * top ** (2 - 2 / depth))
    weights = tuple(np.full((1, 1), side) for _ in range(depth))
    run = gradient_descent(WhitenedSquare(np.array([[top]])), weights, step=step, steps=40)
    loss = run.risk / top**2
    before = loss[:-1][loss[:-1] > 1e-14]
    return float(np.min(1 - loss[1 : before.size + 1] / before, initial=1.0))


# --- Steps on which the angle falls, any balance -------------------------------------------------


def angle_slack(depth, theta, size, first, spread, big, factor) -> float:
    """One step: at the limit the angle stays, at 1/c² it vanishes, without a limit it falls."""
    alpha, c = size * first, 1 / first if depth > 1 else 1.0
    if depth == 1:
        alpha = size
    s, cosine = alpha * c, float(np.cos(theta))
    others = [c ** (1 / (depth - 1))] * (depth - 1) if depth > 1 else []
    if depth > 2:
        others[0] *= spread
        others[-1] /= spread
    w = alpha * np.array([[cosine, np.sin(theta)]])
    weights = (w, *(np.full((1, 1), other) for other in others))
    risk = WhitenedSquare(np.array([[1.0, 0.0]]))

    def turned(step: float) -> Array:
        run = gradient_descent(risk, weights, step=step, steps=1)
        return np.asarray(run.weights[0][-1, 0])

    meets = turned(1 / c**2)
    wrong = abs(meets[1]) * 1e-3 / (alpha * max(1.0, s))
    limited = 2 * s * cosine > 1 + 1e-6
    step = factor * 2 * alpha * cosine / (c * (2 * s * cosine - 1)) if limited else big / c**2
    after = turned(step)
    ratio = np.arctan2(abs(after[1]), after[0]) / theta
    if limited and factor == 1:
        wrong = max(wrong, abs(ratio - 1) * min(1.0, (2 * s * cosine - 1) / s))
    return float(1e-9 - wrong if limited and factor == 1 else 1 + 1e-9 - ratio)


# --- Two layers from nearby starts ---------------------------------------------------------------


def _rate(risk, here, there) -> tuple[float, float, float]:
    """⟨Δ, Δ̇⟩/‖Δ‖², its bound, and ‖Δ‖."""
    moves = [weight_gradients(risk, weights) for weights in (here, there)]
    gaps = [a - b for a, b in zip(here, there, strict=True)]
    size = float(sum(np.sum(gap**2) for gap in gaps))
    drift = sum(float(np.sum(g * (b - a))) for g, a, b in zip(gaps, *moves, strict=True))
    pulls = [np.linalg.norm(risk.gradient(end_to_end(weights)), 2) for weights in (here, there)]
    return drift / size, float(sum(pulls)) / 2, float(np.sqrt(size))


def nearby_slack(kind, outputs, inputs, width, size, apart, seed, factor) -> float:
    """The growth of the distance at a point, along two flows, and the start of a defect."""
    case = {"kind": kind, "outputs": outputs, "inputs": inputs, "width": width, "size": size}
    risk, here, rng = network_of(depth=2, spread=1.0, seed=seed, **case)
    noise = [rng.standard_normal(layer.shape) for layer in here]
    there = tuple(a + apart * np.abs(a).max() * b for a, b in zip(here, noise, strict=True))
    rate, bound, begin = _rate(risk, here, there)
    slack = factor - rate / bound
    end = horizon_of(risk, here, 1.0)
    times = np.linspace(0.0, end, 33)
    runs = [gradient_flow(risk, w, times, rtol=1e-9, atol=1e-12) for w in (here, there)]
    pairs = [[at(run.weights, n) for run in runs] for n in range(times.size)]
    rates = [_rate(risk, *pair) for pair in pairs]
    grown = np.log(rates[-1][2] / begin)
    allowed = float(trapezoid([r[1] for r in rates], times))
    return float(min(slack, factor * allowed * (1 + 1e-3) - grown + 1e-6))


def saddle_slack(gap, small, turn, factor) -> float:
    """At Z₁ with a second mode of size ``small``: the fastest growth, next to the bound."""
    risk = WhitenedSquare(np.diag([1.0, gap]))
    here = (np.diag([1.0, 0.0]), np.diag([1.0, 0.0]))
    mode = small * np.diag([0.0, 1.0])
    there = (here[0] + mode, here[1] + mode * np.cos(turn))
    rate, bound, _ = _rate(risk, here, there)
    return factor - rate / bound


def defect_slack(s0, delta, factor) -> float:
    """Distance of layers of width one from balanced ones with the same product."""
    x = np.arcsinh(delta / (2 * s0)) / 2
    far = np.sqrt(s0 * (np.expm1(x) ** 2 + np.expm1(-x) ** 2))
    return float(factor * BOUNDS["own-off-nearby"](s_0=s0, delta=delta) / far - 1)


def together_slack(kind, outputs, inputs, width, size, apart, seed, gap, turn, factor) -> float:
    """The three parts of the statement."""
    return min(
        nearby_slack(kind, outputs, inputs, width, size, apart, seed, factor),
        saddle_slack(gap, apart * 1e-3, turn, factor),
        defect_slack(size, apart * size, factor),
    )


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-off-step-loss",
        "The largest step with which the loss falls along every run from below",
        factor(
            loss_slack,
            Domain(depth=Integer(2, 30), start=Uniform(1e-3, 1.0), top=Log(1e-2, 1e2)),
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
    PAGE.row(
        "own-off-nearby",
        "Two layers: how fast nearby starts part",
        factor(
            together_slack,
            Domain(
                kind=Choice(*KINDS),
                outputs=Integer(1, 4),
                inputs=Integer(2, 5),
                width=Integer(1, 6),
                size=Log(1e-2, 1e1),
                apart=Log(1e-4, 1.0),
                seed=SEEDS,
                gap=Uniform(0.05, 0.95),
                turn=Uniform(0.0, 1.5),
            ),
            0.97,
            "1: at Z₁, with a second mode",
            evaluations=40,
            tolerance=1e-9,
        ),
        "own-layer-gradient",
    ),
)
