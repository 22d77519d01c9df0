"""EFT, the flow: convergence, balance, the induced flow, and a rank that does not move."""

from __future__ import annotations

from typing import Any

import numpy as np

from lindyn._check import Array
from lindyn.flows import gradient_flow
from lindyn.landscape import stationarity
from lindyn.ledger.cases import SEEDS, at, frame, norm_of, unbalanced, widths_of
from lindyn.ledger.model import Choice, Domain, Integer, Log, Proof, Row, Searched, Uniform
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow
from lindyn.networks import Weights, balanced, end_to_end, imbalance
from lindyn.risks import LeastSquares, WhitenedSquare

PAGE = Page("eft/flow")
SHAPES = {
    "depth": Integer(2, 5),
    "outputs": Integer(1, 4),
    "inputs": Integer(1, 4),
    "widest": Integer(1, 4),
    "seed": SEEDS,
}


def _generic(
    depth: int, outputs: int, inputs: int, widest: int, seed: int
) -> tuple[Weights, int, np.random.Generator]:
    """Normal weights of any widths, and the smallest width."""
    rng = np.random.default_rng(seed)
    widths = widths_of(depth, 1, widest, rng)
    layers = unbalanced((outputs, inputs), widths, 1.0, 1.0, rng)
    return layers, min([outputs, inputs, *widths]), rng


def settles_slack(spread: float, condition: float, **case: Any) -> float:
    """Lemma 3.1: late gradients are small, and the path is no longer than the energy allows."""
    layers, _, rng = _generic(**case)
    layers = (layers[0] * spread, *layers[1:-1], layers[-1] / spread)
    X = frame(case["inputs"], case["inputs"], rng) * np.geomspace(1, condition, case["inputs"])
    risk = LeastSquares(X, rng.standard_normal((case["inputs"], case["outputs"])))
    times = np.array([0.0, 0.1, 1.0, 10.0, 1000.0])
    run = gradient_flow(risk, layers, times, rtol=1e-8, atol=1e-10, method="LSODA")
    moves = [
        norm_of([b - a for a, b in zip(at(run.weights, k), at(run.weights, k + 1), strict=True)])
        for k in range(times.size - 1)
    ]
    allowed = np.sqrt(np.diff(times) * np.maximum(-np.diff(run.risk), 0.0))
    short = float(np.min(allowed - moves)) + 1e-6 * norm_of(layers)
    late = stationarity(risk, at(run.weights)) / stationarity(risk, layers)
    return min(short, 0.02 - late)


def minimum_slack(spread: float, condition: float, **case: Any) -> float | None:
    """The claim that every limit is a global minimiser: one output, a start opposite to it."""
    flow = RankOneFlow([spread], [1.0], [-1.0], condition, case["depth"])
    return float(1e-3 - abs(flow.limit[0, 0] - spread) / spread)


def _saddle(depth: int, ratio: float, seed: int) -> tuple[Weights, np.random.Generator]:
    """Balanced weights of the strict saddle σ₂u₂v₂ᵀ of diag(1, ratio), random hidden directions."""
    rng = np.random.default_rng(seed)
    widths = widths_of(depth, 1, 3, rng)
    return balanced(np.diag([0.0, ratio]), depth, widths, rng), rng


def _left(layers: Weights, depth: int, ratio: float, away: float) -> float:
    """What part of the way from the saddle's risk to that of Z₁ the flow covers."""
    risk = WhitenedSquare(np.diag([1.0, ratio]))
    speed = ratio ** (1 - 2 / depth) * (1 - ratio)
    t = (25 - np.log(away)) / speed
    run = gradient_flow(risk, layers, t, rtol=1e-8, atol=1e-12)
    return float((0.5 - run.risk) / (0.5 - ratio**2 / 2))


def escapes_slack(depth: int, ratio: float, away: float, seed: int) -> float:
    """Lemma 3.1: almost every start near a strict saddle leaves it."""
    layers, rng = _saddle(depth, ratio, seed)
    moved = tuple(layer + away * rng.standard_normal(layer.shape) for layer in layers)
    return _left(moved, depth, ratio, away) - 0.9


