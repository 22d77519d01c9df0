"""Widget: the linear predictor of LSZ, its Theorem 1 and a gradient descent run."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.lsz import BOUNDS
from lindyn.descent import gradient_descent
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.laws import Gaussian, UniformBall, UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.risks import SphericalLogistic

LAWS = {
    "circle": UniformSphere(2),
    "sphere, d = 3": UniformSphere(3),
    "ball, d = 3": UniformBall(3),
    "Gaussian, d = 10": Gaussian(10),
}
"""The data laws offered, by the names in the control."""

STEP = 1.0
"""Step size of the gradient descent run."""

LATE = 30.0
"""The time at which the summary compares the theorem with the truth."""

_END = 300.0
_COUNTS = 2 ** np.arange(9)
_POINTS = 26


def _sample_times(flow: SphericalFlow) -> np.ndarray:
    """Give times even in ln t and dense in natural time: no front falls between two of them."""
    even = np.geomspace(0.1, _END, _POINTS)
    span = float(np.ravel(flow.natural_time(_END))[0])
    return np.sort(
        np.concatenate([even, flow.time(span * np.linspace(0.0, 1.0, _POINTS)[1:-1] ** 2)])
    )


def theorem(flow: SphericalFlow, c0: float, times: np.ndarray) -> np.ndarray:
    """Theorem 1's upper bound on 1 − cos θ(t): one minus its lower bound on cos θ, by phase."""
    turn = flow.turning_time
    ends = flow.at(np.array([0.0, turn]))
    (norm, turning_norm), (angle, turning_angle) = ends.norm, ends.angle
    first = BOUNDS["lsz-thm-1-i"](t=times, c_0=c0, rho_0=norm, theta_0=angle)
    late = np.maximum(times, turn)
    second = BOUNDS["lsz-thm-1-ii"](
        t=late, T=turn, c_0=c0, rho_T=turning_norm, theta_T=turning_angle
    )
    return 1.0 - np.where(times <= turn, first, second)


