"""The static picture of a widget: for print, for LaTeX, and where JavaScript is off."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
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


class _Names(Artist):
    """The names on one panel: they get their places when it is drawn, as its size is known then."""

    def __init__(self, axes: Axes, panel: Panel, arrays: Arrays) -> None:
        super().__init__()
        self.set(in_layout=False, zorder=5)
        # Keeps a margin free: the layout heeds it, and no name.
        beside = {"xycoords": "axes fraction", "textcoords": "offset points"}
        axes.annotate(" ", (1, 0), xytext=(MARGIN, 0), horizontalalignment="right", **beside)
        axes.add_artist(self)
        self.panel, self.arrays = panel, arrays
        self.curves: list[tuple[Series, bool]] = []
        self.marks: list[tuple[float, str]] = []

    def draw(self, renderer: RendererBase) -> None:
        """Place the names and write them."""
        unit = renderer.points_to_pixels(1)
        (left, bottom), (right, top) = self.axes.bbox.get_points() / unit
        box = labels.Box(left, bottom, right, top)
        lines: list[labels.Line] = []
        names: list[tuple[labels.Name, Text]] = []

        def add(text: str, colour: str, wish: labels.Points, side: str, *where: Any) -> None:
            written = Text(0, 0, text, color=colour, fontweight="bold")
            written.set(figure=self.axes.figure, horizontalalignment="center")
            width = written.get_window_extent(renderer).width / unit
            names.append((labels.Name(width, wish, side, *where), written))

        for series, strong in self.curves:
            points = self._points(series, unit)
            region, dots = series.style in REGIONS, "marker" in LOOKS.get(series.style, {})
            seen = labels.seen_points(points, box, dots)
            if not region:
                lines.append(labels.Line(seen, 3.0 if dots else 1.5, 2.0 if dots else 1.0))
            ends = seen if len(points) < 3 else labels.seen_points(points, box, True)
            if series.label and len(ends) and (strong or not series.quiet):
                own = REGIONS[series.style] if region else LOOKS[series.style]["color"]
                where = (seen, points if region else None)
                colour = own if strong else FAINT["color"]
                add(series.label, colour, _wished(series, ends), series.side, *where)
        for place, text in self.marks:
            x = self.axes.transData.transform((place, self.axes.get_ylim()[0]))[0] / unit
            seen = labels.seen_points(np.array([(x, bottom), (x, top)]), box, False)
            lines.append(labels.Line(seen, 1.5, 2.0))
            add(text, style.INK, seen[2], "right", seen)
        names.sort(key=lambda pair: pair[0].area is None)  # an area leaves least choice
        room = labels.Box(left + 3, bottom + 3, right + MARGIN, top + 5)
        places = labels.place([name for name, _ in names], lines, room)
        for found, (_, written) in zip(places, names, strict=True):
            middle = (found.left + found.right) / 2
            written.set_position((middle * unit, found.bottom * unit))
            written.draw(renderer)

    def _points(self, series: Series, unit: float) -> labels.Points:
        """A curve in points (1/72 inch)."""
        xs = _shown(self.panel.x, self.arrays[series.x])
        ys = _shown(self.panel.y, self.arrays[series.y])
        return np.asarray(self.axes.transData.transform(np.column_stack([xs, ys])) / unit)


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
    names = _Names(axes, panel, arrays)
    names.curves = sorted(drawn, key=lambda pair: pair[1], reverse=True)
    for mark in panel.marks:
        place = exploration.entry(mark.x, arrays, places)
        if panel.x.range[0] <= place <= panel.x.range[1]:
            axes.axvline(place, color=style.INK, linewidth=0.9, linestyle=style.DOTTED)
            names.marks.append((place, mark.label))


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