def trapped_slack(depth: int, ratio: float, away: float, seed: int) -> float:
    """The same from a start in the saddle's stable set: another size, the same directions."""
    layers, _ = _saddle(depth, ratio, seed)
    return _left(tuple((1 + away) * layer for layer in layers), depth, ratio, away) - 0.9


def _imbalance_rate(layers: Weights, moves: Weights) -> float:
    h = 1e-6
    moved = tuple(w + h * d for w, d in zip(layers, moves, strict=True))
    gaps = [b - a for a, b in zip(imbalance(layers), imbalance(moved), strict=True)]
    return norm_of(gaps) / (h * norm_of(layers) * norm_of(moves))


def _balanced_of(seed: int, size: float, **case: Any) -> tuple[Weights, np.random.Generator]:
    layers, rank, rng = _generic(seed=seed, **case)
    left, right = (frame(case[key], rank, rng) for key in ("outputs", "inputs"))
    widths = [layer.shape[0] for layer in layers[:-1]]
    values = size * rng.uniform(0.5, 1.0, rank)
    return balanced(left * values @ right.T, case["depth"], widths, rng), rng


def null_slack(**case: Any) -> float:
    """Balanced weights are exceptional: a random move unbalances them at first order."""
    layers, rng = _balanced_of(**case)
    return _imbalance_rate(layers, tuple(rng.standard_normal(w.shape) for w in layers)) - 1e-4


def scaled_slack(**case: Any) -> float:
    """The same for the move that scales all layers alike."""
    layers, _ = _balanced_of(**case)
    return _imbalance_rate(layers, layers) - 1e-4


def crossing_slack(depth: int, top: float, seed: int, later: float, ordered: bool) -> float:
    """(19): fixed singular vectors, each value on its own curve, while the values cross."""
    rng = np.random.default_rng(seed)
    target, start = top * np.array([1.0, 0.4]), top * np.array([0.3, 0.6])
    U, V = frame(3, 2, rng), frame(4, 2, rng)
    risk = WhitenedSquare(U * target @ V.T)
    t = later / top ** (2 - 2 / depth)
    layers = balanced(U * start @ V.T, depth, [2] * (depth - 1), rng)
    run = gradient_flow(risk, layers, t, rtol=1e-10, atol=1e-12 * top ** (1 / depth))
    values = np.array(
        [
            RankOneFlow([z], [1.0], [1.0], s, depth).at(t).s
            for z, s in zip(target, start, strict=True)
        ]
    )
    if ordered:
        values = np.sort(values)[::-1]
        values = values if start[0] > start[1] else values[[1, 0]]
    return float(1e-6 - np.abs(run.product - U * values @ V.T).max() / top)


def rank_slack(rank: int, passed: float, size: float, layered: int, **case: Any) -> float | None:
    """Lemma 3.3: σ_{k+1} stays zero and σ_k positive from a balanced start of rank k."""
    rng = np.random.default_rng(case["seed"])
    outputs, inputs = case["outputs"], case["inputs"]
    if rank > min(outputs, inputs):
        return None
    depth = case["depth"] if layered else 1
    values = size * rng.uniform(0.5, 1.0, rank)
    W = frame(outputs, rank, rng) * values @ frame(inputs, rank, rng).T
    target = rng.standard_normal((outputs, inputs))
    layers = balanced(W, depth, widths_of(depth, rank, rank + 2, rng), rng)
    end = passed / (np.linalg.norm(target) + size) ** (2 - 2 / depth)
    run = gradient_flow(WhitenedSquare(target), layers, end, rtol=1e-11, atol=1e-13)
    found = np.append(np.linalg.svd(run.product, compute_uv=False), 0.0)
    return float(min(1e-8 - found[rank] / found[0], found[rank - 1] / found[0] - 1e-8))


