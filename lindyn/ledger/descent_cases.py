"""Cases for checks on gradient descent: smooth losses with their worst slopes, runs, their sums.

A run keeps every iterate, so that the sums P_k = Σ η²∂_k∂_kᵀ and Q_k = Σ η²∂_kᵀ∂_k of Lemma C.7
come from the differences of its weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lindyn._check import Array
from lindyn.bounds import BOUNDS
from lindyn.descent import DivergenceError, StepRule, gradient_descent
from lindyn.growing_ball import GrowingBall
from lindyn.ledger.domain import Choice, Integer, Log
from lindyn.ledger.separable_cases import (
    DATA,
    SEEDS,
    SeparableData,
    State,
    admissible,
    state,
)
from lindyn.ledger.separable_flows import Moment
from lindyn.losses import Logistic, Loss
from lindyn.networks import Weights, imbalance

SMOOTH = {
    "loss": Choice("logistic", "bent"),
    "slope": Log(1e-2, 1e2),
    "curve": Log(1e-2, 1e2),
}
"""Losses of Assumption 3.1; ``slope`` and ``curve`` are G and β of the bent ones."""

BEND = {"bend": Choice("0", "start")}

WEIGHTS = {
    "depth": Integer(1, 3),
    "width": Integer(1, 3),
    "size": Log(1e-2, 3.0),
    "spread": Log(0.1, 10.0),
    "seed": SEEDS,
}
STARTS = DATA | {"extra": Integer(0, 3)} | SMOOTH | BEND | WEIGHTS


FREE = STARTS | {
    "depth": Integer(2, 3),
    "eta": Log(1e-2, 1e3),
    "decades": Choice(0.0, 2.0),
    "steps": Integer(1, 5),
}
"""Steps of any size."""

CAREFUL = STARTS | {"depth": Integer(2, 3), "steps": Integer(1, 60)}
"""Steps of Assumption 3.5."""


@dataclass(frozen=True)
class Bent:
    """A loss with |ℓ′| ≤ G and ℓ″ ≤ β that attains both, side by side.

    ℓ′ = −G left of ``bend``; then ℓ″ = β until |ℓ′| has fallen to a tenth; then ℓ′ decays
    exponentially, with the curvature β at first.
    """

    slope: float
    curve: float
    bend: float = 0.0
    name: str = "bent"

    @property
    def width(self) -> float:
        """The length of the stretch where ℓ″ = β."""
        return 0.9 * self.slope / self.curve

    def log_slope(self, margin: Array) -> Array:
        """Log of −ℓ′."""
        past = np.asarray(margin, dtype=float) - self.bend
        straight = self.slope - self.curve * np.clip(past, 0.0, self.width)
        tail = np.maximum(past - self.width, 0.0) * self.curve / (0.1 * self.slope)
        return np.log(straight) - tail

    def derivative(self, margin: Array) -> Array:
        """ℓ′."""
        return -np.exp(self.log_slope(margin))

    def value(self, margin: Array) -> Array:
        """ℓ, the integral of −ℓ′ to the right."""
        past = np.asarray(margin, dtype=float) - self.bend
        least, steep = 0.1 * self.slope, np.exp(self.log_slope(margin))
        tail = np.where(past > self.width, steep, least) * least / self.curve
        middle = np.maximum(steep**2 - least**2, 0.0) / (2 * self.curve)
        return tail + middle + self.slope * np.maximum(-past, 0.0)

    def log_value(self, margin: Array) -> Array:
        """Log of ℓ, without underflow."""
        past = np.asarray(margin, dtype=float) - self.bend
        far = self.log_slope(margin) + np.log(0.1 * self.slope / self.curve)
        return np.where(
            past > self.width, far, np.log(self.value(np.minimum(margin, self.bend + self.width)))
        )

    def decay(self, margin: Array) -> Array:
        """ℓ″/|ℓ′|, from the right where ℓ″ jumps."""
        past = np.asarray(margin, dtype=float) - self.bend
        steep = np.exp(self.log_slope(margin))
        inside = np.where(past < 0, 0.0, self.curve / steep)
        return np.where(past > self.width, self.curve / (0.1 * self.slope), inside)


def smooth_loss(loss: str, slope: float, curve: float, bend: float = 0.0) -> Loss:
    """The logistic loss, or a bent one."""
    return Logistic() if loss == "logistic" else Bent(slope, curve, bend)


def constants(loss: Loss) -> tuple[float, float]:
    """The constants β and G of Assumption 3.1."""
    return (loss.curve, loss.slope) if isinstance(loss, Bent) else (0.25, 1.0)


def rule(loss: Loss) -> GrowingBall:
    """The step sizes of Assumption 3.5 for a loss of Assumption 3.1, as long as it allows."""
    return GrowingBall(*constants(loss))


def smoothness(depth: int, radius: float, loss: Loss) -> float:
    """β(r) of Lemma 3.2."""
    beta, steepest = constants(loss)
    return float(BOUNDS["jt-lem-3-2"](N=depth, r=radius, beta=beta, G=steepest))


def descent_start(
    loss: str, slope: float, curve: float, bend: str = "0", **case: object
) -> State | None:
    """Random weights with Assumption 1.2 on random data; None where there is no such data.

    A bent loss bends at 0, or, where all margins of the start are positive, at the least of them.
    """
    chosen = smooth_loss(loss, slope, curve)
    found = state(**case, loss=chosen)
    if found is None:
        return None
    found = admissible(found)
    least = float(found.margins.min())
    if isinstance(chosen, Bent) and bend == "start" and least > 0:
        return State(found.data, replace(chosen, bend=least), found.layers)
    return found


def single(loss: Loss, layers: Weights) -> State:
    """Weights on the one example z = (1, 0, …)."""
    z = np.eye(1, layers[0].shape[1])
    return State(SeparableData(z, np.ones(1), 1.0, z[0], np.ones(1)), loss, layers)


@dataclass(frozen=True)
class Run:
    """Iterates of gradient descent, the step axis first, and the steps between them."""

    start: State
    weights: Weights
    steps: Array
    risks: Array

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.weights)

    @cached_property
    def norms(self) -> Array:
        """‖W_k(t)‖_F, of shape (T, N)."""
        return np.stack([np.linalg.norm(layer, axis=(1, 2)) for layer in self.weights], axis=1)

    @cached_property
    def moves(self) -> Weights:
        """The differences W_k(t + 1) − W_k(t)."""
        return tuple(np.diff(layer, axis=0) for layer in self.weights)

    @cached_property
    def squares(self) -> Array:
        """η_t‖∇R(W(t))‖²."""
        return sum(np.sum(move**2, axis=(1, 2)) for move in self.moves) / self.steps

    def left(self, k: int) -> Array:
        """P_k(t) = Σ η²∂_k∂_kᵀ, layers counted from 1."""
        move = self.moves[k - 1]
        return _from_zero(move @ move.transpose(0, 2, 1))

    def right(self, k: int) -> Array:
        """Q_k(t) = Σ η²∂_kᵀ∂_k."""
        move = self.moves[k - 1]
        return _from_zero(move.transpose(0, 2, 1) @ move)

    def before(self, k: int) -> Array:
        """A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1} at the start: the imbalance, with the other sign."""
        return -imbalance(self.start.layers)[k - 1]

    @cached_property
    def total(self) -> float:
        """The constant D of the start."""
        return Moment(self.start, self.start, -np.inf).printed_D


def _from_zero(terms: Array) -> Array:
    return np.concatenate([np.zeros_like(terms[:1]), np.cumsum(terms, axis=0)])


def descend(start: State, step: StepRule, count: int) -> Run:
    """Gradient descent with every iterate kept."""
    found = gradient_descent(start.risk, start.layers, step=step, steps=count)
    return Run(start, found.weights, found.step_size, found.risk)


def careful(start: State, count: int) -> Run:
    """Gradient descent under Assumption 3.5."""
    return descend(start, rule(start.loss), count)


def free_run(steps: int, eta: float, decades: float, **case) -> Run | None:
    """A run with steps of any size, up to ``decades`` below ``eta``."""
    start = descent_start(**case)
    if start is None:
        return None
    rng = np.random.default_rng(case["seed"])
    try:
        run = descend(start, eta * 10 ** rng.uniform(-decades, 0, steps), steps)
    except DivergenceError:
        return None
    return run if run.norms.max() < 1e60 and run.risks[0] > 1e-250 else None


def careful_run(steps: int, **case) -> Run | None:
    """A run under Assumption 3.5."""
    start = descent_start(**case)
    if start is None:
        return None
    run = careful(start, steps)
    return run if run.risks[0] > 1e-250 else None
