"""EFT, the problem: three forms of the objective and how their stationary points correspond."""

from __future__ import annotations

import numpy as np

from lindyn._check import Array
from lindyn.landscape import hessian_spectrum, stationarity
from lindyn.ledger.model import Domain, Row, Searched
from lindyn.ledger.square_cases import SQUARES, Square, bend, lift_of, lifted, square_of
from lindyn.ledger.writing import Page, factor
from lindyn.networks import Weights, balanced, layer_gradients, multiply

PAGE = Page("eft/problem")
TIGHT = 1e-9


def _worst(*misses: Array | float) -> float:
    return TIGHT - max(float(np.max(np.abs(miss), initial=0.0)) for miss in misses)


def _moved(weights: Weights, moves: Weights, step: float) -> Weights:
    return tuple(w + step * d for w, d in zip(weights, moves, strict=True))


def _pair(at: Square) -> tuple[Array, Array, int]:
    """A random pair (P, Q) of the data's size and the narrow layer k that it stands for."""
    k = at.narrow_layer()
    outer = at.layer_size ** (at.depth - k) * at.rng.standard_normal((at.dims[-1], at.r))
    inner = at.layer_size**k * at.rng.standard_normal((at.r, at.dims[0]))
    return (outer if k < at.depth else np.eye(at.r)), (inner if k > 0 else np.eye(at.r)), k


def _directions(P: Array, Q: Array, at: Square) -> tuple[Array, Array]:
    outer, inner = (np.linalg.norm(M) * at.rng.standard_normal(M.shape) for M in (P, Q))
    return outer, inner


def matrix_slack(extra: int, **case: object) -> float:
    """(10a): the best matrix of rank r + extra comes from weights, and no weights do better."""
    at = square_of(**case)
    rank = at.r + extra
    P, Q = at.U[:, : at.r], np.zeros((at.r, at.dims[0]))
    kept = min(at.r, at.s.size)
    Q[:kept] = (at.s[:kept, None] * at.V.T[:kept]) @ at.inverse
    weights = balanced(P @ Q, at.depth, at.dims[1:-1], at.rng)
    best, some = at.best(rank), at.random_weights()
    spare = np.linalg.svd(multiply(some), compute_uv=False)[at.r :]
    below = min(0.0, at.loss(some) - at.best(at.r)) / at.unit
    return _worst((at.loss(weights) - best) / at.unit, spare / at.size, below)


def factor_slack(extra: int, **case: object) -> float:
    """(10b): a matrix of rank at most r + extra is a product PQ through r dimensions."""
    at = square_of(**case)
    P, Q, _ = _pair(at)
    dims = (at.dims[-1], at.dims[0])
    W = P @ Q + extra * at.size * at.rng.standard_normal((dims[0], 1)) @ np.ones((1, dims[1]))
    u, s, vt = np.linalg.svd(W, full_matrices=False)
    left, right = u[:, : at.r] * s[: at.r], vt[: at.r]
    two = at.risk.value(left @ right) - at.risk.value(W)
    return _worst((left @ right - W) / s[0], two / (at.unit + at.risk.value(W)))


def _case(**case: object) -> tuple[Square, Array, Array, Weights, tuple[Array, Array]] | None:
    """Random weights of rank r with their pair (P, Q) and the lift of its directions."""
    at = square_of(**case)
    P, Q, k = _pair(at)
    weights = at.through(P, Q, k)
    return None if weights is None else (at, P, Q, weights, lift_of(weights, k))


def first_order_slack(**case: object) -> float | None:
    """Lemma 2.4 as an identity at any weights: ∇L₂(P, Q) is the lift's transpose of ∇L."""
    found = _case(**case)
    if found is None:
        return None
    at, P, Q, weights, maps = found
    G = at.risk.gradient(P @ Q)
    slopes = layer_gradients(weights, G)
    scale = np.linalg.norm(G) * (np.linalg.norm(P) + np.linalg.norm(Q)) + 1e-300
    misses = G @ Q.T - slopes[-1] @ maps[0].T, P.T @ G - maps[1].T @ slopes[0]
    return _worst(*(miss / scale for miss in misses))


