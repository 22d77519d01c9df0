"""CLZ, what balanced trajectories keep: Proposition 2.2 and Appendix B."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.model import Choice, Cited, Domain, Log, Proof, Row, Searched, Uniform
from lindyn.ledger.rank_one_states import STARTS, STATES, diagonal, state
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/setting")
ROUNDING = 1e-9


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


LATER = {"later": Log(1e-2, 30.0)}

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "clz-prop-2-2-1",
        "Proposition 2.2, 1): s stays positive, or zero",
        factor(
            positive_slack,
            Domain(**STARTS, **LATER),
            0.97,
            "attained by starts opposite to the first pair",
            tolerance=ROUNDING,
            evaluations=250,
        ),
        "clz-eq-4c",
        "own-square-closed-form",
        note="With an explicit bound. At s(0) = 0 balance makes every layer zero.",
    ),
    PAGE.row(
        "clz-prop-2-2-4",
        "Proposition 2.2, 4): a_i + b_i keeps its sign",
        Searched(
            sign_slack,
            Domain(**STARTS, **LATER),
            control_slack=component_sign_slack,
            control_text="a_i in place of a_i + b_i",
            evaluations=250,
        ),
        "clz-eq-24",
        "own-square-closed-form",
        repair="Print cites Lemma B.2, which is about |x|^{2α}g with α ≥ ½; here ẋ = x·g, and x = "
        "x(0)exp∫g says it at once. (Also v_iᵀu is printed for u_iᵀu.)",
    ),
    PAGE.row(
        "clz-prop-2-2-5",
        "Proposition 2.2, 5): the first sum that does not vanish grows",
        Searched(
            leading_sum_slack,
            Domain(**STARTS, **LATER, gap=Log(1e-3, 1.0)),
            {"skip": 0},
            {"skip": 1},
            tolerance=1e-12,
            evaluations=300,
        ),
        "clz-eq-27",
        "clz-prop-2-2-4",
    ),
    PAGE.shared(
        "clz-lem-b-1",
        "Lemma B.1: the rank does not change",
        "clz-prop-2-2-1",
        "clz-prop-2-2-1",
        note="For rank one it is Proposition 2.2, 1).",
    ),
    PAGE.row(
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
    PAGE.row(
        "clz-thm-b-3",
        "Theorem B.3: the weights converge to a critical point",
        Cited("Bah, Rauhut, Terstiege, Westdickenberg (2021), Theorem 5"),
        proof=Proof.CITED,
        note="For rank one the closed form proves the convergence of W; see Theorem 3.1.",
    ),
    PAGE.definition("clz-def-b-4", "Definition B.4: strict saddle points"),
    PAGE.row(
        "clz-thm-b-5",
        "Theorem B.5: flows avoid strict saddles almost surely",
        Cited("Bah, Rauhut, Terstiege, Westdickenberg (2021), Theorem 28"),
        proof=Proof.CITED,
        note="Not needed here: Theorem 3.1 names the exceptional set.",
    ),
    PAGE.row(
        "clz-prop-b-6",
        "Proposition B.6: the strict saddle property on matrices of given rank",
        Cited("Bah, Rauhut, Terstiege, Westdickenberg (2021), Proposition 33"),
        proof=Proof.CITED,
    ),
    PAGE.row(
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
    PAGE.shared(
        "clz-lem-b-9",
        "Lemma B.9: where uᵀZv = s and the vectors move, uᵀZv − s grows",
        "clz-eq-23",
        "clz-eq-23",
        "clz-eq-4c",
    ),
)
