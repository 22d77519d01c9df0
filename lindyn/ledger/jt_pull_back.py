"""JT, Lemmas 2.10 and 2.11: far from the maximum margin direction, w is pulled back."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched
from lindyn.ledger.own_margin import pull_back
from lindyn.ledger.separable_cases import SEEDS, SPANNING, State
from lindyn.ledger.separable_cases import separable_data as data_of
from lindyn.ledger.sideways_cases import PUSH, SIDEWAYS, facet_normal, sideways
from lindyn.ledger.writing import Page, factor

PAGE = Page("jt/margin")
LARGEST = 600.0  # exponents beyond are not formed
ROUNDING = 1e-11  # of projections across ū, for inputs of length 1; it matters where α is small
EXPONENTIAL = SIDEWAYS | {"loss": Choice("exponential")}
LOGISTIC = SIDEWAYS | {"loss": Choice("logistic")}
_OVER = {"over": Log(1.0, 30.0)}
_FACETS = SPANNING | {
    "dim": Integer(2, 4),
    "facet": Integer(0, 3),
    "aside": Log(1e-9, 1.0),
    "seed": SEEDS,
}


def alpha_slack(facet, aside, seed, factor, **data: object) -> float | None:
    """max_{i ∈ S} ⟨ξ, z_i⟩ over α for unit ξ ⊥ ū, near the normals of the facets and elsewhere."""
    found = data_of(**data)
    if found is None:
        return None
    noise = np.random.default_rng(seed).standard_normal(found.direction.size)
    xi = facet_normal(found, facet) + (aside if aside > 1e-8 else 0.0) * found.across(noise)
    xi /= np.linalg.norm(xi)
    forward = float(np.max(found.z[found.supports] @ xi))
    return (forward + ROUNDING) / found.alpha - factor


def edge_slack(facet, aside, seed, factor, **data: object) -> float | None:
    """The largest ⟨ξ, z_i⟩ over supports that span, one with the multiplier 0: none is positive."""
    found = data_of(**data | {"kind": "edge"})
    if found is None:
        return None
    projected = found.across(found.z[found.supports])
    xi = -projected[found.dual[found.supports] == 0].sum(axis=0)
    return float(np.max(projected @ xi) / np.linalg.norm(xi)) - 1e-6


def literal_slack(over, factor, **case: object) -> float | None:
    """Lemma 2.11 for exponential loss, with the threshold 1 + ln(n)/α of its statement."""
    bound = BOUNDS["jt-lem-2-11-exp"]
    return pull_back(lambda n, a: a * float(bound(alpha=a, n=n)), over * factor, **case)


def proof_threshold_slack(over, factor, **case: object) -> float | None:
    """The same with (1 + ln n)/α, which the proof gives."""
    bound = BOUNDS["jt-lem-2-11-exp-proof"]
    return pull_back(lambda n, a: a * float(bound(alpha=a, n=n)), over * factor, **case)


def logistic_threshold_slack(over, factor, **case: object) -> float | None:
    """Lemma 2.11 for logistic loss, with the threshold 2n/(eα)."""
    bound = BOUNDS["jt-lem-2-11-log"]
    return pull_back(lambda n, a: a * float(bound(alpha=a, n=n)), over * factor, **case)


def _aside(at: State) -> tuple[np.ndarray, int]:
    """The numbers ⟨Π_⊥w, z_i⟩ and the support z′ that lies farthest on the other side."""
    sides = at.data.z @ at.data.across(at.w)
    chosen = np.flatnonzero(at.data.supports)
    return sides, int(chosen[np.argmin(sides[chosen])])


def two_parts_slack(push, factor, **case: object) -> float | None:
    """(B.9): ⟨Π_⊥w, ∇R⟩ against the term of z′ and the terms on w's side, over G."""
    at = sideways(**case, push=push)
    if at is None:
        return None
    sides, back = _aside(at)
    terms = -at.shares * sides
    right = factor * terms[back] + np.sum(terms[sides >= 0])
    return float(np.sum(terms) - right) / float(np.sum(np.abs(terms)))


def back_slack(push, factor, **case: object) -> float | None:
    """(B.10): ⟨−Π_⊥w, z′⟩ over α‖Π_⊥w‖; ye^y increases."""
    at = sideways(**case, push=push)
    if at is None:
        return None
    sides, back = _aside(at)
    return float(-sides[back] / push + ROUNDING / at.data.alpha - factor)


def beyond_slack(push, factor, **case: object) -> float | None:
    """(B.11): ⟨w, z − γū⟩ − ⟨Π_⊥w, z⟩ ≥ 0 for every example, over ‖Π_⊥w‖."""
    at = sideways(**case, push=push)
    if at is None:
        return None
    sides, _ = _aside(at)
    excess = at.margins - at.data.margin * float(at.w @ at.data.direction)
    length = float(np.linalg.norm(at.data.across(at.w)))
    return float(np.min(excess - factor * sides) / (length + np.max(np.abs(at.margins))))


def forward_slack(push, factor, **case: object) -> float | None:
    """(B.12): the terms on w's side, times e^{γ⟨w,ū⟩}, are at most 1/e together; times e."""
    at = sideways(**case, push=push)
    if at is None:
        return None
    sides, _ = _aside(at)
    excess = at.margins - at.data.margin * float(at.w @ at.data.direction)
    terms = np.exp(-np.maximum(excess, 0.0)) * sides  # excess ≥ 0 where the side is
    return float(factor - np.e * np.sum(terms[sides >= 0]) / len(sides))


