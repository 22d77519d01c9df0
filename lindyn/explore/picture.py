"""The static picture of a widget: for print, for LaTeX, and where JavaScript is off."""

from __future__ import annotations

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lindyn.explore.spec import Arrays, Axis, Exploration, Panel, Series
from lindyn.figures import picture, style

LOOKS = {
    "exact": {"color": style.BLUE, "linewidth": 2.0},
    "bound": {"color": style.ORANGE, "linewidth": 1.6, "linestyle": style.DASHED},
    "run": {"color": style.GREEN, "linestyle": "", "marker": "o", "markersize": 4.5},
    "cross": {"color": style.ORANGE, "linestyle": "", "marker": "x", "markersize": 5},
    "guide": {"color": style.INK, "linewidth": 0.9, "alpha": 0.45},
}
REGIONS = {"region": style.GREEN, "bound-region": style.ORANGE}
FAINT = LOOKS["guide"]
# Shift in points, and which end of the text is tied to the curve; as in static/panel.js.
SIDES = {
    "right": ((6, -3), "left"),
    "left": ((-6, -3), "right"),
    "above": ((0, 7), "right"),
    "below": ((0, -12), "center"),
    "upper right": ((4, 5), "left"),
    "lower left": ((-4, -12), "right"),
}


def _label(axes: Axes, panel: Panel, series: Series, arrays: Arrays, colour: str) -> None:
    """Write the curve's name beside it, by the same rule as the front end."""
    (left, right), (low, high) = panel.x.range, panel.y.range
    xs, ys = arrays[series.x], arrays[series.y]
    seen = np.flatnonzero((xs >= left) & (xs <= right) & (ys >= low) & (ys <= high))
    if seen.size == 0:
        return
    lowest = int(np.argmin(ys[seen])) or seen.size - 1
    index = seen[lowest if series.at == "low" else round(series.at * (seen.size - 1))]
    shift, across = SIDES[series.side]
    place = {"xytext": shift, "textcoords": "offset points", "horizontalalignment": across}
    style.label(axes, series.label, (xs[index], ys[index]), colour, **place)


def _shown(axis: Axis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values, with gaps where the axis cannot show them."""
    return np.where(values > 0, values, np.nan) if axis.scale == "log" else values


def _draw(
    axes: Axes, panel: Panel, exploration: Exploration, arrays: Arrays, places: dict[str, float]
) -> None:
    for series, strong in exploration.drawn(panel, places):
        if series.style in REGIONS:
            looks = {"color": REGIONS[series.style]}
            tint = looks | {"alpha": 0.16, "linewidth": 0}
            axes.fill(arrays[series.x], arrays[series.y], zorder=1, **tint)
        else:
            looks = LOOKS[series.style] | ({} if strong else FAINT)
            xs, ys = _shown(panel.x, arrays[series.x]), _shown(panel.y, arrays[series.y])
            axes.plot(xs, ys, zorder=3 if strong else 2, **looks)
        if series.label and (strong or not series.quiet):
            _label(axes, panel, series, arrays, looks["color"])
    for mark in panel.marks:
        place = exploration.entry(mark.x, arrays, places)
        if panel.x.range[0] <= place <= panel.x.range[1]:
            axes.axvline(place, color=style.INK, linewidth=0.9, linestyle=style.DOTTED)
            above = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
            axes.annotate(mark.label, (place, 0), xytext=(3, 4), fontweight="bold", **above)
    scales = {"xscale": panel.x.scale, "yscale": panel.y.scale}
    limits = {"xlim": panel.x.range, "ylim": panel.y.range}
    style.dress(axes, panel.title, panel.x.label, **scales, **limits)
    for axis, given in ((axes.xaxis, panel.x.ticks), (axes.yaxis, panel.y.ticks)):
        if given:
            axis.set_ticks([value for value, _ in given], [text for _, text in given])


def draw(exploration: Exploration, positions: tuple[float, ...], name: str) -> picture.Picture:
    """Every panel of the widget at one setting of its controls; ``name`` prefixes its ids."""
    fixed = {key: np.asarray(values) for key, values in exploration.fixed.items()}
    arrays = exploration.at(positions) | fixed
    places = exploration.places(positions)
    panels = (
        picture.Panel(
            partial(_draw, panel=panel, exploration=exploration, arrays=arrays, places=places),
            panel.alt,
        )
        for panel in exploration.panels
    )
    return picture.Picture(name, tuple(panels), columns=2)


def words(exploration: Exploration, positions: tuple[float, ...]) -> str:
    """What the picture shows, in words."""
    setting = ", ".join(
        f"{control.label}: {control.text(position)}"
        for control, position in zip(exploration.controls, positions, strict=True)
    )
    summary = exploration.summary(exploration.at(positions), positions)
    return f"{exploration.title}. {exploration.claim} Shown at {setting}. {summary}"
