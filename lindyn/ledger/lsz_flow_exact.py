"""LSZ, gradient flow: the exact angle and norm, and Lemmas 10 and 11.

The rows own-spherical-angle and own-spherical-norm compare SphericalFlow with the flow of all
weights.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.integrate import cumulative_trapezoid

from lindyn.flows import gradient_flow
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.lsz_turning import gain
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Symbolic, Uniform
from lindyn.ledger.writing import Page, factor
from lindyn.natural import SphericalFlow
from lindyn.networks import balanced
from lindyn.risks import SphericalLogistic

PAGE = Page("lsz/gradient-flow")


def bounce_slack(seed: int, start: float, positive: bool = True) -> float:
    """Lemma 10 for h′ = c(t) + k(t)h with random k, c > 0: after the first h ≥ 0 no h < 0."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 10, 4001)

    def wave():
        waves = rng.normal(size=4)[:, None] * np.sin(
            np.arange(1, 5)[:, None] * t + rng.uniform(0, 2 * np.pi, 4)[:, None]
        )
        return waves.sum(axis=0)

    c, k = wave(), wave()
    if positive:
        c = np.exp(c)
    growth = np.exp(cumulative_trapezoid(k, t, initial=0))
    h = growth * (start + cumulative_trapezoid(c / growth, t, initial=0))
    reached = np.flatnonzero(h >= 0)
    if reached.size == 0:
        return 0.0
    return float(np.min(h[reached[0] :]) / np.max(np.abs(h)))


def any_slope_slack(seed: int, start: float) -> float:
    """The same with c of either sign: the condition on the zeros is dropped."""
    return bounce_slack(seed, start, positive=False)


def squashed(factor=1):
    """tanh(φ₀ + ∫f) solves (cos θ)′ = f sin²θ."""
    import sympy as sp

    t, phi = sp.symbols("t phi_0", real=True)
    area = sp.Function("F")(t)
    cosine = sp.tanh(phi + area)
    residual = sp.diff(cosine, t) - factor * sp.diff(area, t) * (1 - cosine**2)
    return [residual.rewrite(sp.exp)]


WEIGHTS = {
    "law": Choice("circle", "sphere", "gaussian"),
    "depth": Integer(1, 4),
    "size": Log(1e-2, 1e2),
    "theta": Uniform(0.01, np.pi - 0.01),
    "reach": Log(1e-2, 0.5),
    "seed": Integer(0, 10**6),
}
_NODES, _QUADRATURE = np.polynomial.legendre.leggauss(24)


@lru_cache(maxsize=16)
def _weights_run(law: str, depth: int, size: float, theta: float, reach: float, seed: int):
    """The flow of all weights at Gauss nodes and at the end: norms, angles, and the nodes' dt."""
    radial, rng = law_named(law), np.random.default_rng(seed)
    frame = np.linalg.qr(rng.standard_normal((radial.dim, radial.dim)))[0]
    start = size / radial.kappa * (np.cos(theta) * frame[0] + np.sin(theta) * frame[1])
    end = reach * (size / radial.kappa) ** (2 / depth - 1) / radial.kappa
    times = np.concatenate([[0.0], (1 + _NODES) / 2 * end, [end]])
    widths = [int(width) for width in rng.integers(1, 4, depth - 1)]
    layers = balanced(start[None, :], depth, widths, rng)
    risk = SphericalLogistic(radial, frame[0])
    w = gradient_flow(risk, layers, times, rtol=1e-10).product[:, 0]
    norms = np.linalg.norm(w, axis=1)
    along = w @ frame[0]
    angles = np.arctan2(np.linalg.norm(w - np.outer(along, frame[0]), axis=1), along)
    closed = SphericalFlow(radial, frame[0], start, depth).at(end)
    return norms, angles, _QUADRATURE / 2 * end, closed


def angle_slack(factor: float, **case: object) -> float:
    """φ against φ₀ + κτ, with τ by quadrature along the flow of all weights."""
    norms, angles, dt, closed = _weights_run(**case)
    tau = float(dt @ norms[1:-1] ** (1 - 2 / case["depth"]))
    phi = -np.log(np.tan(angles[[0, -1]] / 2))
    miss = abs(phi[1] - phi[0] - factor * law_named(case["law"]).kappa * tau)
    return 1e-6 - max(miss, abs(closed.angle - angles[-1]))


def norm_slack(factor: float, **case: object) -> float:
    """The rise of ln ρ against N∫ρ^{−2/N} g dt, along the flow of all weights."""
    norms, angles, dt, closed = _weights_run(**case)
    depth, rho = case["depth"], norms[1:-1]
    gains = np.array([gain(case["law"], r, a) for r, a in zip(rho, angles[1:-1], strict=True)])
    rise = factor * depth * float(dt @ (rho ** (-2 / depth) * gains))
    miss = abs(np.log(norms[-1] / norms[0]) - rise)
    return 1e-6 - max(miss, abs(closed.norm / norms[-1] - 1))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-spherical-angle",
        "The exact angle: cos θ = tanh(φ₀ + κτ)",
        factor(angle_slack, Domain(**WEIGHTS), 1.01, evaluations=25),
        "own-spherical-identity",
        "own-natural-time",
        "lsz-lem-11",
        note="Checked against the flow of all weights, with τ by quadrature along it.",
    ),
    PAGE.row(
        "own-spherical-norm",
        "The exact norm: ρ′ = N(κρ cos θ − ρΦ′(ρ))",
        factor(norm_slack, Domain(**WEIGHTS), 1.01, evaluations=25),
        "own-spherical-identity",
        "own-natural-time",
        note="Checked against the flow of all weights.",
    ),
    PAGE.row(
        "lsz-lem-10",
        "Lemma 10: a function that rises at each zero changes sign once",
        Searched(
            bounce_slack,
            Domain(seed=Integer(0, 10**6), start=Uniform(-3.0, 3.0)),
            control_slack=any_slope_slack,
            control_text="the condition at the zeros dropped",
            tolerance=1e-12,
            evaluations=100,
        ),
        repair="Print takes h(T) = 0 from continuity, which fails if T = 0 and h(0) > 0. Instead: "
        "if h(a) ≥ 0 and h(b) < 0 with a < b, then h is positive somewhere in [a, b), so it has a "
        "last zero before b, with h′ ≤ 0 there, a contradiction.",
        note="It gives more than print says: h > 0 for every t > T.",
    ),
    PAGE.row(
        "lsz-lem-11",
        "Lemma 11: the angle never reaches 0 or π",
        Symbolic(squashed, lambda: squashed(factor=2), "f doubled"),
    ),
)
