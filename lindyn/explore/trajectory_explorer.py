"""Widget: a trajectory of CLZ from start to limit, its three stages shaded."""

from __future__ import annotations

import numpy as np

from lindyn._wording import format_number
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.natural import RankOneFlow

SINGULAR_VALUES = (3.0, 2.0, 1.0)
TARGET = np.hstack([np.diag(SINGULAR_VALUES), np.zeros((3, 1))])
"""The target Z; the last of the four inputs has no part in it."""

LEAN_U = np.array([0.8, 0.6])
LEAN_V = np.array([-0.5, -0.2, np.sqrt(0.71)])
"""Where u leans, in the plane of u₂ and u₃, and v, in that of v₂, v₃ and the idle input."""

END = 1e3
"""Times are shown up to here."""

_FIRST = 1e-3
_EVEN = np.geomspace(_FIRST, END, 24)
_NATURAL = np.concatenate(
    [np.geomspace(0.005, 0.25, 11), np.linspace(0.34, 3.4, 31), np.linspace(4.0, 9.0, 6)]
)


POINTS = _EVEN.size + _NATURAL.size
"""How many times there are to a curve."""


def start_flow(depth: float, start: float, size: float) -> RankOneFlow:
    """The flow from v at an angle of ``start`` degrees to −v₁, and u at half of it to u₁."""
    angle = np.deg2rad(start)
    u = np.concatenate([[np.cos(angle / 2)], np.sin(angle / 2) * LEAN_U])
    v = np.concatenate([[-np.cos(angle)], np.sin(angle) * LEAN_V])
    return RankOneFlow(TARGET, u=u, v=v, s=size, depth=depth)


def sample_times(flow: RankOneFlow) -> np.ndarray:
    """Times even in ln t and times even in natural time: no front is missed."""
    return np.sort(np.concatenate([_EVEN, flow.time(_NATURAL)]))


def _frame(left: float, right: float) -> np.ndarray:
    """Times of a band's label and corners; an empty band lies outside the picture."""
    left, right = np.clip([left, right], _FIRST, END)
    if right <= left:
        return np.full(5, 10 * END)
    return np.array([np.sqrt(left * right), right, right, left, left])


def compute(depth: float, start: float, size: float) -> Arrays:
    """One trajectory of the flow to the target of singular values 3, 2, 1.

    Parameters
    ----------
    depth
        Number of layers, at least 2.
    start
        Angle between v and −v₁ in degrees, between 0 and 180 (exclusive); u starts at half
        of it to u₁.
    size
        Norm of the end-to-end matrix at the start, positive.

    Returns
    -------
    dict
        ``t``; ``s``, ``pull`` (uᵀZv) and ``first`` (uᵀZ₁v); ``t1``, ``t2`` and ``least``, the
        least s; ``band_1`` to ``band_3``, times that frame the stages; ``sentence``: which
        stages there are.
    """
    flow = start_flow(depth, start, size)
    record = flow.at(sample_times(flow))
    products = record.a * record.b
    t1, t2 = flow.t1, flow.t2
    if t1 == 0:
        sentence = 0.0 if t2 == 0 else 1.0
    else:
        sentence = 2.0 if t1 <= t2 else 3.0
    return {
        "t": record.t,
        "s": record.s,
        "pull": products @ np.array(SINGULAR_VALUES),
        "first": SINGULAR_VALUES[0] * products[:, 0],
        "t1": np.array([t1]),
        "t2": np.array([t2]),
        "least": np.array([flow.at(t2).s]),
        "band_1": _frame(0.0, t1),
        "band_2": _frame(t1, t2),
        "band_3": _frame(max(t1, t2), END),
        "sentence": np.array([sentence]),
    }


def _bands(frame: str) -> tuple[Series, ...]:
    """The three stages in a panel; ``frame`` has the heights of their labels and corners."""
    return (
        Series("band_1", frame, "region", "stage 1", 0.0, "below"),
        Series("band_2", frame, "bound-region", "2", 0.0, "below"),
        Series("band_3", frame, "region", "stage 3", 0.0, "below"),
    )


_TIME = Axis("time t", "log", (_FIRST, END))
_PULLS, _SIZES = (-3.4, 4.4), (1e-4, 300.0)
_STAGES = (Mark("t1", "t₁"), Mark("t2", "t₂"))

EXPLORATION = register(
    Exploration(
        name="trajectory_explorer",
        title="One trajectory, three stages",
        claim="The pulls uᵀZv and uᵀZ₁v only grow; the norm s falls while it is above uᵀZv and "
        "rises from then on.",
        controls=(
            Control("depth", "Depth N", (2, 3, 4, 6), 1, "choice"),
            Control(
                "start", "Angle to the opposite", (2, 10, 30, 50, 70, 85, 120), 4, "linear", "°"
            ),
            Control("size", "Start norm s(0)", (0.01, 0.1, 1, 10, 100), 3, "log"),
        ),
        fields=(
            *((name, POINTS) for name in ("t", "s", "pull", "first")),
            *((name, 5) for name in ("band_1", "band_2", "band_3")),
            *((name, 1) for name in ("t1", "t2", "least", "sentence")),
        ),
        fixed={
            "frame_pull": (4.4, 4.4, -3.4, -3.4, 4.4),
            "frame_size": (300.0, 300.0, 1e-4, 1e-4, 300.0),
        },
        compute=compute,
        panels=(
            Panel(
                "uᵀZv and uᵀZ₁v",
                "The two pulls against time: both rise from stage to stage, to 3.",
                _TIME,
                Axis(
                    "", "linear", _PULLS, tuple((float(k), format_number(k)) for k in range(-3, 4))
                ),
                (
                    *_bands("frame_pull"),
                    Series("t", "first", "guide", "uᵀZ₁v", at=0.15, side="above"),
                    Series("t", "pull", "exact", "uᵀZv", at=0.85, side="below"),
                ),
                _STAGES,
            ),
            Panel(
                "Norm s",
                "The norm of the end-to-end matrix against time: it falls, meets uᵀZv, and rises.",
                _TIME,
                Axis("", "log", _SIZES),
                (
                    *_bands("frame_size"),
                    Series("t", "pull", "guide", "uᵀZv", at=0.0, side="right"),
                    Series("t", "s", "exact", "s", at=0.9, side="above"),
                ),
                _STAGES,
            ),
        ),
        sentences=(
            "Stage 3 from the start: a₁b₁ is positive, and s only rises, from {size} to 3.",
            "Stages 2 and 3: a₁b₁ is positive from the start; s falls to {least} until "
            "t₂~=~{t2} and rises to 3.",
            "Stage 1 lasts until t₁~=~{t1}, when a₁b₁ becomes positive; stage 2 until t₂~=~{t2}, "
            "when s is least, {least}. Then s rises to 3.",
            "There is no stage 2: s is least, {least}, at t₂~=~{t2}, and rises to 3 while a₁b₁ "
            "stays negative until t₁~=~{t1}.",
        ),
    )
)


@shows(EXPLORATION)
def trajectory_explorer(
    depth: int | None = None, start: float | None = None, size: float | None = None
) -> Explorer:
    """Norm and pulls of one trajectory, with the three stages of CLZ, Section 4.

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
    >>> trajectory_explorer(depth=4)
    explore.trajectory_explorer(depth=4, start=70, size=10)
    """
