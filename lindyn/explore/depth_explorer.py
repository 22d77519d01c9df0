"""Widget: a deep network's angle and norm, with every bound of LSZ's Theorem 3 and Lemma 8."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.lsz_deep import BOUNDS
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow

LAW = UniformSphere(2)
LATE = 30.0
"""The time at which the summary compares the theorem with the truth."""

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
    """Largest and smallest 1 − cos θ that the theorems allow (Proposition 4 at depth 2)."""
    N, turn = flow.depth, flow.turning_time
    ends = flow.at(np.array([0.0, turn]))
    first = {"c_0": LAW.c0, "theta_0": ends.angle[0], "t": times}
    if N == 2:
        exact = 1 - BOUNDS["lsz-prop-4"](**first)
        return exact, exact
    first |= {"N": N, "rho_0": ends.norm[0]}
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
    """Lemma 8 (i); at depth 2, where print has no lower bound, the same estimate integrated."""
    start = {"N": flow.depth, "rho_0": flow.at(0.0).norm, "t": times}
    above = BOUNDS["lsz-lem-8-i-upper"](**start)
    if flow.depth == 2:
        return start["rho_0"] * np.exp(-2 * LAW.c0 * times), above
    return BOUNDS["lsz-lem-8-i-lower"](c_0=LAW.c0, **start), above


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
        the norm there, and at t = 30 the gap and its bound; ``sentence``.
    """
    theta = np.deg2rad(angle)
    start = norm * np.array([np.sin(theta), np.cos(theta)])
    flow = SphericalFlow(LAW, direction=(0.0, 1.0), start=start, depth=int(depth))
    times = _sample_times(flow)
    record = flow.at(times)
    high, low = angle_bounds(flow, times)
    below, above = norm_bounds(flow, times)
    floor = BOUNDS["own-norm-floor"](N=depth, rho_0=norm, theta_0=theta)
    late = np.array([LATE])
    arrays = {
        "t": times,
        "gap": record.one_minus_cos,
        "gap_high": high,
        "gap_low": low,
        "norm": record.norm,
        "norm_low": below,
        "norm_high": above,
        "floor": np.full(times.shape, float(floor)),
        "turning": np.array([flow.turning_time]),
        "turning_norm": np.array([flow.turning_norm]),
        "late_gap": flow.at(late).one_minus_cos,
        "late_bound": angle_bounds(flow, late)[0],
    }
    arrays = {name: np.clip(values, *_CLIP) for name, values in arrays.items()}
    arrays["sentence"] = np.array([2.0 if depth == 2 else float(flow.turning_time == 0)])
    return arrays


_TIME = Axis("time t", "log", (_FIRST, _END))
_TURN = (Mark("turning", "T"),)
_CURVES = ("t", "gap", "gap_high", "gap_low", "norm", "norm_low", "norm_high", "floor")

EXPLORATION = register(
    Exploration(
        name="depth_explorer",
        title="Theorem 3 beside the truth",
        claim="The deeper the network, the farther the truth from the bounds: the norm turns at a "
        "floor that they do not see.",
        controls=(
            Control("depth", "Depth N", (2, 3, 4, 6, 8), 2, "choice"),
            Control("angle", "Start angle", (45, 80, 120, 143, 160, 172), 3, "linear", "°"),
            Control("norm", "Start norm", (0.3, 1, 3), 1, "log"),
        ),
        fields=(
            *((name, 2 * _HALF) for name in _CURVES),
            *((n, 1) for n in ("turning", "turning_norm", "late_gap", "late_bound", "sentence")),
        ),
        compute=compute,
        panels=(
            Panel(
                "Angle: 1 − cos θ",
                "1 − cos θ against time: flow, and Theorem 3 on both sides.",
                _TIME,
                Axis("", "log", (1e-8, 10)),
                (
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
                    Series(
                        "t", "floor", "guide", "floor ‖w(0)‖ cos²ᴺ(θ₀/2)", at=0.95, side="above"
                    ),
                    Series("t", "norm", "exact", "flow", at=0.95, side="below"),
                ),
                _TURN,
            ),
        ),
        sentences=(
            "The norm falls until T~=~{turning}, down to {turning_norm}, then grows. At t~=~30 the "
            "true 1~−~cos~θ is {late_gap}; Theorem 3 promises at most {late_bound}.",
            "The norm grows from the start. At t~=~30 the true 1~−~cos~θ is {late_gap}; Theorem 3 "
            "promises at most {late_bound}.",
            "With two layers Proposition 4 is exact: at t~=~30, 1~−~cos~θ is {late_gap}. The norm "
            "is least, {turning_norm}, at T~=~{turning}.",
        ),
    )
)


def depth_explorer(
    depth: int | None = None, angle: float | None = None, norm: float | None = None
) -> Explorer:
    """Angle and norm of a deep network with Theorem 3 and Lemma 8 of LSZ.

    Parameters
    ----------
    depth
        Number of layers: 2, 3, 4, 6 or 8.
    angle
        Start angle in degrees, one of the control's stops.
    norm
        Start norm, one of the control's stops.

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
    >>> depth_explorer(depth=3)
    explore.depth_explorer(depth=3, angle=143, norm=1)
    """
    return Explorer(EXPLORATION, depth=depth, angle=angle, norm=norm)
