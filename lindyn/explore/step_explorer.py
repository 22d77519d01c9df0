"""Widget: gradient descent and SGD beside the flow, as the step grows."""

from __future__ import annotations

import numpy as np

from lindyn.descent import DivergenceError, gradient_descent
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
_ROUNDING = 1e-9


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
        and ``norm`` of the flow; ``rises``: steps in which the angle grew; ``falls``: steps in
        which the norm fell after it had risen; ``sentence``: 2 where the weights overflow, 1
        where the run does what the flow never does, else 0.
    """
    w, finite = _run(step, list(BATCHES.values())[int(batch)], int(depth))
    angles, norms = _degrees(w), np.hypot(w[:, 0], w[:, 1])
    rises = np.count_nonzero(np.diff(angles) > _ROUNDING)
    change = np.diff(norms) / norms[:-1]
    risen = np.maximum.accumulate(change > _ROUNDING)
    falls = np.count_nonzero(risen & (change < -_ROUNDING))
    chosen = np.geomspace(1, max(1, len(w) - 1), _SEEN).round().astype(int)
    chosen = np.minimum(chosen, len(w) - 1)
    flow = SphericalFlow(LAW, TEACHER, START, int(depth)).at(_GRID)
    return {
        "run_t": step * chosen.astype(float),
        "run_angle": np.maximum(angles[chosen], _LEAST),
        "run_norm": np.clip(norms[chosen], 1e-9, 1e9),
        "angle": np.maximum(np.degrees(flow.angle), _LEAST),
        "norm": flow.norm,
        "rises": np.array([float(rises)]),
        "falls": np.array([float(falls)]),
        "sentence": np.array([2.0 if not finite else float(rises + falls > 0)]),
    }


_TIME = Axis("time t = ηn", "log", (0.1, END))

EXPLORATION = register(
    Exploration(
        name="step_explorer",
        title="Gradient descent beside the flow",
        claim="Small steps do what the flow does: the angle only falls, the norm turns once. "
        "Large steps do not.",
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
            *((name, 1) for name in ("rises", "falls", "sentence")),
        ),
        fixed={"t": tuple(_GRID.tolist())},
        compute=compute,
        panels=(
            Panel(
                "Angle in degrees",
                "The angle to the teacher against time: flow and run.",
                _TIME,
                Axis("", "log", (1e-4, 300)),
                (
                    Series("t", "angle", "exact", "flow", at=0.9, side="left"),
                    Series("run_t", "run_angle", "run", "run", at=0.15, side="below"),
                ),
            ),
            Panel(
                "Norm ‖w‖",
                "The norm against time: flow and run.",
                _TIME,
                Axis("", "log", (0.01, 1000)),
                (
                    Series("t", "norm", "exact", "flow", at=0.8, side="above"),
                    Series("run_t", "run_norm", "run", "run", at=0.3, side="below"),
                ),
            ),
        ),
        sentences=(
            "The run does as the flow: the angle falls in every step, and the norm never falls "
            "once it has risen.",
            "The angle grew in {rises} steps, and the norm fell in {falls} steps after it had "
            "risen: the flow never does either.",
            "The weights overflow: the run ends early. Before, the angle grew in {rises} steps, "
            "and the norm fell in {falls} steps after it had risen.",
        ),
    )
)


def step_explorer(
    step: float | None = None, batch: str | None = None, depth: int | None = None
) -> Explorer:
    """Gradient descent and SGD on all layers beside the exact flow.

    Parameters
    ----------
    step
        Step size η, one of the control's stops.
    batch
        Batch size: "all" (the whole population), "1000" or "30".
    depth
        Number of layers, 1 to 4.

    Returns
    -------
    Explorer
        The widget; show it as the value of a cell.

    Raises
    ------
    ValueError
        If a value is not a stop of its control; the message lists the stops.

    Examples
    --------
    >>> step_explorer(step=8, depth=2)
    explore.step_explorer(step=8, batch='all', depth=2)
    """
    return Explorer(EXPLORATION, step=step, batch=batch, depth=depth)
