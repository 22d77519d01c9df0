"""CLZ, sets of starts with a known limit: definitions, examples and remarks of Section 3."""

from __future__ import annotations

from functools import partial

import numpy as np

from lindyn.ledger.clz_kept import ROUNDING
from lindyn.ledger.model import Domain, Integer, Log, Printed, Row, Searched, Verdict
from lindyn.ledger.rank_one_states import STARTS, STATES, diagonal, state
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow

PAGE = Page("clz/limits")


def inclusion_slack(factor, **case) -> float | None:
    """Remark 3.3: uᵀZv ≥ uᵀZ₁v − σ₂."""
    at = state(**case)
    if at.d < 2:
        return None
    # Near the opposite of the second pair, the worst place.
    rng, near = np.random.default_rng(case["seed"]), 10 ** -case["spread"]
    a, b = (near * rng.standard_normal(at.d) for _ in range(2))
    a[1], b[1] = a[1] + 1, b[1] - 1
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return float(np.sum((at.sigma * a * b)[1:]) / at.sigma[1] + factor)


def pair_slack(i, later, factor, sign, **case) -> float | None:
    """Examples 1 and 3: from ±s₀u_iv_iᵀ the vectors rest, s solves ṡ = −Ns^{2−2/N}(s ∓ σ_i)."""
    rank = min(case["outputs"], case["inputs"])
    if i >= rank:
        return None
    sigma = case["top"] * case["ratio"] ** np.arange(rank)
    Z = np.zeros((case["outputs"], case["inputs"]))
    Z[range(rank), range(rank)] = sigma
    u, v = np.eye(case["outputs"])[i], sign * np.eye(case["inputs"])[i]
    start = case["size"] * sigma[i]
    record = RankOneFlow(Z, u, v, start, case["depth"]).at_natural_time(later / sigma[i])
    turned = np.abs(record.u - u).max() + np.abs(record.v - v).max()
    # R = σ_i/s solves R' = N(1 ∓ R) in units of 1/σ_i.
    rate = factor * case["depth"] * later
    first = 1 / case["size"]
    R = sign + (first - sign) * np.exp(-sign * rate)
    miss = abs(np.log(R) + record.log_s - np.log(sigma[i]))
    return 1e-9 * (1 + rate) - float(turned + miss)


def wider_set_slack(share, **case) -> float | None:
    """With d = min(d_y, d_x) also uᵀZv > −share·σ_d keeps the limit from 0."""
    case["rank"] = min(case["outputs"], case["inputs"])
    at = diagonal(**case)
    if at is None or at.rayleigh <= -share * at.sigma[-1]:
        return None
    return float(np.linalg.norm(at.flow.limit) / at.sigma[-1] - 1)


def printed_rank_stable() -> float:
    """Remark 3.10: a start with uᵀZv ≤ 0 that has rank-one limit, d = d_x = d_y = 2."""
    flow = RankOneFlow(np.diag([2.0, 1.0]), [0.0, 1.0], [0.6, -0.8], 1.0, 3)
    return -float(np.linalg.norm(flow.limit))


def printed_minimiser_set() -> float:
    """The same for G_b with d = 1 = d_y: uᵀZ₁v = −0.6σ₁, and the limit is Z₁."""
    flow = RankOneFlow([[1.0, 0.0]], [1.0], [-0.6, 0.8], 1.0, 3)
    return -float(np.linalg.norm(flow.limit))


_SHAPE = ("depth", "outputs", "inputs", "top", "ratio", "size")
PAIR = {name: STARTS[name] for name in _SHAPE} | {"i": Integer(0, 4), "later": Log(1e-2, 30.0)}

