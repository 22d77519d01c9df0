"""Flows on separable data from a pool of starts to ln(1/R) = 3000, shared by many checks.

Every start satisfies Assumption 1.2.  The pool has each kind of data, both losses, one to four
layers, and starts that are balanced, far from balanced, or have W_1 = 0.  Runs 36 to 39 have one
example in the plane and hidden layers of width one; the last four start near the saddle 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.ledger.cases import at, unbalanced, widths_of
from lindyn.ledger.domain import Choice, Integer
from lindyn.ledger.separable_cases import State, admissible, separable_data
from lindyn.losses import loss_named
from lindyn.networks import Weights, balanced, imbalance
from lindyn.risk_clock import margin_flow

GAINS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 700.0, 3000.0)
"""Moments of a run: how much ln(1/R) has gained since the start."""

RUNS = 44
FLOWS = {"run": Integer(0, RUNS - 1), "moment": Choice(*range(len(GAINS)))}
MOMENTS = {"run": FLOWS["run"], "moment_": FLOWS["moment"]}
"""The same, for checks that take the number of the moment as ``moment_``."""

STARTS = ("unbalanced", "balanced", "first layer zero", "spread")


@dataclass(frozen=True)
class Moment:
    """A flow at one moment: where it began and where it is."""

    start: State
    now: State
    log_time: float

    @cached_property
    def gaps(self) -> Weights:
        """The conserved matrices D_k = W_{k+1}ᵀW_{k+1} − W_kW_kᵀ, from the start."""
        return imbalance(self.start.layers)

    @cached_property
    def printed_D(self) -> float:
        """The constant D of the paper."""
        spread = np.max(self.start.norms) ** 2 - self.start.norms[-1] ** 2
        return float(spread + sum(np.linalg.norm(gap, 2) for gap in self.gaps))

    @cached_property
    def excess(self) -> Array:
        """E_k = Σ_{j ≥ k} (λ_max(D_j) − tr D_j), with E_N = 0."""
        terms = [np.linalg.eigvalsh(gap)[-1] - np.trace(gap) for gap in self.gaps]
        return np.append(np.cumsum(terms[::-1])[::-1], 0.0)


def start_of(run: int) -> State:
    """The start of a run of the pool."""
    rng = np.random.default_rng(run)
    single, tiny = 36 <= run < 40, run >= 40
    dim = 2 if single else 1 if run % 9 == 0 else int(rng.integers(2, 5))
    kind = "flat" if single else ("spanning", "flat", "edge")[run % 3] if dim > 1 else "spanning"
    margin = float(10 ** rng.uniform(-1.3, -0.05))
    extra = 0 if single or dim == 1 else int(rng.integers(0, 7))
    data = separable_data(dim, extra, margin, kind, run)
    loss = loss_named(("exponential", "logistic")[run // 2 % 2])
    depth = 1 + run % 4
    sort = "spread" if single else "unbalanced" if tiny else STARTS[run // 4 % 4]
    size = 10.0 ** (-4 * depth) if tiny else float(10 ** rng.uniform(-1, 0.5))
    widths = widths_of(depth, 1, 1 if single else 4, rng)
    if sort == "balanced":
        linear = State(data, loss, (size * rng.standard_normal((1, dim)),))
        layers = balanced(admissible(linear).w[None, :], depth, widths, rng)
    else:
        spread = float(10 ** rng.uniform(-1.5, 1.5)) if sort == "spread" else 1.0
        layers = unbalanced((1, dim), widths, size, spread, rng)
    if sort == "first layer zero":
        layers = (np.zeros_like(layers[0]), *layers[1:])
    return admissible(State(data, loss, layers))


@cached
def _run(run: int) -> tuple[Array, tuple[Array, ...]]:
    start = start_of(run)
    data, goals = start.data, start.neg_log_risk + np.array(GAINS)
    found = margin_flow(data.X, data.y, start.layers, start.loss, goals)
    return found.log_time, found.weights


@lru_cache(maxsize=1024)
def moment(run: int, moment: int) -> Moment:
    """A run of the pool at one of its moments."""
    start, (log_time, weights) = start_of(run), _run(run)
    now = State(start.data, start.loss, at(weights, moment))
    return Moment(start, now, float(log_time[moment]))


def flowed(start: State, gains: Sequence[float]) -> list[Moment]:
    """Where the flow is when ln(1/R) has gained so much, for starts outside the pool."""
    data, goals = start.data, start.neg_log_risk + np.array(gains)
    found = margin_flow(data.X, data.y, start.layers, start.loss, goals)
    return [
        Moment(start, State(data, start.loss, at(found.weights, k)), float(found.log_time[k]))
        for k in range(len(goals))
    ]
