"""Own results on the rate near the target: exponent and constant at each depth, and their order."""

from __future__ import annotations

from typing import Any

import numpy as np

from lindyn.bounds.eft import BOUNDS
from lindyn.ledger.induced_distance import Approach, distance
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched
from lindyn.ledger.writing import Page
from lindyn.natural import RankOneFlow

PAGE = Page("eft/nearby")
LATE = 16.0
"""The distance is e^{−16}σ₁ where it is compared: 1e-7."""
EIGHT_DIGITS = 1e-8
RUNS = {"depth": Choice(2, 3, 5, 20), "seed": Integer(0, 39)}


def random_start(depth: int, seed: int, outputs: int, inputs: int) -> Approach:
    """A random start with several directions, σ₂/σ₁ between ½ and 0.8, in any unit."""
    rng = np.random.default_rng(seed)
    top, m = 10 ** rng.uniform(-3, 3), 10 ** rng.uniform(-1, 2)
    ratios = np.array([1.0, rng.uniform(0.5, 0.8), 0.1])[: min(outputs, inputs)]
    a, b = rng.standard_normal(outputs), rng.standard_normal(inputs)
    if min(outputs, inputs) > 1:
        a[0], b[0] = 0.3 + abs(a[0]), 0.3 + abs(b[0])
        b[1] = np.copysign(0.3 + abs(b[1]), a[1])  # a₂ + b₂ of order one
    elif outputs == 1:
        a[0], b[0] = 1.0, max(b[0], -0.8 * np.linalg.norm(b[1:]))  # not opposite
    s0 = top * 10 ** rng.uniform(-1.0, 1.5)
    return Approach(tuple(top * ratios), tuple(a), tuple(b), s0, depth, m)


def _miss(start: Approach, name: str, rate: float, late: float = LATE, **known: Any) -> float:
    """The integrated distance over the bound and over the law, the exponent times ``rate``."""
    flow, m, first = start.flow, start.m, start.sigma[0]
    law = flow.late_law
    t = law.delay + late / law.rate
    D = m * (first ** (1 - 2 / start.depth) * t - float(flow.natural_time(t)))
    bound = BOUNDS[name](N=start.depth, m=m, sigma_1=first, D_N=D, t=t, **known)
    found = distance(start, t) * np.exp((rate - 1) * law.rate * t)
    return max(abs(found / bound - 1), abs(found / law.distance(t) - 1))


def generic_slack(depth: int, seed: int, rate: float) -> float:
    """Two to four dimensions on each side, the second mode the slowest."""
    start = random_start(depth, seed, 2 + seed % 2, 2 + seed % 3)
    p = np.abs(start.p)
    known = {"p_1": p[0], "p_2": p[1], "sigma_2": start.sigma[1]}
    return EIGHT_DIGITS - _miss(start, "own-nearby-rate", rate, **known)


def scalar_slack(depth: int, seed: int, rate: float) -> float:
    """One output and any angle, acute or obtuse."""
    start = random_start(depth, seed, 1, 2 + seed % 4)
    b = np.array(start.b)
    angle = np.arctan2(np.linalg.norm(b[1:]), b[0])
    return EIGHT_DIGITS - _miss(start, "own-nearby-rate-scalar", rate, theta_0=angle)


def aligned_slack(depth: int, seed: int, rate: float) -> float:
    """The direction of the target, s above or below."""
    start = random_start(depth, seed, 1 + seed % 3, 1 + seed % 2)
    a, b = (tuple(np.eye(len(x))[0]) for x in (start.a, start.b))
    start = Approach(start.sigma, a, b, start.s0, depth, start.m)
    # The law's own correction is of the order of the distance.
    return EIGHT_DIGITS - _miss(start, "own-nearby-rate-aligned", rate, 24.0, s_0=start.s0)


def order_slack(depth: int, top: float, m: float, level: float) -> float:
    """κ grows from N to N + 1 exactly if σ₁ > level; over κ₂ it lies between 1 and σ₁."""
    rates = []
    for N in (2, depth, depth + 1):
        flow = RankOneFlow([top, 0.0], [1.0], [0.6, 0.8], 3 * top, N, m)
        begin, end = 15 / (m * top ** (2 - 2 / N)), 18 / (m * top ** (2 - 2 / N))
        gaps = [_gap(flow, t, top) for t in (begin, end)]
        rates.append(np.log(gaps[0] / gaps[1]) / (end - begin))
    changed, whole = np.log(rates[2] / rates[1]), np.log(rates[1] / rates[0])
    if (changed > 0) != (top > level):
        return -abs(changed)
    reach = np.log(top)
    return float(min(reach - whole, whole) if reach > 0 else min(whole - reach, -whole))


def _gap(flow: RankOneFlow, t: float, top: float) -> float:
    record = flow.at(t)
    gap = np.sqrt(2) * abs(record.minus[0])  # 1 − ab = |a − b| as |a| = 1
    return float(np.hypot(record.s - top, np.sqrt(2 * record.s * top * gap)))


def _late(slack: Any, evaluations: int = 4) -> Searched:
    return Searched(
        slack,
        Domain(**RUNS),
        {"rate": 1.0},
        {"rate": 1.03},
        evaluations=evaluations,
        sharp=lambda: "exact",
        sharp_at={"rate": 1.0},
    )


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-nearby-rate",
        "The nearby rate: exponent and constant",
        _late(generic_slack),
        "own-late-direction",
        "own-late-size",
        note="‖W − Z₁‖ is integrated along the induced flow, not read off the closed form, and "
        "compared at 1e-7σ₁ to eight digits. The display with p₂ needs σ₂ > 0 to be simple.",
    ),
    PAGE.row(
        "own-nearby-rate-scalar",
        "The nearby rate for one output",
        _late(scalar_slack),
        "own-nearby-rate",
        note="m‖Z‖^{2−2/N}; also for N = 1, where it is exact.",
    ),
    PAGE.row(
        "own-nearby-rate-aligned",
        "The nearby rate of aligned starts",
        _late(aligned_slack, 8),
        "own-square-closed-form",
        note="The only starts where the factor N acts nearby.",
    ),
    PAGE.row(
        "own-nearby-order",
        "Is it slower in deeper networks? By the unit of the target",
        Searched(
            order_slack,
            Domain(depth=Integer(2, 20), top=Log(1e-2, 1e2), m=Log(1e-2, 1e2)),
            {"level": 1.0},
            {"level": 1.04},
            tolerance=1e-9,
            evaluations=60,
            sharp=lambda: "1",
            sharp_at={"level": 1.0},
        ),
        "own-nearby-rate-scalar",
        note="Slower if σ₁ < 1, faster if σ₁ > 1, all alike in units where σ₁ = 1.",
    ),
)