def one_layer_slack(**case: Any) -> float | None:
    """The same with a single layer, where there is room for a higher rank."""
    if case["rank"] >= min(case["outputs"], case["inputs"]):
        return None
    return rank_slack(**case | {"layered": 0})


def shrunk_slack(small: float, factor: float, **case: Any) -> float:
    """Lemma 3.4: weights times ``small`` keep the rank r; times 0 (the limit) they do not."""
    layers, rank, _ = _generic(**case)
    product = end_to_end([factor * small ** (1 / case["depth"]) * layer for layer in layers])
    values = np.linalg.svd(product, compute_uv=False)
    return float(values[rank - 1] / max(values[0], 1e-300) - 1e-12)


def full_slack(extra: int, **case: Any) -> float | None:
    """Lemma 3.4: random weights have a product of rank r + extra."""
    layers, rank, _ = _generic(**case)
    values = np.append(np.linalg.svd(end_to_end(layers), compute_uv=False), 0.0)
    return float(values[rank - 1 + extra] / values[0] - 1e-12)


def _orthonormal(A: Array) -> Array:
    values, vectors = np.linalg.eigh(A.T @ A)
    return np.asarray(A @ (vectors / np.sqrt(values)) @ vectors.T)


def dimension_slack(rank: int, widest: int, seed: int, factor: int, **case: Any) -> float | None:
    """(22): the balanced weights of rank k form a set of the dimension that the page counts."""
    depth, d_y, d_x = case["depth"], case["outputs"], case["inputs"]
    rng = np.random.default_rng(seed)
    hidden = widths_of(depth, rank, max(rank, widest), rng)
    dims = [d_x, *hidden, d_y]
    if rank > min(d_y, d_x):
        return None
    sizes = [d * rank for d in dims]
    cuts = np.cumsum(sizes)
    point = np.concatenate([frame(d, rank, rng).ravel() for d in dims] + [1.0 + np.arange(rank)])

    def weights(x: Array) -> Array:
        parts = np.split(x, cuts)
        frames = [
            _orthonormal(part.reshape(d, rank)) for part, d in zip(parts[:-1], dims, strict=True)
        ]
        root = parts[-1] ** (1 / depth)
        layers = [b * root @ a.T for a, b in zip(frames[:-1], frames[1:], strict=True)]
        return np.concatenate([layer.ravel() for layer in layers])

    h = 1e-5
    columns = [
        (weights(point + h * e) - weights(point - h * e)) / (2 * h) for e in np.eye(point.size)
    ]
    found = np.linalg.matrix_rank(np.array(columns), tol=1e-6)
    spans = [d * rank - rank * (rank + factor) // 2 for d in hidden]
    return 0.5 - abs(found - rank * (d_x + d_y - rank) - sum(spans))


ROWS: tuple[Row, ...] = (
    PAGE.definition(
        "eft-eq-13", "Equation (13): gradient flow", "own-energy", note="It exists for all t ≥ 0."
    ),
    PAGE.row(
        "eft-lem-3-1-a",
        "Lemma 3.1: the weights converge to a first-order point",
        Searched(
            settles_slack,
            Domain(**SHAPES, spread=Log(0.5, 2.0), condition=Log(1.001, 3.0)),
            evaluations=40,
            control_slack=minimum_slack,
            control_text="every limit is claimed to be a global minimiser",
        ),
        "eft-eq-13",
        "own-energy",
        "own-conservation",
        note="That XXᵀ is invertible is not needed: W₁(I − XX†) does not move, and everything else "
        "is bounded as before, see the first exercise. The check has invertible XXᵀ.",
    ),
    PAGE.row(
        "eft-lem-3-1-b",
        "Lemma 3.1: almost never to a strict saddle",
        Searched(
            escapes_slack,
            Domain(
                depth=Choice(2, 3, 4),
                ratio=Uniform(0.3, 0.8),
                away=Log(1e-6, 1e-2),
                seed=SEEDS,
            ),
            evaluations=30,
            control_slack=trapped_slack,
            control_text="from the saddle's own stable set",
        ),
        "eft-lem-3-1-a",
        note="XXᵀ need not be invertible, as in (a). The centre-stable manifold theorem is cited: "
        "Shub (1987), Theorem III.7.",
    ),
    PAGE.row(
        "eft-lem-3-1-null",
        "Lemma 3.1: what it says of balanced starts",
        Searched(
            null_slack,
            Domain(**SHAPES, size=Log(1e-3, 1e3)),
            evaluations=100,
            control_slack=scaled_slack,
            control_text="a move that scales all layers alike",
        ),
        "eft-lem-3-1-b",
        "eft-def-3-2",
        note="Nothing: balanced weights are themselves a null set.",
    ),
    PAGE.definition("eft-def-3-2", "Definition 3.2, equation (14): balanced weights"),
    PAGE.shared(
        "eft-eq-15",
        "Equation (15): balance is kept",
        "own-conservation",
        "own-conservation",
        "eft-def-3-2",
    ),
    PAGE.definition("eft-eq-16", "Equation (16): the operator of the induced flow"),
    PAGE.shared(
        "eft-eq-17",
        "Equation (17): the induced flow",
        "own-induced-flow",
        "own-induced-flow",
        "eft-eq-15",
        "eft-eq-16",
    ),
    PAGE.row(
        "eft-eq-19",
        "Equation (19): an analytic singular value decomposition",
        Searched(
            crossing_slack,
            Domain(depth=Choice(2, 3, 4), top=Log(1e-2, 1e2), seed=SEEDS, later=Uniform(1.0, 6.0)),
            {"ordered": False},
            {"ordered": True},
            evaluations=30,
        ),
        "eft-eq-13",
        proof=Proof.CITED,
        note="The existence is cited: Bunse-Gerstner, Byers, Mehrmann, Nichols (1991), Theorem 1. "
        "Values may cross or change sign; N ≥ 2 is not needed.",
    ),
    PAGE.row(
        "eft-lem-3-3",
        "Lemma 3.3: the rank does not change",
        Searched(
            rank_slack,
            Domain(
                **{k: v for k, v in SHAPES.items() if k != "widest"},
                rank=Integer(1, 3),
                passed=Uniform(0.1, 2.0),
                size=Log(0.1, 10.0),
                layered=Choice(1),
            ),
            evaluations=60,
            control_slack=one_layer_slack,
            control_text="a single layer",
        ),
        "eft-eq-15",
        "own-balanced-svd",
        note="XXᵀ invertible is not needed; N ≥ 2 and balance are.",
    ),
    PAGE.definition("eft-eq-20", "Equation (20): weights of full rank"),
    PAGE.row(
        "eft-lem-3-4-a",
        "Lemma 3.4: the weights of full rank are not closed",
        factor(shrunk_slack, Domain(**SHAPES, small=Log(1e-200, 1.0)), 0.0, evaluations=100),
        "eft-eq-20",
    ),
    PAGE.row(
        "eft-lem-3-4-b",
        "Lemma 3.4: almost all weights have full rank",
        Searched(full_slack, Domain(**SHAPES), {"extra": 0}, {"extra": 1}, evaluations=150),
        "eft-eq-20",
    ),
    PAGE.row(
        "eft-eq-22",
        "Equation (22): almost every balanced start keeps full rank",
        Searched(
            dimension_slack,
            Domain(
                depth=Integer(2, 4),
                outputs=Integer(1, 4),
                inputs=Integer(1, 4),
                widest=Integer(1, 4),
                rank=Integer(1, 3),
                seed=SEEDS,
            ),
            {"factor": 1},
            {"factor": -1},
            evaluations=40,
        ),
        "eft-lem-3-3",
        "own-balanced-svd",
        repair="(21) is about Lebesgue measure in all weights and says nothing about balanced "
        "ones, a null set. Balanced weights of rank k form a set of dimension k(d_x + d_y − k) + "
        "Σ(d_{j}k − k(k + 1)/2), which grows with k ≤ r: lower ranks are null among balanced "
        "weights.",
    ),
)