def deficient_first_slack(**case: object) -> float | None:
    """Lemma 2.4 without the rank: layers above (or below) the narrow one are zero, N ≥ 3."""
    at = square_of(**case)
    P, Q, k = _pair(at)
    weights = at.through(P, Q, k)
    if weights is None or at.depth < 3:
        return None
    high = at.depth - k >= 2
    weights = tuple(
        layer * ((j <= k) if high else (j > k)) for j, layer in enumerate(weights, start=1)
    )
    slope = at.risk.gradient(np.zeros((at.dims[-1], at.dims[0])))
    if np.linalg.norm(slope) < 1e-6 * at.size or stationarity(at.risk, weights) > 0:
        return None
    return TIGHT - np.linalg.norm(slope @ Q.T if high else P.T @ slope) / np.linalg.norm(slope)


def second_order_slack(**case: object) -> float | None:
    """Lemma 2.4: along a lifted direction the loss of all layers is L₂, step by step."""
    found = _case(**case)
    if found is None:
        return None
    at, P, Q, weights, maps = found
    dP, dQ = _directions(P, Q, at)
    moves = lifted(weights, maps, dP, dQ)
    misses = []
    for step in (-1.0, 0.1, 2.0):
        two = at.risk.value((P + step * dP) @ (Q + step * dQ))
        misses.append(at.loss(_moved(weights, moves, step)) / two - 1 if two > 0 else 0.0)
    bends = bend(at.risk, weights, moves) - bend(at.risk, (Q, P), (dQ, dP))
    size = np.linalg.norm(at.X) ** 2 * np.linalg.norm(P @ Q) ** 2 + at.unit
    return _worst(*misses, bends / size)


def deficient_second_slack(**case: object) -> float | None:
    """Lemma 2.4 without the rank: weights zero, N ≥ 3; they stand for (P, Q) = (0, 0)."""
    at = square_of(**case)
    zero = tuple(0 * layer for layer in at.random_weights())
    slope = np.linalg.norm(at.risk.gradient(multiply(zero)))
    if at.depth < 3 or hessian_spectrum(at.risk, zero)[0] < 0 or slope < 1e-6 * at.size:
        return None
    pair = (np.zeros((at.r, at.dims[0])), np.zeros((at.dims[-1], at.r)))
    return float(TIGHT + hessian_spectrum(at.risk, pair)[0] / slope)


def split_slack(factor: float, **case: object) -> float:
    """(11): ½‖Y − PQX‖² = ½‖Y(I − X†X)‖² + ½‖YX†X − PQX‖², and the bound over all Q′ is tight."""
    at = square_of(**case)
    P, Q, _ = _pair(at)
    whole = at.risk.value(P @ Q)
    parts = factor * at.floor + float(np.sum((at.projected - P @ Q @ at.X) ** 2)) / 2
    free = at.rng.standard_normal((at.r, at.X.shape[1]))
    relaxed = float(np.sum((at.projected - P @ free) ** 2)) / 2
    tight = at.risk.value(P @ free @ at.inverse) - at.floor
    excess = max(0.0, tight - relaxed) / (relaxed + at.unit)
    return _worst((whole - parts) / (whole + at.unit), excess)


def minimum_slack(factor: float, **case: object) -> float:
    """Lemma 2.5: both minima are ½ Σ_{i>r} σ_i²(YX†X), the first after its constant is taken off.

    Attained by the singular vectors; not beaten by alternating least squares from random pairs.
    """
    at = square_of(**case)
    least = factor * at.best(at.r) + (1 - factor) * at.floor
    kept = min(at.r, at.s.size)
    P = at.U[:, :kept] * at.s[:kept]
    attained = at.risk.value(P @ at.V[:, :kept].T @ at.inverse)
    Q = at.rng.standard_normal((at.r, at.X.shape[1]))
    for _ in range(12):
        P = at.projected @ np.linalg.pinv(Q)
        Q = np.linalg.pinv(P) @ at.projected
    by_steps = at.floor + float(np.sum((at.projected - P @ Q) ** 2)) / 2
    return _worst((attained - least) / at.unit, min(0.0, by_steps - least) / at.unit)


