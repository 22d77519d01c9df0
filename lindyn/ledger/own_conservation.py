"""Own results of the foundations: layer gradients, the imbalance, balanced weights."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lindyn._check import Array
from lindyn.descent import gradient_descent
from lindyn.flows import gradient_flow
from lindyn.ledger.cases import (
    NETWORKS,
    SEEDS,
    at,
    frame,
    horizon_of,
    network_of,
    norm_of,
    risk_of,
    singular_triple,
    unbalanced,
    weight_gradients,
    widths_of,
)
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched
from lindyn.ledger.writing import Page, factor
from lindyn.networks import balanced, end_to_end, imbalance
from lindyn.risks import WhitenedSquare

PAGE = Page("foundations/conservation")


def layer_gradient_slack(factor: float, **case: object) -> float | None:
    """A five-point difference quotient of the risk against the formula, one layer at a time."""
    risk, weights, rng = network_of(**case)
    gradients = weight_gradients(risk, weights)
    k = int(rng.integers(len(weights)))
    length = np.linalg.norm(gradients[k])
    size = np.linalg.norm(weights[k])
    value = risk.value(end_to_end(weights))
    h = 1e-3 / max(1.0, float(np.linalg.norm(end_to_end(weights))) * (risk.shape[0] == 1))
    if not 1e-16 * value / h < 1e-9 * length * size:
        return None  # the quotient would be rounding error only
    noise = rng.standard_normal(weights[k].shape)
    move = size * (gradients[k] / length + 0.5 * noise / np.linalg.norm(noise))

    def along(x: float) -> float:
        return risk.value(end_to_end((*weights[:k], weights[k] + x * move, *weights[k + 1 :])))

    quotient = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
    predicted = factor * float(np.sum(gradients[k] * move))
    return 1e-5 - abs(quotient - predicted) / (length * size)


def conservation_slack(share: float, **case: object) -> float | None:
    """The identity of the lemma at the start, and the drift of the imbalance along the flow."""
    risk, weights, _ = network_of(**case)
    if len(weights) < 2:
        return None
    gradients = weight_gradients(risk, weights)
    pairs = zip(pairwise(weights), pairwise(gradients), strict=True)
    static = max(np.linalg.norm(w2.T @ g2 - g1 @ w1.T) for (w1, w2), (g1, g2) in pairs)
    static /= norm_of(weights) * norm_of(gradients)
    end = horizon_of(risk, weights, share)
    flow = gradient_flow(risk, weights, [0.0, end])
    after = at(flow.weights)
    drifts = [
        np.linalg.norm(b - a) for a, b in zip(imbalance(weights), imbalance(after), strict=True)
    ]
    drift = max(drifts) / max(norm_of(weights), norm_of(after)) ** 2
    return 1 - max(static / 1e-13, drift / 1e-7)


def wrong_transpose_slack(share: float, **case: object) -> float | None:
    """The same drift with the transposes set wrongly, for square layers of width three."""
    rng = np.random.default_rng(case["seed"])
    if case["depth"] < 2:
        return None
    risk = risk_of("square", 3, 3, rng)
    weights = unbalanced((3, 3), [3] * (case["depth"] - 1), case["size"], case["spread"], rng)
    after = at(gradient_flow(risk, weights, [0.0, horizon_of(risk, weights, share)]).weights)
    drift = max(
        np.linalg.norm(b2.T @ b2 - b1.T @ b1 - a2.T @ a2 + a1.T @ a1)
        for (a1, a2), (b1, b2) in zip(pairwise(weights), pairwise(after), strict=True)
    )
    return 1 - drift / max(norm_of(weights), norm_of(after)) ** 2 / 1e-7


def descent_slack(resting: bool, share: float, factor: float, **case: object) -> float | None:
    """The exact change of the imbalance in every step, and the bound by the loss of risk."""
    if resting:  # the top layer starts at zero and one full step solves the problem
        risk, weights = WhitenedSquare(np.array([[case["size"]]])), (np.eye(1), np.zeros((1, 1)))
        step, steps = 1.0, 1
    else:
        risk, weights, _ = network_of(**case)
        step, steps = horizon_of(risk, weights, share), 4
    if len(weights) < 2:
        return None
    run = gradient_descent(risk, weights, step=step, steps=steps)
    wrong, enough = 0.0, True
    for n in range(steps):
        now, then = at(run.weights, n), at(run.weights, n + 1)
        grads = weight_gradients(risk, now)
        size = max(norm_of(now), norm_of(then)) ** 2
        for k, (a, b) in enumerate(zip(imbalance(now), imbalance(then), strict=True)):
            change = step**2 * (grads[k + 1].T @ grads[k + 1] - grads[k] @ grads[k].T)
            wrong = max(wrong, np.linalg.norm(b - a - change) / size)
        fall = run.risk[n] - run.risk[n + 1]
        enough = enough and fall >= (0.5 - 1e-12) * step * norm_of(grads) ** 2
    identity = 1 - wrong / 1e-12
    bound = factor * step * (run.risk[0] - run.risk[-1])
    if not enough or bound < 1e-7 * norm_of(weights) ** 2:  # below, the drift is rounding
        return identity
    moved = zip(imbalance(weights), imbalance(at(run.weights)), strict=True)
    drift = max(np.linalg.norm(b - a, 2) for a, b in moved)
    return min(identity, 1 - drift / bound + 1e-6)


def _balanced_by_hand(depth, inputs, rank, width, size, seed):
    """Balanced weights from square roots of Gram matrices, without the form to be proved."""
    rng = np.random.default_rng(seed)
    rank = min(rank, inputs)
    widths = [int(rng.integers(rank, rank + width)) for _ in range(depth)]
    U, values, V = singular_triple((widths[0], inputs), rank, size, rng, 0.5)
    layers = [U * values @ V.T]
    for rows in widths[1:]:
        values, vectors = np.linalg.eigh(layers[-1] @ layers[-1].T)
        top = vectors[:, -rank:]  # the Gram matrix has this rank
        isometry = frame(rows, rank, rng) @ frame(rank, rank, rng)
        layers.append(isometry * np.sqrt(values[-rank:]) @ top.T)
    return tuple(layers), rank


def balanced_svd_slack(**case: object) -> float:
    """The bases of the proof, their orthonormality, and what follows for ranks and the product."""
    return _svd_slack(*_balanced_by_hand(**case))


def nearly_balanced_slack(**case: object) -> float | None:
    """The same with a first layer two per cent too large."""
    layers, rank = _balanced_by_hand(**case)
    return _svd_slack((1.02 * layers[0], *layers[1:]), rank) if len(layers) > 1 else None


def _svd_slack(layers: tuple[Array, ...], rank: int) -> float:
    U, values, Vt = np.linalg.svd(layers[0])
    sigma, below, first = values[:rank], U[:, :rank], Vt[:rank].T
    wrong = 0.0
    for layer in layers[1:]:
        above = layer @ below / sigma
        wrong = max(wrong, np.abs(above.T @ above - np.eye(rank)).max())
        wrong = max(wrong, np.abs(layer - above * sigma @ below.T).max() / sigma[0])
        below = above
    product = end_to_end(layers)
    top = sigma ** len(layers)
    wrong = max(wrong, np.abs(product - below * top @ first.T).max() / top[0])
    return 1e-8 - float(wrong)


def balanced_exists_slack(
    depth: int, outputs: int, inputs: int, rank: int, width: int, size: float, seed: int, cut: int
) -> float | None:
    """`balanced` meets its product and its balance; the frames of the proposition are found."""
    rng = np.random.default_rng(seed)
    rank = min(rank, inputs, outputs)
    if rank <= cut:
        return None
    U, s, V = singular_triple((outputs, inputs), rank, size, rng)
    W = U * s @ V.T
    widths = widths_of(depth, rank, rank + width, rng)
    kept = slice(None, rank - cut)
    layers = balanced(U[:, kept] * s[kept] @ V[:, kept].T, depth, widths, rng)
    root = s ** (1 / depth)
    wrong = np.linalg.norm(end_to_end(layers) - W) / s[0]
    wrong = max([wrong, *(np.linalg.norm(D) / root[0] ** 2 for D in imbalance(layers))])
    if cut == 0:
        below = V
        for k, layer in enumerate(layers):
            above = U if k == depth - 1 else layer @ below / root
            wrong = max(wrong, np.linalg.norm(layer - above * root @ below.T) / root[0])
            wrong = max(wrong, np.abs(above.T @ above - np.eye(rank)).max())
            below = above
    return 1e-8 - float(wrong)


BALANCED = {
    "depth": Integer(1, 7),
    "inputs": Integer(1, 6),
    "rank": Integer(1, 4),
    "width": Integer(1, 6),
    "size": Log(1e-3, 1e3),
    "seed": SEEDS,
}

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-layer-gradient",
        "Layer gradients",
        factor(layer_gradient_slack, Domain(**NETWORKS), 1.02),
    ),
    PAGE.row(
        "own-conservation",
        "Gradient flow conserves the imbalance",
        Searched(
            conservation_slack,
            Domain(**NETWORKS, share=Log(1e-2, 3)),
            control_slack=wrong_transpose_slack,
            control_text="both Gram matrices taken on the input side, for layers of equal width",
            evaluations=80,
        ),
        "own-layer-gradient",
    ),
    PAGE.row(
        "own-imbalance-descent",
        "Imbalance under gradient descent",
        Searched(
            descent_slack,
            Domain(**NETWORKS, share=Log(1e-3, 3), resting=Choice(False, True)),
            {"factor": 2.0},
            {"factor": 1.95},
            sharp=lambda: "2 is best: two layers of width one, the upper at rest, one full step",
            sharp_at={"factor": 2.0},
        ),
        "own-layer-gradient",
    ),
    PAGE.row(
        "own-balanced-svd",
        "Singular values of balanced weights",
        Searched(
            balanced_svd_slack,
            Domain(**BALANCED),
            control_slack=nearly_balanced_slack,
            control_text="balance dropped: the first layer two per cent too large",
        ),
    ),
    PAGE.row(
        "own-balanced-exists",
        "Balanced factorisations",
        Searched(
            balanced_exists_slack,
            Domain(**BALANCED, outputs=Integer(1, 6)),
            {"cut": 0},
            {"cut": 1},
            control_text="balanced weights of a smaller rank",
        ),
        "own-balanced-svd",
    ),
)
