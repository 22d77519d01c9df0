"""JT, Theorem 2.2: risk to zero, layers to infinity, and aligned; the steps of its proof."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.conserving_pairs import pair
from lindyn.ledger.jt_alignment import inner_squares, least, paired
from lindyn.ledger.model import Choice, Domain, Printed, Row, Searched, Verdict
from lindyn.ledger.separable_cases import STATES, start_state
from lindyn.ledger.separable_flows import FLOWS, GAINS, MOMENTS, RUNS, moment
from lindyn.ledger.writing import Page, factor

PAGE = Page("jt/alignment")

BALANCED = tuple(run for run in range(RUNS) if run // 4 % 4 == 1 and 0 < run % 4 and run < 36)
_LATE = {"run": FLOWS["run"], "moment_": Choice(*range(7, len(GAINS)))}


def balanced_slack(run, moment_) -> float:
    """Balanced starts: all layers keep the one singular value ‖w‖^{1/N}, and u_k = ±v_{k+1}."""
    at = moment(run, moment_).now
    single = float(np.linalg.norm(at.w)) ** (1 / at.depth)
    return 1e-6 - max(
        float(np.max(np.abs(at.tops / single - 1))),
        float(np.max(np.sqrt(at.rests) / single)),
        float(np.max(1 - inner_squares(at))),
    )


def not_balanced_slack(run, moment_) -> float:
    """The same for a start that is not balanced."""
    return balanced_slack(run + 8, moment_)


def time_law_slack(run, moment_, factor) -> float | None:
    """The logarithm of t against u − (2 − 2/N) ln u − ln(Nγ^{2/N}), u = ln(1/R).

    Corrections are of the size of ln(u)/u and of D over the squares of the norms.
    """
    at = moment(run, moment_)
    depth, gamma, u = at.now.depth, at.now.data.margin, at.now.neg_log_risk
    allowed = 30 * np.log(u) / u + depth * at.printed_D / float(np.min(at.now.norms)) ** 2
    if allowed > 0.3:
        return None
    law = u - factor * (2 - 2 / depth) * np.log(u) - np.log(depth * gamma ** (2 / depth))
    return float(allowed - abs(at.log_time - law))


def norms_slack(run, moment_, factor) -> float | None:
    """‖W_k‖_F² ≥ (M/γ)^{2/N} − (max_j Δ_j − Δ_k), Δ_k = ‖W_k(0)‖² − ‖W_N(0)‖², relative."""
    at = moment(run, moment_)
    if at.now.smoothed_margin <= 0 or np.any(at.now.norms == 0):
        return None
    reach = (at.now.smoothed_margin / at.now.data.margin) ** (2 / at.now.depth)
    spread = at.start.norms**2 - at.start.norms[-1] ** 2
    squares = at.now.norms**2
    return float(np.min((squares - factor * reach + np.max(spread) - spread) / squares))


def rank_one_slack(factor, **case: object) -> float | None:
    """‖W_k/‖W_k‖_F − u_kv_kᵀ‖_F² against 2D/((1 + ‖W_k‖₂/‖W_k‖_F)‖W_k‖_F²), relative."""
    at = pair(**case)
    if at is None or np.any(at.now.norms == 0):
        return None
    norms, ratios = at.now.norms, at.now.tops / at.now.norms
    pairs = zip(at.now.layers, norms, at.now.leading, strict=True)
    found = np.array([np.sum((W / F - np.outer(u, v)) ** 2) for W, F, (u, v) in pairs])
    bound = 2 * at.printed_D / ((1 + ratios) * norms**2)
    return least(factor * bound - found, bound, np.ones(at.now.depth))


def predictor_slack(run, moment_, factor) -> float | None:
    """γ‖w‖ over M = ℓ⁻¹(nR): the norm of w grows at least like ln(1/R)/γ."""
    at = moment(run, moment_).now
    if at.smoothed_margin <= 1e-6:
        return None
    return float(at.data.margin * np.linalg.norm(at.w) / at.smoothed_margin - factor)


def large_layers_slack(run, moment_, shift) -> float | None:
    """‖W_N⋯W_2‖ over C^{N−shift}/2 once C = min‖W_k‖_F has C² ≥ D + 2(N − 1)(3D + 4B).

    B is the largest ‖W_k(0)‖₂²; the threshold follows from Lemma 2.6.
    """
    at = moment(run, moment_)
    least, N = float(np.min(at.now.norms)), at.now.depth
    largest = float(np.max(at.start.tops) ** 2)
    if least == 0 or least**2 < at.printed_D + 2 * (N - 1) * (3 * at.printed_D + 4 * largest):
        return None
    return float(np.log(2 * np.linalg.norm(at.now.above)) - (N - shift) * np.log(least))


def printed_large_layers() -> float:
    """‖W_2‖ − C²/2 for two scalar layers of size 3.1, C = 3."""
    return 3.1 - 3.0**2 / 2


def gradient_floor_slack(factor, **case: object) -> float | None:
    """‖∇R(w)‖ over γ|ℓ′(ℓ⁻¹(R))|/n: what a risk R of at most ℓ(0) leaves."""
    at = start_state(**case)
    if at is None:
        return None
    risk = np.exp(-at.neg_log_risk)
    slope = risk if at.loss.name == "exponential" else -np.expm1(-risk)
    found = np.exp(at.log_pull) * np.linalg.norm(at.pulled) / (at.data.margin * slope)
    return float(found * len(at.data.z) - factor)


def _along(slack, at: float, sharp: str = "", domain=None) -> Searched:
    return factor(
        slack,
        Domain(**(domain or MOMENTS)),
        at,
        sharp,
        tolerance=1e-9,
        evaluations=400,
    )


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-txt-balanced-sv",
        "Balanced layers share their singular values and vectors",
        Searched(
            balanced_slack,
            Domain(run=Choice(*BALANCED), moment_=FLOWS["moment"]),
            evaluations=100,
            control_slack=not_balanced_slack,
            control_text="starts that are not balanced",
        ),
        "jt-eq-2-4",
        note="The singular values other than 0, and the vectors up to sign.",
    ),
    PAGE.shared(
        "jt-txt-balanced-rank1",
        "Balanced layers have rank at most one",
        "jt-txt-balanced-sv",
        "jt-txt-balanced-sv",
    ),
    PAGE.row(
        "jt-txt-proof-2-2-m",
        "Proof of Theorem 2.2: a risk that stays leaves a gradient",
        factor(
            gradient_floor_slack,
            Domain(**STATES),
            1.03,
            "1, for n = 1",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-asm-1-1",
        "jt-asm-1-2",
        note="The example j depends on t, and ε/n may be ε. With ε = R: ‖∇R(w)‖ ≥ γ|ℓ′(ℓ⁻¹(R))|/n.",
    ),
    PAGE.row(
        "jt-txt-proof-2-2-cl",
        "Proof of Theorem 2.2: large layers have a large product",
        Searched(
            large_layers_slack,
            Domain(**MOMENTS),
            {"shift": 1.0},
            {"shift": 0.0},
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-lem-2-6-iii",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="‖W_L⋯W_2‖ ≥ ‖W_k‖_F⋯‖W_2‖_F/2 > C^L/2 where all ‖W_k‖_F > C",
            truth="‖W_L⋯W_2‖ ≥ ‖W_L‖_F⋯‖W_2‖_F/2 > C^{L−1}/2, for C² ≥ D + 2(L−1)(3D + 4B), "
            "B = max‖W_k(0)‖₂²",
            why="There are L − 1 factors, and the first is that of layer L.",
            refutation=printed_large_layers,
            counterexample="L = 2, scalars of size 3.1, C = 3: 3.1 < 4.5",
            consequence="The constant in the proof of Theorem 2.2, and again in that of Theorem "
            "3.6. Any positive constant serves there.",
        ),
    ),
    PAGE.row(
        "jt-thm-2-2-i",
        "Theorem 2.2: the risk goes to 0",
        _along(time_law_slack, 1.05, domain=_LATE),
        "jt-lem-2-3-ii",
        "jt-eq-2-5",
        "jt-txt-proof-2-2-m",
        "jt-txt-proof-2-2-cl",
        repair="The lower bound of ‖W_L⋯W_2‖ is C^{L−1}/2, not C^L/2; everything else stands.",
        note="Checked with its speed, for every start of the pool to ln(1/R) = 3000: "
        "R·t·(ln t)^{2−2/N} is near 1/(Nγ^{2/N}).",
    ),
    PAGE.row(
        "jt-thm-2-2-ii",
        "Theorem 2.2: every layer grows without bound",
        _along(norms_slack, 1.03, "1, balanced, n = 1"),
        "jt-thm-2-2-i",
        "jt-eq-2-5",
        note="With its size: ‖W_k‖_F² ≥ (M/γ)^{2/N} − max_j Δ_j + Δ_k, M = ℓ⁻¹(nR).",
    ),
    PAGE.row(
        "jt-thm-2-2-iii",
        "Theorem 2.2: every layer tends to rank one",
        paired(rank_one_slack, 0.97, "1, as the layer grows, where Lemma 2.6 (i) is attained"),
        "jt-thm-2-2-ii",
        "jt-lem-2-6-i",
    ),
    PAGE.shared(
        "jt-thm-2-2-iv",
        "Theorem 2.2: neighbouring layers align",
        "jt-lem-2-6-ii",
        "jt-thm-2-2-ii",
        "jt-lem-2-6-ii",
    ),
    PAGE.shared(
        "jt-thm-2-2-v",
        "Theorem 2.2: the predictor aligns with v₁",
        "jt-lem-2-6-iii",
        "jt-thm-2-2-iii",
        "jt-thm-2-2-iv",
        "jt-lem-2-6-iii",
    ),
    PAGE.row(
        "jt-thm-2-2-vi",
        "Theorem 2.2: the predictor grows without bound",
        _along(predictor_slack, 1.03, "1, for n = 1"),
        "jt-thm-2-2-v",
        note="With its size: γ‖w‖ ≥ ℓ⁻¹(nR).",
    ),
)
