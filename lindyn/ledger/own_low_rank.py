"""Own result: weights of too low a rank minimise only where the risk's gradient vanishes."""

from __future__ import annotations

import itertools

import numpy as np

from lindyn._check import Array
from lindyn.ledger.cases import KINDS, SEEDS, frame, outputs_of, risk_of, size_of, widths_of
from lindyn.ledger.domain import Choice, Integer, Log
from lindyn.ledger.model import Domain, Row, Searched
from lindyn.ledger.writing import Page
from lindyn.networks import Weights, layer_gradients, multiply

PAGE = Page("eft/landscape")
TIGHT = 1e-10

LOW_RANK = {
    "kind": Choice(*KINDS),
    "depth": Integer(2, 6),
    "outputs": Integer(1, 4),
    "inputs": Integer(2, 4),
    "widest": Integer(1, 4),
    "size": Log(1e-2, 1e2),
    "seed": SEEDS,
}


def _null(matrix: Array) -> Array | None:
    """A unit vector that the matrix, made of layers of size 1, sends to 0; None if injective."""
    _, s, vt = np.linalg.svd(matrix)
    rank = int(np.sum(s > 1e-9))
    return vt[rank] if rank < vt.shape[0] else None


def low_rank_layers(dims: list[int], rng: np.random.Generator) -> Weights:
    """Layers of size 1 and random rank; some kill what comes from below, so that ranks drop."""
    layers: list[Array] = []
    for inner, outer in itertools.pairwise(dims):
        rank = int(rng.integers(0 if rng.random() < 0.3 else 1, min(inner, outer) + 1))
        rows = frame(inner, inner, rng)
        if layers and rng.random() < 0.5:
            rows = np.linalg.svd(multiply(layers))[0][:, ::-1]  # what is not reached comes first
        layers.append((frame(outer, rank, rng) * rng.uniform(0.5, 2, rank)) @ rows[:, :rank].T)
    return tuple(layers)


def _family(layers: Weights, x: Array, y: Array) -> tuple[int, list[Array], Array] | None:
    """Directions of all layers but one that leave the product alone, together as well.

    The number k of the layer left out, the directions (0 for it), and ℓ_k v_{k−1}ᵀ; None where
    there are none, which needs a product of full rank.
    """
    N = len(layers)
    kernels = [_null(multiply([*layers[j:], np.eye(x.size)])) for j in range(N)]  # of A_0, …
    k = next((j for j, void in enumerate(kernels) if void is None), N)
    cokernels = [_null(multiply([np.eye(y.size), *layers[:j]]).T) for j in range(k, N)]
    if k == 0 or any(void is None for void in cokernels):
        return None
    up = [y, *kernels[1:k]]  # y, v_1, …, v_{k−1}
    down = [*cokernels, x]  # ℓ_k, …, ℓ_{N−1}, x
    moves = [np.outer(b, a) for a, b in itertools.pairwise(up)]
    moves += [np.zeros_like(layers[k - 1])]
    moves += [np.outer(b, a) for a, b in itertools.pairwise(down)]
    return k, moves, np.outer(down[0], up[-1])


def _family_slack(factor: float, full: bool, **case) -> float | None:
    rng = np.random.default_rng(case["seed"])
    kind, depth = case["kind"], case["depth"]
    shape = (outputs_of(kind, case["outputs"]), case["inputs"])
    dims = [shape[1], *widths_of(depth, 1, case["widest"], rng), shape[0]]
    risk, layers = risk_of(kind, *shape, rng), low_rank_layers(dims, rng)
    W = multiply(layers)
    if (np.linalg.matrix_rank(W, 1e-9) == min(dims)) != full:
        return None
    size = size_of(kind, case["size"])
    unit, G = size ** (1 / depth), risk.gradient(size * W)
    u, s, vt = np.linalg.svd(G)
    if s[0] < 1e-6:
        return None
    family = _family(layers, u[:, 0], vt[0])
    if family is None:
        return -1.0
    k, moves, corner = family
    mixed, misses = np.zeros_like(corner), []
    for signs in itertools.product(*((0, 1) if j != k - 1 else (1,) for j in range(depth))):
        member = tuple(
            unit * (layer + sign * move)
            for layer, sign, move in zip(layers, signs, moves, strict=True)
        )
        product = multiply(member)
        misses.append(np.max(np.abs(product - size * W)) / size)
        slope = layer_gradients(member, risk.gradient(product))[k - 1]
        mixed += (-1) ** (depth - sum(signs)) * slope
    claimed = factor * unit ** (depth - 1) * s[0] * corner
    return float(TIGHT - max(*misses, np.max(np.abs(mixed - claimed)) / np.max(np.abs(claimed))))


def low_rank_slack(**case: object) -> float | None:
    """Weights of rank below r: a family with the same product whose gradients hold ∇R.

    The mixed difference of the gradients of layer k over the family is ‖G‖ℓvᵀ; were the weights
    a local minimiser, all of them would vanish, in any neighbourhood, and G with them.
    """
    return _family_slack(1.0, False, **case)


def full_rank_slack(**case: object) -> float | None:
    """The same claimed of weights of rank r."""
    return _family_slack(1.0, True, **case)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-rank-deficient",
        "Weights of rank below r with ∇R ≠ 0 minimise for no risk, not even locally",
        Searched(
            low_rank_slack,
            Domain(**LOW_RANK),
            evaluations=250,
            control_slack=full_rank_slack,
            control_text="the rank is r",
        ),
        "own-layer-gradient",
        "eft-eq-9",
        note="For every differentiable risk, all widths and depths. With Theorem 2.8: a "
        "second-order point of the square loss either minimises globally or is a flat saddle of "
        "rank below r, and no local minimum is spurious.",
    ),
)
