"""One style for every figure: legible on white and on near-black, and without colour vision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from lindyn._check import Array

# Four hues of equal lightness, at 3:1 or better against white and against the dark theme.  They
# stay apart under the common colour deficiencies; nothing is told by colour alone.
BLUE = "#1f7fd1"
ORANGE = "#c8641f"
GREEN = "#0f9673"
PINK = "#bb5c9e"
CYCLE = (BLUE, ORANGE, GREEN, PINK)

# Black becomes the colour of the page's text: in SVG it is replaced by currentColor.
INK = "black"
FIVE = (*CYCLE, INK)

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "lines.linewidth": 1.8,
    "lines.scale_dashes": False,
    "lines.solid_capstyle": "round",
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
    "path.simplify_threshold": 0.3,
    "figure.facecolor": "white",
}

DASHED = (0, (7, 4))
DOTTED = (0, (2, 3))


@contextmanager
def applied(**changes: Any) -> Iterator[None]:
    """Matplotlib in the book's style, whatever the reader has configured."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC | changes)
        yield


def dress(axes: Axes, title: str, xlabel: str = "", **settings: Any) -> None:
    """Give a panel its title (which also names the y axis), its grid and its scales."""
    axes.set_title(title)
    axes.set(xlabel=xlabel, **settings)
    axes.minorticks_off()
    axes.grid(color=INK, alpha=0.13, linewidth=0.6)
    axes.tick_params(length=3, width=0.8)


def label(
    axes: Axes, text: str, at: tuple[float, float], colour: str = INK, **settings: Any
) -> None:
    """Write the name of a curve beside it, in its colour."""
    axes.annotate(text, at, color=colour, fontweight="bold", **settings)


def name_ends(axes: Axes, depths: Sequence[int], ends: Sequence[float], heading: str = "N") -> None:
    """Write each depth right of where its curve ends, one above the other; y is logarithmic."""
    low, high = np.log(axes.get_ylim())
    places = np.clip((np.log(ends) - low) / (high - low), 0.0, 1.0)
    order = np.argsort(places)
    for lower, upper in zip(order[:-1], order[1:], strict=True):
        places[upper] = max(places[upper], places[lower] + 0.075)
    beside: dict[str, Any] = {
        "xycoords": "axes fraction",
        "textcoords": "offset points",
        "va": "center",
    }
    for depth, place, colour in zip(depths, places, FIVE, strict=False):
        label(axes, f"{depth}", (1.0, float(place)), colour, xytext=(4, 0), **beside)
    label(axes, heading, (1.0, 1.06), INK, xytext=(4, 0), **beside)


def name_crossings(
    axes: Axes, depths: Sequence[int], level: float, curves: dict[int, tuple[Array, Array]]
) -> None:
    """Write each depth left of the place where it last crosses the level."""
    for number, (depth, colour) in enumerate(zip(depths, CYCLE, strict=False)):
        xs, ys = curves[depth]
        crossed = np.flatnonzero((ys[:-1] - level) * (ys[1:] - level) <= 0)[-1]
        name = f"N = {depth}" if number == 0 else str(depth)
        label(
            axes,
            name,
            (xs[crossed], level),
            colour,
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )


def arrow(
    axes: Axes, tail: Sequence[float], head: Sequence[float], colour: str, width: float = 1.5
) -> None:
    """An arrow from tail to head, in data coordinates."""
    look = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0, "linewidth": width}
    axes.annotate("", tuple(head), tuple(tail), arrowprops=look)


def keys(axes: Axes, handles: Sequence[Artist], place: float = -0.16) -> None:
    """Say below the panel what is what, in two columns."""
    axes.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.45, place),
        ncols=2,
        frameon=False,
        handlelength=1.6,
        columnspacing=1.0,
    )
