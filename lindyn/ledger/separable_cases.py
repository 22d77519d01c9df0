"""Cases for checks on separable data: data sets of known margin, weights, both losses.

Sums over examples are formed in the log domain, relative to the pull G = (1/n) Σ|ℓ′(⟨w, z_i⟩)|,
so that states with a risk of 1e-300 are as good as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import logsumexp

from lindyn._check import Array
from lindyn.ledger.cases import frame, unbalanced, widths_of
from lindyn.ledger.domain import Choice, Integer, Log
from lindyn.losses import Loss, loss_named
from lindyn.margins import MaxMargin, max_margin
from lindyn.networks import Weights, balanced, chain_rule, multiply
from lindyn.risks import Separable

SEEDS = Integer(0, 10**6)
SPANNING = {
    "dim": Integer(1, 4),
    "extra": Integer(0, 6),
    "margin": Log(1e-2, 0.99),
    "kind": Choice("spanning"),
    "data_seed": SEEDS,
}
"""Data with ‖z_i‖ ≤ 1 and support vectors that span, with positive multipliers: α > 0."""

DATA = SPANNING | {"kind": Choice("spanning", "flat", "edge")}
"""Any separable data: supports may leave a direction out (flat), or α may be 0 (edge)."""

LOSSES = {"loss": Choice("exponential", "logistic")}
WEIGHTS = {
    "depth": Integer(1, 4),
    "width": Integer(1, 4),
    "size": Log(1e-3, 10.0),
    "spread": Log(1e-2, 1e2),
    "seed": SEEDS,
}
"""Hidden widths up to ``width``; a product of about ``size``; ``spread`` makes them unequal."""

STATES = DATA | LOSSES | WEIGHTS


@dataclass(frozen=True)
class SeparableData:
    """The vectors z_i = y_i x_i with their known margin, direction and multipliers q.

    By construction q ≥ 0, Σq = 1, Σ q_i z_i = γū and ⟨ū, z_i⟩ ≥ γ, which proves margin and
    direction without any solver.
    """

    z: Array
    y: Array
    margin: float
    direction: Array
    dual: Array

    @property
    def X(self) -> Array:
        """The inputs x_i = y_i z_i."""
        return self.y[:, None] * self.z

    @property
    def supports(self) -> Array:
        """Whether each example is a support vector."""
        return self.z @ self.direction < self.margin * (1 + 1e-12) + 1e-14

    @cached_property
    def solved(self) -> MaxMargin:
        """What the package's solver finds."""
        return max_margin(self.X, self.y)

    @property
    def alpha(self) -> float:
        """The constant α of Lemma 2.10."""
        return self.solved.alpha

    def across(self, vectors: Array) -> Array:
        """The parts of vectors, or of rows, across ū."""
        return vectors - np.multiply.outer(vectors @ self.direction, self.direction)


@lru_cache(maxsize=512)
def separable_data(
    dim: int, extra: int, margin: float, kind: str, data_seed: int
) -> SeparableData | None:
    """A random data set of the given margin with ‖z_i‖ ≤ 1; None where the kind is impossible.

    ``extra`` examples come after those that fix the direction.  The supports of ``flat`` data
    leave out directions that others may reach; those of ``edge`` data span, but 0 lies on the
    boundary of the hull of their projections across ū.
    """
    if dim == 1 and kind != "spanning":
        return None
    rng = np.random.default_rng(data_seed)
    axes = frame(dim, dim, rng)
    room = np.sqrt(1 - margin**2)
    inner = {"spanning": dim - 1, "flat": int(rng.integers(max(dim - 1, 1))), "edge": dim - 2}[kind]
    held, edge = inner + 1, int(kind == "edge")  # held: with positive multipliers
    count = held + edge + extra
    dual = np.zeros(count)
    dual[:held] = rng.dirichlet(np.ones(held)) * 0.9 + 0.1 / held
    across = rng.standard_normal((count, dim - 1))
    if dim > 1:
        across *= room * rng.random((count, 1)) / np.linalg.norm(across, axis=1, keepdims=True)
    across[:held] = 0.0
    if inner:
        corners = rng.standard_normal((held, inner))
        corners -= dual[:held] @ corners  # now Σ q_i p_i = 0
        longest = np.linalg.norm(corners, axis=1).max()
        across[:held, :inner] = corners * room * np.sqrt(rng.random()) / longest
    if edge:
        across[held] = room * (0.1 + 0.9 * rng.random()) * np.eye(dim - 1)[-1]
    along = np.sqrt(1 - np.sum(across**2, axis=1))  # the most that ‖z_i‖ ≤ 1 allows
    along = margin + (along - margin) * rng.random(count)
    along[: held + edge] = margin
    z = along[:, None] * axes[0] + across @ axes[1:]
    return SeparableData(z, rng.choice([-1.0, 1.0], count), margin, axes[0], dual)