def relaxed_first_slack(factor: float, **case: object) -> float | None:
    """Lemma 2.5 as an identity at any (P, Q): ∇L₂′(P, QX) is ∇L₂(P, Q) and its image under X†."""
    at = square_of(**case)
    P, Q, _ = _pair(at)
    G, M = at.risk.gradient(P @ Q), P @ Q @ at.X - at.projected
    misses = G @ Q.T - M @ (Q @ at.X).T, factor * P.T @ G @ at.inverse.T - P.T @ M
    scale = np.linalg.norm(M) * (np.linalg.norm(P) + np.linalg.norm(Q)) + 1e-300
    return _worst(*(miss / scale for miss in misses)) if np.any(at.X) else None


def _relaxed_bend(at: Square, P: Array, Q: Array, dP: Array, dQ: Array) -> float:
    """D²L₂′ at (P, QX) along (ΔP, ΔQ′), by its definition."""
    M = P @ Q @ at.X - at.projected
    return float(np.sum((dP @ Q @ at.X + P @ dQ) ** 2) + 2 * np.sum(M * (dP @ dQ)))


def relaxed_second_slack(factor: float, **case: object) -> float:
    """Lemma 2.5 as an identity: D²L₂′[ΔP, ΔQ′] = D²L₂[ΔP, ΔQ′X†] + ‖PΔQ′(I − X†X)‖²."""
    at = square_of(**case)
    P, Q, _ = _pair(at)
    dP, dQ = _directions(P, at.rng.standard_normal((at.r, at.X.shape[1])), at)
    inner = dQ @ at.inverse
    two = bend(at.risk, (Q, P), (inner, dP))
    outside = float(np.sum((P @ (dQ - inner @ at.X)) ** 2))
    size = np.linalg.norm(P) ** 2 * np.linalg.norm(dQ) ** 2 + at.unit
    size += np.linalg.norm(dP @ Q @ at.X) ** 2
    return _worst((_relaxed_bend(at, P, Q, dP, dQ) - two - factor * outside) / size)


def combined_slack(factor: float, **case: object) -> float | None:
    """Lemma 2.6 from all layers at once: D²L₂′[ΔP, ΔQ′] = D²L[lift] + ‖PΔQ′(I − X†X)‖²."""
    found = _case(**case)
    if found is None:
        return None
    at, P, Q, weights, maps = found
    dP, dQ = _directions(P, at.rng.standard_normal((at.r, at.X.shape[1])), at)
    moves = lifted(weights, maps, dP, dQ @ at.inverse)
    deep = bend(at.risk, weights, moves)
    outside = float(np.sum((P @ (dQ - dQ @ at.inverse @ at.X)) ** 2))
    size = np.linalg.norm(P) ** 2 * np.linalg.norm(dQ) ** 2 + at.unit
    size += np.linalg.norm(dP @ Q @ at.X) ** 2
    return _worst((_relaxed_bend(at, P, Q, dP, dQ) - deep - factor * outside) / size)


FREE = "The hypothesis that XXᵀ is invertible is not used."

