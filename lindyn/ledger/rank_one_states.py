"""States of a rank-one network for checks: target Z, W = s u vᵀ, and how the layers move it.

Nothing here uses the equations of s, u and v, nor natural time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lindyn._check import Array
from lindyn.ledger.cases import frame
from lindyn.ledger.domain import Integer, Log, Uniform
from lindyn.natural import RankOneFlow
from lindyn.networks import balanced, chain_rule

STATES = {
    "depth": Integer(2, 9),
    "outputs": Integer(1, 5),
    "inputs": Integer(1, 5),
    "top": Log(1e-3, 1e3),
    "ratio": Uniform(0.01, 0.99),
    "size": Log(1e-4, 1e4),
    "spread": Uniform(0.0, 6.0),
    "seed": Integer(0, 10**6),
}
"""Largest singular value, ratio of neighbours, s relative to the largest, decades of a and b."""


@dataclass(frozen=True)
class State:
    """A target with singular values σ₁ > … > σ_d, and the matrix s u vᵀ.

    ``a`` and ``b`` are the components of u and v in the singular bases, of all dimensions.
    """

    Z: Array
    sigma: Array
    U: Array
    V: Array
    s: float
    a: Array
    b: Array
    depth: int
    rng: np.random.Generator

    @property
    def d(self) -> int:
        """Rank of the target."""
        return self.sigma.size

    @property
    def u(self) -> Array:
        """Left singular vector of W."""
        return self.U @ self.a

    @property
    def v(self) -> Array:
        """Right singular vector of W."""
        return self.V @ self.b

    @property
    def rayleigh(self) -> float:
        """The number uᵀZv."""
        return float(np.sum(self.sigma * self.a[: self.d] * self.b[: self.d]))

    @property
    def clock(self) -> float:
        """dτ/dt = s^{1−2/N}."""
        return float(self.s ** (1 - 2 / self.depth))

    def velocity(self) -> tuple[Array, Array, float]:
        """Derivatives of u, v and s when every layer follows minus its own gradient."""
        u, v = self.u, self.v
        W = self.s * np.outer(u, v)
        widths = [int(n) for n in self.rng.integers(1, 4, self.depth - 1)]
        layers = balanced(W, self.depth, widths, self.rng)
        gradients = chain_rule(layers, W - self.Z)
        product, change = layers[0], -gradients[0]
        for layer, gradient in zip(layers[1:], gradients[1:], strict=True):
            change = layer @ change - gradient @ product
            product = layer @ product
        right, left = change @ v, change.T @ u
        return (
            (right - u * (u @ right)) / self.s,
            (left - v * (v @ left)) / self.s,
            float(u @ right),
        )

    def components_velocity(self) -> tuple[Array, Array]:
        """Derivatives of a and b, per unit of natural time, from equations (4a) and (4b)."""
        u, v = self.u, self.v
        right, left = self.Z @ v, self.Z.T @ u
        return self.U.T @ (right - u * (u @ right)), self.V.T @ (left - v * (v @ left))


def _unit(size: int, spread: float, rng: np.random.Generator) -> Array:
    vector = rng.choice([-1.0, 1.0], size) * 10 ** (-spread * rng.random(size))
    return vector / np.linalg.norm(vector)


@lru_cache(maxsize=64)
def state(depth, outputs, inputs, top, ratio, size, spread, seed, vanishing=0) -> State:
    """A random state; the first ``vanishing`` sums a_i + b_i are zero."""
    rng = np.random.default_rng(seed)
    d = min(outputs, inputs)
    sigma = top * ratio ** np.arange(d)
    U, V = frame(outputs, outputs, rng), frame(inputs, inputs, rng)
    a, b = _unit(outputs, spread, rng), _unit(inputs, spread, rng)
    if vanishing:
        # Opposite first components; the others fill both vectors up to length one.
        b[:vanishing] = -a[:vanishing]
        rest = np.sqrt(max(0.0, 1 - np.sum(b[:vanishing] ** 2)))
        b[vanishing:] *= rest / np.linalg.norm(b[vanishing:])
    Z = (U[:, :d] * sigma) @ V[:, :d].T
    return State(Z, sigma, U, V, size * top, a, b, depth, rng)


STARTS = {
    "depth": Integer(2, 9),
    "outputs": Integer(1, 5),
    "inputs": Integer(1, 5),
    "rank": Integer(1, 5),
    "vanishing": Integer(0, 5),
    "top": Log(1e-3, 1e3),
    "ratio": Uniform(0.05, 0.95),
    "size": Log(1e-4, 1e4),
    "spread": Uniform(0.0, 4.0),
    "seed": Integer(0, 10**6),
}
"""Starts of a flow whose target is diagonal, so that sums a_i + b_i can vanish exactly."""


@dataclass(frozen=True)
class Diagonal:
    """A flow in singular bases, and its start: σ, a, b (zeros fill them up to one length) and s."""

    flow: RankOneFlow
    sigma: Array
    a: Array
    b: Array
    s: float

    @property
    def sums(self) -> Array:
        """Amplitudes (a_i + b_i)/√2 for i ≤ d."""
        return (self.a + self.b)[: self.sigma.size] / np.sqrt(2)

    @property
    def rayleigh(self) -> float:
        """uᵀZv at the start."""
        d = self.sigma.size
        return float(np.sum(self.sigma * self.a[:d] * self.b[:d]))


@lru_cache(maxsize=64)
def diagonal(
    depth, outputs, inputs, rank, vanishing, top, ratio, size, spread, seed
) -> Diagonal | None:
    """A start with exactly the first ``vanishing`` sums zero; None where there is no room."""
    if rank > min(outputs, inputs) or vanishing > rank:
        return None
    rng = np.random.default_rng(seed)
    sigma = np.zeros(max(outputs, inputs))
    sigma[:rank] = top * ratio ** np.arange(rank)
    a, b = np.zeros(sigma.size), np.zeros(sigma.size)
    a[:outputs], b[:inputs] = _unit(outputs, spread, rng), _unit(inputs, spread, rng)
    b[:vanishing] = -a[:vanishing]
    rest = np.linalg.norm(b[vanishing:])
    if rest > 0:
        b[vanishing:] *= np.linalg.norm(a[vanishing:]) / rest
    else:  # b ends with the sums: so must a
        a[vanishing:] = 0.0
        a /= np.linalg.norm(a)
        b[:vanishing] = -a[:vanishing]
    plus, minus = (a + b) / np.sqrt(2), (a - b) / np.sqrt(2)
    if vanishing < rank and abs(plus[vanishing]) < 1e-6:
        return None
    flow = RankOneFlow.from_modes(sigma, plus, minus, size * top, depth)
    return Diagonal(flow, sigma[:rank], a, b, size * top)
