"""LSZ, deep networks: Theorem 3 and Figure 1b."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.lsz_deep import BOUNDS
from lindyn.ledger.lsz_deep_norm import GROWTH, LONGEST
from lindyn.ledger.model import Choice, Domain, Log, Row
from lindyn.ledger.spherical_cases import STARTS, flow_of, start_phi
from lindyn.ledger.spherical_weights import flowed, network
from lindyn.ledger.writing import Page, factor

PAGE = Page("lsz/deep-rates")
ROUNDING = 1e-8


def _layers_agree(law: str, depth: int, size: float, theta: float, t: float, later: float) -> float:
    """1e-5 minus the distance of φ in the integrated layers, if these are few, from φ₀ + later."""
    if depth > 4 or later > 2:
        return 1e-5
    angle = flowed(network(law, depth, size, theta, 2, 0), t).angle
    return float(1e-5 - abs(start_phi(angle) - start_phi(theta) - later))


def polynomial_slack(law, depth, size, theta, later, factor) -> float | None:
    """Equation (18): the gain of φ over ln(1 + A₁t/B₁)/((N−2)π); the bound; the layers."""
    flow = flow_of(law, depth, size, theta)
    state, c0 = flow.at_natural_time(later / flow.law.kappa), flow.law.c0
    if not 0 < state.t < LONGEST:
        return None
    rho = size / flow.law.kappa
    proved = np.log1p((depth - 2) * c0 * state.t * rho ** (1 - 2 / depth)) / ((depth - 2) * np.pi)
    bound = BOUNDS["lsz-thm-3-i"](N=depth, c_0=c0, rho_0=rho, t=state.t, theta_0=theta)
    gap = 1 - state.one_minus_cos - bound + ROUNDING
    agree = _layers_agree(law, depth, size, theta, state.t, later)
    return float(min(later / proved - factor, gap, agree))


def first_phase_slack(law, depth, size, theta, share, factor) -> float | None:
    """Theorem 3, first phase: equation (18) at a share of the turning time."""
    flow = flow_of(law, depth, size, theta)
    later = share * flow.turning_tau * flow.law.kappa
    return polynomial_slack(law, depth, size, theta, later, factor) if later > 1e-5 else None


def exponential_slack(law, depth, size, theta, later, factor) -> float | None:
    """Theorem 3, second phase: the gain of φ after the turn over κρ_T^{1−2/N}(t − T)."""
    flow = flow_of(law, depth, size, theta)
    tau = flow.turning_tau + np.array([0.0, later / flow.law.kappa])
    states = flow.at_natural_time(tau)
    if not np.all(states.t < LONGEST):
        return None
    passed = float(states.t[1] - states.t[0])
    if not 1e-6 * states.t[0] < passed < LONGEST:
        return None  # the difference of the times has lost its digits
    least = states.norm[0]
    bound = BOUNDS["lsz-thm-3-ii"](
        N=depth, T=0.0, c_0=flow.law.c0, rho_T=least, t=passed, theta_T=states.angle[0]
    )
    proved = flow.law.kappa * least ** (1 - 2 / depth) * passed
    return float(min(later / proved - factor, 1 - states.one_minus_cos[1] - bound + ROUNDING))


def upper_slack(law, depth, size, theta, later, factor) -> float | None:
    """Theorem 3, upper bound: (2c₀/(0.6Nπ))((0.6t + D)^{N/2} − D^{N/2}) over the gain of φ."""
    flow = flow_of(law, depth, size, theta)
    state, rho = flow.at_natural_time(later / flow.law.kappa), size / flow.law.kappa
    if not 0 < state.t < LONGEST:
        return None
    D = rho ** (2 / depth)
    ratio = np.expm1(min(depth / 2 * np.log1p(GROWTH * state.t / D), 600.0))
    allowed = 2 * flow.law.kappa / (GROWTH * depth) * rho * ratio
    bound = BOUNDS["lsz-thm-3-upper"](N=depth, c_0=flow.law.c0, rho_0=rho, t=state.t, theta_0=theta)
    gap = float(bound) - (1 - state.one_minus_cos) + ROUNDING
    agree = _layers_agree(law, depth, size, theta, state.t, later)
    return float(min(factor * allowed / later - 1, gap, agree))


DEEP = STARTS | {"depth": Choice(3, 4, 5, 6, 7, 8, 50)}
_LATER = {"later": Log(1e-3, 1e2)}

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-eq-18",
        "Equations (18), (43): the polynomial bound, at all times",
        factor(
            polynomial_slack,
            Domain(**DEEP, **_LATER),
            1.02,
            "its slope at t = 0 is exact; α may be 1/(N−2): own-deep-polynomial",
            tolerance=1e-8,
            evaluations=150,
        ),
        "lsz-lem-7",
        "lsz-lem-8-i-lower",
    ),
    PAGE.row(
        "lsz-thm-3-i",
        "Theorem 3, first phase",
        factor(
            first_phase_slack,
            Domain(**DEEP, share=Log(1e-4, 1.0)),
            1.02,
            "exact slope at t = 0",
            tolerance=1e-8,
            evaluations=150,
        ),
        "lsz-eq-18",
        "lsz-lem-6-t",
        note="At θ(0) = 0 read C₁ = ∞.",
    ),
    PAGE.row(
        "lsz-thm-3-ii",
        "Theorem 3, second phase",
        factor(
            exponential_slack,
            Domain(**DEEP, **_LATER),
            1.02,
            "A₂ is best as t → T",
            tolerance=1e-6,
            evaluations=150,
        ),
        "lsz-lem-7",
        "lsz-lem-6-t",
        "lsz-lem-6-sign",
        note="True from any later time on too, as the paper's restart at n = 18000 uses it.",
    ),
    PAGE.row(
        "lsz-thm-3-upper",
        "Theorem 3, upper bound",
        factor(
            upper_slack,
            Domain(**DEEP, **_LATER),
            0.98,
            "exact slope at t = 0; the exponent N/2 is not: own-late-angle",
            tolerance=1e-8,
            evaluations=150,
        ),
        "lsz-lem-7",
        "lsz-lem-8-i-upper",
        note="With E = −2 ln tan(θ(0)/2), as the proof gives; read otherwise the bound fails at "
        "t = 0: with ln|tan(θ(0))/2| it is 0.861 at θ(0) = 0.5, where cos θ = 0.878. True for "
        "N = 2 too.",
    ),
    *(
        PAGE.figure(
            f"lsz-fig-1b-{part}",
            f"Figure 1 (b): {part} of four layers",
            "lsz-thm-3-i",
            "lsz-thm-3-ii",
            "lsz-thm-3-upper",
            note="Depth 4, batch 1000, rate 1e-3, w_e(0) = (0.6, −0.8) are stated; widths, number "
            "of steps and seed are not. The bounds start at n = 0 and 18000; the exact flow turns "
            "at t = 8.6633, that is n = 8663.",
        )
        for part in ("angle", "loss", "norm")
    ),
)