def _descent(risk: SphericalLogistic, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights and losses after each number of steps in ``_COUNTS``; the loss only there."""
    weights: tuple[np.ndarray, ...] = (start[None, :],)
    seen = []
    for count in np.diff(_COUNTS, prepend=0).tolist():
        run = gradient_descent(risk, weights, step=STEP, steps=count, record_every=count)
        weights = tuple(layer[-1] for layer in run.weights)
        seen.append((weights[0][0], run.risk[-1]))
    return np.array([w for w, _ in seen]), np.array([loss for _, loss in seen])


def compute(angle: float, norm: float, law: float) -> Arrays:
    """Flow, Theorem 1 and gradient descent for the logistic loss on a spherically symmetric law.

    Parameters
    ----------
    angle
        Start angle to the teacher, in degrees, between 0 and 180 (exclusive).
    norm
        Start norm, positive.
    law
        Place of the data law in ``LAWS``.

    Returns
    -------
    dict
        ``t``, ``gap`` (1 − cos θ), ``bound`` (Theorem 1's bound on it), ``norm`` and ``loss`` of
        the flow; ``run_gap``, ``run_norm``, ``run_loss`` after 1, 2, 4, … steps of gradient
        descent; the turning time ``turning`` and the norm there; ``late_gap`` and ``late_bound``
        at t = 30; ``sentence``: 1 where the norm grows from the start.
    """
    data = list(LAWS.values())[int(law)]
    teacher = np.eye(data.dim)[0]
    theta = np.deg2rad(angle)
    start = norm * (np.cos(theta) * teacher + np.sin(theta) * np.eye(data.dim)[1])
    flow = SphericalFlow(data, direction=teacher, start=start, depth=1)
    times = _sample_times(flow)
    record = flow.at(times)
    late = flow.at(np.array([LATE]))
    weights, losses = _descent(SphericalLogistic(data, teacher), start)
    across = np.linalg.norm(weights - np.outer(weights @ teacher, teacher), axis=1)
    angles = np.arctan2(across, weights @ teacher)
    return {
        "t": times,
        "gap": record.one_minus_cos,
        "bound": theorem(flow, data.c0, times),
        "norm": record.norm,
        "loss": record.loss,
        "run_gap": 2 * np.sin(angles / 2) ** 2,
        "run_norm": np.linalg.norm(weights, axis=1),
        "run_loss": losses,
        "turning": np.array([flow.turning_time]),
        "turning_norm": np.array([flow.turning_norm]),
        "late_gap": late.one_minus_cos,
        "late_bound": theorem(flow, data.c0, np.array([LATE])),
        "sentence": np.array([float(flow.turning_time == 0)]),
    }


_TIME = Axis("time t", "log", (0.1, _END))


def _curves(name: str, sides: tuple[str, str]) -> tuple[Series, ...]:
    return (
        Series("t", name, "exact", "flow", 0.75, sides[0]),
        Series("run_t", f"run_{name}", "run", "descent, η = 1", 0.75, sides[1]),
    )


_CONTROLS = (
    Control("angle", "Start angle", (10, 45, 80, 100, 120, 140, 155, 165, 172), 5, "linear", "°"),
    Control("norm", "Start norm", (0.1, 0.3, 1, 3, 10), 2, "log"),
    Control("law", "Data", tuple(range(len(LAWS))), 0, "choice", texts=tuple(LAWS)),
)

_TURN = (Mark("turning", "T"),)

_PANELS = (
    Panel(
        "Angle: 1 − cos θ",
        "1 − cos θ against time: flow, Theorem 1 and gradient descent.",
        _TIME,
        Axis("", "log", (1e-8, 10)),
        (
            Series("t", "bound", "bound", "Theorem 1", at=0.85),
            Series("t", "gap", "exact", "flow", at=0.85, side="left"),
            Series("run_t", "run_gap", "run"),
        ),
        _TURN,
        wide=True,
    ),
    Panel(
        "Norm ‖w‖",
        "The norm against time: it falls until T, then grows.",
        _TIME,
        Axis("", "log", (0.01, 30)),
        _curves("norm", ("above", "below")),
        _TURN,
    ),
    Panel(
        "Loss L",
        "The population loss against time.",
        _TIME,
        Axis("", "log", (0.01, 10)),
        _curves("loss", ("upper right", "lower left")),
        _TURN,
    ),
)

_AT_LATE = "At t~=~30 the true 1~−~cos~θ is {late_gap}; Theorem 1 promises at most {late_bound}."

EXPLORATION = register(
    Exploration(
        name="linear_predictor",
        title="A linear predictor learns a direction",
        claim="The angle falls all the time, at least as fast as Theorem 1 demands; the norm first "
        "falls, until T, then grows.",
        controls=_CONTROLS,
        fields=(
            *((name, 2 * _POINTS - 2) for name in ("t", "gap", "bound", "norm", "loss")),
            *((f"run_{name}", len(_COUNTS)) for name in ("gap", "norm", "loss")),
            *((n, 1) for n in ("turning", "turning_norm", "late_gap", "late_bound", "sentence")),
        ),
        fixed={"run_t": tuple((STEP * _COUNTS).tolist())},
        compute=compute,
        panels=_PANELS,
        sentences=(
            "The norm falls until T~=~{turning}, down to {turning_norm}, then grows for ever. "
            + _AT_LATE,
            "The norm grows from the start (T~=~0). " + _AT_LATE,
        ),
    )
)


@shows(EXPLORATION)
def linear_predictor(
    angle: float | None = None, norm: float | None = None, law: str | None = None
) -> Explorer:
    """Angle, norm and loss of the linear predictor, with Theorem 1 of LSZ and a descent run.

    Parameters
    ----------
    angle
        Start angle to the teacher in degrees.
    norm
        Start norm.
    law
        Data law.

    Examples
    --------
    >>> linear_predictor(law="ball, d = 3")
    explore.linear_predictor(angle=140, norm=1, law='ball, d = 3')
    """
