"""Own results of the foundations: induced flow, rank-one flow, natural time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from lindyn._check import Array
from lindyn.flows import gradient_flow, induced_flow
from lindyn.ledger.cases import (
    KINDS,
    SEEDS,
    horizon_of,
    outputs_of,
    risk_of,
    singular_triple,
    size_of,
    widths_of,
)
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched
from lindyn.ledger.writing import Page
from lindyn.networks import balanced, end_to_end, layer_gradients

INDUCED, CLOCK = Page("foundations/induced-flow"), Page("foundations/clock-and-gear")

STARTS = {
    "kind": Choice(*KINDS),
    "depth": Integer(1, 7),
    "outputs": Integer(1, 4),
    "inputs": Integer(2, 5),
    "width": Integer(1, 8),
    "size": Log(1e-3, 1e3),
    "share": Log(1e-2, 3),
    "seed": SEEDS,
}


def _start(kind, depth, outputs, inputs, rank, width, size, seed):
    """A risk, the factors of a start of the given rank, and balanced weights for it."""
    rng = np.random.default_rng(seed)
    shape = (outputs_of(kind, outputs), inputs)
    rank = min(rank, *shape)
    risk = risk_of(kind, *shape, rng)
    factors = singular_triple(shape, rank, size_of(kind, size), rng)
    product = factors[0] * factors[1] @ factors[2].T
    weights = balanced(product, depth, widths_of(depth, rank, rank + width, rng), rng)
    return risk, factors, weights


def gradient_at(risk: Any, product: Array) -> Array:
    """The gradient in the shape of the end-to-end matrix."""
    return np.reshape(risk.gradient(product), product.shape)


def _velocity(weights: tuple[Array, ...], G: Array) -> Array:
    """The derivative of the product when every layer follows its gradient."""
    gradients = layer_gradients(weights, G)
    velocity = np.zeros_like(G)
    for k, gradient in enumerate(gradients):
        moved = end_to_end((*weights[:k], gradient, *weights[k + 1 :]))
        velocity -= moved
    return velocity


def _preconditioned(factors: tuple[Array, Array, Array], G: Array, depth: int, zero: bool) -> Array:
    """The right side of the induced flow; ``zero`` sets 0^0 = 1, as it must be."""
    U, s, V = factors
    velocity = np.zeros_like(G)
    for j in range(1, depth + 1):
        left, right = (depth - j) / depth, (j - 1) / depth
        term = G if left == 0 and zero else U * s ** (2 * left) @ (U.T @ G)
        velocity -= term if right == 0 and zero else (term @ V) * s ** (2 * right) @ V.T
    return velocity


def induced_slack(share: float, zero: bool, depth: int, **case: Any) -> float | None:
    """Velocity of the product, rate of the singular values, and a wide against a narrow flow."""
    risk, factors, weights = _start(depth=depth, **case)
    U, s, V = factors
    product = end_to_end(weights)
    G = gradient_at(risk, product)
    velocity = _velocity(weights, G)
    size = np.linalg.norm(velocity)
    if size == 0:
        return None
    wrong = np.linalg.norm(velocity - _preconditioned(factors, G, depth, zero)) / size / 1e-8
    if depth >= 2:
        pull = np.diag(U.T @ G @ V)
        rate = np.sum(np.diag(U.T @ velocity @ V) / s)
        terms = depth * s ** (1 - 2 / depth) * pull
        wrong = max(wrong, abs(rate + terms.sum()) / np.abs(terms).sum() / 1e-6)
    if zero and share < 0.1:
        end = horizon_of(risk, weights, share)
        wide = gradient_flow(risk, weights, [0.0, end]).product
        narrow = induced_flow(risk, product, depth, [0.0, end]).product
        path = np.linalg.norm(wide[-1]) + np.linalg.norm(wide[-1] - wide[0])
        wrong = max(wrong, np.linalg.norm(wide[-1] - narrow[-1]) / path / 1e-6)
    return 1 - float(wrong)


def solve(field: Callable[[float, Array], Array], start: Array, ends: Array) -> Array:
    """Values of the solution at ``ends`` at tight tolerance, one row for each."""
    allowed = np.full(start.size, 1e-13)
    allowed[-1] *= ends[-1] * max(1.0, field(0.0, start)[-1])  # time has a scale of its own
    run = solve_ivp(field, (0.0, ends[-1]), start, "DOP853", ends, rtol=1e-11, atol=allowed)
    if not run.success:
        raise ArithmeticError(run.message)
    return run.y.T


def rank_one_field(
    risk: Any, shape: tuple[int, int], depth: int, gear: float, clock: float, natural: bool
) -> Callable[[float, Array], Array]:
    """The right sides of u, v, ln s and time, in natural time or in time itself."""
    m = shape[0]

    def field(_: float, state: Array) -> Array:
        u, v, s = state[:m], state[m:-2], np.exp(state[-2])
        G = gradient_at(risk, s * np.outer(u, v))
        pull = u @ G @ v
        rate = s ** (1 - clock / depth)
        natural_rates = np.concatenate(
            [u * pull - G @ v, v * pull - G.T @ u, [-gear * depth * pull, 1 / rate]]
        )
        return natural_rates if natural else natural_rates * rate

    return field


def rank_one_slack(
    natural: bool, share: float, depth: int, gear: float, clock: float, **case: Any
) -> float | None:
    """The equations of s, u, v against the integration of all layers, at five times."""
    risk, (U, s, V), weights = _start(depth=depth, rank=1, **case)
    if depth == 1 and U.shape[0] > 1:
        return None
    product = end_to_end(weights)
    pace = depth * s[0] ** (1 - 2 / depth) * np.linalg.norm(gradient_at(risk, product))
    end = share * min(horizon_of(risk, weights, 1.0), 0.5 / pace)  # up to the end of a plateau
    if natural:
        end *= s[0] ** (1 - 2 / depth)
    field = rank_one_field(risk, product.shape, depth, gear, clock, natural)
    start = np.concatenate([U[:, 0], V[:, 0], [np.log(s[0]), 0.0]])
    states = solve(field, start, np.linspace(0, end, 6)[1:])
    times = states[:, -1] if natural else np.linspace(0, end, 6)[1:]
    flow = gradient_flow(risk, weights, np.concatenate([[0.0], times])).product[1:]
    m = product.shape[0]
    predicted = np.exp(states[:, -2])[:, None, None] * (states[:, :m, None] * states[:, None, m:-2])
    gap = np.linalg.norm(flow - predicted, axis=(1, 2)) / np.linalg.norm(flow, axis=(1, 2))
    if gap.max() > 1e-6 and np.linalg.norm(flow, axis=(1, 2)).min() < 1e-3 * s[0]:
        return None  # depth one near the origin, where the direction is ill conditioned
    return 1e-6 - float(gap.max())


ROWS: tuple[Row, ...] = (
    INDUCED.row(
        "own-induced-flow",
        "Induced flow of the end-to-end matrix",
        Searched(
            induced_slack,
            Domain(**STARTS, rank=Integer(1, 4)),
            {"zero": True},
            {"zero": False},
            control_text="0^0 read as 0, so that a power of exponent 0 is a projection",
        ),
        "own-energy",
        "own-layer-gradient",
        "own-conservation",
        "own-balanced-svd",
        "own-balanced-exists",
        note="Part 1 is due to Arora, Cohen and Hazan (2018).",
    ),
    INDUCED.row(
        "own-rank-one-flow",
        "Rank-one flow",
        Searched(
            rank_one_slack,
            Domain(**STARTS),
            {"gear": 1.0, "clock": 2.0, "natural": False},
            {"gear": 1.02},
            evaluations=60,
        ),
        "own-induced-flow",
        "own-balanced-svd",
    ),
    CLOCK.row(
        "own-natural-time",
        "Natural time: the clock and the gear",
        Searched(
            rank_one_slack,
            Domain(**STARTS),
            {"gear": 1.0, "clock": 2.0, "natural": True},
            {"clock": 2.04},
            evaluations=60,
        ),
        "own-rank-one-flow",
    ),
)
