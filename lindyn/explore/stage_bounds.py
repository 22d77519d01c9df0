"""Widget: the bounds of CLZ, Section 4, beside the truth."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from lindyn.bounds import BOUNDS
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.trajectory_explorer import (
    END,
    POINTS,
    SINGULAR_VALUES,
    sample_times,
    start_flow,
)
from lindyn.explore.widget import Explorer
from lindyn.natural import RankOneFlow

RESTART = 0.25
"""Theorems 4.7 and 4.9 need a₁b₁ > 0 at their start: they start where it is this much."""

SMALL = 1e-3
"""The size of 1 − a₁b₁ at which the summary compares."""

_TOP, _SECOND = SINGULAR_VALUES[:2]
_FIRST = 0.01
_STAGE = 32  # points of a bound in its stage
_FAR = 1e30  # nothing is drawn there


def _product(flow: RankOneFlow, tau: float) -> float:
    """a₁b₁ at a natural time."""
    record = flow.at_natural_time(tau)
    return float(record.a[0] * record.b[0])


def _time_of(flow: RankOneFlow, product: float) -> float:
    """When a₁b₁ reaches a value; 0 if it is above from the start."""
    if _product(flow, 0.0) >= product:
        return 0.0
    tau = brentq(lambda x: _product(flow, x) - product, 0.0, 30.0, xtol=1e-13)
    return float(flow.time(tau))


def _stage_times(start: float, end: float) -> np.ndarray:
    """Times of a bound from its start on, close together there; none if there is no stage."""
    if start >= end:
        return np.full(_STAGE, _FAR)
    gap = max(start, _FIRST)
    later = start + np.geomspace(0.01 * gap, max(end - start, 0.02 * gap), _STAGE - 1)
    return np.minimum(np.append(start, later), end)


def first_stage(flow: RankOneFlow) -> tuple[Arrays, float]:
    """Theorem 4.5, corrected: the bound until t₁, and T₁, its bound on t₁ (0 without stage 1)."""
    begin = flow.at(0.0)
    times = _stage_times(0.0, flow.t1)
    if flow.t1 == 0:
        return {"t_5": times, "gap_5": times}, 0.0
    given = {
        "N": flow.depth,
        "s_0": begin.s,
        "s_max": max(_TOP, begin.s),
        "sigma_1": _TOP,
        "C_1": abs(begin.plus[0] / begin.minus[0]),
    }
    gap = BOUNDS["clz-thm-4-5-a"](t=times, **given)
    return {"t_5": times, "gap_5": gap}, float(BOUNDS["clz-thm-4-5-b"](**given))


def later_stages(flow: RankOneFlow) -> tuple[Arrays, float]:
    """Theorem 4.7 from a₁b₁ = ¼ on and Theorem 4.9, corrected, from t₂ on if that is later.

    Besides, when Theorem 4.9 promises that 1 − a₁b₁ is small.
    """
    second = _time_of(flow, RESTART)
    third = max(second, flow.t2)
    times = {name: _stage_times(start, END) for name, start in (("7", second), ("9", third))}
    given = {}
    for name, start in (("7", second), ("9", third)):
        record = flow.at(start)
        given[name] = {
            "N": flow.depth,
            "c": record.a[0] * record.b[0],
            "s_0": record.s,
            "sigma_1": _TOP,
            "sigma_2": _SECOND,
        }
    early, late = (times[name] - start for name, start in (("7", second), ("9", third)))
    top = max(_TOP, given["7"]["s_0"])
    arrays = {
        "t_7": times["7"],
        "gap_7": BOUNDS["clz-thm-4-7"](t=early, s_max=top, **given["7"]),
        "t_9": times["9"],
        "gap_9": BOUNDS["clz-thm-4-9-a"](t=late, **given["9"]),
        # From t₂ on s does not fall (Lemma 4.2).
        "s_9": np.maximum(BOUNDS["clz-thm-4-9-explicit"](t=late, **given["9"]), given["9"]["s_0"]),
    }
    speed = 2 * given["9"]["s_0"] ** (1 - 2 / flow.depth) * (_TOP - _SECOND)
    odds = given["9"]["c"] / (1 - given["9"]["c"])
    return arrays, third + np.log((1 / SMALL - 1) / odds) / speed


def compute(depth: float, start: float, size: float) -> Arrays:
    """One trajectory to the target of singular values 3, 2, 1, with the bounds of CLZ.

    Parameters
    ----------
    depth
        Number of layers, at least 3.
    start
        Angle between v and −v₁ in degrees, between 0 and 180 (exclusive); u starts at half of it
        to u₁.
    size
        Norm of the end-to-end matrix at the start, positive.

    Returns
    -------
    dict
        ``t`` with ``gap`` (1 − a₁b₁) and ``s``, the bounds ``floor`` (Theorem 4.4) and
        ``own_floor``; ``roof`` of s; ``t_5, gap_5``, ``t_7, gap_7`` and ``t_9, gap_9, s_9``: the
        theorems of those numbers; ``t1``, ``t2``, ``T1``; ``arrival`` and ``promise``: when
        1 − a₁b₁ is 0.001, and by when Theorem 4.9 has it so; ``sentence``.
    """
    flow = start_flow(depth, start, size)
    times = sample_times(flow)
    record = flow.at(times)
    known = {"N": depth, "s_0": size, "sigma_1": _TOP, "t": times}
    first, latest = first_stage(flow)
    later, promise = later_stages(flow)
    top = max(_TOP, size)
    arrays = {
        "t": times,
        "gap": 1 - record.a[:, 0] * record.b[:, 0],
        "s": record.s,
        "floor": BOUNDS["clz-thm-4-4-9b"](s_max=top, **known),
        "own_floor": BOUNDS["own-size-floor"](**known),
        "roof": np.full(2, float(BOUNDS["clz-thm-4-4-ub"](s_max=top))),
        "T1": np.array([latest]),
        "t1": np.array([flow.t1]),
        "t2": np.array([flow.t2]),
        "arrival": np.array([_time_of(flow, 1 - SMALL)]),
        "promise": np.array([promise]),
    }
    arrays |= first | later | {"sentence": np.array([float(flow.t1 == 0)])}
    return arrays


_TIME = Axis("time t", "log", (_FIRST, END))

EXPLORATION = register(
    Exploration(
        name="stage_bounds",
        title="The bounds of Section 4 beside the truth",
        claim="Every bound holds in its stage, and every one is late: T₁, for the end of stage 1, "
        "by powers of ten if the start is nearly opposite.",
        controls=(
            Control("depth", "Depth N", (3, 4, 6), 1, "choice"),
            Control(
                "start", "Angle to the opposite", (2, 10, 30, 50, 70, 85, 120), 2, "linear", "°"
            ),
            Control("size", "Start norm s(0)", (0.1, 1, 10), 1, "log"),
        ),
        fields=(
            *((name, POINTS) for name in ("t", "gap", "s", "floor", "own_floor")),
            *((name, _STAGE) for name in ("t_5", "gap_5", "t_7", "gap_7", "t_9", "gap_9", "s_9")),
            ("roof", 2),
            *((name, 1) for name in ("T1", "t1", "t2", "arrival", "promise", "sentence")),
        ),
        fixed={"ends": (_FIRST, END)},
        compute=compute,
        panels=(
            Panel(
                "Direction: 1 − a₁b₁",
                "1 − a₁b₁ against time: the flow below Theorem 4.5 until t₁, and below Theorems "
                "4.7 and 4.9 later.",
                _TIME,
                Axis("", "log", (1e-5, 10.0)),
                (
                    Series("t_5", "gap_5", "bound", "4.5", at=0.3, side="upper right"),
                    Series("t_7", "gap_7", "bound", "4.7", at=0.9, side="upper right"),
                    Series("t_9", "gap_9", "bound", "4.9", at=1.0, side="right"),
                    Series("t", "gap", "exact", "flow", at=0.85, side="left"),
                ),
                (Mark("t1", "t₁"), Mark("T1", "T₁")),
            ),
            Panel(
                "Norm s",
                "The norm against time: the flow between the two bounds of Theorem 4.4, and above "
                "Theorem 4.9 from its start on.",
                _TIME,
                Axis("", "log", (1e-6, 100.0)),
                (
                    Series("t", "floor", "bound", "4.4", at=0.8, side="lower left"),
                    Series("ends", "roof", "bound", "4.4", at=0.0, side="upper right"),
                    Series("t_9", "s_9", "bound", "4.9", at=0.5, side="right"),
                    Series("t", "own_floor", "guide", "our floor", at=0.85, side="right"),
                    Series("t", "s", "exact", "flow", at=0.5, side="left"),
                ),
                (Mark("t2", "t₂"),),
            ),
        ),
        sentences=(
            "Stage 1 ends at t₁~=~{t1}; Theorem 4.5 says by T₁~=~{T1}. 1~−~a₁b₁ is 0.001 at "
            "t~=~{arrival}; Theorem 4.9 says by {promise}.",
            "There is no stage 1. 1~−~a₁b₁ is 0.001 at t~=~{arrival}; Theorem 4.9 says by "
            "{promise}.",
        ),
    )
)


@shows(EXPLORATION)
def stage_bounds(
    depth: int | None = None, start: float | None = None, size: float | None = None
) -> Explorer:
    """Direction and norm of one trajectory with Theorems 4.4, 4.5, 4.7 and 4.9 of CLZ.

    Theorems 4.5 and 4.9 are drawn as corrected; 4.7 starts where a₁b₁ = ¼, and 4.9 there or at
    t₂, whichever is later.

    Parameters
    ----------
    depth
        Number of layers.
    start
        Angle between the start and the opposite (u₁, −v₁) of the top pair, in degrees.
    size
        Norm s(0) of the end-to-end matrix.

    Examples
    --------
    >>> stage_bounds(start=10)
    explore.stage_bounds(depth=4, start=10, size=1)
    """
