"""JT, alignment: the constant D, Lemma 2.6 with its steps, Theorem 2.2."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.conserving_pairs import PAIRS, pair
from lindyn.ledger.model import Choice, Domain, Printed, Proof, Row, Searched, Verdict
from lindyn.ledger.separable_cases import STATES, State, start_state
from lindyn.ledger.separable_flows import FLOWS, GAINS, RUNS, Moment, moment

PAGE = "jt/alignment"
FLOOR = 1e-9
"""Allowance for rounding in a difference of squares, relative to the squares."""
BALANCED = tuple(run for run in range(RUNS) if run // 4 % 4 == 1 and 0 < run % 4 and run < 36)


def gaps_norms(at: Moment) -> np.ndarray:
    """The numbers ‖A_{k,k+1}‖₂ = ‖D_k‖₂."""
    return np.array([np.linalg.norm(gap, 2) for gap in at.gaps])


def inner_squares(at: State) -> np.ndarray:
    """⟨v_{k+1}, u_k⟩² for neighbouring layers."""
    pairs = zip(at.leading[:-1], at.leading[1:], strict=True)
    return np.array([float(lower[0] @ upper[1]) ** 2 for lower, upper in pairs])


def quadratic_forms(at: State) -> np.ndarray:
    """‖W_{k+1}u_k‖² for neighbouring layers."""
    pairs = zip(at.layers[1:], at.leading[:-1], strict=True)
    return np.array([float(np.sum((layer @ lower[0]) ** 2)) for layer, lower in pairs])


def relative(differences: np.ndarray, sizes: np.ndarray, allowances: np.ndarray) -> float | None:
    """The smallest difference over its natural size, both with an allowance for rounding."""
    if np.size(differences) == 0:
        return None
    allowed = np.asarray(allowances) + np.finfo(float).tiny  # all may be 0 at a start
    return float(np.min((differences + allowed) / (sizes + allowed)))


def _least(differences: np.ndarray, sizes: np.ndarray, squares: np.ndarray) -> float | None:
    return relative(differences, sizes, FLOOR * squares)


def zero_slack(factor, **case: object) -> float | None:
    """Σ‖A‖ ≤ D ≤ (1 + widest)·Σ‖A‖: D vanishes if and only if the start is balanced."""
    at = pair(**case)
    if at is None or at.now.depth < 2:
        return None
    total, widest = float(np.sum(gaps_norms(at))), max(len(gap) for gap in at.gaps)
    square = float(np.max(at.start.norms) ** 2)
    size = total + FLOOR * square
    if total < FLOOR * square:
        return 1e-9 - at.printed_D / square
    return min((at.printed_D - factor * total) / size, (1 + widest) - at.printed_D / size)


def top_values_slack(factor, **case: object) -> float | None:
    """(B.2): σ_k² − σ_{k+1}² + ‖A‖ ≥ 0, over ‖A‖."""
    at = pair(**case)
    if at is None:
        return None
    squares, gaps = at.now.tops**2, gaps_norms(at)
    return _least(squares[:-1] - squares[1:] + factor * gaps, gaps, squares[1:])


def traces_slack(factor, **case: object) -> float | None:
    """(B.3): ‖W_k‖² − ‖W_{k+1}‖² keeps its value, relative to that value."""
    at = pair(**case)
    if at is None:
        return None
    now, then = (np.diff(state.norms**2) for state in (at.now, at.start))
    missed = _least(-np.abs(now - factor * then), np.abs(then), at.now.norms[1:] ** 2)
    return None if missed is None else 1e-4 + missed


def residual_sums_slack(factor, **case: object) -> float | None:
    """(B.4): ‖W_k‖_F² − ‖W_k‖₂² below the partial sums, and these below D; over D."""
    at = pair(**case)
    if at is None:
        return None
    tails = np.append(np.cumsum(gaps_norms(at)[::-1])[::-1], 0.0)
    sums = at.start.norms**2 - at.start.norms[-1] ** 2 + tails
    squares, sizes = at.now.norms**2, np.full(at.now.depth, at.printed_D)
    first = _least(factor * sums - at.now.rests, sizes, squares)
    return min(first, _least(at.printed_D - sums, sizes, at.start.norms**2))


def residual_slack(factor, **case: object) -> float | None:
    """Lemma 2.6: D − (‖W_k‖_F² − ‖W_k‖₂²), over D."""
    at = pair(**case)
    if at is None:
        return None
    bound = float(BOUNDS["jt-lem-2-6-i"](D=at.printed_D))
    sizes = np.full(at.now.depth, at.printed_D)
    return _least(factor * bound - at.now.rests, sizes, at.now.norms**2)


def form_below_slack(factor, **case: object) -> float | None:
    """(B.5): ‖W_{k+1}u_k‖² ≥ σ_k² − ‖W_k(0)‖₂², over ‖W_k(0)‖₂²."""
    at = pair(**case)
    if at is None:
        return None
    squares, starts = at.now.tops[:-1] ** 2, at.start.tops[:-1] ** 2
    return _least(quadratic_forms(at.now) - squares + factor * starts, starts, squares)


def form_above_slack(factor, **case: object) -> float | None:
    """(B.6): ‖W_{k+1}u_k‖² ≤ ⟨u_k, v_{k+1}⟩²σ_{k+1}² + second singular value², and + D."""
    at = pair(**case)
    if at is None or at.now.depth < 2:
        return None
    squares = at.now.tops[1:] ** 2
    over = quadratic_forms(at.now) - inner_squares(at.now) * squares
    sines = 1 - inner_squares(at.now)
    seconds = np.array([v[1] ** 2 if v.size > 1 else 0.0 for v in at.now.values[1:]])
    within = _least(factor * sines * seconds - over, seconds, squares)
    whole = _least(at.printed_D - over, np.full(over.shape, at.printed_D), squares)
    return min(within, whole)


def sum_above_slack(factor, **case: object) -> float | None:
    """(B.7): σ_k² ≤ ⟨u_k, v_{k+1}⟩²σ_{k+1}² + D + ‖W_k(0)‖₂², over the last two."""
    at = pair(**case)
    if at is None:
        return None
    squares = at.now.tops**2
    left = at.printed_D + at.start.tops[:-1] ** 2
    over = squares[:-1] - inner_squares(at.now) * squares[1:]
    return _least(factor * left - over, left, squares[1:])


def ratio_slack(factor, **case: object) -> float | None:
    """(B.8): σ_k² ≥ σ_{k+1}² − ‖W_{k+1}(0)‖₂², over ‖W_{k+1}(0)‖₂²."""
    at = pair(**case)
    if at is None:
        return None
    squares, starts = at.now.tops**2, at.start.tops[1:] ** 2
    return _least(squares[:-1] - squares[1:] + factor * starts, starts, squares[1:])


def inner_slack(factor, **case: object) -> float | None:
    """Lemma 2.6: 1 − ⟨v_{k+1}, u_k⟩² over what the bound leaves."""
    at = pair(**case)
    if at is None:
        return None
    starts, tops = at.start.tops, at.now.tops
    values = {"D": np.full(len(tops) - 1, at.printed_D), "b_k": starts[:-1], "b_k+1": starts[1:]}
    left = 1 - BOUNDS["jt-lem-2-6-ii"](**values, **{"sigma_k+1": tops[1:]})
    return relative(factor * left - (1 - inner_squares(at.now)), left, np.array(FLOOR))


def alignment_loss(at: State) -> float:
    """Σ(1 − ‖W_k‖₂/‖W_k‖_F) + Σ(1 − c_k + s_k r_{k+1}): what the product may lose.

    c_k, s_k are cosine and sine of the angle between u_k and v_{k+1}, r_k the ratio of the norm
    of what is left of W_k to σ_k.
    """
    cosines = np.sqrt(np.minimum(inner_squares(at), 1.0))
    rest = np.sqrt(at.rests[1:]) / at.tops[1:]
    ratios = at.rests / (at.norms * (at.norms + at.tops))  # 1 − σ/F without cancellation
    return float(np.sum(ratios) + np.sum(1 - cosines + np.sqrt(1 - cosines**2) * rest))


def product_slack(factor, **case: object) -> float | None:
    """1 − |⟨w, v_1⟩|/Π‖W_k‖_F against the loss of alignment, relative."""
    at = pair(**case)
    if at is None or np.any(at.now.norms == 0):
        return None
    v1 = at.now.leading[0][1]
    value = abs(float(at.now.w @ v1)) / float(np.prod(at.now.norms))
    loss = alignment_loss(at.now)
    return relative(np.array([factor * loss - (1 - value)]), np.array([loss]), np.array(FLOOR))


def printed_sign() -> float:
    """Lemma 2.6 (iii) as printed for one layer W = (1), with v_1 = −1, u_1 = −1: −1 for 1."""
    u, v = -np.ones(1), -np.ones(1)
    W = np.outer(u, v)
    return float((W[0] / np.linalg.norm(W)) @ v - 1)


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
    return _least(factor * bound - found, bound, np.ones(at.now.depth))


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


_ON_FLOWS = {"run": FLOWS["run"], "moment_": FLOWS["moment"]}
_LATE = {"run": FLOWS["run"], "moment_": Choice(*range(7, len(GAINS)))}


def _row(id: str, title: str, check, *uses: str, note: str = "", **more: object) -> Row:
    return Row(f"jt-{id}", title, PAGE, Proof.FULL, uses, check, note=note, **more)


def _paired(slack, at: float, sharp: str = "", *, evaluations: int = 500) -> Searched:
    return Searched(
        slack,
        Domain(**PAIRS),
        {"factor": 1.0},
        {"factor": at},
        tolerance=1e-12,
        evaluations=evaluations,
        sharp=(lambda: sharp) if sharp else None,
    )


def _along(slack, at: float, sharp: str = "", domain=None) -> Searched:
    return Searched(
        slack,
        Domain(**(domain or _ON_FLOWS)),
        {"factor": 1.0},
        {"factor": at},
        tolerance=1e-9,
        evaluations=400,
        sharp=(lambda: sharp) if sharp else None,
    )


ROWS: tuple[Row, ...] = (
    _row(
        "def-d",
        "The constant D of the start",
        None,
        no_control="a definition",
        note="Without data; invariant under rotations of hidden layers. For one layer D = 0. The "
        "sharp constant is smaller: own-sharp-d.",
    ),
    _row(
        "def-d-zero",
        "D = 0 for balanced starts",
        _paired(zero_slack, 1.03, "1, where the last layer is the largest"),
        "jt-def-d",
        note="The converse holds too: Σ‖A_k‖ ≤ D.",
    ),
    _row("eq-b2", "(B.2): neighbouring σ_k", _paired(top_values_slack, 0.97, "1"), "jt-eq-2-4"),
    _row("eq-b3", "(B.3): neighbouring norms", _paired(traces_slack, 1.02), "jt-eq-2-4"),
    _row(
        "eq-b4",
        "(B.4): the sum over the layers above",
        _paired(residual_sums_slack, 0.97, "1"),
        "jt-eq-b2",
        "jt-eq-b3",
        "jt-def-d",
    ),
    _row(
        "lem-2-6-i",
        "Lemma 2.6: every layer stays near rank one",
        _paired(residual_slack, 0.97, "1: z = e₁, W₂(0) = (1, 0), W₁(0) = diag(0, 1)"),
        "jt-eq-b4",
        note="No multiple of D below 1 will do; but λ_max(D_k) − tr D_k in place of "
        "norms and maxima is smaller and sharp for every start: own-sharp-d.",
    ),
    _row(
        "eq-b5",
        "(B.5): W_{k+1} along u_k, from below",
        _paired(form_below_slack, 0.97, "1"),
        "jt-eq-2-4",
    ),
    _row(
        "eq-b6",
        "(B.6): W_{k+1} along u_k, from above",
        _paired(form_above_slack, 0.97, "second singular value² instead of D: 1"),
        "jt-lem-2-6-i",
    ),
    _row(
        "eq-b7",
        "(B.7): both together",
        _paired(sum_above_slack, 0.48, "at least 1/2 is met"),
        "jt-eq-b5",
        "jt-eq-b6",
    ),
    _row("eq-b8", "(B.8): σ_k over σ_{k+1}", _paired(ratio_slack, 0.97, "1"), "jt-eq-2-4"),
    _row(
        "lem-2-6-ii",
        "Lemma 2.6: neighbouring layers align",
        _paired(
            inner_slack,
            0.64,
            "2/3 for the last pair, at the start that attains Lemma 2.6 (i)",
            evaluations=2000,
        ),
        "jt-eq-b7",
        "jt-eq-b8",
        note="It needs W_{k+1}(t) ≠ 0. For the last pair ⅔ of the numerator suffices, and that is "
        "sharp: own-inner-spread. Late in the flow the true order is σ⁻⁴, not σ⁻²: "
        "own-inner-rate. If σ₁ is not simple, any choice of singular vectors will do.",
    ),
    _row(
        "lem-2-6-iii",
        "Lemma 2.6: the product aligns with v₁",
        _paired(product_slack, 0.97, "1, where only the first layer has not rank one"),
        "jt-lem-2-6-i",
        "jt-lem-2-6-ii",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="⟨w_prod/Π‖W_k‖_F, v₁⟩ → 1",
            truth="|⟨w_prod/Π‖W_k‖_F, v₁⟩| → 1",
            why="The sign of v₁ is free. The proof and Theorem 2.2 have the absolute value.",
            refutation=printed_sign,
            counterexample="one layer, with the singular vectors −w/‖w‖ and −1",
            consequence="None.",
        ),
        note="Checked with its size: 1 − |⟨w, v₁⟩|/Π‖W_k‖_F ≤ Σ(1 − ‖W_k‖₂/‖W_k‖_F) + "
        "Σ(1 − c_k + s_k√(‖W_{k+1}‖_F²/‖W_{k+1}‖₂² − 1)), with cosine c_k and sine s_k of "
        "the angle between u_k and v_{k+1}.",
    ),
    _row(
        "txt-balanced-sv",
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
    _row(
        "txt-balanced-rank1",
        "Balanced layers have rank at most one",
        None,
        "jt-txt-balanced-sv",
        shares_check_of="jt-txt-balanced-sv",
    ),
    _row(
        "txt-proof-2-2-m",
        "Proof of Theorem 2.2: a risk that stays leaves a gradient",
        Searched(
            gradient_floor_slack,
            Domain(**STATES),
            {"factor": 1.0},
            {"factor": 1.03},
            tolerance=1e-9,
            evaluations=400,
            sharp=lambda: "1, for n = 1",
        ),
        "jt-asm-1-1",
        "jt-asm-1-2",
        note="The example j depends on t, and ε/n may be ε. With ε = R: ‖∇R(w)‖ ≥ γ|ℓ′(ℓ⁻¹(R))|/n.",
    ),
    _row(
        "txt-proof-2-2-cl",
        "Proof of Theorem 2.2: large layers have a large product",
        Searched(
            large_layers_slack,
            Domain(**_ON_FLOWS),
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
    _row(
        "thm-2-2-i",
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
    _row(
        "thm-2-2-ii",
        "Theorem 2.2: every layer grows without bound",
        _along(norms_slack, 1.03, "1, balanced, n = 1"),
        "jt-thm-2-2-i",
        "jt-eq-2-5",
        note="With its size: ‖W_k‖_F² ≥ (M/γ)^{2/N} − max_j Δ_j + Δ_k, M = ℓ⁻¹(nR).",
    ),
    _row(
        "thm-2-2-iii",
        "Theorem 2.2: every layer tends to rank one",
        _paired(rank_one_slack, 0.97, "1, as the layer grows, where Lemma 2.6 (i) is attained"),
        "jt-thm-2-2-ii",
        "jt-lem-2-6-i",
    ),
    _row(
        "thm-2-2-iv",
        "Theorem 2.2: neighbouring layers align",
        None,
        "jt-thm-2-2-ii",
        "jt-lem-2-6-ii",
        shares_check_of="jt-lem-2-6-ii",
    ),
    _row(
        "thm-2-2-v",
        "Theorem 2.2: the predictor aligns with v₁",
        None,
        "jt-thm-2-2-iii",
        "jt-thm-2-2-iv",
        "jt-lem-2-6-iii",
        shares_check_of="jt-lem-2-6-iii",
    ),
    _row(
        "thm-2-2-vi",
        "Theorem 2.2: the predictor grows without bound",
        _along(predictor_slack, 1.03, "1, for n = 1"),
        "jt-thm-2-2-v",
        note="With its size: γ‖w‖ ≥ ℓ⁻¹(nR).",
    ),
)
