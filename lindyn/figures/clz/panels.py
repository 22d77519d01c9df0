"""Panels of Chen, Lin and Zhang's figures: descent over the exact flow, against the step."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from lindyn.figures.picture import Arrays
from lindyn.figures.style import BLUE, DASHED, GREEN, ORANGE, dress, label

CURVES = {  # name, colour, dashes, place of the name
    "s": ("s", BLUE, "solid", 0.08),
    "pull": ("uᵀZv", ORANGE, DASHED, 0.17),
    "first": ("uᵀZ₁v", GREEN, (0, (2, 2)), 0.35),
}


def dress_steps(axes: Axes, title: str, last: int, ticks: list[int], **settings: object) -> None:
    """Title, grid and an axis of steps."""
    dress(axes, title, "step n of gradient descent", xlim=(0, last), **settings)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])


def curves_over_flow(
    axes: Axes, data: Arrays, suffix: str = "", height: float = 0.9, shift: float = 0.0
) -> None:
    """Descent, thin, over the exact flow, broad: s, uᵀZv and uᵀZ₁v, named at some height."""
    for name, (text, colour, dashes, place) in CURVES.items():
        flow, descent = (data[f"{run}_{name}{suffix}"] for run in ("flow", "gd"))
        axes.plot(data["n"], flow, color=colour, linewidth=5.5, alpha=0.3)
        axes.plot(data["n"], descent, color=colour, linewidth=1.5, linestyle=dashes, zorder=3)
        label(axes, text, (place + shift, height), colour, xycoords="axes fraction")


def apart(data: Arrays) -> float:
    """Largest distance of s of descent from the flow, in per cent."""
    return 100 * float(np.max(np.abs(data["gd_s"] / data["flow_s"] - 1)))
