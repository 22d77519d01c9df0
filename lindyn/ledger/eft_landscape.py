"""EFT, the landscape: principal components, points of full rank, and what zero is at each depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lindyn._check import Array
from lindyn.landscape import PointKind, critical_point, hessian_spectrum, stationarity
from lindyn.ledger.cases import SEEDS, frame
from lindyn.ledger.model import (
    Choice,
    Domain,
    Integer,
    Log,
    Printed,
    Proof,
    Row,
    Searched,
    Verdict,
)
from lindyn.ledger.square_cases import (
    SPECTRA,
    SQUARES,
    Square,
    bend,
    lift_of,
    lifted,
    spectrum_of,
    square_of,
)
from lindyn.networks import Weights
from lindyn.risks import WhitenedSquare

PAGE = "eft/landscape"
TIGHT = 1e-9
SEEN = 1e-11  # of the scale of the Hessian: curvature that counts

COMPONENTS = {
    "rows": Integer(1, 5),
    "columns": Integer(1, 5),
    "inner": Integer(1, 5),
    "spectrum": Choice(*SPECTRA),
    "size": Log(1e-3, 1e3),
    "tilt": Log(1.0, 10.0),  # how far P and Q are from balance
    "seed": SEEDS,
}


@dataclass(frozen=True)
class Critical:
    """A critical point of ½‖A − PQ‖²: PQ keeps some singular triples of A = U diag(s) Vᵀ."""

    U: Array
    s: Array
    V: Array
    P: Array
    Q: Array
    kept: Array

    @property
    def A(self) -> Array:
        """The matrix to be approximated."""
        return (self.U[:, : self.s.size] * self.s) @ self.V.T

    @property
    def left(self) -> int:
        """The leading triple left out; −1 where all that is left is 0."""
        rest = [i for i in np.flatnonzero(self.s) if i not in self.kept]
        return int(min(rest, default=-1))

    @property
    def excess(self) -> float:
        """The loss above its minimum over products through as many inner dimensions."""
        rest = np.delete(self.s, self.kept)
        return float(np.sum(rest**2) - np.sum(self.s[self.Q.shape[0] :] ** 2)) / 2

    @property
    def minimal(self) -> bool:
        """Whether the triples are leading ones, as many as there is room for."""
        if self.left < 0:
            return True
        full = len(self.kept) == self.Q.shape[0]
        return bool(full and self.s[self.left] <= np.min(self.s[self.kept]))


def critical_pair(
    U: Array, s: Array, V: Array, inner: int, size: float, tilt: float, rng: np.random.Generator
) -> Critical:
    """A random critical point: any triples, free inner dimensions used on one side or on none."""
    positive = np.count_nonzero(s)
    kept = rng.choice(positive, int(rng.integers(0, min(inner, positive) + 1)), replace=False)
    root, spare = np.sqrt(s[kept]), inner - kept.size
    void = np.hstack([U[:, positive:], U[:, kept]])  # what the residual does not reach
    outer = void @ rng.standard_normal((void.shape[1], spare)) * np.sqrt(size)
    across = rng.standard_normal((spare, V.shape[0])) * np.sqrt(size)
    rest = np.setdiff1d(np.arange(positive), kept)
    across -= (across @ V[:, rest]) @ V[:, rest].T
    use = rng.integers(0, 3, spare)  # the free dimension serves P, Q or neither
    P = np.hstack([U[:, kept] * root, outer * (use == 0)])
    Q = np.vstack([root[:, None] * V[:, kept].T, across * (use == 1)[:, None]])
    first, second = frame(inner, inner, rng), frame(inner, inner, rng)
    stretch = tilt ** rng.uniform(-1, 1, inner)
    turn, back = (first * stretch) @ second.T, (second / stretch) @ first.T
    return Critical(U, s, V, P @ turn, back @ Q, kept)


def components(
    rows: int, columns: int, inner: int, spectrum: str, size: float, tilt: float, seed: int
) -> Critical:
    """A critical point of the principal component problem."""
    rng = np.random.default_rng(seed)
    q = min(rows, columns)
    s = spectrum_of(spectrum, q, size, rng)
    return critical_pair(frame(rows, rows, rng), s, frame(columns, q, rng), inner, size, tilt, rng)


def null_vector(matrix: Array) -> Array | None:
    """A unit vector z with matrix·z = 0, where there is one."""
    _, s, vt = np.linalg.svd(matrix, full_matrices=True)
    rank = int(np.sum(s > 1e-10 * max(s[0], 1e-300)))
    return vt[rank] if rank < vt.shape[0] else None


def escape(point: Critical) -> tuple[Array, Array, float, float]:
    """The direction of Theorem 2.7's proof at a critical point with a residual.

    (ΔP, ΔQ) for unit factors, its second derivative, and the share of it that the residual makes:
    q − 2κσ for a free inner dimension, 2 − 2σ/w where PQ has full rank.
    """
    sigma = float(point.s[point.left])
    x, y = point.U[:, point.left], point.V[:, point.left]
    P, Q = point.P, point.Q
    if point.kept.size == Q.shape[0]:
        last = point.kept[np.argmin(point.s[point.kept])]
        g = np.linalg.pinv(P) @ point.U[:, last]
        h = np.linalg.pinv(Q.T) @ point.V[:, last]
        return np.outer(x, h), np.outer(g, y), 2.0, 2 * sigma / float(point.s[last])
    z = null_vector(P)
    if z is not None:
        length = float(np.sum((Q.T @ z) ** 2))
        reach = 1 + length / sigma
        return np.outer(x, z), reach * np.outer(z, y), length, 2 * reach * sigma
    z = null_vector(Q.T)
    length = float(np.sum((P @ z) ** 2))
    reach = 1 + length / sigma
    return reach * np.outer(x, z), np.outer(z, y), length, 2 * reach * sigma


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
    Row(
        "eft-thm-2-7",
        "Theorem 2.7: second-order points of principal components minimise",
        PAGE,
        Proof.FULL,
        ("eft-lem-2-6",),
        Searched(
            principal_slack,
            Domain(**COMPONENTS),
            {"factor": 1.0},
            {"factor": 1.03},
            evaluations=300,
            sharp=lambda: "2 − 2σ/w along the escape: exact",
        ),
        note="For every inner width, below, at and above the rank. Where a critical point is no "
        "minimiser, the proof names a direction of negative curvature.",
    ),
    Row(
        "eft-thm-2-8",
        "Theorem 2.8: second-order points of rank r minimise",
        PAGE,
        Proof.FULL,
        ("eft-thm-2-7", "eft-lem-2-6", "eft-eq-10a"),
        Searched(
            full_rank_slack,
            Domain(**SQUARES),
            evaluations=300,
            control_slack=rank_dropped_slack,
            control_text="the rank is dropped: zero weights, three layers or more",
        ),
        note="Neither that XXᵀ is invertible nor that rank(YX†X) ≥ r is used; the check covers "
        "data without either.",
    ),
    Row(
        "eft-rem-2-8-zero",
        "Remark after Theorem 2.8: zero as a spurious second-order point",
        PAGE,
        Proof.FULL,
        ("eft-thm-2-7", "eft-def-2-2"),
        Searched(
            zero_slack,
            Domain(**SQUARES),
            {"factor": 1.0},
            {"factor": 1.03},
            evaluations=250,
            sharp=lambda: "eigenvalues ±σ_i(YXᵀ), d₁ times each, at N = 2; none at N ≥ 3",
        ),
        printed=_printed(
            "the zero matrix is a spurious second-order point when N ≥ 2",
            "None: later results start from balanced weights that are not zero.",
        ),
    ),
    Row(
        "eft-txt-sec3-strict-saddle",
        "Section 3: where the strict saddle property fails",
        PAGE,
        Proof.FULL,
        ("eft-thm-2-7", "eft-rem-2-8-zero"),
        Searched(
            strict_slack,
            Domain(**COMPONENTS),
            evaluations=300,
            control_slack=three_layers_slack,
            control_text="three layers: negative curvature claimed at zero",
        ),
        printed=_printed(
            "the zero matrix is a non-strict saddle when N ≥ 2, so the problem fails the strict "
            "saddle property",
            "The motive for Section 3 holds for N ≥ 3 only: for N = 2 every saddle is strict.",
        ),
    ),
)
