"""Own results on the norm of deep linear predictors: envelopes, a floor, and the turn.

φ = artanh cos θ grows at the rate κ in natural time; d ln ρ/dφ = N(tanh φ − Φ′(ρ)/κ).
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.integrate import quad
from scipy.special import gammaln

from lindyn.bounds.lsz_deep import BOUNDS
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.model import Domain, Integer, Log, Row
from lindyn.ledger.spherical_cases import STARTS, flow_of, log_cosh, saturation, start_phi
from lindyn.ledger.writing import Page, factor, farthest, quotient
from lindyn.natural import SphericalFlow

PAGE = Page("lsz/deep-norm")
RATES = Page("lsz/deep-rates")


def ceiling_slack(law, depth, size, theta, later, factor) -> float:
    """ρ ≤ ρ₀ (cosh φ/cosh φ₀)^N, as a slack of (1/N) ln ρ per unit of φ."""
    flow, phi = flow_of(law, depth, size, theta), start_phi(theta)
    norm = flow.at_natural_time(later / flow.law.kappa).norm
    rise = np.log(norm * flow.law.kappa / size) / depth
    return float(factor * (log_cosh(phi + later) - log_cosh(phi)) - rise) / later


def floor_before_turn_slack(law, depth, size, theta, later, factor) -> float | None:
    """ρ ≥ ρ₀ [e^{−q(φ−φ₀)} cosh φ/cosh φ₀]^N, q = Φ′(ρ₀)/κ, while ρ ≤ ρ₀."""
    flow, phi = flow_of(law, depth, size, theta), start_phi(theta)
    norm = flow.at_natural_time(later / flow.law.kappa).norm
    rise = np.log(norm * flow.law.kappa / size) / depth
    if rise > 0:
        return None
    q = factor * saturation(law, size / flow.law.kappa)[0]
    return float(rise - log_cosh(phi + later) + log_cosh(phi)) / later + q


def norm_floor_slack(law, depth, size, theta, factor) -> float | None:
    """‖w(t)‖ ≥ ‖w(0)‖ cos^{2N}(θ₀/2) at the least norm, as a share of the exponent."""
    if theta < 1e-3:
        return None  # the floor is 1 to nearly all digits
    flow = flow_of(law, depth, size, theta)
    lowest = np.log(flow.turning_norm * flow.law.kappa / size)
    bound = np.log(BOUNDS["own-norm-floor"](N=depth, rho_0=1.0, theta_0=theta))
    return float(factor - lowest / bound)


def turning_norm_slack(law, depth, size, theta, factor) -> float | None:
    """Both bounds of ‖w(T)‖/‖w(0)‖, as slacks of the logarithm."""
    flow, phi = flow_of(law, depth, size, theta), start_phi(theta)
    q, top = saturation(law, size / flow.law.kappa)
    if phi > top - 1e-3:
        return None  # the norm rises from the start, or almost
    q *= factor
    top = top if factor == 1 else np.arctanh(q)
    lowest = np.log(flow.turning_norm * flow.law.kappa / size) / depth
    bound = float(log_cosh(top) - log_cosh(phi)) - q * (top - phi)
    slack = (lowest - bound) / (top - phi) ** 2
    return min(slack, np.log(np.sin(theta)) - lowest) if phi < 0 else slack


def _time_integral(phi: float, top: float, depth: int, q: float) -> float:
    """∫ [e^{q(x−φ)} cosh φ/cosh x]^{N−2} dx from φ to top."""

    def integrand(x: float) -> float:
        return float(np.exp((depth - 2) * (q * (x - phi) + log_cosh(phi) - log_cosh(x))))

    edges = np.unique(np.clip([phi, 0.0, top], phi, top))
    return sum(
        quad(integrand, a, b, epsabs=0, epsrel=1e-10, limit=200)[0]
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    )


def turning_time_slack(law, depth, size, theta, factor) -> float | None:
    """Both bounds of the turning time at depth N ≥ 2, relative to it."""
    flow, phi = flow_of(law, depth, size, theta), start_phi(theta)
    norm = size / flow.law.kappa
    q, top = saturation(law, norm)
    if phi > top - 1e-3 or not 0 < flow.turning_time < 1e200:
        return None
    unit = norm ** (2 / depth - 1) / flow.law.kappa
    upper = factor * unit * _time_integral(phi, top, depth, q) / flow.turning_time - 1
    if phi > -1e-3:
        return upper
    return min(upper, 1 - unit * _time_integral(phi, 0.0, depth, 0.0) / flow.turning_time)


def exponential_slack(law, depth, size, theta, later, factor) -> float | None:
    """φ − φ₀ ≥ κ (ρ₀ cos^{2N}(θ₀/2))^{1−2/N} t: exponential from the start, at every depth ≥ 2."""
    flow = flow_of(law, depth, size, theta)
    tau = later / flow.law.kappa
    t = flow.time(tau)
    if not 0 < t < 1e250:
        return None
    floor = float(BOUNDS["own-norm-floor"](N=depth, rho_0=size / flow.law.kappa, theta_0=theta))
    return float(tau / (t * floor ** (1 - 2 / depth)) - factor)


def polynomial_slack(law, depth, size, theta, later, factor) -> float | None:
    """φ − φ₀ ≥ ln(1 + 2κ(N−2) t ρ₀^{1−2/N})/(2(N−2)): the exponent α = 1/(N−2) of Theorem 3."""
    flow = flow_of(law, depth, size, theta)
    kappa = flow.law.kappa
    t = flow.time(later / kappa)
    if not 0 < t < 1e250:
        return None
    growth = 2 * kappa * (depth - 2) * t * (size / kappa) ** (1 - 2 / depth)
    return float(2 * (depth - 2) * later / np.log1p(growth) - factor)


def opposite_limit(law: str, norm: float) -> float:
    """C = ρ₀ exp(−∫₀^{ρ₀} Φ′/(r(κ+Φ′)) dr), the size that starts near −v_⋆ keep."""
    radial = law_named(law)

    def share(x: float) -> float:
        slope = float(radial.dPhi(float(np.exp(x))))
        return slope / (radial.kappa + slope)

    top = np.log(norm)
    return float(norm * np.exp(-quad(share, top - 40, top, epsabs=1e-11, limit=200)[0]))


def near_opposite_laws(law: str, depth: int, norm: float, gap: float) -> tuple[float, float]:
    """Norm and time of the turn from angle π − gap, over what the limit law says."""
    radial = law_named(law)
    axes = np.eye(radial.dim)
    start = norm * (-np.cos(gap) * axes[0] + np.sin(gap) * axes[-1])
    flow = SphericalFlow(radial, axes[0], start, depth=depth)
    size, width = opposite_limit(law, norm), 4 * np.sin(gap / 2) ** 2
    n = depth - 2
    beta = np.sqrt(np.pi) / 2 * np.exp(gammaln(n / 2) - gammaln((n + 1) / 2))
    time = size ** (2 / depth - 1) * width ** (-n / 2) * beta / radial.kappa
    return flow.turning_norm / (size * width ** (depth / 2)), flow.turning_time / time


def near_opposite_measure() -> float:
    """The ratio of turn and limit law that is farthest from 1, over laws, depths and norms."""
    cases = product(("circle", "sphere", "student"), (3, 4, 6), (0.1, 1.0, 30.0))
    return farthest(ratio for case in cases for ratio in near_opposite_laws(*case, gap=1e-6))


_LATER = {"later": Log(1e-3, 1e2)}
_DEEP = STARTS | {"depth": Integer(2, 8)}

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-norm-ceiling",
        "The norm stays below ‖w(0)‖ (cosh φ/cosh φ₀)^N",
        factor(
            ceiling_slack,
            Domain(**STARTS, **_LATER),
            0.98,
            "1, as ‖w(0)‖ → 0",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-spherical-norm",
        "own-spherical-angle",
    ),
    PAGE.row(
        "own-norm-envelope",
        "While it is below its start the norm stays above a second envelope",
        factor(
            floor_before_turn_slack,
            Domain(**STARTS, **_LATER),
            0.97,
            "1, as t → 0",
            tolerance=1e-9,
            evaluations=200,
        ),
        "own-spherical-norm",
        "own-spherical-angle",
    ),
    PAGE.row(
        "own-norm-floor",
        "The norm never falls below ‖w(0)‖ cos^{2N}(θ₀/2)",
        factor(
            norm_floor_slack,
            Domain(**STARTS),
            0.98,
            "1, as ‖w(0)‖ → ∞",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-spherical-norm",
        "own-spherical-angle",
        note="No law and no time enters.",
    ),
    PAGE.row(
        "own-turning-norm",
        "Two-sided bounds of the least norm",
        factor(
            turning_norm_slack,
            Domain(**STARTS),
            0.97,
            "both meet as ‖w(0)‖ → 0; the lower one also as ‖w(0)‖ → ∞",
            tolerance=1e-6,
            evaluations=200,
        ),
        "own-norm-ceiling",
        "own-norm-envelope",
        "lsz-lem-6-t",
    ),
    PAGE.row(
        "own-turning-time",
        "Two-sided bounds of the turning time",
        factor(
            turning_time_slack,
            Domain(**_DEEP),
            0.97,
            "both meet as ‖w(0)‖ → 0",
            tolerance=1e-8,
            evaluations=120,
        ),
        "own-norm-ceiling",
        "own-norm-envelope",
        "lsz-lem-6-t",
        note="Depth 1 has its own bound, see Lemma 1.",
    ),
    PAGE.row(
        "own-turn-near-opposite",
        "The turn from starts almost opposite to v_⋆",
        quotient(
            near_opposite_measure,
            1e-5,
            "ratios of turning norm and time to the limit law at π − θ(0) = 1e-6",
        ),
        "own-spherical-norm",
        "own-spherical-angle",
    ),
    RATES.row(
        "own-deep-exponential",
        "At every depth from 2 on the direction converges exponentially from the start",
        factor(
            exponential_slack,
            Domain(**_DEEP, **_LATER),
            1.02,
            "1, at depth 2, and for every depth as θ(0) → 0 and t → 0",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-norm-floor",
        "own-spherical-angle",
    ),
    RATES.row(
        "own-deep-polynomial",
        "The best exponent of the polynomial phase",
        factor(
            polynomial_slack,
            Domain(**STARTS | {"depth": Integer(3, 8)}, **_LATER),
            1.02,
            "attained at every t/B₁, as θ(0) → π, then ‖w(0)‖ → ∞",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-spherical-angle",
        "own-norm-slowest",
        note="α = 1/(N − 2) for 2/((N − 2)π), with A₁ = 2(N − 2)c₀/π.",
    ),
)
