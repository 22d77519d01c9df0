"""Widget: a deep network's angle and norm, with every bound of LSZ's Theorem 3 and Lemma 8."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.lsz_deep import BOUNDS
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow

LAW = UniformSphere(2)
SMALL = np.deg2rad(1.0)
"""The angle whose time of arrival the summary compares."""

_FIRST, _END = 0.1, 1e4
_HALF = 31
_CLIP = (1e-30, 1e30)  # beyond, nothing is drawn; a table holds finite numbers


def _sample_times(flow: SphericalFlow) -> np.ndarray:
    """Give times even in ln t and even in natural time up to a small angle: no front is missed."""
    even = np.geomspace(_FIRST, _END, _HALF)
    rise = 10.0 + np.log(np.tan(flow.at(0.0).angle / 2))  # of φ, until 1 − cos θ is 4e-9
    steps = np.linspace(0.0, rise / LAW.kappa, _HALF + 1)[1:]
    return np.sort(np.concatenate([even, np.minimum(flow.time(steps), _END)]))


def angle_bounds(flow: SphericalFlow, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest and smallest 1 − cos θ that Theorem 3 allows (any, at depth 2)."""
    N, turn = flow.depth, flow.turning_time
    ends = flow.at(np.array([0.0, turn]))
    if N == 2:
        return np.full(times.shape, _CLIP[1]), np.full(times.shape, _CLIP[0])
    first = {"N": N, "c_0": LAW.c0, "rho_0": ends.norm[0], "theta_0": ends.angle[0], "t": times}
    early = BOUNDS["lsz-thm-3-i"](**first)
    late = BOUNDS["lsz-thm-3-ii"](
        N=N,
        T=turn,
        c_0=LAW.c0,
        rho_T=ends.norm[1],
        theta_T=ends.angle[1],
        t=np.maximum(times, turn),
    )
    largest = 1 - np.where(times <= turn, early, late)
    return largest, 1 - BOUNDS["lsz-thm-3-upper"](**first)


