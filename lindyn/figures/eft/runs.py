"""The problem of Eftekhari's Figure 1: data, Euler's steps, the exact flow and its distance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lindyn._check import Array
from lindyn.data import whitened_inputs
from lindyn.natural import RankOneFlow

# What the paper states.
EXAMPLES = 50  # m
INPUTS = 5  # d_x; there is one output
ANGLE = np.pi / 6
FAR = 10.0  # ‖W₀‖/‖Z‖
STEP = 1e-6
STEPS = 100_000
END = STEP * STEPS

# What it leaves open: our choice.
DEPTHS = (2, 3, 5, 10)
SEED = 17  # labels are normal and know nothing of the inputs, so ‖Z‖ is near √(d_x/m)
RECORD_EVERY = 500


def problem() -> tuple[Array, Array]:
    """Target Z = YXᵀ/m of random whitened data, XXᵀ = mI, and a unit vector at 30° from it."""
    rng = np.random.default_rng(SEED)
    inputs = np.sqrt(EXAMPLES) * whitened_inputs(EXAMPLES, INPUTS, rng)
    target = rng.standard_normal(EXAMPLES) @ inputs / EXAMPLES
    along = target / np.linalg.norm(target)
    across = rng.standard_normal(INPUTS)
    across -= (across @ along) * along
    across /= np.linalg.norm(across)
    return target, np.cos(ANGLE) * along + np.sin(ANGLE) * across


def euler(target: Array, direction: Array, norms: Sequence[float]) -> Array:
    r"""Explicit Euler on the induced flow, from the start at ``direction``, for all depths at once.

    Equation: :math:`w^+=w-\eta m\lVert w\rVert^{2-2/N}(e+(N-1)(w^\top e/\lVert w\rVert^2)w)` with
    :math:`e=w-z` and the target z scaled to each of the ``norms``.  Returns the distances
    ‖w − z‖ at every recorded step, shape (steps, norms, depths).
    """
    N = np.tile(np.array(DEPTHS, float), len(norms))[:, None]
    sizes = np.repeat(np.array(norms), len(DEPTHS))[:, None]
    z = sizes * target / np.linalg.norm(target)
    w, half = FAR * sizes * direction, 1 - 1 / N
    distances = []
    for n in range(STEPS + 1):
        error = w - z
        if n % RECORD_EVERY == 0:
            distances.append(np.sqrt((error * error).sum(axis=1)))
        squared = (w * w).sum(axis=1, keepdims=True)
        gear = (N - 1) * (w * error).sum(axis=1, keepdims=True) / squared
        w = w - STEP * EXAMPLES * squared**half * (error + gear * w)
    return np.array(distances).reshape(-1, len(norms), len(DEPTHS))


def flow(target: Array, direction: Array, depth: float) -> RankOneFlow:
    """The exact flow from ten times the norm of the target."""
    start = FAR * float(np.linalg.norm(target))
    return RankOneFlow(target, u=[1.0], v=direction, s=start, depth=depth, scale=EXAMPLES)


def distance(exact: RankOneFlow, target: Array, t: Array) -> Array:
    """‖W − Z‖ of the exact flow as √((s − ‖Z‖)² + 2s‖Z‖(1 − cos θ)), without cancellation."""
    record, size = exact.at(t), float(np.linalg.norm(target))
    gap = np.sqrt(2) * np.abs(record.minus[:, 0])  # 1 − ab = |a − b| as |a| = 1
    return np.sqrt((record.s - size) ** 2 + 2 * record.s * size * gap)
