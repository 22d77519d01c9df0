"""Random risks and weights for checks: every kind of risk, every size, every imbalance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from lindyn._check import Array
from lindyn.laws import Gaussian, UniformSphere
from lindyn.ledger.domain import Choice, Integer, Log
from lindyn.networks import end_to_end, layer_gradients
from lindyn.risks import LeastSquares, Risk, Separable, SphericalLogistic, WhitenedSquare

KINDS = ("square", "least squares", "spherical", "exponential", "logistic")
ONE_OUTPUT = ("spherical", "exponential", "logistic")
LARGEST_MARGIN = 10.0  # beyond, losses of a finite data set overflow or vanish

SEEDS = Integer(0, 10**6)
NETWORKS = {
    "kind": Choice(*KINDS),
    "depth": Integer(1, 7),
    "outputs": Integer(1, 4),
    "inputs": Integer(2, 5),
    "width": Integer(1, 9),
    "size": Log(1e-3, 1e3),
    "spread": Log(1e-2, 1e2),
    "seed": SEEDS,
}


@cache
def law_of(dim: int, gaussian: bool) -> UniformSphere | Gaussian:
    """A data law, built once: the radial functions behind it are not free."""
    return Gaussian(dim) if gaussian else UniformSphere(dim)


def risk_of(kind: str, outputs: int, inputs: int, rng: np.random.Generator) -> Risk:
    """A random risk of the given kind on matrices of shape (outputs, inputs)."""
    if kind == "square":
        return WhitenedSquare(rng.standard_normal((outputs, inputs)))
    if kind == "least squares":
        X = rng.standard_normal((inputs + 2, inputs))
        return LeastSquares(X, rng.standard_normal((inputs + 2, outputs)))
    direction = rng.standard_normal(inputs)
    direction /= np.linalg.norm(direction)
    if kind == "spherical":
        return SphericalLogistic(law_of(inputs, bool(rng.integers(2))), direction)
    X = rng.standard_normal((6, inputs))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return Separable(X, np.where(X @ direction >= 0, 1.0, -1.0), loss=kind)


def outputs_of(kind: str, outputs: int) -> int:
    """The number of outputs that the kind of risk allows."""
    return 1 if kind in ONE_OUTPUT else outputs


def size_of(kind: str, size: float) -> float:
    """The size of the end-to-end matrix, kept where the loss of a data set is a number."""
    return min(size, LARGEST_MARGIN) if kind in ("exponential", "logistic") else size


def frame(rows: int, columns: int, rng: np.random.Generator) -> Array:
    """A random matrix with orthonormal columns."""
    return np.linalg.qr(rng.standard_normal((rows, columns)))[0]


def widths_of(depth: int, least: int, most: int, rng: np.random.Generator) -> list[int]:
    """Random hidden widths between ``least`` and ``most``."""
    return [int(rng.integers(least, max(least, most) + 1)) for _ in range(depth - 1)]


def unbalanced(
    shape: tuple[int, int],
    widths: list[int],
    size: float,
    spread: float,
    rng: np.random.Generator,
) -> tuple[Array, ...]:
    """Random weights with a product of about ``size``, the first layer ``spread`` times larger."""
    dims = [shape[1], *widths, shape[0]]
    depth = len(dims) - 1
    layers = [
        rng.standard_normal((dims[k + 1], dims[k])) * (size ** (1 / depth) / np.sqrt(dims[k]))
        for k in range(depth)
    ]
    if depth > 1:
        layers[0] *= spread
        layers[-1] /= spread
    return tuple(layers)


def singular_triple(
    shape: tuple[int, int], rank: int, size: float, rng: np.random.Generator, decades: float = 2.0
) -> tuple[Array, Array, Array]:
    """Factors U, s, V of a random matrix of the given rank; s lies within so many decades."""
    values = np.sort(size * 10 ** rng.uniform(-decades, 0, rank))[::-1]
    return frame(shape[0], rank, rng), values, frame(shape[1], rank, rng)


def network_of(
    kind: str,
    depth: int,
    outputs: int,
    inputs: int,
    width: int,
    size: float,
    spread: float,
    seed: int,
) -> tuple[Risk, tuple[Array, ...], np.random.Generator]:
    """A random risk, random weights that are not balanced, and the generator behind them."""
    rng = np.random.default_rng(seed)
    shape = (outputs_of(kind, outputs), inputs)
    risk = risk_of(kind, *shape, rng)
    weights = unbalanced(shape, widths_of(depth, 1, width, rng), size_of(kind, size), spread, rng)
    return risk, weights, rng


def norm_of(layers: Sequence[Array]) -> float:
    """The norm of all weights together."""
    return float(np.sqrt(sum(np.sum(layer**2) for layer in layers)))


def at(stacked: Sequence[Array], index: int = -1) -> tuple[Array, ...]:
    """The weights of a run at one of its times."""
    return tuple(layer[index] for layer in stacked)


def weight_gradients(risk: Risk, weights: Sequence[Array]) -> tuple[Array, ...]:
    """The layer gradients of the risk at the weights."""
    return layer_gradients(weights, risk.gradient(end_to_end(weights)))


def horizon_of(risk: Risk, weights: Sequence[Array], share: float) -> float:
    """``share`` of the time in which the fastest mode of the flow changes by its own size.

    The curvature comes from a few steps of the power method with difference quotients, so that
    runs of the flow stay short where the weights are very unequal.
    """
    base = np.concatenate([g.ravel() for g in weight_gradients(risk, weights)])
    length = np.sqrt(sum(float(np.sum(layer**2)) for layer in weights))
    move = base / np.linalg.norm(base) if np.any(base) else np.ones_like(base)
    curvature = 0.0
    for _ in range(6):
        ends, h = [], 1e-6 * length
        for sign in (-h, h):
            cuts = np.cumsum([layer.size for layer in weights])[:-1]
            pieces = np.split(sign * move, cuts)
            moved = [w + p.reshape(w.shape) for w, p in zip(weights, pieces, strict=True)]
            ends.append(np.concatenate([g.ravel() for g in weight_gradients(risk, moved)]))
        image = (ends[1] - ends[0]) / (2 * h)
        curvature = max(curvature, float(np.linalg.norm(image)))
        move = image / np.linalg.norm(image) if np.any(image) else move
    gradients = weight_gradients(risk, weights)
    paces = [np.linalg.norm(g) / np.linalg.norm(w) for g, w in zip(gradients, weights, strict=True)]
    return share / max(curvature, 2 * len(weights) * float(max(paces)))  # no long plateau
