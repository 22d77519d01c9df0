"""Widget: one direction curve, many clocks.

In natural time the direction of a balanced deep linear predictor does not know the depth; the
norm turns N times faster (the gear), and depth enters the direction only through the clock t(τ).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow

DEPTHS = (1, 2, 3, 4, 6, 8)
ARRIVAL = np.deg2rad(10.0)
"""The angle at which a direction counts as arrived."""

_TAU_SEEN = 20.0
# Even where the direction turns; early and late points for the logarithmic time axis.
_TAU = np.concatenate(
    [[0.0], np.geomspace(0.02, 1.0, 9), np.arange(1.5, 20.1, 0.5), np.geomspace(26, 600, 7)]
)


def compute(angle: float, norm: float) -> Arrays:
    """Direction and norm of the flow on the circle law, for every depth of ``DEPTHS``.

    Parameters
    ----------
    angle
        Start angle to the target direction, in degrees, between 0 and 180 (exclusive).
    norm
        Start norm of the end-to-end vector, positive.

    Returns
    -------
    dict
        ``tau``-grid arrays ``cos`` and, for each depth N, ``t_N`` and ``norm_N``; ``arrival`` (per
        depth) and ``arrival_tau``: when the angle reaches 10°.
    """
    law = UniformSphere(2)
    theta = np.deg2rad(angle)
    start = norm * np.array([np.sin(theta), np.cos(theta)])
    flows = {n: SphericalFlow(law, direction=(0.0, 1.0), start=start, depth=n) for n in DEPTHS}
    arrays: Arrays = {"sentence": np.zeros(1)}
    # artanh cos θ grows at the constant rate κ, at every depth.
    rise = np.arctanh(np.cos(ARRIVAL)) - np.arctanh(np.cos(theta))
    arrays["arrival_tau"] = np.array([rise / law.kappa])
    arrays["arrival"] = np.array([float(f.time(rise / law.kappa)) for f in flows.values()])
    for depth, flow in flows.items():
        record = flow.at_natural_time(_TAU)
        arrays[f"t_{depth}"] = record.t
        arrays[f"norm_{depth}"] = record.norm
        arrays["cos"] = 1.0 - record.one_minus_cos
    return arrays


_CLOCK = Axis("time t", "log", (0.1, 1e5))
_NATURAL = Axis("natural time τ", "linear", (0.0, _TAU_SEEN))
_COS = Axis("cos θ", "linear", (-1.0, 1.0), ((-1.0, "−1"), (0.0, "0"), (1.0, "1")))
_NORM = Axis("norm", "log", (1e-6, 1e2))


def _series(
    x: str, y: str, at: float | Literal["low"], sides: tuple[str, str]
) -> tuple[Series, ...]:
    """One curve a depth; besides the chosen one only the first and the last are labelled.

    ``sides``: where the label stands for the first depth, and for the others.
    """
    return tuple(
        Series(
            x.format(n),
            y.format(n),
            "exact",
            f"N = {n}",
            at,
            sides[min(place, 1)],
            only=("depth", place),
            quiet=n not in (DEPTHS[0], DEPTHS[-1]),
        )
        for place, n in enumerate(DEPTHS)
    )


_CONTROLS = (
    Control("depth", "Depth N", DEPTHS, 3, "choice", tabulated=False),
    Control("angle", "Start angle", (20, 40, 60, 80, 100, 120, 140, 150, 160), 7, "linear", "°"),
    Control("norm", "Start norm", (0.1, 0.2, 0.5, 1, 2, 5), 3, "log"),
)

_PANELS = (
    Panel(
        "Direction: cos θ against t",
        "cos θ against time, one curve for each depth.",
        _CLOCK,
        _COS,
        _series("t_{}", "cos", 0.4, ("left", "right")),
        (Mark("arrival", "10°"),),
    ),
    Panel(
        "Direction: cos θ against τ",
        "cos θ against natural time: the curves of all depths lie on one another.",
        _NATURAL,
        _COS,
        (Series("tau", "cos", "exact", "every depth", at=0.38),),
        (Mark("arrival_tau", "10°"),),
    ),
    Panel(
        "Norm ‖w‖ against t",
        "The norm against time, one curve for each depth.",
        _CLOCK,
        _NORM,
        _series("t_{}", "norm_{}", "low", ("above", "below")),
    ),
    Panel(
        "Norm ‖w‖ against τ",
        "The norm against natural time: it turns N times faster at depth N.",
        _NATURAL,
        _NORM,
        _series("tau", "norm_{}", "low", ("above", "below")),
    ),
)

EXPLORATION = register(
    Exploration(
        name="clock_and_gear",
        title="The clock and the gear",
        claim="One direction curve, many clocks: in natural time all depths turn alike.",
        controls=_CONTROLS,
        fields=(
            ("cos", _TAU.size),
            *((f"{name}_{n}", _TAU.size) for name in ("t", "norm") for n in DEPTHS),
            ("arrival", len(DEPTHS)),
            ("arrival_tau", 1),
            ("sentence", 1),
        ),
        fixed={"tau": tuple(_TAU.tolist())},
        indexed={"arrival": "depth"},
        compute=compute,
        panels=_PANELS,
        sentences=(
            "With depth {depth} the angle has come down to 10° at time t~=~{arrival}; in natural "
            "time that is τ~=~{arrival_tau}, whatever the depth.",
        ),
    )
)


@shows(EXPLORATION)
def clock_and_gear(
    depth: int | None = None, angle: float | None = None, norm: float | None = None
) -> Explorer:
    """Trajectories of a deep linear predictor in time and in natural time.

    Parameters
    ----------
    depth
        Depth drawn strong.
    angle
        Start angle in degrees.
    norm
        Start norm.

    Examples
    --------
    >>> clock_and_gear(depth=4)
    explore.clock_and_gear(depth=4, angle=150, norm=1)
    """
