"""Panels of Ji and Telgarsky's figures: an axis of risks, predictors over their data, words."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from lindyn._check import Array
from lindyn.figures.jt.runs import LAST
from lindyn.figures.picture import Arrays
from lindyn.figures.style import BLUE, DASHED, INK, ORANGE, PINK, dress, keys

Look = dict[str, Any]
Networks = tuple[tuple[str, str, str, Any], ...]  # name, words, colour, dashes
EARLY = 3.0  # predictors are drawn at 10^−3 too
NETWORKS: Networks = (("1", "one layer", ORANGE, "solid"), ("4_0", "four layers", INK, DASHED))


def dress_risk(axes: Axes, title: str, first: float = 0.1, **settings: object) -> None:
    """Title, grid and an axis of risks that fall to the right, even in ln ln(1/R)."""
    dress(axes, title, "risk R", xscale="log", xlim=(first, LAST), **settings)
    ticks = [3, 10, 50, 300]
    names = ["0.5", "0.1", *(f"$10^{{-{tick}}}$" for tick in ticks)]
    axes.set_xticks([np.log10(2), 1, *ticks], names)
    axes.minorticks_off()


def draw_predictors(axes: Axes, data: Arrays, networks: Networks = NETWORKS) -> None:
    """The data, and the lines through 0 across each predictor, at two risks."""
    dress(axes, "data, and lines wᵀx = 0", aspect="equal", xlim=(-1, 1), ylim=(-1, 1))
    axes.set(xticks=[-1, -0.5, 0, 0.5, 1], yticks=[-1, -0.5, 0, 0.5, 1])
    for sign, colour, marker in ((1, BLUE, "o"), (-1, PINK, "x")):
        points = data["inputs"][data["labels"] == sign]
        axes.plot(*points.T, color=colour, marker=marker, linestyle="", markersize=4.5)
    x, y = data["direction"]
    base = float(np.degrees(np.arctan2(y, x)))
    broad: Look = {"color": INK, "linewidth": 7, "alpha": 0.25}
    _line(axes, base, broad)
    shown = [Line2D([], [], label="maximum margin", **broad)]
    for digit, width in ((EARLY, 1.2), (LAST, 2.0)):
        for name, layers, colour, dashes in networks:
            turned = float(np.interp(digit, data[f"digits_{name}"], data[f"angle_{name}"]))
            look: Look = {"color": colour, "linestyle": dashes, "linewidth": width}
            _line(axes, base + turned, look)
            shown.append(Line2D([], [], label=f"{layers}, $10^{{-{digit:g}}}$", **look))
    keys(axes, shown, -0.1)


def _line(axes: Axes, angle: float, look: Look) -> None:
    """The line through 0 across the vector at this angle in degrees."""
    across = np.radians(angle) + np.pi / 2
    ends = 1.2 * np.array([-1, 1])
    axes.plot(ends * np.cos(across), ends * np.sin(across), **look)


def listed(values: Array, form: str) -> str:
    """Numbers for the words of a panel."""
    return ", ".join(f"{value:{form}}".replace("-", "−") for value in values)