def support_slack(push, factor, **case: object) -> float | None:
    """(B.14): ⟨w, z′⟩ ≥ ⟨Π_⊥w, z′⟩, over the size of the latter."""
    at = sideways(**case, push=push)
    if at is None:
        return None
    sides, back = _aside(at)
    return float((at.margins[back] - factor * sides[back]) / abs(sides[back]))


def logistic_parts_slack(push, factor, **case: object) -> float | None:
    """(B.13)–(B.15): the term of z′ over αx/(2n), and the whole over αx/(2n) − 1/e.

    Everything times e^{γ⟨w,ū⟩}; x = ‖Π_⊥w‖.
    """
    at = sideways(**case, push=push)
    if at is None:
        return None
    sides, back = _aside(at)
    lead = at.data.margin * float(at.w @ at.data.direction)
    weights = 1 / (np.exp(-lead) + np.exp(np.minimum(at.margins - lead, LARGEST)))
    n = len(sides)
    first = -weights[back] * sides[back] / (push / 2)
    whole = -float(weights @ sides) / n - (push / (2 * n) - 1 / np.e)
    return float(min(first - factor, whole + 1e-12 * push))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-lem-2-10",
        "Lemma 2.10: α > 0",
        factor(
            alpha_slack,
            Domain(**_FACETS),
            1.03,
            "attained at the normal of the nearest facet",
            tolerance=1e-9,
        ),
        "jt-asm-2-7",
        "jt-def-margin",
        note="α is the distance from 0 to the boundary of the hull of the projected support "
        "vectors, so α > 0 if and only if 0 lies inside. “Almost all” is needed here: z = (γ, 0), "
        "(γ, b) span and have α = 0. In one dimension the minimum is over nothing, α = ∞.",
    ),
    PAGE.row(
        "jt-lem-2-10-positive",
        "Lemma 2.10: what “almost all” excludes",
        Searched(
            alpha_slack,
            Domain(**_FACETS),
            {"factor": 1e-9},
            evaluations=150,
            control_slack=edge_slack,
            control_text="support vectors that span, one with the multiplier 0",
        ),
        "jt-lem-2-10",
        note="Support vectors that span, one of them with the multiplier 0: then α = 0.",
    ),
    PAGE.row(
        "jt-lem-2-11-exp",
        "Lemma 2.11, exponential loss",
        factor(literal_slack, Domain(**EXPONENTIAL | _OVER), 0.5, tolerance=1e-12, evaluations=400),
        "jt-eq-b9",
        "jt-eq-b10",
        "jt-eq-b12",
        "own-lem-2-11-threshold",
        note="The threshold printed is 1 + ln(n)/α; the proof gives (1 + ln n)/α, which is "
        "larger, since α ≤ 1. Both are true, and neither is sharp: own-lem-2-11-threshold.",
    ),
    PAGE.row(
        "jt-lem-2-11-exp-proof",
        "Lemma 2.11, exponential loss: the threshold of the proof",
        factor(
            proof_threshold_slack,
            Domain(**EXPONENTIAL | _OVER),
            0.4,
            tolerance=1e-12,
            evaluations=400,
        ),
        "jt-eq-b9",
        "jt-eq-b10",
        "jt-eq-b12",
    ),
    PAGE.row(
        "jt-lem-2-11-log",
        "Lemma 2.11, logistic loss",
        factor(
            logistic_threshold_slack,
            Domain(**LOGISTIC | _OVER),
            0.35,
            tolerance=1e-12,
            evaluations=400,
        ),
        "jt-eq-b14",
        "jt-eq-b15",
        note="The sharp threshold is about 0.28n/α: own-lem-2-11-threshold.",
    ),
    PAGE.row(
        "jt-eq-b9",
        "(B.9): what pulls back, and what pulls on",
        factor(
            two_parts_slack,
            Domain(**EXPONENTIAL | PUSH),
            1.03,
            "1, with one example on that side",
            tolerance=1e-9,
        ),
        "jt-eq-grad-w",
    ),
    PAGE.row(
        "jt-eq-b10",
        "(B.10): the pull back, from below",
        factor(
            back_slack,
            Domain(**EXPONENTIAL | PUSH),
            1.03,
            "1, across the nearest facet",
            tolerance=1e-9,
        ),
        "jt-lem-2-10",
    ),
    PAGE.row(
        "jt-eq-b11",
        "(B.11): examples beyond the margin",
        factor(
            beyond_slack, Domain(**SIDEWAYS | PUSH), 1.02, "1, for support vectors", tolerance=1e-9
        ),
        "jt-def-margin",
        note="It needs ⟨w, ū⟩ ≥ 0, as the lemma assumes.",
    ),
    PAGE.row(
        "jt-eq-b12",
        "(B.12): the pull on, from above",
        factor(
            forward_slack,
            Domain(**SIDEWAYS | PUSH),
            0.97,
            "1 − 1/n: z′ is not among these",
            tolerance=1e-9,
        ),
        "jt-eq-b11",
    ),
    PAGE.row(
        "jt-eq-b14",
        "(B.14): the weight of z′ for logistic loss",
        factor(
            support_slack, Domain(**LOGISTIC | PUSH), 0.97, "1, where ⟨w, ū⟩ = 0", tolerance=1e-9
        ),
        "jt-eq-b11",
        note="It needs ⟨w, ū⟩ ≥ 0.",
    ),
    PAGE.row(
        "jt-eq-b15",
        "(B.13)–(B.15): the pull back for logistic loss",
        factor(
            logistic_parts_slack, Domain(**LOGISTIC | PUSH), 1.03, "1, as w → 0", tolerance=1e-9
        ),
        "jt-eq-b12",
        "jt-eq-b14",
        "jt-lem-2-10",
    ),
)
