"""Own results on late times: exact exponents and constants of norm, angle and loss at each depth.

K = π²p(0)/6 with p(0) the density of x₁ at 0, so that r²ψ(r) → K.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from lindyn.bounds.lsz_deep import BOUNDS
from lindyn.ledger.enclose import infimum, least
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.model import Certified, Domain, Enclosure, Log, Row
from lindyn.ledger.spherical_cases import STARTS, flow_of
from lindyn.ledger.writing import Page, factor, farthest, quotient

if TYPE_CHECKING:
    from flint import arb

PAGE = Page("lsz/late-time")
CASES = tuple(product(("circle", "sphere", "ball", "student"), (1, 2, 3, 4, 8)))
LATE = 1e13
PLANE_FACTOR = 1.187
"""Largest r²ψ(r)/K on the circle, rounded up; it is attained near r = 4.092."""


def late_constant(law: str) -> float:
    """K = π²p(0)/6."""
    return float(np.pi**2 / 6 * law_named(law).density_at_zero)


def norm_measure() -> float:
    """‖w(t)‖ over ((N+2)Kt)^{N/(N+2)}, the ratio farthest from 1."""
    ratios = []
    for law, depth in CASES:
        predicted = ((depth + 2) * late_constant(law) * LATE) ** (depth / (depth + 2))
        ratios.append(flow_of(law, depth, 1.0, 2.0).at(LATE).norm / predicted)
    return farthest(ratios)


def angle_measure() -> float:
    """−ln(1 − cos θ) over (κ/(NK))((N+2)Kt)^{2N/(N+2)}, the ratio farthest from 1."""
    ratios = []
    for law, depth in CASES:
        flow, K = flow_of(law, depth, 1.0, 2.0), late_constant(law)
        predicted = ((depth + 2) * K * LATE) ** (2 * depth / (depth + 2)) / (depth * K)
        ratios.append(2 * flow.natural_time(LATE) / predicted)
    return farthest(ratios)


def loss_measure() -> float:
    """L(w(t)) over K((N+2)Kt)^{−N/(N+2)}, the ratio farthest from 1."""
    ratios = []
    for law, depth in CASES:
        K = late_constant(law)
        predicted = K * ((depth + 2) * K * LATE) ** (-depth / (depth + 2))
        ratios.append(flow_of(law, depth, 1.0, 2.0).at(LATE).loss / predicted)
    return farthest(ratios)


def ceiling_slack(law, depth, size, theta, later, factor) -> float:
    """‖w‖^{(N+2)/N} ≤ ‖w(0)‖^{(N+2)/N} + (N+2)K₊t, relative to the right side."""
    flow = flow_of(law, depth, size, theta)
    state = flow.at_natural_time(later * size**2)
    start = size / flow.law.kappa
    plane = PLANE_FACTOR if law == "circle" else 1.0
    K = factor * plane * late_constant(law)
    power = (depth + 2) / depth
    bound = BOUNDS["own-late-ceiling"](N=depth, K=K, t=state.t, rho_0=start)
    return float(1 - state.norm**power / bound) if np.isfinite(bound) else 0.0


def _plane_psi(radius: arb) -> arb:
    """ψ of the unit circle, (2/π)∫₀^{π/2} sin α/(1 + e^{r sin α}) dα, in ball arithmetic."""
    from flint import acb, arb

    r = acb(radius)
    value = acb.integral(
        lambda z, _: z.sin() / (1 + (r * z.sin()).exp()), 0, acb(arb.pi() / 2), rel_tol=2**-40
    )
    return 2 / arb.pi() * value.real


def plane_slack(factor: float) -> Enclosure:
    """The slack factor − r²ψ(r)/K on the circle, all r > 0 (K = π/6)."""
    from flint import arb

    K = arb.pi() / 6

    def slack(r: arb) -> arb:
        # r² rises and ψ falls, so the ends of the ball enclose the product.
        low, high = arb(r.lower()), arb(r.upper())
        top = high**2 * _plane_psi(low) / K
        bottom = low**2 * _plane_psi(high) / K
        return arb(factor) - bottom.union(top)

    # Beyond 40: 1/√(1 − z) ≤ 1 + (4/√3)(2 − √3) z for z = y²/r² ≤ 1/4, by convexity, and
    # y/(1 + e^y) ≤ y e^{−y} on the rest, where ∫ 1/√(1 − y²/r²) dy ≤ πr/2.
    far = arb(40)
    rise = 4 / arb(3).sqrt() * (2 - arb(3).sqrt())
    cube = 7 * arb.pi() ** 4 / 120
    tail = (rise * cube / far**2 + arb.pi() / 2 * far**2 * (-far / 2).exp()) * 12 / arb.pi() ** 2
    beyond = arb(factor) - 1 - tail
    # Below 0.3: r²ψ ≤ r²κ with κ = 1/π.
    near = arb(factor) - arb("0.09") / arb.pi() / K
    middle = infimum(slack, 0.3, 40.0, name="r", width=1e-4)
    ends = [
        Enclosure(float(value.lower()), float(value.upper()), {"r": place})
        for value, place in ((near, "below 0.3"), (beyond, "beyond 40"))
    ]
    return least(middle, *ends)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-late-norm",
        "The late norm at each depth",
        quotient(norm_measure, 1e-4, "20 pairs of law and depth at t = 1e13"),
        "own-spherical-norm",
        "lsz-lem-6-sign",
    ),
    PAGE.row(
        "own-late-angle",
        "The late angle at each depth",
        quotient(angle_measure, 1e-4, "20 pairs of law and depth at t = 1e13"),
        "own-late-norm",
        "own-spherical-angle",
    ),
    PAGE.row(
        "own-late-loss",
        "The late loss at each depth",
        quotient(loss_measure, 1e-4, "20 pairs of law and depth at t = 1e13"),
        "own-late-norm",
    ),
    PAGE.row(
        "own-late-plane",
        "On the circle r²ψ(r) exceeds its limit by at most 18.7 per cent",
        Certified(
            plane_slack,
            "all r > 0",
            {"factor": PLANE_FACTOR},
            {"factor": 1.18},
            sharp=lambda: "1.18667, at r = 4.092",
        ),
    ),
    PAGE.row(
        "own-late-ceiling",
        "The late law of the norm is a ceiling at all times",
        factor(
            ceiling_slack,
            Domain(**STARTS, later=Log(1e-4, 1e8)),
            0.97,
            "K is best, as t → ∞",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-spherical-norm",
        "own-late-plane",
        note="K₊ = K where the density of x₁ is largest at 0, as in every dimension d ≥ 3; "
        "1.187 K in dimension 2.",
    ),
)
