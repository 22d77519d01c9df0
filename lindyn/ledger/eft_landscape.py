"""EFT, the landscape: principal components, points of full rank, and what zero is at each depth."""

from __future__ import annotations

import numpy as np

from lindyn.landscape import PointKind, critical_point, hessian_spectrum, stationarity
from lindyn.ledger.model import Domain, Printed, Row, Searched, Verdict
from lindyn.ledger.principal_cases import COMPONENTS, Critical, components, escape
from lindyn.ledger.square_cases import SQUARES, Square, bend, lift_of, lifted, square_of
from lindyn.ledger.writing import Page, factor
from lindyn.networks import Weights
from lindyn.risks import WhitenedSquare

PAGE = Page("eft/landscape")
TIGHT = 1e-9
SEEN = 1e-11  # of the scale of the Hessian: curvature that counts


def principal_slack(factor: float, **case: object) -> float:
    """Theorem 2.7 at any critical point: curvature along the escape, second order ⇔ minimal."""
    point = components(**case)
    risk, weights, size = WhitenedSquare(point.A), (point.Q, point.P), case["size"]
    steep = stationarity(risk, weights) / (size**1.5 * case["tilt"])
    spectrum = hessian_spectrum(risk, weights)
    second_order = spectrum[0] >= -SEEN * np.max(np.abs(spectrum))
    if second_order != point.minimal or (second_order and point.excess > TIGHT * size**2):
        return -1.0
    if point.left < 0:
        return TIGHT - steep
    dP, dQ, gain, loss = escape(point)
    found = bend(risk, weights, (dQ, dP))
    return float(TIGHT - max(steep, abs(found - gain + factor * loss) / (gain + loss)))


def _full_rank(at: Square) -> tuple[Critical, Weights, int] | None:
    """A critical point of all layers whose product has rank r, through random layers.

    Where the data leave room, part of the rank stands where X does not reach.
    """
    rng, r, positive = at.rng, at.r, np.count_nonzero(at.s)
    off = at.X.shape[0] - np.linalg.matrix_rank(at.inverse)
    spare = int(rng.integers(0, min(r, off, at.dims[-1] - positive) + 1))
    if positive < r - spare:
        return None
    kept = rng.choice(positive, r - spare, replace=False)
    outside = np.eye(at.dims[0]) - at.X @ at.inverse
    free = rng.standard_normal((spare, at.dims[0])) @ outside * at.size
    P = np.hstack([at.U[:, kept], at.U[:, positive : positive + spare]])
    inner = np.vstack([at.s[kept, None] * at.V[:, kept].T, np.zeros((spare, at.X.shape[1]))])
    Q = inner @ at.inverse + np.vstack([np.zeros((kept.size, at.dims[0])), free])
    k = at.narrow_layer()
    if k == 0:
        P, Q, inner = P @ Q, np.eye(r), at.X
    elif k == at.depth:
        P, Q, inner = np.eye(r), P @ Q, P @ inner
    else:
        share = at.layer_size ** (at.depth - k)
        P, Q, inner = share * P, Q / share, inner / share
    weights = at.through(P, Q, k)
    if weights is None:
        return None
    return Critical(at.U, at.s, at.V, P, inner, kept), weights, k


def full_rank_slack(**case: object) -> float | None:
    """Theorem 2.8 at any critical point of rank r: escape where not minimal, else the minimum."""
    at = square_of(**case)
    found = _full_rank(at)
    if found is None:
        return None
    point, weights, k = found
    kind = critical_point(at.risk, weights, tolerance=SEEN).kind
    best = PointKind.MINIMISER if point.minimal else PointKind.STRICT_SADDLE
    excess = (at.loss(weights) - at.best(at.r)) / at.unit
    if kind is not best or abs(excess - point.excess / at.unit) > TIGHT:
        return -1.0
    if point.left < 0:
        return TIGHT
    dP, dQ, gain, loss = escape(point)
    moves = lifted(weights, lift_of(weights, k), dP, dQ @ at.inverse)
    return float(TIGHT - abs(bend(at.risk, weights, moves) - gain + loss) / (gain + loss))


def zero_weights(at: Square) -> Weights:
    """All layers zero."""
    return tuple(0 * layer for layer in at.random_weights())


def rank_dropped_slack(**case: object) -> float | None:
    """Theorem 2.8 without its rank: zero weights, a second-order point of three layers or more."""
    at = square_of(**case)
    if at.depth < 3 or hessian_spectrum(at.risk, zero_weights(at))[0] < -SEEN:
        return None
    return TIGHT - (at.loss(zero_weights(at)) - at.best(at.r)) / at.unit