@dataclass(frozen=True)
class State:
    """Weights on a data set, with what the flow does there."""

    data: SeparableData
    loss: Loss
    layers: Weights

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.layers)

    @property
    def risk(self) -> Separable:
        """The package's risk."""
        return Separable(self.data.X, self.data.y, self.loss)

    @cached_property
    def w(self) -> Array:
        """The end-to-end vector."""
        return multiply(self.layers)[0]

    @cached_property
    def margins(self) -> Array:
        """The numbers m_i = ⟨w, z_i⟩."""
        return self.data.z @ self.w

    @cached_property
    def neg_log_risk(self) -> float:
        """Minus the logarithm of R."""
        return float(np.log(len(self.data.z)) - logsumexp(self.loss.log_value(self.margins)))

    @cached_property
    def log_pull(self) -> float:
        """Logarithm of G = (1/n) Σ|ℓ′(m_i)|."""
        return float(logsumexp(self.loss.log_slope(self.margins)) - np.log(len(self.data.z)))

    @cached_property
    def shares(self) -> Array:
        """The shares p_i of the examples in G."""
        return np.exp(self.loss.log_slope(self.margins) - self.log_pull) / len(self.data.z)

    @cached_property
    def pulled(self) -> Array:
        """−∇R(w)/G, a convex combination of the z_i."""
        return self.shares @ self.data.z

    @cached_property
    def velocity(self) -> Weights:
        """The velocities Ẇ_k = −∂R/∂W_k of the flow, over G."""
        return chain_rule(self.layers, self.pulled[None, :])

    @property
    def above(self) -> Array:
        """The row W_L ⋯ W_2; (1) for one layer."""
        return multiply(self.layers[1:])[0] if self.depth > 1 else np.ones(1)

    @cached_property
    def smoothed_margin(self) -> float:
        """M = ℓ⁻¹(nR), which is at most the smallest m_i."""
        log_sum = np.log(len(self.data.z)) - self.neg_log_risk
        if self.loss.name == "exponential":
            return -log_sum
        total = np.exp(log_sum)
        return -float(log_sum + (np.log(np.expm1(total) / total) if total > 0 else 0.0))

    @cached_property
    def norms(self) -> Array:
        """The Frobenius norms of the layers."""
        return np.array([np.linalg.norm(layer) for layer in self.layers])

    @cached_property
    def values(self) -> tuple[Array, ...]:
        """The singular values of the layers, largest first."""
        return tuple(np.linalg.svd(layer, compute_uv=False) for layer in self.layers)

    @property
    def tops(self) -> Array:
        """The spectral norms σ_k."""
        return np.array([values[0] for values in self.values])

    @property
    def rests(self) -> Array:
        """‖W_k‖_F² − ‖W_k‖₂², without cancellation."""
        return np.array([np.sum(values[1:] ** 2) for values in self.values])

    @cached_property
    def leading(self) -> tuple[tuple[Array, Array], ...]:
        """The first left and right singular vectors (u_k, v_k) of the layers."""
        triples = [np.linalg.svd(layer, full_matrices=False) for layer in self.layers]
        return tuple((u[:, 0], vt[0]) for u, _, vt in triples)


@lru_cache(maxsize=512)
def state(
    dim: int,
    extra: int,
    margin: float,
    kind: str,
    data_seed: int,
    loss: str,
    depth: int,
    width: int,
    size: float,
    spread: float,
    seed: int,
) -> State | None:
    """Random weights on random data; None where there is no such data."""
    data = separable_data(dim, extra, margin, kind, data_seed)
    if data is None:
        return None
    rng = np.random.default_rng(seed)
    layers = unbalanced((1, dim), widths_of(depth, 1, width, rng), size, spread, rng)
    return State(data, loss_named(loss), layers)


def admissible(start: State) -> State:
    """The start with its last layer turned and shortened until Assumption 1.2 holds.

    The derivative of the risk at w = 0 is ℓ′(0) times the mean margin, so a short enough w with
    a positive mean margin has R(W) < ℓ(0).
    """
    sign = 1.0 if np.mean(start.margins) >= 0 else -1.0
    trivial = -float(start.loss.log_value(np.zeros(())))
    factor = sign
    while True:
        layers = (*start.layers[:-1], factor * start.layers[-1])
        moved = State(start.data, start.loss, layers)
        if moved.neg_log_risk >= trivial - 1e-13:
            return moved
        factor /= 2


def start_state(**case: object) -> State | None:
    """As :func:`state`, with Assumption 1.2."""
    found = state(**case)
    return None if found is None else admissible(found)


def balanced_state(data: SeparableData, loss: str, depth: int, w: Array, seed: int = 0) -> State:
    """Balanced weights of random orientation with the product w."""
    rng = np.random.default_rng(seed)
    layers = balanced(w[None, :], depth, [2] * (depth - 1), rng)
    return State(data, loss_named(loss), layers)
