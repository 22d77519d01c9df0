"""The static picture of a widget: for print, for LaTeX, and where JavaScript is off."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import NDArray

from lindyn.explore import labels
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
MARGIN = 36  # points for names, right of the axes


def _shown(axis: Axis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values, with gaps where the axis cannot show them."""
    return np.where(values > 0, values, np.nan) if axis.scale == "log" else values


def _wished(series: Series, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beside which of the points that are seen of a curve its name should stand."""
    lowest = int(np.argmin(seen[:, 1])) or len(seen) - 1
    return np.asarray(seen[lowest if series.at == "low" else round(series.at * (len(seen) - 1))])


class _Names:
    """The names on one panel; made when its curves and its axes are there."""

    def __init__(self, axes: Axes) -> None:
        # Keeps a margin free: the layout heeds it, and no name.
        beside = {"xycoords": "axes fraction", "textcoords": "offset points"}
        axes.annotate(" ", (1, 0), xytext=(MARGIN, 0), horizontalalignment="right", **beside)
        axes.figure.draw_without_rendering()
        self.axes = axes
        self.unit = axes.figure.dpi / 72
        (left, bottom), (right, top) = axes.get_window_extent().get_points() / self.unit
        self.box = labels.Box(left, bottom, right, top)
        self.lines: list[labels.Line] = []
        self.names: list[tuple[labels.Name, Text]] = []

    def add(
        self, text: str, colour: str, wish: NDArray[np.float64], side: str, *where: Any
    ) -> None:
        """A name whose place is not yet known."""
        artist = self.axes.text(0, 0, text, color=colour, fontweight="bold")
        artist.set(transform=self.axes.transAxes, horizontalalignment="center", in_layout=False)
        width = artist.get_window_extent().width / self.unit
        self.names.append((labels.Name(width, wish, side, *where), artist))

    def curve(self, panel: Panel, series: Series, arrays: Arrays, strong: bool) -> None:
        """A curve that is drawn; and its name."""
        xs, ys = _shown(panel.x, arrays[series.x]), _shown(panel.y, arrays[series.y])
        points = self.axes.transData.transform(np.column_stack([xs, ys])) / self.unit
        region = series.style in REGIONS
        looks = {"color": REGIONS[series.style]} if region else LOOKS[series.style]
        colour = (looks if strong else FAINT)["color"]
        dots = "marker" in looks
        seen = labels.seen_points(points, self.box, dots)
        if not region:
            self.lines.append(labels.Line(seen, 3.0 if dots else 1.5, 2.0 if dots else 1.0))
        ends = seen if len(points) < 3 else labels.seen_points(points, self.box, True)
        if series.label and len(ends) and (strong or not series.quiet):
            area = points if region else None
            self.add(series.label, colour, _wished(series, ends), series.side, seen, area)

    def mark(self, place: float, text: str) -> None:
        """A vertical line, named at its foot."""
        x = self.axes.transData.transform((place, self.axes.get_ylim()[0]))[0] / self.unit
        ends = np.array([(x, self.box.bottom), (x, self.box.top)])
        points = labels.seen_points(ends, self.box, False)
        self.lines.append(labels.Line(points, 1.5, 2.0))
        self.add(text, style.INK, points[2], "right", points)

    def settle(self) -> None:
        """Give every name its place: that of an area first, which leaves least choice."""
        box = self.box
        room = labels.Box(box.left + 3, box.bottom + 3, box.right + MARGIN, box.top + 5)
        self.names.sort(key=lambda pair: pair[0].area is None)
        places = labels.place([name for name, _ in self.names], self.lines, room)
        for text, (_, artist) in zip(places, self.names, strict=True):
            x = ((text.left + text.right) / 2 - box.left) / (box.right - box.left)
            artist.set_position((x, (text.bottom - box.bottom) / (box.top - box.bottom)))


def _draw(
    axes: Axes, panel: Panel, exploration: Exploration, arrays: Arrays, places: dict[str, float]
) -> None:
    drawn = exploration.drawn(panel, places)
    for series, strong in drawn:
        if series.style in REGIONS:
            tint = {"color": REGIONS[series.style], "alpha": 0.16, "linewidth": 0}
            axes.fill(arrays[series.x], arrays[series.y], zorder=1, **tint)
        else:
            looks = LOOKS[series.style] | ({} if strong else FAINT)
            xs, ys = _shown(panel.x, arrays[series.x]), _shown(panel.y, arrays[series.y])
            axes.plot(xs, ys, zorder=3 if strong else 2, **looks)
    scales = {"xscale": panel.x.scale, "yscale": panel.y.scale}
    limits = {"xlim": panel.x.range, "ylim": panel.y.range}
    style.dress(axes, panel.title, panel.x.label, **scales, **limits)
    for axis, given in ((axes.xaxis, panel.x.ticks), (axes.yaxis, panel.y.ticks)):
        if given:
            axis.set_ticks([value for value, _ in given], [text for _, text in given])
    names = _Names(axes)
    for series, strong in sorted(drawn, key=lambda pair: pair[1], reverse=True):
        names.curve(panel, series, arrays, strong)
    for mark in panel.marks:
        place = exploration.entry(mark.x, arrays, places)
        if panel.x.range[0] <= place <= panel.x.range[1]:
            axes.axvline(place, color=style.INK, linewidth=0.9, linestyle=style.DOTTED)
            names.mark(place, mark.label)
    names.settle()


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
