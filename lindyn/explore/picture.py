"""The static picture of a widget: for print, for LaTeX, and where JavaScript is off."""

from __future__ import annotations

import base64
import html
import io
import re

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lindyn.explore.spec import Arrays, Exploration, Panel, Series

# Colour-blind safe, and readable on white and on near-black alike.
COLOURS = {"exact": "#1f7fd1", "bound": "#c8641f", "run": "#0f9673"}
_RC = {
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
}


def _draw_series(axes: Axes, series: Series, arrays: Arrays, strong: bool) -> None:
    colour = COLOURS[series.style] if strong else "black"
    looks = {
        "exact": {"linewidth": 2.0},
        "bound": {"linewidth": 1.6, "linestyle": (0, (5, 3))},
        "run": {"linestyle": "", "marker": "o", "markersize": 4.5},
    }[series.style]
    if not strong:
        looks |= {"linewidth": 0.9, "alpha": 0.45}
    xs, ys = arrays[series.x], arrays[series.y]
    axes.plot(xs, ys, color=colour, zorder=3 if strong else 2, **looks)


def _label(axes: Axes, panel: Panel, series: Series, arrays: Arrays, strong: bool) -> None:
    """Write the curve's name beside it, by the same rule as the front end."""
    (left, right), (low, high) = panel.x.range, panel.y.range
    xs, ys = arrays[series.x], arrays[series.y]
    seen = np.flatnonzero((xs >= left) & (xs <= right) & (ys >= low) & (ys <= high))
    if seen.size == 0:
        return
    lowest = int(np.argmin(ys[seen])) or seen.size - 1
    index = seen[lowest if series.at == "low" else round(series.at * (seen.size - 1))]
    offset, across = {
        "right": ((6, -3), "left"),
        "left": ((-6, -3), "right"),
        "above": ((0, 7), "right"),
        "below": ((0, -12), "center"),
        "upper right": ((4, 5), "left"),
        "lower left": ((-4, -12), "right"),
    }[series.side]
    axes.annotate(
        series.label,
        (xs[index], ys[index]),
        xytext=offset,
        textcoords="offset points",
        horizontalalignment=across,
        color=COLOURS[series.style] if strong else "black",
    )


def _draw_panel(
    axes: Axes, panel: Panel, exploration: Exploration, arrays: Arrays, places: dict[str, float]
) -> None:
    for series in panel.series:
        strong = series.only is None or places[series.only[0]] == series.only[1]
        _draw_series(axes, series, arrays, strong)
        if series.label and (strong or not series.quiet):
            _label(axes, panel, series, arrays, strong)
    for mark in panel.marks:
        place = exploration.entry(mark.x, arrays, places)
        if panel.x.range[0] <= place <= panel.x.range[1]:
            axes.axvline(place, color="black", linewidth=0.9, linestyle=":")
            axes.annotate(
                mark.label,
                (place, 0),
                xycoords=("data", "axes fraction"),
                xytext=(3, 4),
                textcoords="offset points",
            )
    axes.set(
        xscale=panel.x.scale,
        yscale=panel.y.scale,
        xlim=panel.x.range,
        ylim=panel.y.range,
        xlabel=panel.x.label,
    )
    axes.set_title(panel.title, loc="left")
    axes.minorticks_off()
    axes.grid(color="black", alpha=0.12, linewidth=0.6)
    for axis, given in ((axes.xaxis, panel.x.ticks), (axes.yaxis, panel.y.ticks)):
        if given:
            axis.set_ticks([value for value, _ in given], [text for _, text in given])


def draw(exploration: Exploration, positions: tuple[float, ...]) -> Figure:
    """Every panel of the widget at one setting of its controls."""
    fixed = {name: np.asarray(values) for name, values in exploration.fixed.items()}
    arrays = exploration.at(positions) | fixed
    places = exploration.places(positions)
    rows: list[list[Panel]] = []
    for panel in exploration.panels:
        if panel.wide or not rows or len(rows[-1]) == 2 or rows[-1][0].wide:
            rows.append([])
        rows[-1].append(panel)
    with matplotlib.rc_context(_RC):
        figure = Figure(figsize=(7.6, 2.5 * len(rows)), layout="constrained")
        grid = figure.add_gridspec(len(rows), 2)
        for k, row in enumerate(rows):
            for j, panel in enumerate(row):
                axes = figure.add_subplot(grid[k, :] if panel.wide else grid[k, j])
                _draw_panel(axes, panel, exploration, arrays, places)
    return figure


def alt_text(exploration: Exploration, positions: tuple[float, ...]) -> str:
    """What the picture shows, in words."""
    setting = ", ".join(
        f"{control.label}: {control.text(position)}"
        for control, position in zip(exploration.controls, positions, strict=True)
    )
    summary = exploration.summary(exploration.at(positions), positions)
    return f"{exploration.title}. {exploration.claim} Shown at {setting}. {summary}"


def png(figure: Figure) -> str:
    """The figure as base64 PNG on white, for LaTeX."""
    file = io.BytesIO()
    with matplotlib.rc_context(_RC):
        figure.savefig(file, format="png", dpi=200, metadata={"Software": None})
    return base64.b64encode(file.getvalue()).decode()


def svg(figure: Figure, name: str, alt: str) -> str:
    """The figure as inline SVG: transparent, black follows the page's text, ids kept apart."""
    file = io.StringIO()
    with matplotlib.rc_context(_RC | {"svg.hashsalt": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :].replace("#000000", "currentColor")
    # A style element inside inline SVG would speak to the whole page.
    text = re.sub(r"<(metadata|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"<g id=\"[a-z]+_\d+\">", "<g>", text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#| id=")', rf"\g<1>{name}-", text)
    # Where nothing is said, SVG fills with black: glyphs and markers get the text colour.
    opening = f'<svg role="img" aria-label="{html.escape(alt)}" fill="currentColor" '
    text = text.replace("<svg ", opening, 1)
    return re.sub(r"\n\s*", "\n", text)
