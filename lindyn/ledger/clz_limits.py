"""CLZ, where balanced trajectories end: Proposition 2.2, Section 3 and Appendix B."""

from __future__ import annotations

from functools import partial

import numpy as np

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
from lindyn.ledger.rank_one_states import STARTS, STATES, diagonal, state
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow

SETTING, PAGE = Page("clz/setting"), Page("clz/limits")
ROUNDING = 1e-9


# -- Proposition 2.2 and Appendix B ---------------------------------------------------------------


def positive_slack(later, factor, **case) -> float | None:
    """S ≥ 1/((1/s₀ + 1/σ₁)e^{Nσ₁τ} − 1/σ₁), as a share of Nσ₁τ in ln s."""
    at = diagonal(**case)
    if at is None:
        return None
    top, depth = at.sigma[0], case["depth"]
    record = at.flow.at_natural_time(later / top)
    rise = depth * later
    # ln of the right side, and of s, both relative to s₀.
    fall = rise + np.log1p(at.s / top * -np.expm1(-rise))
    return float(factor - (np.log(at.s) - record.log_s) / fall)


def sign_slack(later, **case) -> float | None:
    """The smallest ratio of a_i + b_i later and at first."""
    at = diagonal(**case)
    if at is None:
        return None
    d, record = at.sigma.size, at.flow.at_natural_time(later / at.sigma[0])
    first, sums = at.sums, record.plus[:d]
    kept = np.abs(first) > 1e-6
    if np.any(sums[first == 0] != 0):
        return -1.0
    return float(np.min(sums[kept] / first[kept])) if kept.any() else None


def component_sign_slack(later, **case) -> float | None:
    """The same for a_i alone, which may change its sign."""
    at = diagonal(**case)
    if at is None:
        return None
    d, record = at.sigma.size, at.flow.at_natural_time(later / at.sigma[0])
    kept = np.abs(at.a[:d]) > 1e-6
    return float(np.min(record.a[:d][kept] / at.a[:d][kept])) if kept.any() else None


def leading_sum_slack(later, gap, skip, **case) -> float | None:
    """Growth of |a_{k+1} + b_{k+1}| between two natural times; ``skip`` looks at a later sum."""
    at = diagonal(**case)
    k = case["vanishing"] + skip
    if at is None or k >= at.sigma.size or at.sums[k] == 0:
        return None
    times = np.array([later, later * (1 + gap)]) / at.sigma[case["vanishing"]]
    record = at.flow.at_natural_time(times)
    sums = np.abs(record.plus[:, k])
    return float(sums[1] / sums[0] - 1) if sums[0] > 0 else None


def power_equation_slack(alpha, start, pull, t, shift) -> float:
    """Lemma B.2 for ẋ = −pull·|x|^{2α}, the worst case: its solution stays positive."""
    power = 2 * (alpha + shift) - 1
    if abs(power) < 1e-12:
        return float(start * np.exp(-pull * t))
    return float(start**-power + power * pull * t)  # x^{1−2α}


def stationary_slack(mix, sign, **case) -> float | None:
    """Proposition B.8: at pairs ±u_i, ±v_i the vectors stand still; ``mix`` turns u away."""
    at = state(**case)
    if at.d < 2:
        return None
    u = at.U[:, 0] * np.cos(mix) + at.U[:, 1] * np.sin(mix)
    v = sign * at.V[:, 0]
    right, left = at.Z @ v, at.Z.T @ u
    speed = np.linalg.norm(right - u * (u @ right)) + np.linalg.norm(left - v * (v @ left))
    return 1e-9 - float(speed / at.sigma[0])


# -- Section 3 ------------------------------------------------------------------------------------