def norm_bounds(flow: SphericalFlow, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and largest norm that Lemma 8 (i) allows (any, at depth 2)."""
    if flow.depth == 2:
        return np.full(times.shape, _CLIP[0]), np.full(times.shape, _CLIP[1])
    start = {"N": flow.depth, "rho_0": flow.at(0.0).norm, "t": times}
    above = BOUNDS["lsz-lem-8-i-upper"](**start)
    return BOUNDS["lsz-lem-8-i-lower"](c_0=LAW.c0, **start), above


def arrivals(flow: SphericalFlow) -> tuple[float, float]:
    """When the angle is down to ``SMALL``: truly, and as Theorem 3 (ii) or Proposition 4 has it.

    Theorem 3 (ii) says φ(t) ≥ φ(T) + κ ‖w(T)‖^{1−2/N} (t − T), where cos θ = tanh φ.
    """
    angles = np.array([flow.at(0.0).angle, flow.at(flow.turning_time).angle, SMALL])
    start, turn, end = -np.log(np.tan(angles / 2))
    truth = flow.time((end - start) / LAW.kappa)
    if flow.depth == 2:
        return truth, truth
    speed = LAW.kappa * flow.turning_norm ** (1 - 2 / flow.depth)
    return truth, flow.turning_time + (end - turn) / speed


def compute(depth: float, angle: float, norm: float) -> Arrays:
    """Flow on the circle, Theorem 3 and Lemma 8, and our floor of the norm.

    Parameters
    ----------
    depth
        Number of layers, at least 2.
    angle
        Start angle to the teacher, in degrees, between 0 and 180 (exclusive).
    norm
        Start norm, positive.

    Returns
    -------
    dict
        ``t``; ``gap`` (1 − cos θ) of the flow between ``gap_low`` and ``gap_high``; ``norm``
        between ``norm_low`` and ``norm_high``, and above ``floor``; the turning time ``turning``,
        the norm there; ``arrival`` and ``promise`` (see :func:`arrivals`), ``ratio`` of the two;
        ``sentence``.
    """
    theta = np.deg2rad(angle)
    start = norm * np.array([np.sin(theta), np.cos(theta)])
    flow = SphericalFlow(LAW, direction=(0.0, 1.0), start=start, depth=int(depth))
    times = _sample_times(flow)
    record = flow.at(times)
    high, low = angle_bounds(flow, times)
    below, above = norm_bounds(flow, times)
    floor = BOUNDS["own-norm-floor"](N=depth, rho_0=norm, theta_0=theta)
    truth, promise = arrivals(flow)
    curves = {
        "t": times,
        "gap": record.one_minus_cos,
        "gap_high": high,
        "gap_low": low,
        "norm": record.norm,
        "norm_low": below,
        "norm_high": above,
        "floor": np.full(2, float(floor)),
    }
    numbers = {
        "turning": flow.turning_time,
        "turning_norm": flow.turning_norm,
        "arrival": truth,
        "promise": promise,
        "ratio": promise / truth,
        "sentence": 2.0 * (depth == 2) + (flow.turning_time == 0),
    }
    return {name: np.clip(values, *_CLIP) for name, values in curves.items()} | {
        name: np.array([number]) for name, number in numbers.items()
    }


_TIME = Axis("time t", "log", (_FIRST, _END))
_TURN = (Mark("turning", "T"),)
_CURVES = ("t", "gap", "gap_high", "gap_low", "norm", "norm_low", "norm_high")
_NUMBERS = ("turning", "turning_norm", "arrival", "promise", "ratio", "sentence")
_ARRIVAL = (
    "The angle is below 1° from t~=~{arrival} on; Theorem 3 promises it from t~=~{promise} on, "
    "{ratio} times as late."
)

EXPLORATION = register(
    Exploration(
        name="depth_explorer",
        title="Theorem 3 beside the truth",
        claim="The angle is small earlier than Theorem 3 promises, by a factor that grows with "
        "the depth.",
        controls=(
            Control("depth", "Depth N", (2, 3, 4, 6, 8), 2, "choice"),
            Control("angle", "Start angle", (45, 80, 120, 143, 160, 172), 3, "linear", "°"),
            Control("norm", "Start norm", (0.3, 1, 3), 1, "log"),
        ),
        fields=(
            *((name, 2 * _HALF) for name in _CURVES),
            ("floor", 2),
            *((name, 1) for name in _NUMBERS),
        ),
        fixed={"ends": (_FIRST, _END), "small": (float(1 - np.cos(SMALL)),) * 2},
        compute=compute,
        panels=(
            Panel(
                "Angle: 1 − cos θ",
                "1 − cos θ against time: flow, and Theorem 3 on both sides.",
                _TIME,
                Axis("", "log", (1e-8, 10)),
                (
                    Series("ends", "small", "guide", "1°", at=0.0, side="upper right"),
                    Series("t", "gap_high", "bound", "Theorem 3", at=0.9, side="right"),
                    Series("t", "gap_low", "bound", "Theorem 3", at=0.92, side="left"),
                    Series("t", "gap", "exact", "flow", at=0.97, side="right"),
                ),
                _TURN,
            ),
            Panel(
                "Norm ‖w‖",
                "The norm against time: flow, Lemma 8 on both sides, and our floor.",
                _TIME,
                Axis("", "log", (1e-5, 1e3)),
                (
                    Series("t", "norm_high", "bound", "Lemma 8", at=0.85, side="left"),
                    Series("t", "norm_low", "bound", "Lemma 8", at=0.3, side="lower left"),
                    Series("ends", "floor", "guide", "our floor", side="above"),
                    Series("t", "norm", "exact", "flow", at=0.95, side="below"),
                ),
                _TURN,
            ),
        ),
        sentences=(
            "The norm falls until T~=~{turning}, down to {turning_norm}, then grows. " + _ARRIVAL,
            "The norm grows from the start. " + _ARRIVAL,
            "With two layers Proposition 4 is exact: the angle is below 1° from t~=~{arrival} on. "
            "The norm falls until T~=~{turning}, down to {turning_norm}, then grows.",
            "With two layers Proposition 4 is exact: the angle is below 1° from t~=~{arrival} on. "
            "The norm grows from the start.",
        ),
    )
)


@shows(EXPLORATION)
def depth_explorer(
    depth: int | None = None, angle: float | None = None, norm: float | None = None
) -> Explorer:
    """Angle and norm of a deep network with Theorem 3 and Lemma 8 of LSZ.

    Parameters
    ----------
    depth
        Number of layers.
    angle
        Start angle in degrees.
    norm
        Start norm.

    Examples
    --------
    >>> depth_explorer(depth=3)
    explore.depth_explorer(depth=3, angle=143, norm=1)
    """
