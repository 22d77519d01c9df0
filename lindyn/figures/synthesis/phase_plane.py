"""A phase diagram of every start with one output: how long it takes, and which stage takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.integrate import quad
from scipy.optimize import brentq

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.picture import Arrays, Panel, Picture
from lindyn.figures.style import BLUE, DASHED, DOTTED, GREEN, INK, ORANGE, PINK, dress, keys
from lindyn.figures.synthesis.arrival import arrival
from lindyn.natural import RankOneFlow
from lindyn.sweeps import sweep

DEPTHS = (2, 3, 5)
ANGLES = np.linspace(0.6, 179.4, 151)  # degrees
SIZES = np.geomspace(1e-3, 1e2, 153)
ROWS = 9  # sizes to a point of the sweep, so that arrays are long and hand-overs few
DRAWN = np.s_[:, ::4, ::3]  # of depths, sizes and angles: enough for contours
NATURAL = np.linspace(0.0, 20.0, 241)
_SAID = ("median", "largest", "small", "large", "half", "first")
DIPS = (0.1, 0.01)  # sizes, relative to the target, below which a start may fall
LEVELS = (0.1, 1, 2, 3, 4, 5, 6, 8, 10, 15, 30, 100, 1e3, 1e4, 1e5, 1e6, 1e8)
PARTS = (0.0, 0.1, 0.25, 0.4, 0.6, 1.0)


# --- Times ---------------------------------------------------------------------------------------


def plane_block(depth: int, sizes: Sequence[float]) -> Arrays:
    """All angles at some sizes of the start, for one output and ‖Z‖ = 1.

    Returns
    -------
    dict
        ``time`` to within 1 % of the target, ``t1``, ``t2`` and ``least``, the smallest s; shapes
        (sizes, angles).
    """
    turned = np.radians(np.tile(ANGLES, len(sizes)))
    v = np.stack([np.cos(turned), np.sin(turned)], axis=-1)
    s = np.repeat(np.asarray(sizes, dtype=float), ANGLES.size)
    flow = RankOneFlow([[1.0, 0.0]], np.ones((s.size, 1)), v, s=s, depth=depth)
    found = arrival(flow, [1.0], NATURAL)
    found |= {"t1": flow.t1, "t2": flow.t2}
    return {name: found[name].reshape(len(sizes), -1) for name in ("time", "t1", "t2", "least")}


def plane_grid() -> dict[str, Sequence[object]]:
    """The grid of the sweep: depths, and sizes in groups."""
    return {"depth": DEPTHS, "sizes": [tuple(rows) for rows in SIZES.reshape(-1, ROWS).tolist()]}


# --- What theory says ----------------------------------------------------------------------------


def dip_border(depth: int, least: float, angles: Array) -> Array:
    """Sizes from which the smallest s of the flow is exactly ``least``; inf beyond a last angle.

    It is the orbit through cos θ = least = s, where s turns, followed back: with cos θ = tanh x
    and ν = cosh x, νᴺ/s − N∫νᴺdx is constant along every orbit.  NaN at smaller angles.
    """
    end = np.arctanh(least)
    border = np.full(angles.shape, np.nan)
    for place in np.flatnonzero(np.cos(np.radians(angles)) <= least):
        x = np.arctanh(np.cos(np.radians(angles[place])))
        left = _orbit(x, end, depth, least)
        border[place] = np.cosh(x) ** depth / left if left > 0 else np.inf
    return border


def _orbit(x: float, end: float, depth: int, least: float) -> float:
    """νᴺ/s at x on the orbit that turns at ``end``."""
    area = quad(lambda y: np.cosh(y) ** depth, x, end)[0]
    return float(np.cosh(end) ** depth / least - depth * area)


def last_angle(depth: int, least: float) -> float:
    """Angle in degrees beyond which s falls below ``least`` however large the start."""
    end = float(np.arctanh(least))
    x = brentq(_orbit, -20.0, end, args=(end, depth, least), xtol=1e-12)
    return float(np.degrees(np.arccos(np.tanh(x))))


@cached
def compute_plane() -> Arrays:
    """Times of the starts on a grid of angles and sizes, at three depths.

    Returns
    -------
    dict
        ``time``, ``t1``, ``t2``, ``least``, shape (depths, sizes, angles).

    Statements
    ----------
    ``own-square-closed-form``, ``own-first-stage-time``, ``own-turning-time-s``
    """
    found = sweep(plane_block, plane_grid(), progress=False)
    shape = (len(DEPTHS), SIZES.size, ANGLES.size)
    return {name: values.reshape(shape) for name, values in found.values.items()}


def shares(data: Arrays) -> Array:
    """Parts of the time to arrive that the three stages take, shape (3, depths, sizes, angles)."""
    time = data["time"]
    first = np.minimum(data["t1"], time)
    second = np.minimum(np.maximum(data["t2"], data["t1"]), time) - first
    return np.stack([first, second, time - first - second]) / np.where(time > 0, time, np.inf)


@cached
def compute_phase() -> Arrays:
    """What is drawn of :func:`compute_plane`, and what is said of it.

    Returns
    -------
    dict
        ``time`` and ``before``, the part of it before s turns, on every fourth size and third
        angle; by depth ``median`` and ``largest`` time, ``small`` and ``large``: times at 60° from
        the least and the largest size, ``half``: part of the starts with ``before`` at most 1/2,
        ``first``: largest part that the first stage takes; ``dip_N``: border sizes of falling
        below each of the sizes ``DIPS``; ``last_N``: the last angles.
    """
    plane, parts = compute_plane(), shares(compute_plane())
    before, column = parts[0] + parts[1], int(np.argmin(np.abs(ANGLES - 60)))
    time = plane["time"]
    return {
        "time": time[DRAWN],
        "before": before[DRAWN],
        "median": np.median(time, axis=(1, 2)),
        "largest": time.max(axis=(1, 2)),
        "small": time[:, 0, column],
        "large": time[:, -1, column],
        "half": np.mean(before <= 0.5, axis=(1, 2)),
        "first": parts[0].max(axis=(1, 2)),
        **{f"dip_{n}": np.array([dip_border(n, c, ANGLES) for c in DIPS]) for n in DEPTHS},
        **{f"last_{n}": np.array([last_angle(n, c) for c in DIPS]) for n in DEPTHS},
    }


# --- Drawing -------------------------------------------------------------------------------------


def _plane(axes: Axes, title: str) -> None:
    dress(axes, title, "angle of the start in degrees", yscale="log")
    axes.set(xlim=(0, 180), ylim=(1e-3, 1e2), xticks=[0, 45, 90, 135, 180])
    axes.set_yticks([1e-3, 1e-2, 0.1, 1, 10, 100], ["0.001", "0.01", "0.1", "1", "10", "100"])
    axes.minorticks_off()


def _borders(axes: Axes, data: Arrays, depth: int) -> None:
    """Where the stages begin, and where s falls below a given size."""
    near = np.linspace(0.0, 89.99, 400)
    axes.plot(near, np.cos(np.radians(near)), color=ORANGE, linewidth=2.2)
    axes.axvline(90, color=PINK, linewidth=2.2, linestyle=DASHED)
    for row, width in zip(data[f"dip_{depth}"], (2.2, 1.5), strict=True):
        axes.plot(
            ANGLES, np.minimum(row, 1e9), color=GREEN, linewidth=width, linestyle=DOTTED, zorder=3
        )


def _named(level: float) -> str:
    return f"{level:g}" if level < 1e4 else f"1e{np.log10(level):.0f}"


def draw_times(axes: Axes, data: Arrays, depth: int) -> None:
    """Time to arrive over the plane, in bands of a decade, with the borders of theory."""
    _plane(axes, f"N = {depth}: time until 1 %, and size of the start")
    time = np.maximum(data["time"][DEPTHS.index(depth)], LEVELS[0])
    bands = [to_rgba(BLUE, x) for x in np.linspace(0.03, 0.85, len(LEVELS) - 1)]
    axes.contourf(ANGLES[::3], SIZES[::4], time, LEVELS, colors=bands)
    lines = axes.contour(ANGLES[::3], SIZES[::4], time, LEVELS, colors=[INK], linewidths=0.5)
    axes.clabel(lines, fmt=_named, fontsize=7.5, colors=INK)
    _borders(axes, data, depth)
    keys(
        axes,
        [
            Line2D([], [], color=PINK, linewidth=2.2, linestyle=DASHED, label="right: t₁ > 0"),
            Line2D([], [], color=ORANGE, linewidth=2.2, label="above: t₂ > 0"),
            Line2D([], [], color=GREEN, linewidth=2.2, linestyle=DOTTED, label="s down to 0.1"),
            Line2D([], [], color=GREEN, linewidth=1.5, linestyle=DOTTED, label="s down to 0.01"),
        ],
        place=-0.2,
    )


def draw_stages(axes: Axes, data: Arrays, depth: int) -> None:
    """Part of the time that has gone when s turns, that is of the first two stages."""
    _plane(axes, f"N = {depth}: part of the time before t₂")
    before = data["before"][DEPTHS.index(depth)]
    bands = [to_rgba(PINK, x) for x in np.linspace(0.05, 0.75, len(PARTS) - 1)]
    axes.contourf(ANGLES[::3], SIZES[::4], before, PARTS, colors=bands)
    axes.contour(ANGLES[::3], SIZES[::4], before, PARTS[1:-1], colors=[INK], linewidths=0.6)
    axes.axvline(90, color=INK, linewidth=1.2, linestyle=DASHED)
    pairs = zip(PARTS[:-1], PARTS[1:], bands, strict=True)
    patches = [Patch(color=c, label=f"{100 * x:.0f} to {100 * y:.0f} %") for x, y, c in pairs]
    keys(axes, patches, place=-0.2)


def _words_times(data: Arrays, depth: int) -> str:
    said = {name: data[name][DEPTHS.index(depth)] for name in _SAID}
    last = data[f"last_{depth}"]
    return (
        f"N = {depth}: time until the distance to the target is 1 %, for starts at angles 0° to "
        "180° and of sizes 0.001 to 100 times the target's, in bands. The median is "
        f"{said['median']:.2g}; at 60° it is {said['small']:.2g} from size 0.001 and "
        f"{said['large']:.2g} from 100; the largest, {said['largest']:.2g}, is at the right lower "
        "corner. The first stage exists right of 90°, the second above the curve s = cos θ. Starts "
        "right of the dotted curves fall to below 0.1 or 0.01 on the way; the curves rise to "
        f"infinity at {last[0]:.1f}° and {last[1]:.1f}°."
    )


def _words_stages(data: Arrays, depth: int) -> str:
    said = {name: data[name][DEPTHS.index(depth)] for name in _SAID}
    return (
        f"N = {depth}: part of the time until 1 % that has gone when the size turns (t₂), in "
        f"bands. It is at most a half for {100 * said['half']:.0f} % of the starts on the grid, "
        "and more only above the target's size and near its direction, up to 100 %. The first "
        f"stage alone takes at most {100 * said['first']:.1f} %."
    )


def _picture(
    id: str, draw: Callable[..., None], words: Callable[[Arrays, int], str], height: float
) -> Picture:
    data = compute_phase()
    panels = (Panel(partial(draw, data=data, depth=n), words(data, n)) for n in DEPTHS)
    return Picture(id, tuple(panels), columns=3, panel_size=(3.5, height))


def phase_times() -> Picture:
    """Times to arrive at three depths."""
    return _picture("own-phase-times", draw_times, _words_times, 3.6)


def phase_stages() -> Picture:
    """The longest stage at three depths."""
    return _picture("own-phase-stages", draw_stages, _words_stages, 3.4)


FIGURES: dict[str, Callable[[], Picture]] = {
    "own-phase-times": phase_times,
    "own-phase-stages": phase_stages,
}