ROWS: tuple[Row, ...] = (
    PAGE.definition(
        "eft-eq-4",
        "Equations (4)–(6): the problem",
        note="The factor is ½ of the sum over examples. Whitened data are not assumed yet.",
    ),
    PAGE.definition("eft-def-2-1", "Definition 2.1: first-order stationary points", "eft-eq-4"),
    PAGE.definition(
        "eft-def-2-2",
        "Definition 2.2: second-order stationary points",
        "eft-def-2-1",
        note="Computed by `hessian_vector` and `hessian_spectrum`.",
    ),
    PAGE.definition(
        "eft-def-2-3",
        "Definition 2.3: strict saddles",
        "eft-def-2-2",
        note="A second-order point that does not minimise is no local maximum either: the "
        "objective is convex in each layer, so a local maximum would be locally constant.",
    ),
    PAGE.definition(
        "eft-eq-9",
        "Equation (9): the smallest width",
        note="The minimum runs over all widths, those of the input and of the output included.",
    ),
    PAGE.row(
        "eft-eq-10a",
        "Equation (10a): a minimum over matrices of bounded rank",
        Searched(matrix_slack, Domain(**SQUARES), {"extra": 0}, {"extra": 1}, evaluations=250),
        "eft-eq-4",
        "eft-eq-9",
        "own-balanced-exists",
    ),
    PAGE.row(
        "eft-eq-10b",
        "Equation (10b): a minimum over two layers",
        Searched(factor_slack, Domain(**SQUARES), {"extra": 0}, {"extra": 1}, evaluations=250),
        "eft-eq-10a",
    ),
    PAGE.row(
        "eft-lem-2-4-a",
        "Lemma 2.4: first-order points of rank r correspond",
        Searched(
            first_order_slack,
            Domain(**SQUARES),
            control_slack=deficient_first_slack,
            control_text="the rank is dropped: the layers on one side of the narrow one are zero",
            evaluations=250,
        ),
        "eft-eq-10b",
        "eft-def-2-1",
        "own-layer-gradient",
        note="The gradients of the first and the last layer decide; and not at stationary points "
        "only: at any weights of rank r, ∇L₂ is the transpose of a lift, applied to ∇L. For N = 1 "
        "the gradient of the risk itself vanishes, and nothing is left to show.",
    ),
    PAGE.row(
        "eft-lem-2-4-b",
        "Lemma 2.4: second-order points of rank r correspond",
        Searched(
            second_order_slack,
            Domain(**SQUARES),
            control_slack=deficient_second_slack,
            control_text="the rank is dropped: all weights zero, three layers or more",
            evaluations=250,
        ),
        "eft-lem-2-4-a",
        "eft-def-2-2",
        note="Along a lifted direction the two objectives agree at every step, not to second "
        "order only.",
    ),
    PAGE.row(
        "eft-eq-11",
        "Equation (11): what no linear map can fit, and a relaxation",
        factor(split_slack, Domain(**SQUARES), 1.03, evaluations=250),
        "eft-eq-10b",
    ),
    PAGE.row(
        "eft-lem-2-5-a",
        "Lemma 2.5: the relaxation is tight",
        factor(minimum_slack, Domain(**SQUARES), 1.03, evaluations=250),
        "eft-eq-11",
        note=FREE,
    ),
    PAGE.row(
        "eft-lem-2-5-b",
        "Lemma 2.5: first-order points correspond",
        factor(relaxed_first_slack, Domain(**SQUARES), 1.03, evaluations=250),
        "eft-eq-11",
        note=FREE + " The gradients are images of each other at every (P, Q).",
    ),
    PAGE.row(
        "eft-lem-2-5-c",
        "Lemma 2.5: second-order points correspond",
        factor(relaxed_second_slack, Domain(**SQUARES), 1.03, evaluations=250),
        "eft-lem-2-5-b",
        note=FREE + " D²L₂′ exceeds D²L₂ by the square of what ΔQ′ moves outside the row space.",
    ),
    PAGE.row(
        "eft-lem-2-6",
        "Lemma 2.6: from all layers to principal components",
        factor(combined_slack, Domain(**SQUARES), 1.03, evaluations=250),
        "eft-lem-2-4-b",
        "eft-lem-2-5-c",
        note=FREE,
    ),
)
