"""Own results beside Section 4 of EFT: the slope of the loss, exactly, and rates for every gap."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.model import Domain, Integer, Log, Proof, Row, Searched, Uniform
from lindyn.ledger.pair_cases import CORRELATED, PAIRS, correlation, missing, pair

PAGE = "eft/rates"
ROUNDING = 1e-9
SIX = float(np.sqrt(6))
FAR = CORRELATED | {"size": Log(SIX, 1e6)}
SCALAR = {name: axis for name, axis in PAIRS.items() if name not in ("shape", "gap_ratio", "left")}
EDGE = Uniform(1e-3, 0.999)
LATER = {"later": Log(1e-3, 30.0)}


def slope_slack(gear: float, **case: object) -> float:
    """The exact slope of the loss against that of all layers."""
    at = pair(**case)
    s, first, c, rest = at.at.s, at.first, at.c, at.rest
    depth, a, b = at.at.depth, at.at.a[0], at.at.b[0]
    radial = 2 * gear * depth * at.T1 - depth * rest * (s - first * c)
    turning = first**2 * (a * a + b * b - 2 * c * c) - 2 * first * c * rest
    scale = at.unit * depth * (at.loss + first**2)
    return ROUNDING - abs(at.slope() + at.unit * (radial + turning)) / scale


def nearby_slack(alpha: float, factor: float, **case: object) -> float | None:
    """−d ln L/dt over s^{2−2/N}(2α(1 − γ) − Nγ/√2), where c ≥ α and the bracket is positive."""
    at = pair(**case)
    bracket = 2 * alpha * (1 - at.gamma) - at.at.depth * at.gamma / np.sqrt(2)
    if at.c < alpha or bracket <= 1e-3 or at.loss < 1e-10 * at.first**2:
        return None
    return float(-at.slope() / (at.loss * at.unit * bracket) - factor)


def faraway_slack(factor: float, **case: object) -> float | None:
    """−d ln L/dt over (5/3)(1 − γ/√6)N s^{2−2/N}, where s ≥ √6σ₁ and c ≥ 0."""
    at = pair(**case)
    if at.c < 0:
        return None
    least = 5 / 3 * (1 - at.gamma / SIX) * at.at.depth * at.unit
    return float(-at.slope() / (at.loss * least) - factor)


def arrival_slack(factor: float, scale: float, over: float, **case: object) -> float | None:
    """How far s is below √6σ₁ at factor times the bound, as a share of the way there, in ln s."""
    at = pair(size=SIX * (1 + over), **case)
    way = np.log1p(over)
    if at.c < 0:
        return None
    bound = BOUNDS["own-faraway-rate"](N=at.at.depth, m=scale, s_0=at.at.s, sigma_1=at.first)
    record = at.flow().at(factor * scale * bound)
    return float((np.log(SIX * at.first) - record.log_s) / way)


def odds_slack(
    alpha: float, floor: float, later: float, factor: float, **case: object
) -> float | None:
    """Log-odds of c over those of the bound, where the start has c = α and s near its floor."""
    gap = case["gap_ratio"]
    if case["shape"] == "one output" or gap >= alpha:
        return None
    angle = float(np.arccos(np.sqrt(alpha)))
    sign = 1.0 if case["seed"] % 2 else -1.0
    case |= {"left": angle, "right": sign * angle, "size": (alpha - gap) * (1 + floor)}
    at = pair(**case)
    unit = at.first ** (2 - 2 / at.at.depth)
    t = later / unit
    record = at.flow().at(t)
    if missing(record) < 1e-250:
        return None
    gained = np.log(correlation(record)) - np.log(missing(record)) - np.log(alpha / (1 - alpha))
    least = 2 * (1 - gap) * (alpha - gap) ** (1 - 2 / at.at.depth) * later
    return float(gained / least - factor)


def two_sided_slack(factor: float, **case: object) -> float | None:
    """Scalar output: −dL/dt between 2s^{2−2/N}L and N times that."""
    at = pair(shape="one output", gap_ratio=0.0, left=0.0, **case)
    if at.loss < 1e-12 * at.first**2:
        return None
    rate = -at.slope() / (2 * at.loss * at.unit)
    return float(min(rate - factor, (at.at.depth - rate) / at.at.depth + 1 - factor)) + ROUNDING


ROWS: tuple[Row, ...] = (
    Row(
        "own-loss-decay",
        "The slope of the loss, exactly",
        PAGE,
        Proof.FULL,
        ("own-natural-time", "clz-eq-14"),
        Searched(slope_slack, Domain(**PAIRS), {"gear": 1.0}, {"gear": 1.03}, evaluations=300),
        note="dL/dt = −m s^{2−2/N}[2N T₁ − Nϱ(s − σ₁c) + σ₁²(a₁² + b₁² − 2c²) − 2σ₁cϱ]: the "
        "depth multiplies the error of the size alone.",
    ),
    Row(
        "own-loss-decay-nearby",
        "The nearby rate that the proof of Theorem 4.4 gives",
        PAGE,
        Proof.FULL,
        ("own-loss-decay", "eft-lem-4-2", "eft-lem-4-3"),
        Searched(
            nearby_slack,
            Domain(**CORRELATED, alpha=EDGE),
            {"factor": 1.0},
            {"factor": 1.03},
            tolerance=1e-7,
            evaluations=1500,
        ),
        note="At least twice the printed exponent of (38b), without β.",
    ),
    Row(
        "own-faraway-decay",
        "The rate from far away, for every gap",
        PAGE,
        Proof.FULL,
        ("own-loss-decay",),
        Searched(
            faraway_slack,
            Domain(**(FAR | {"depth": Integer(2, 60)})),
            {"factor": 1.0},
            {"factor": 1.06},
            evaluations=800,
        ),
        note="−d ln L/dt ≥ (5/3)(1 − γ_Z/√6) mN s^{2−2/N} where s ≥ √6σ₁ and c ≥ 0.",
    ),
    Row(
        "own-faraway-rate",
        "The time to come near is bounded",
        PAGE,
        Proof.FULL,
        ("own-natural-time",),
        Searched(
            arrival_slack,
            Domain(
                **{name: axis for name, axis in CORRELATED.items() if name != "size"},
                scale=Log(1e-2, 1e2),
                over=Log(1e-4, 1e6),
            ),
            {"factor": 1.0},
            {"factor": 0.97},
            tolerance=1e-6,
            evaluations=400,
        ),
        note="Uniformly in the start; a linear rate hides this.",
    ),
    Row(
        "own-linear-rate-any-gap",
        "A linear rate for every gap",
        PAGE,
        Proof.FULL,
        ("eft-lem-3-7", "own-natural-time"),
        Searched(
            odds_slack,
            Domain(**(PAIRS | LATER | {"alpha": EDGE, "floor": Log(1e-9, 1e3)})),
            {"factor": 1.0},
            {"factor": 1.03},
            tolerance=1e-7,
            evaluations=600,
        ),
        note="Exact for two layers with a = b in the plane of the first two pairs.",
    ),
    Row(
        "own-loss-two-sided",
        "Scalar output: the loss between two rates",
        PAGE,
        Proof.FULL,
        ("own-loss-decay",),
        Searched(
            two_sided_slack,
            Domain(**SCALAR),
            {"factor": 1.0},
            {"factor": 1.03},
            evaluations=400,
        ),
        note="−2mN s^{2−2/N}L ≤ dL/dt ≤ −2m s^{2−2/N}L.",
    ),
)
