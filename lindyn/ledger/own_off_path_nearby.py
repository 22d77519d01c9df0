"""Own results off the path: two flows of two layers from nearby starts."""

from __future__ import annotations

import numpy as np
from scipy.integrate import trapezoid

from lindyn.bounds.synthesis import BOUNDS
from lindyn.flows import gradient_flow
from lindyn.ledger.cases import KINDS, SEEDS, at, horizon_of, network_of, weight_gradients
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Uniform
from lindyn.ledger.writing import Page, factor
from lindyn.networks import end_to_end
from lindyn.risks import WhitenedSquare

PAGE = Page("synthesis/off-the-path")


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


def narrow_slack(outputs, inputs, s0, delta, seed, factor) -> float:
    """Layers of width one and balanced ones with the same product, along both flows."""
    rng = np.random.default_rng(seed)
    u, v = (x / np.linalg.norm(x) for x in map(rng.standard_normal, (outputs, inputs)))
    risk = WhitenedSquare(rng.standard_normal((outputs, inputs)))
    x, root = np.arcsinh(delta / (2 * s0)) / 2, np.sqrt(s0)
    starts = [(root * np.exp(y) * v[None], root * np.exp(-y) * u[:, None]) for y in (x, 0.0)]
    speed = float(np.linalg.norm(risk.gradient(end_to_end(starts[0]))))
    times = np.linspace(0.0, 2.0, 9) / speed
    one, other = (gradient_flow(risk, w, times, rtol=1e-11, atol=1e-14).weights for w in starts)
    gaps = [np.linalg.norm(a - b, axis=(1, 2)) for a, b in zip(one, other, strict=True)]
    allowed = BOUNDS["own-off-nearby"](s_0=s0, delta=delta) * np.exp(speed * times)
    return float(np.min(factor * allowed / np.hypot(*gaps))) - 1 + 1e-4


def together_slack(kind, outputs, inputs, width, size, apart, seed, gap, turn, factor) -> float:
    """The parts of the statement."""
    return min(
        nearby_slack(kind, outputs, inputs, width, size, apart, seed, factor),
        saddle_slack(gap, apart * 1e-3, turn, factor),
        defect_slack(size, apart * size, factor),
        narrow_slack(outputs, inputs, size, apart * size, seed, factor),
    )


ROWS: tuple[Row, ...] = (
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
