"""EFT, rates: what is said of depth, of the gap and of local theories."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.cases import frame
from lindyn.ledger.model import (
    Choice,
    Cited,
    Domain,
    Integer,
    Log,
    Printed,
    Proof,
    Row,
    Searched,
    Uniform,
    Verdict,
)
from lindyn.ledger.stable_starts import TARGET, stable
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow

PAGE = Page("eft/rates")


def _agreement(distance: float, claimed: bool, true: bool) -> float:
    """Positive where a claim about a sign agrees with the truth."""
    return distance if claimed == true else -distance


def depth_order_slack(depth: int, C: float, factor: float) -> float:
    """C^{−(1−1/N)} falls from N to N + 1 exactly if C > factor."""
    change = -(1 - 1 / (depth + 1)) * np.log(C) + (1 - 1 / depth) * np.log(C)
    return _agreement(abs(np.log(C)), change < 0, factor < C)


def printed_depth() -> float:
    """The time C^{−(1−1/N)} of N = 2 less that of N = 4, at C = 1/16."""
    return 16.0 ** (1 / 2) - 16.0 ** (3 / 4)


def faraway_order_slack(depth: int, top: float, factor: float) -> float:
    """N σ₁^{2−2/N} grows from N to N + 1 exactly if σ₁ > factor·(N/(N + 1))^{N(N+1)/2}."""
    rates = [N * top ** (2 - 2 / N) for N in (depth, depth + 1)]
    level = (depth / (depth + 1)) ** (depth * (depth + 1) / 2)
    return _agreement(abs(np.log(top / level)), rates[1] > rates[0], top > factor * level)


def printed_faraway() -> float:
    """The time from 10σ₁ to √6σ₁ with two layers less that with three, σ₁ = 0.001, 30°."""
    case = {"m": 1.0, "top": 1e-3, "shy": 1 - np.sqrt(0.75), "share": 0.0, "beta": 20.0}
    case |= {"over": 1e-9, "skew": 1.0, "turn_u": 0.0, "turn_v": 0.0}
    found = []
    for depth in (2, 3):
        inside = (10 - np.sqrt(0.75)) / (20 - np.sqrt(0.75))
        at = stable(depth=depth, inside=inside, **case)
        found.append(at.launch.at(at.near()).t)
    return float(found[0] / found[1] - 1)


def gap_needed_slack(depth, shy, beta, share, factor) -> float | None:
    """Where the exponent of (38b) is negative, γ < factor/(2N)."""
    alpha, p = 1 - shy, 2 - 2 / depth
    gamma = share * alpha
    rate = alpha * (alpha - gamma) ** p - 2 * gamma * depth * beta**p
    return factor - 2 * depth * gamma if rate > 0 else None


def distance_slack(depth, outputs, inputs, narrow, top, spread, near, seed, factor) -> float | None:
    """(39): products of rank r < min(d_x, d_y) are at least factor·s_min(Z) away from Z."""
    d = min(outputs, inputs)
    if narrow >= d:
        return None
    rng = np.random.default_rng(seed)
    values = top * np.sort(10 ** (-spread * rng.random(d)))[::-1]
    U, V = frame(outputs, d, rng), frame(inputs, d, rng)
    off = near * values[-1] * rng.standard_normal((outputs, narrow))
    W = (U[:, :narrow] * values[:narrow] + off) @ V[:, :narrow].T
    return float(np.linalg.norm((U * values) @ V.T - W) / values[-1] - factor)


def _single(depth: int, inputs: int, top: float, angle: float, size: float) -> RankOneFlow:
    target = top * np.eye(inputs)[0]
    v = np.cos(angle) * np.eye(inputs)[0] + np.sin(angle) * np.eye(inputs)[inputs - 1]
    return RankOneFlow(target, [1.0], v if inputs > 1 else target, size * top, depth)


def enters_slack(depth, inputs, top, angle, size) -> float:
    """One output: from natural time (8 + …)/‖Z‖ on ‖W − Z‖ < ½‖Z‖."""
    flow = _single(depth, inputs, top, angle, size)
    start = -2 * np.log(np.cos(angle / 2))
    late = flow.at_natural_time((8 + start + abs(np.log(size))) / top)
    return float(0.5 - np.linalg.norm(late.W - top * np.eye(inputs)[:1]) / top)


def opposite_slack(depth, inputs, top, angle, size) -> float | None:
    """The same from the opposite start."""
    return enters_slack(depth, inputs, top, np.pi, size) if inputs > 1 else None


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "eft-eq-29",
        "Equation (29): the time that the local theory gives",
        Cited("Arora, Cohen, Golowich, Hu (2019), Theorem 1"),
        proof=Proof.CITED,
        no_control="a citation",
        note="C is the square of a deficiency margin. The exact late rates agree with it: "
        "own-nearby-rate.",
    ),
    PAGE.row(
        "eft-eq-29-depth",
        "After equation (29): what depth gains in the local theory",
        factor(
            depth_order_slack,
            Domain(depth=Integer(2, 30), C=Log(1e-6, 1e6)),
            1.03,
            "1",
            tolerance=1e-12,
            evaluations=200,
        ),
        "eft-eq-29",
        printed=Printed(
            Verdict.FALSE,
            "deeper networks train faster, if only marginally",
            "the time C^{−(1−1/N)} falls with N for C > 1 and grows with N for C < 1",
            "C is the square of a deficiency margin, which has the unit of Z.",
            printed_depth,
            "C = 1/16: 4 at N = 2, 8 at N = 4",
            "The contrast with the paper's own faraway rate needs a unit: eft-rem-4-4-depth.",
        ),
    ),
    PAGE.row(
        "eft-rem-4-4-depth",
        "After Theorem 4.4: does the faraway rate improve with depth?",
        factor(
            faraway_order_slack,
            Domain(depth=Integer(2, 30), top=Log(1e-3, 1e3)),
            1.03,
            "1",
            tolerance=1e-12,
            evaluations=300,
        ),
        "eft-thm-4-4-a",
        "own-faraway-rate",
        printed=Printed(
            Verdict.FALSE,
            "the faraway rate improves with N",
            "mN s_Z^{2−2/N} grows from N to N + 1 exactly if s_Z > (N/(N + 1))^{N(N+1)/2}, from 2 "
            "to 3 if s_Z > 8/27; in units of time 1/(m s_Z^{2−2/N}) it grows like N",
            "The unit of Z is left open; s_Z^{2−2/N} changes with N too.",
            printed_faraway,
            "s_Z = 0.001, from 10s_Z at 30° down to √6s_Z: three layers take longer than two",
            "The reading of Figure 1 by depth: own-nearby-order.",
        ),
    ),
    PAGE.row(
        "eft-rem-4-4-gamma",
        "In Theorem 4.4: how small γ_Z must be",
        factor(
            gap_needed_slack,
            Domain(
                depth=Integer(2, 10**4),
                shy=Log(1e-6, 0.99),
                beta=Log(1 + 1e-6, 1e2),
                share=Log(1e-8, 1.0),
            ),
            0.96,
            "1, as N → ∞, α → 1, β → 1",
            tolerance=1e-8,
            evaluations=1500,
        ),
        "eft-thm-4-4-b",
        note="The printed exponents are negative only for γ_Z < 1/(2N). An artefact of the "
        "estimate: own-linear-rate-any-gap needs γ_Z < α only.",
    ),
    PAGE.row(
        "eft-eq-39",
        "Equation (39): where the local theory asks for r = min(d_x, d_y)",
        factor(
            distance_slack,
            Domain(
                depth=Choice(2),
                outputs=Integer(2, 5),
                inputs=Integer(2, 5),
                narrow=Integer(1, 4),
                top=TARGET["top"],
                spread=Uniform(0.0, 6.0),
                near=Log(1e-9, 10.0),
                seed=Integer(0, 10**6),
            ),
            1.03,
            "1: r = min(d_x, d_y) − 1, the best approximation",
            tolerance=1e-8,
            evaluations=300,
        ),
        "eft-eq-10a",
    ),
    PAGE.row(
        "eft-rem-lazy",
        "After equation (39): does the local theory fail to apply?",
        Searched(
            enters_slack,
            Domain(
                depth=Choice(2, 3, 5, 20),
                inputs=Integer(1, 5),
                top=TARGET["top"],
                angle=Uniform(0.0, 3.1),
                size=Log(1e-3, 1e3),
            ),
            evaluations=150,
            control_slack=opposite_slack,
            control_text="from the start opposite to the target",
        ),
        "eft-eq-39",
        "own-bad-starts",
        note="Print has (39) “impossible unless trivially rank Z ≤ r”, and so it is. The exception "
        "is the whole case of one output (or one input): there every flow that does not start "
        "opposite to Z comes to satisfy (39). The start of Figure 1, 9.15‖Z‖ away, does not.",
    ),
)
