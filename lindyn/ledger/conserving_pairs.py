"""Weights of a flow at two times: from the pool of flows, and from an exact family.

In the family there is one example, z = e₁, and W_k = diag(x_k, S_k), W_N = (x_N, 0, 0).  The
blocks S_k feel no gradient, and all x_k² grow alike, so the flow is known without integration.
It attains most bounds on alignment.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lindyn.ledger.domain import Choice, Integer, Log, Uniform
from lindyn.ledger.separable_cases import SEEDS, SeparableData, State
from lindyn.ledger.separable_flows import FLOWS, Moment, moment
from lindyn.losses import loss_named

PAIRS = {
    "source": Choice("pool", "blocks"),
    "run": FLOWS["run"],
    "moment_": FLOWS["moment"],
    "layers": Integer(2, 4),
    "first": Uniform(0.0, 2.0),
    "last": Uniform(0.0, 2.0),
    "side": Uniform(0.0, 2.0),
    "gained": Log(1e-3, 1e4),
    "shape": Choice("one", "tuned", "equal", "random"),
    "seed": SEEDS,
}
"""The first four from the pool, the rest for the exact family; lengths x_k(0), ‖S_k‖."""

ONE_EXAMPLE = SeparableData(np.eye(3)[:1], np.ones(1), 1.0, np.eye(3)[0], np.ones(1))


@lru_cache(maxsize=1024)
def pair(
    source: str,
    run: int,
    moment_: int,
    layers: int,
    first: float,
    last: float,
    side: float,
    gained: float,
    shape: str,
    seed: int,
) -> Moment | None:
    """The start and a later time of a flow; None where the start is critical.

    ``first`` is x_1(0), ``last`` x_N(0), the others lie between; ``side`` is the size of the
    blocks S_k: only of S_1 (one), of all of them (equal), or of random matrices.  In the tuned
    starts all x_k(0) are equal but the last, for which ‖W_N‖ is as large as ‖W_1‖.
    """
    if source == "pool":
        return moment(run, moment_)
    x = np.linspace(first, last, layers)
    if shape == "tuned":
        x = np.append(np.full(layers - 1, first), np.hypot(first, side))
    if np.count_nonzero(x == 0) > 1:
        return None
    rng = np.random.default_rng(seed)
    blocks = [np.diag([side, 0.0])]
    for _ in range(layers - 2):
        blocks.append(side * np.diag([1.0, 0.0]) if shape == "equal" else np.zeros((2, 2)))
    if shape == "random":
        blocks = [side * rng.standard_normal((2, 2)) for _ in blocks]
    states = []
    for later in (0.0, gained):
        sizes = np.sqrt(x**2 + later)
        weights = [np.zeros((3, 3)) for _ in blocks]
        for layer, size, block in zip(weights, sizes, blocks, strict=False):
            layer[0, 0], layer[1:, 1:] = size, block
        row = np.array([[sizes[-1], 0.0, 0.0]])
        states.append(State(ONE_EXAMPLE, loss_named("exponential"), (*weights, row)))
    return Moment(states[0], states[1], np.nan)
