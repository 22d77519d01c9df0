"""Square losses for checks: data of any rank, spectra with ties and zeros, any widths.

Data stand as in EFT: X of shape (d_x, m), Y of shape (d_y, m), objective ½‖Y − W_N ⋯ W_1 X‖².
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lindyn._check import Array
from lindyn.landscape import hessian_vector
from lindyn.ledger.cases import SEEDS, frame, unbalanced
from lindyn.ledger.domain import Choice, Integer, Log
from lindyn.networks import Weights, end_to_end, multiply
from lindyn.risks import CurvedRisk, LeastSquares

SPECTRA = ("generic", "tied", "equal", "zeros", "nothing")

SQUARES = {
    "depth": Integer(2, 6),
    "inputs": Integer(1, 4),
    "outputs": Integer(1, 4),
    "samples": Integer(1, 6),
    "lack": Integer(0, 3),  # how much rank X lacks
    "widest": Integer(1, 4),  # of the hidden layers
    "spectrum": Choice(*SPECTRA),
    "size": Log(1e-3, 1e3),
    "seed": SEEDS,
}


def spectrum_of(kind: str, count: int, size: float, rng: np.random.Generator) -> Array:
    """Singular values, descending, of about ``size``."""
    values = np.sort(size * 10 ** rng.uniform(-1, 0, count))[::-1]
    if kind == "tied":
        values[1::2] = values[: 2 * (count // 2) : 2]
    if kind == "zeros":
        values[(count + 1) // 2 :] = 0.0
    if kind in ("equal", "nothing"):
        values[:] = size if kind == "equal" else 0.0
    return values


@dataclass(frozen=True)
class Square:
    """A square loss with the singular value decomposition U, s, V of Y X†X, and layer widths.

    ``U`` has d_y and ``V`` has q = min(d_y, rank X) columns; ``size`` is the unit of Y.
    """

    X: Array
    Y: Array
    inverse: Array  # X†
    U: Array
    s: Array
    V: Array
    size: float
    dims: tuple[int, ...]  # d_0, …, d_N
    rng: np.random.Generator

    @property
    def risk(self) -> LeastSquares:
        """The loss as a risk of the end-to-end matrix."""
        return LeastSquares(self.X.T, self.Y.T)

    @property
    def depth(self) -> int:
        """N."""
        return len(self.dims) - 1

    @property
    def r(self) -> int:
        """The smallest width."""
        return min(self.dims)

    def narrow_layer(self) -> int:
        """One of the layers k with d_k = r."""
        places = np.flatnonzero(np.array(self.dims) == self.r)
        return int(places[self.rng.integers(places.size)])

    @property
    def unit(self) -> float:
        """The unit of the loss."""
        return self.size**2

    @property
    def layer_size(self) -> float:
        """The size of one layer of balanced weights."""
        return self.size ** (1 / self.depth)

    @property
    def projected(self) -> Array:
        """Y X†X."""
        return (self.U[:, : self.s.size] * self.s) @ self.V.T

    @property
    def floor(self) -> float:
        """½‖Y(I − X†X)‖², what no linear map can fit."""
        return float(np.sum((self.Y - self.Y @ self.inverse @ self.X) ** 2)) / 2

    def best(self, rank: int) -> float:
        """The least loss of a matrix of that rank (Eckart, Young, Mirsky)."""
        return self.floor + float(np.sum(self.s[rank:] ** 2)) / 2

    def loss(self, weights: Weights) -> float:
        """½‖Y − W_N ⋯ W_1 X‖²."""
        return self.risk.value(end_to_end(weights))

    def random_weights(self) -> Weights:
        """Weights that are not balanced, with a product of the size of the data's."""
        size = self.size * float(np.exp(self.rng.normal()))
        spread = float(np.exp(self.rng.normal()))
        shape = (self.dims[-1], self.dims[0])
        return unbalanced(shape, list(self.dims[1:-1]), size, spread, self.rng)

    def through(self, P: Array, Q: Array, k: int) -> Weights | None:
        """Weights with W_N ⋯ W_{k+1} = P and W_k ⋯ W_1 = Q, otherwise random.

        None where the random layers in between lost rank.
        """
        layers = [
            self.layer_size * _regular(b, a, self.rng)
            for a, b in zip(self.dims, self.dims[1:], strict=False)
        ]
        if k > 0:
            above = multiply([*layers[1:k], np.eye(self.dims[k])])
            if not _full(above, Q.shape[0]):
                return None
            back = np.linalg.pinv(above)
            free = np.eye(self.dims[1]) - back @ above
            layers[0] = back @ Q + free @ layers[0]
        if k < self.depth:
            last = self.depth - 1
            below = multiply([np.eye(self.dims[k]), *layers[k:last]])
            if not _full(below, P.shape[1]):
                return None
            back = np.linalg.pinv(below)
            free = np.eye(self.dims[last]) - below @ back
            layers[-1] = P @ back + layers[-1] @ free
        return tuple(layers)