def limit_slack(shift, **case) -> float | None:
    """Theorem 3.1 (I): after a long natural time W is σ_{k+1}u_{k+1}v_{k+1}ᵀ."""
    at = diagonal(**case)
    k = case["vanishing"]
    if at is None or k + shift >= at.sigma.size:
        return None
    sigma = at.sigma
    gap = sigma[k] - sigma[k + 1] if k + 1 < sigma.size else sigma[k]
    record = at.flow.at_natural_time(40 / gap + 40 / sigma[k])
    target = np.zeros(record.W.shape)
    target[k + shift, k + shift] = sigma[k + shift]
    found = max(np.abs(record.W - target).max(), np.abs(at.flow.limit - target).max())
    return 1e-9 - float(found / sigma[0])


def zero_slack(t, factor, **case) -> float | None:
    """Theorem 3.1 (II): s^{2−2/N} ≤ [s₀^{2/N−2} + (2N−2)t]^{−1}, as a slack of s^{2/N−2}."""
    case["vanishing"] = case["rank"]
    at = diagonal(**case)
    if at is None:
        return None
    depth = case["depth"]
    power = 2 - 2 / depth
    time = t * at.s**-power
    record = at.flow.at(time)
    fall = power * (np.log(at.s) - record.log_s)
    growth = np.expm1(min(fall, 700.0))  # of (s₀/s)^{2−2/N}
    return float(growth / ((2 * depth - 2) * t) - factor)


def floor_slack(later, factor, **case) -> float | None:
    """Lemma 3.2: s ≥ min(s₀, uᵀZv at the start), if that is positive."""
    at = diagonal(**case)
    if at is None or at.rayleigh <= 1e-9 * at.sigma[0]:
        return None
    record = at.flow.at_natural_time(later / at.sigma[0])
    return float(record.s / min(at.s, at.rayleigh) - factor)


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


def slow_fall_slack(later, factor, **case) -> float | None:
    """Equation (30): s^{2/N−1} ≤ s₀^{2/N−1} + (N−2)(s₀ − λ₀)t while uᵀZv ≤ 0."""
    at = diagonal(**case)
    if at is None or case["depth"] < 3 or at.rayleigh >= 0:
        return None
    record = at.flow.at_natural_time(later / at.sigma[0])
    if record.s > at.s or not 0 < record.t < 1e280:
        return None
    power = 1 - 2 / case["depth"]
    growth = np.expm1(power * (np.log(at.s) - record.log_s)) * at.s**-power
    return float(factor - growth / ((case["depth"] - 2) * (at.s - at.rayleigh) * record.t))


_LATER = {"later": Log(1e-2, 30.0)}
_LONG = {name: STARTS[name] for name in STARTS} | {"ratio": Uniform(0.1, 0.9)}