ROWS: tuple[Row, ...] = (
    PAGE.definition("clz-def-mr", "The set M_r of matrices of rank r"),
    PAGE.definition("clz-def-nalpha", "The set N_α"),
    PAGE.definition("clz-def-rb", "The rank-stable set R_b"),
    PAGE.definition("clz-def-gb", "The global minimiser set G_b"),
    PAGE.row(
        "clz-rem-3-3-a",
        "Remark 3.3: N_α lies in some R_b",
        factor(
            inclusion_slack,
            Domain(**STATES),
            0.97,
            "uᵀZv ≥ uᵀZ₁v − σ₂ is attained",
            tolerance=1e-12,
            evaluations=300,
        ),
        "clz-def-nalpha",
        "clz-def-rb",
        note="b = ασ₁ − σ₂ serves for α > σ₂/σ₁; for α = σ₂/σ₁ no common b does.",
    ),
    PAGE.shared(
        "clz-rem-3-3-b",
        "Remark 3.3: R_b is larger",
        "clz-rem-3-3-a",
        "clz-def-nalpha",
        "clz-def-rb",
        note="σ₂u₂v₂ᵀ shows it, for d ≥ 2. For d = 1 the unions over α and over b agree.",
    ),
    PAGE.shared(
        "clz-rem-3-8",
        "Remark 3.8: G_b against N_α",
        "clz-rem-3-3-a",
        "clz-thm-3-7",
        "clz-def-nalpha",
        note="For d ≥ 2.",
    ),
    PAGE.row(
        "clz-ex-1",
        "Example 1: the opposite of a singular pair",
        factor(
            partial(pair_slack, sign=-1),
            Domain(**PAIR),
            1.02,
            evaluations=200,
        ),
        "clz-eq-4c",
    ),
    PAGE.shared(
        "clz-ex-2",
        "Example 2: u = −v and a positive semidefinite target",
        "clz-thm-3-1-ii",
        "clz-thm-3-1-ii",
    ),
    PAGE.row(
        "clz-ex-3",
        "Example 3: a singular pair",
        factor(
            partial(pair_slack, sign=1),
            Domain(**PAIR),
            1.02,
            evaluations=200,
        ),
        "clz-eq-4c",
        note="Print cites the flow of equation (1); it means (2).",
    ),
    PAGE.shared(
        "clz-rem-3-10-a",
        "Remark 3.10: Theorem 3.1 covers the examples",
        "clz-thm-3-1-i",
        "clz-thm-3-1-i",
        "clz-thm-3-1-ii",
        note="The complement of R(Z) in M₁ contains no W with s = 0, as printed.",
    ),
    PAGE.row(
        "clz-rem-3-10-b",
        "Remark 3.10: can R_b be enlarged?",
        Searched(
            wider_set_slack,
            Domain(**STARTS),
            {"share": 1.0},
            {"share": 1.04},
            tolerance=ROUNDING,
            evaluations=600,
            sharp=lambda: "−σ_d, attained by −s u_{d}v_{d}ᵀ",
            sharp_at={"share": 1.0},
        ),
        "clz-thm-3-1-i",
        printed=Printed(
            Verdict.FALSE,
            print_says="no larger set in terms of s and uᵀZv keeps the limit from 0",
            truth="if d = min(d_y, d_x), the set s > 0, uᵀZv > −σ_d does, and no larger one; if d "
            "is smaller, R(Z) is best, as printed",
            why="The examples with uᵀZv = 0 and limit 0 need a vector outside the singular vectors "
            "of Z, which does not exist if d = min(d_y, d_x).",
            refutation=printed_rank_stable,
            counterexample="Z = diag(2, 1), u = (0, 1), v = (0.6, −0.8): uᵀZv = −0.8, the limit "
            "is 2u₁v₁ᵀ",
            consequence="None: no theorem uses it.",
        ),
    ),
    PAGE.shared(
        "clz-rem-3-10-c",
        "Remark 3.10: can G_b be enlarged?",
        "clz-rem-3-10-b",
        "clz-thm-3-1-i",
        printed=Printed(
            Verdict.FALSE,
            print_says="no larger set in terms of s and uᵀZ₁v ends at the global minimiser",
            truth="true for d ≥ 2, and for d = 1 < min(d_y, d_x); if d = 1 = min(d_y, d_x), "
            "uᵀZ₁v > −σ₁ does",
            why="Example 3 with i > 1 needs a second singular value.",
            refutation=printed_minimiser_set,
            counterexample="Z = (1, 0), u = 1, v = (−0.6, 0.8): uᵀZ₁v = −0.6, the limit is Z",
            consequence="None: no theorem uses it.",
        ),
    ),
)