def _regular(rows: int, columns: int, rng: np.random.Generator) -> Array:
    """A random matrix of full rank, singular values between ½ and 2."""
    rank = min(rows, columns)
    return (frame(rows, rank, rng) * rng.uniform(0.5, 2.0, rank)) @ frame(columns, rank, rng).T


def _full(matrix: Array, rank: int) -> bool:
    values = np.linalg.svd(matrix, compute_uv=False)
    return bool(values[rank - 1] > 0.05 * values[0])


def square_of(
    depth: int,
    inputs: int,
    outputs: int,
    samples: int,
    lack: int,
    widest: int,
    spectrum: str,
    size: float,
    seed: int,
) -> Square:
    """A random square loss of the given shape; X has rank max(0, min(inputs, samples) − lack)."""
    rng = np.random.default_rng(seed)
    rank = max(0, min(inputs, samples) - lack)
    rows, columns = frame(inputs, inputs, rng)[:, :rank], frame(samples, samples, rng)
    values = rng.uniform(0.3, 3.0, rank)
    X, inverse = (rows * values) @ columns[:, :rank].T, (columns[:, :rank] / values) @ rows.T
    q = min(outputs, rank)
    U, V = frame(outputs, outputs, rng), columns[:, :rank] @ frame(rank, rank, rng)[:, :q]
    s = spectrum_of(spectrum, q, size, rng)
    rest = columns[:, rank:] @ columns[:, rank:].T  # I − X†X
    Y = (U[:, :q] * s) @ V.T + size * rng.standard_normal((outputs, samples)) @ rest
    hidden = [int(n) for n in rng.integers(1, widest + 1, depth - 1)]
    return Square(X, Y, inverse, U, s, V, size, (inputs, *hidden, outputs), rng)


def lift_of(weights: Weights, k: int) -> tuple[Array, Array]:
    """How (ΔP, ΔQ) is lifted to all layers: the matrices in Δ_N = ΔP·left and Δ_1 = right·ΔQ.

    P = W_N ⋯ W_{k+1} and Q = W_k ⋯ W_1 stand for weights whose product has rank d_k.
    """
    narrow = np.eye(weights[k].shape[1] if k < len(weights) else weights[-1].shape[0])
    if k == 0:
        return np.linalg.pinv(multiply([narrow, *weights[:-1]])), weights[0]
    if k == len(weights):
        return weights[-1], np.linalg.pinv(multiply([*weights[1:], narrow]))
    above, below = multiply([narrow, *weights[k:-1]]), multiply([*weights[1:k], narrow])
    return np.linalg.pinv(above), np.linalg.pinv(below)


def lifted(weights: Weights, lift: tuple[Array, Array], dP: Array, dQ: Array) -> Weights:
    """Directions of all layers that move the product as (ΔP, ΔQ) move PQ."""
    middle = [np.zeros_like(layer) for layer in weights[1:-1]]
    return (lift[1] @ dQ, *middle, dP @ lift[0])


def bend(risk: CurvedRisk, weights: Weights, moves: Weights) -> float:
    """The second derivative of the loss along a direction."""
    images = hessian_vector(risk, weights, moves)
    return sum(float(np.sum(a * b)) for a, b in zip(images, moves, strict=True))