def zero_slack(factor: float, **case: object) -> float:
    """The Hessian at zero, and the loss along the leading directions of YXᵀ, at each depth."""
    at = square_of(**case)
    zero, product = zero_weights(at), at.Y @ at.X.T
    u, s, vt = np.linalg.svd(product)
    spectrum = hessian_spectrum(at.risk, zero)
    pairs = np.repeat(np.concatenate([s, -s]), at.dims[1]) if at.depth == 2 else np.zeros(0)
    claimed = np.sort(np.concatenate([factor * pairs, np.zeros(spectrum.size - pairs.size)]))
    scale = at.size * np.linalg.norm(at.X) + 1e-300
    if s[0] > 1e-6 * scale:
        kind = PointKind.FLAT_SADDLE if at.depth > 2 else PointKind.STRICT_SADDLE
        if critical_point(at.risk, zero).kind is not kind:
            return -1.0
    units = [np.eye(1, width)[0] for width in at.dims[1:-1]]
    ends = [vt[0], *units, u[:, 0]]
    moves = [np.outer(b, a) for a, b in zip(ends, ends[1:], strict=False)]
    falls = [0.0]
    for step in (0.3, -0.3):
        power = step**at.depth * at.size
        rest = power**2 * float(np.sum((vt[0] @ at.X) ** 2)) / 2 - factor * power * s[0]
        reached = at.loss(tuple(step * at.layer_size * move for move in moves))
        falls.append((reached - at.loss(zero) - rest) / at.unit)
    return float(TIGHT - max(np.max(np.abs(spectrum - claimed)) / scale, np.max(np.abs(falls))))


def zero_at_two_layers() -> float:
    """The smallest eigenvalue at zero of ½(1 − w₂w₁)², printed as non-negative."""
    zero = np.zeros((1, 1))
    return float(hessian_spectrum(WhitenedSquare([[1.0]]), (zero, zero))[0])


def strict_slack(**case: object) -> float:
    """Two layers of any widths: every critical point minimises or has negative curvature.

    With a residual, the smallest eigenvalue is at most the one of the escape direction; zero
    weights of three layers or more have none, though the loss falls from there.
    """
    point = components(**case)
    spectrum = hessian_spectrum(WhitenedSquare(point.A), (point.Q, point.P))
    scale = np.max(np.abs(spectrum), initial=1e-300)
    if point.minimal:
        return TIGHT + spectrum[0] / scale
    dP, dQ, gain, loss = escape(point)
    claimed = (gain - loss) / (np.sum(dP**2) + np.sum(dQ**2))
    return float(TIGHT + (claimed - spectrum[0]) / scale)


def three_layers_slack(**case: object) -> float | None:
    """The strict saddle property claimed of zero weights of three layers."""
    point = components(**case)
    inner, A = int(case["inner"]), point.A
    zero = (np.zeros((inner, A.shape[1])), np.zeros((inner, inner)), np.zeros((A.shape[0], inner)))
    sigma = np.linalg.norm(A, 2)
    return -1 - float(hessian_spectrum(WhitenedSquare(A), zero)[0]) / sigma if sigma else None


def _printed(says: str, consequence: str) -> Printed:
    return Printed(
        Verdict.FALSE,
        print_says=says,
        truth="For N ≥ 3 zero is a second-order stationary point, spurious where YXᵀ ≠ 0. For "
        "N = 2 it is a strict saddle where YXᵀ ≠ 0, as is every critical point that does not "
        "minimise.",
        why="At N = 2 the Hessian at zero is −2⟨Δ₂Δ₁, YXᵀ⟩, with eigenvalues ±σ_i(YXᵀ). Two "
        "layers are the principal component problem, and Theorem 2.7 itself forbids it.",
        refutation=zero_at_two_layers,
        counterexample="½(1 − w₂w₁)² at w₁ = w₂ = 0: eigenvalues −1 and 1",
        consequence=consequence,
        weight=2,
    )


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "eft-thm-2-7",
        "Theorem 2.7: second-order points of principal components minimise",
        factor(
            principal_slack,
            Domain(**COMPONENTS),
            1.03,
            "2 − 2σ/w along the escape: exact",
            evaluations=300,
        ),
        "eft-lem-2-6",
        note="For every inner width, below, at and above the rank. Where a critical point is no "
        "minimiser, the proof names a direction of negative curvature.",
    ),
    PAGE.row(
        "eft-thm-2-8",
        "Theorem 2.8: second-order points of rank r minimise",
        Searched(
            full_rank_slack,
            Domain(**SQUARES),
            evaluations=300,
            control_slack=rank_dropped_slack,
            control_text="the rank is dropped: zero weights, three layers or more",
        ),
        "eft-thm-2-7",
        "eft-lem-2-6",
        "eft-eq-10a",
        note="Neither that XXᵀ is invertible nor that rank(YX†X) ≥ r is used; the check covers "
        "data without either.",
    ),
    PAGE.row(
        "eft-rem-2-8-zero",
        "Remark after Theorem 2.8: zero as a spurious second-order point",
        factor(
            zero_slack,
            Domain(**SQUARES),
            1.03,
            "eigenvalues ±σ_i(YXᵀ), d₁ times each, at N = 2; none at N ≥ 3",
            evaluations=250,
        ),
        "eft-thm-2-7",
        "eft-def-2-2",
        printed=_printed(
            "the zero matrix is a spurious second-order point when N ≥ 2",
            "None: later results start from balanced weights that are not zero.",
        ),
    ),
    PAGE.row(
        "eft-txt-sec3-strict-saddle",
        "Section 3: where the strict saddle property fails",
        Searched(
            strict_slack,
            Domain(**COMPONENTS),
            evaluations=300,
            control_slack=three_layers_slack,
            control_text="three layers: negative curvature claimed at zero",
        ),
        "eft-thm-2-7",
        "eft-rem-2-8-zero",
        printed=_printed(
            "the zero matrix is a non-strict saddle when N ≥ 2, so the problem fails the strict "
            "saddle property",
            "The motive for Section 3 holds for N ≥ 3 only: for N = 2 every saddle is strict.",
        ),
    ),
)