ROWS: tuple[Row, ...] = (
    SETTING.row(
        "clz-prop-2-2-1",
        "Proposition 2.2, 1): s stays positive, or zero",
        factor(
            positive_slack,
            Domain(**STARTS, **_LATER),
            0.97,
            "attained by starts opposite to the first pair",
            tolerance=ROUNDING,
            evaluations=250,
        ),
        "clz-eq-4c",
        "own-square-closed-form",
        note="With an explicit bound. At s(0) = 0 balance makes every layer zero.",
    ),
    SETTING.row(
        "clz-prop-2-2-4",
        "Proposition 2.2, 4): a_i + b_i keeps its sign",
        Searched(
            sign_slack,
            Domain(**STARTS, **_LATER),
            control_slack=component_sign_slack,
            control_text="a_i in place of a_i + b_i",
            evaluations=250,
        ),
        "clz-eq-24",
        "own-square-closed-form",
        repair="Print cites Lemma B.2, which is about |x|^{2α}g with α ≥ ½; here ẋ = x·g, and x = "
        "x(0)exp∫g says it at once. (Also v_iᵀu is printed for u_iᵀu.)",
    ),
    SETTING.row(
        "clz-prop-2-2-5",
        "Proposition 2.2, 5): the first sum that does not vanish grows",
        Searched(
            leading_sum_slack,
            Domain(**STARTS, **_LATER, gap=Log(1e-3, 1.0)),
            {"skip": 0},
            {"skip": 1},
            tolerance=1e-12,
            evaluations=300,
        ),
        "clz-eq-27",
        "clz-prop-2-2-4",
    ),
    SETTING.shared(
        "clz-lem-b-1",
        "Lemma B.1: the rank does not change",
        "clz-prop-2-2-1",
        "clz-prop-2-2-1",
        note="For rank one it is Proposition 2.2, 1).",
    ),
    SETTING.row(
        "clz-lem-b-2",
        "Lemma B.2: solutions of ẋ = |x|^{2α}g(t) keep their sign",
        Searched(
            power_equation_slack,
            Domain(
                alpha=Uniform(0.5, 3.0),
                start=Log(1e-3, 1e3),
                pull=Log(1e-3, 1e3),
                t=Log(1e-3, 1e6),
            ),
            {"shift": 0.0},
            {"shift": -0.02},
        ),
        note="The check takes the worst case of constant g, solved exactly; with α < ½ it fails.",
    ),
    SETTING.row(
        "clz-thm-b-3",
        "Theorem B.3: the weights converge to a critical point",
        Cited("Bah, Rauhut, Terstiege, Westdickenberg (2021), Theorem 5"),
        proof=Proof.CITED,
        note="For rank one the closed form proves the convergence of W; see Theorem 3.1.",
    ),
    SETTING.definition("clz-def-b-4", "Definition B.4: strict saddle points"),
    SETTING.row(
        "clz-thm-b-5",
        "Theorem B.5: flows avoid strict saddles almost surely",
        Cited("Bah, Rauhut, Terstiege, Westdickenberg (2021), Theorem 28"),
        proof=Proof.CITED,
        note="Not needed here: Theorem 3.1 names the exceptional set.",
    ),
    SETTING.row(
        "clz-prop-b-6",
        "Proposition B.6: the strict saddle property on matrices of given rank",
        Cited("Bah, Rauhut, Terstiege, Westdickenberg (2021), Proposition 33"),
        proof=Proof.CITED,
    ),
    SETTING.row(
        "clz-prop-b-8",
        "Proposition B.8: stationary singular vectors",
        Searched(
            stationary_slack,
            Domain(**STATES, sign=Choice(-1, 1)),
            {"mix": 0.0},
            {"mix": 0.01},
            evaluations=150,
        ),
        "clz-eq-4a",
        "clz-eq-4b",
    ),
    SETTING.shared(
        "clz-lem-b-9",
        "Lemma B.9: where uᵀZv = s and the vectors move, uᵀZv − s grows",
        "clz-eq-23",
        "clz-eq-23",
        "clz-eq-4c",
    ),
    PAGE.row(
        "clz-thm-3-1-i",
        "Theorem 3.1 (I): the limit is the first saddle whose sum does not vanish",
        Searched(
            limit_slack,
            Domain(**_LONG),
            {"shift": 0},
            {"shift": 1},
            evaluations=300,
        ),
        "own-square-closed-form",
        "clz-prop-2-2-4",
        "clz-prop-2-2-5",
        "clz-lem-3-2",
        "clz-lem-3-5-b",
        "clz-lem-3-6",
        repair="Step 4 takes ṡ(t_n) → 0 from s → s̄ alone, which does not follow; but uᵀZv "
        "converges by Proposition 2.2, so ṡ converges, and its limit must be 0.",
    ),
    PAGE.row(
        "clz-thm-3-1-ii",
        "Theorem 3.1 (II): if all sums vanish, the limit is 0",
        factor(
            zero_slack,
            Domain(**STARTS, t=Log(1e-3, 1e6)),
            1.03,
            "attained where u and v are orthogonal to all singular vectors",
            tolerance=1e-7,
            evaluations=250,
        ),
        "clz-prop-2-2-4",
        "clz-eq-4c",
    ),
    PAGE.shared(
        "clz-thm-3-1-ii-rate",
        "Remark 3.9: the rate of Theorem 3.1 (II)",
        "clz-thm-3-1-ii",
        "clz-thm-3-1-ii",
        note="Exponent and constant are right in the end if u or v has a part outside the singular "
        "vectors of Z; else uᵀZv tends to −σ_i < 0 and the fall is faster.",
    ),
    PAGE.definition("clz-def-mr", "The set M_r of matrices of rank r"),
    PAGE.definition("clz-def-nalpha", "The set N_α"),
    PAGE.definition("clz-def-rb", "The rank-stable set R_b"),
    PAGE.definition("clz-def-gb", "The global minimiser set G_b"),
    PAGE.row(
        "clz-lem-3-2",
        "Lemma 3.2: starts in R_b keep rank one in the limit",
        factor(
            floor_slack,
            Domain(**STARTS, **_LATER),
            1.02,
            "min(s(0), u(0)ᵀZv(0)) is attained",
            tolerance=ROUNDING,
            evaluations=250,
        ),
        "clz-prop-2-2-2",
        "clz-eq-4c",
        note="With the floor min(s(0), u(0)ᵀZv(0)). (In the proof t₂ is printed for t₀.)",
    ),
    PAGE.shared("clz-eq-5", "Equation (5): the step of Lemma 3.2", "clz-lem-3-2"),
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
        "clz-thm-3-4",
        "Theorem 3.4: almost every start in R_b ends at the global minimiser",
        "clz-thm-3-1-i",
        "clz-thm-3-1-i",
        note="The exceptional set is exactly a₁ + b₁ = 0.",
    ),
    PAGE.shared(
        "clz-lem-3-5-a",
        "Lemma 3.5, (6) and (7): the vectors come to rest along a sequence",
        "clz-thm-3-1-i",
        "clz-eq-23",
        "clz-eq-30",
        repair="Case 1 takes the derivative of a converging monotone function to 0, which fails in "
        "general; a sequence of times serves. (H_b is printed for R_b.)",
    ),
    PAGE.shared("clz-lem-3-5-b", "Lemma 3.5, (8)", "clz-thm-3-1-i", "clz-lem-3-5-a"),
    PAGE.shared("clz-lem-3-6", "Lemma 3.6: uᵀZv → σ_{k+1} fixes the vectors", "clz-thm-3-1-i"),
    PAGE.shared(
        "clz-thm-3-7",
        "Theorem 3.7: every start in G_b ends at the global minimiser",
        "clz-thm-3-1-i",
        "clz-thm-3-1-i",
        "clz-def-gb",
        repair="The same step as in Theorem 3.1.",
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
            Domain(
                depth=STARTS["depth"],
                outputs=STARTS["outputs"],
                inputs=STARTS["inputs"],
                top=STARTS["top"],
                ratio=STARTS["ratio"],
                size=STARTS["size"],
                i=Integer(0, 4),
                later=Log(1e-2, 30.0),
            ),
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
            Domain(
                depth=STARTS["depth"],
                outputs=STARTS["outputs"],
                inputs=STARTS["inputs"],
                top=STARTS["top"],
                ratio=STARTS["ratio"],
                size=STARTS["size"],
                i=Integer(0, 4),
                later=Log(1e-2, 30.0),
            ),
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
            sharp=lambda: "−σ_d, attained by −s u_dv_dᵀ",
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
    PAGE.row(
        "clz-eq-30",
        "Equations (29), (30): how fast s can fall while uᵀZv ≤ 0",
        factor(
            slow_fall_slack,
            Domain(**STARTS | {"depth": Integer(3, 9)}, **_LATER),
            0.97,
            "attained as t → 0",
            tolerance=1e-7,
            evaluations=300,
        ),
        "clz-eq-4c",
        "clz-prop-2-2-2",
    ),
    PAGE.shared(
        "clz-eq-31", "Equation (31): the sequence of Lemma 3.5", "clz-thm-3-1-i", "clz-eq-30"
    ),
    PAGE.shared(
        "clz-eq-33-38", "Equations (32)–(38): the steps of Lemma 3.6", "clz-thm-3-1-i", "clz-eq-26"
    ),
)
