"""Widget: gradient descent and SGD beside the flow, as the step grows."""

from __future__ import annotations

import numpy as np

from lindyn.descent import DivergenceError, gradient_descent
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.risks import SphericalLogistic

LAW = UniformSphere(2)
TEACHER = (0.0, 1.0)
START = (0.6, -0.8)
BATCHES = {"all": 0, "1000": 1000, "30": 30}
"""Batch sizes by the text of the control; 0 stands for the whole population."""

END = 100.0
"""Runs go on until t = ηn reaches this."""

SEED = 7
_STEPS = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 40.0)
_SEEN = 40
_GRID = np.geomspace(0.1, END, 60)
_LEAST = 1e-6  # degrees; below, angles are drawn there
_ROUNDING = 1e-9  # relative


def _weights(depth: int) -> tuple[np.ndarray, ...]:
    """Balanced layers of width one with the product START, of norm 1."""
    return (np.array([START]), *(np.ones((1, 1)) for _ in range(depth - 1)))


def _run(step: float, batch: int, depth: int) -> tuple[np.ndarray, bool]:
    """End-to-end vectors after each step, as far as they are finite; and whether they stay so."""
    count = int(np.ceil(END / step))
    settings = {"batch": batch, "rng": np.random.default_rng(SEED)} if batch else {}
    risk = SphericalLogistic(LAW, TEACHER)
    while True:
        try:
            run = gradient_descent(risk, _weights(depth), step=step, steps=count, **settings)
            return run.product[:, 0], count == int(np.ceil(END / step))
        except DivergenceError:  # the weights overflow: the run ends before
            count = int(0.9 * count)
            if settings:
                settings["rng"] = np.random.default_rng(SEED)


def departures(w: np.ndarray) -> dict[str, int]:
    """How often a run does what the flow never does: cross the teacher, turn away, shrink again."""
    angles, norms = _degrees(w), np.hypot(w[:, 0], w[:, 1])
    shrinks = norms[1:] < norms[:-1] * (1 - _ROUNDING)
    risen = np.maximum.accumulate(norms[1:] > norms[:-1] * (1 + _ROUNDING))
    return {
        "crossings": int(np.count_nonzero(np.sign(w[1:, 0]) * np.sign(w[:-1, 0]) < 0)),
        "rises": int(np.count_nonzero(angles[1:] > angles[:-1] * (1 + _ROUNDING))),
        "falls": int(np.count_nonzero(risen & shrinks)),
    }


def _degrees(w: np.ndarray) -> np.ndarray:
    return np.degrees(np.arctan2(np.abs(w[:, 0]), w[:, 1]))


def compute(step: float, batch: float, depth: float) -> Arrays:
    """Gradient descent from the start of Figure 1, data on the circle, and the exact flow.

    Parameters
    ----------
    step
        Step size η, positive.
    batch
        Place of the batch size in ``BATCHES``.
    depth
        Number of layers.

    Returns
    -------
    dict
        ``run_t`` (= ηn), ``run_angle`` in degrees and ``run_norm`` at chosen steps; ``angle``
        and ``norm`` of the flow; ``crossings``, ``rises``, ``falls`` as :func:`departures` counts
        them; ``sentence``: 2 where the weights overflow, 1 where the run does what the flow
        never does, else 0.
    """
    w, finite = _run(step, list(BATCHES.values())[int(batch)], int(depth))
    angles, norms = _degrees(w), np.hypot(w[:, 0], w[:, 1])
    counts = departures(w)
    chosen = np.geomspace(1, max(1, len(w) - 1), _SEEN).round().astype(int)
    chosen = np.minimum(chosen, len(w) - 1)
    flow = SphericalFlow(LAW, TEACHER, START, int(depth)).at(_GRID)
    return {
        "run_t": step * chosen.astype(float),
        "run_angle": np.maximum(angles[chosen], _LEAST),
        "run_norm": np.clip(norms[chosen], 1e-9, 1e9),
        "angle": np.maximum(np.degrees(flow.angle), _LEAST),
        "norm": flow.norm,
        **{name: np.array([float(count)]) for name, count in counts.items()},
        "sentence": np.array([float(any(counts.values())) if finite else 2.0]),
    }


_COUNTS = (
    "Steps of the run that cross the teacher: {crossings}; in which the angle grows: {rises}; in "
    "which the norm falls after it has risen: {falls}. "
)
_TIME = Axis("time t = ηn", "log", (0.1, END))

EXPLORATION = register(
    Exploration(
        name="step_explorer",
        title="Gradient descent beside the flow",
        claim="The deeper the network, the smaller the step at which gradient descent does what "
        "the flow never does: cross the teacher, turn away from it, shrink again.",
        controls=(
            Control("step", "Step size η", _STEPS, 2, "choice"),
            Control(
                "batch", "Batch", tuple(range(len(BATCHES))), 0, "choice", texts=tuple(BATCHES)
            ),
            Control("depth", "Depth N", (1, 2, 3, 4), 0, "choice"),
        ),
        fields=(
            *((name, _SEEN) for name in ("run_t", "run_angle", "run_norm")),
            *((name, _GRID.size) for name in ("angle", "norm")),
            *((name, 1) for name in ("crossings", "rises", "falls", "sentence")),
        ),
        fixed={"t": tuple(_GRID.tolist())},
        compute=compute,
        panels=(
            Panel(
                "Angle in degrees",
                "The angle to the teacher against time: flow and run.",
                _TIME,
                Axis("", "log", (1e-5, 300)),
                (
                    Series("t", "angle", "exact", "flow", at=0.9, side="left"),
                    Series("run_t", "run_angle", "run", "run", at=0.15, side="below"),
                ),
            ),
            Panel(
                "Norm ‖w‖",
                "The norm against time: flow and run.",
                _TIME,
                Axis("", "log", (1e-4, 1000)),
                (
                    Series("t", "norm", "exact", "flow", at=0.8, side="above"),
                    Series("run_t", "run_norm", "run", "run", at=0.3, side="below"),
                ),
            ),
        ),
        sentences=(
            "The run does as the flow: it never crosses the teacher, the angle falls in every "
            "step, and the norm never falls once it has risen.",
            _COUNTS + "The flow does none of these.",
            _COUNTS + "Then the weights overflow.",
        ),
    )
)


@shows(EXPLORATION)
def step_explorer(
    step: float | None = None, batch: str | None = None, depth: int | None = None
) -> Explorer:
    """Gradient descent and SGD on all layers beside the exact flow.

    Parameters
    ----------
    step
        Step size η.
    batch
        Batch size; "all" is the whole population.
    depth
        Number of layers.

    Examples
    --------
    >>> step_explorer(step=8, depth=2)
    explore.step_explorer(step=8, batch='all', depth=2)
    """
