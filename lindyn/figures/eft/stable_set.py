"""Where balanced starts of rank one go: the papers' sets and the exact bad set, on a torus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.optimize import brentq

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import (
    BLUE,
    DASHED,
    DOTTED,
    GREEN,
    ORANGE,
    PINK,
    arrow,
    dress,
    keys,
    label,
)
from lindyn.natural import RankOneFlow

SIGMA = (1.0, 0.4)  # γ = 0.4
GRID = 121
ROUND = 62.0  # degrees from Z₁ of the points through which paths are drawn
TURNS = np.arange(5.0, 360.0, 24.0)
LONGEST = 7.0
COPIES = ((0, 0), (180, 180), (180, -180), (-180, 180), (-180, -180))  # (−u, −v) is (u, v)
REACHED = 0.9  # of a₁b₁
CUTS = {"saddle": 1.0, "zero": -1.0}  # angles (x, x) and (x, −x)


def directions(angles: Array) -> Array:
    """Unit vectors at angles in degrees from the first singular vector, shape (…, 2)."""
    turned = np.radians(angles)
    return np.stack([np.cos(turned), np.sin(turned)], axis=-1)


def flow(starts: Array) -> RankOneFlow:
    """Flows from pairs of angles of u and v, shape (B, 2)."""
    u, v = directions(starts[:, 0]), directions(starts[:, 1])
    return RankOneFlow(np.diag(SIGMA), u=u, v=v, s=1.0, depth=2)


def _forward(points: Array) -> Array:
    """Angles along the flows from some points, shape (B, T, 2)."""
    record = flow(points).at_natural_time(np.linspace(0.0, LONGEST, 37))
    angles = [np.arctan2(w[..., 1], w[..., 0]) for w in (record.u, record.v)]
    found = np.degrees(np.unwrap(np.stack(angles, axis=-1), axis=0)).transpose(1, 0, 2)
    return found + 360 * np.round((points - found[:, 0]) / 360)[:, None]


def _backward(points: Array) -> Array:
    """Angles along the flows to these points: with −v for v sums and differences change places."""
    opposite = np.array([0.0, 180.0])
    return (_forward(points + opposite) - opposite)[:, ::-1]


def time_to_reach(angles: tuple[float, float]) -> float:
    """Natural time until a₁b₁ is 0.9; 0 where it is already."""
    exact = flow(np.array([angles]))

    def missing(tau: float) -> float:
        record = exact.at_natural_time(tau)
        return float(record.a[0, 0] * record.b[0, 0]) - REACHED

    return 0.0 if missing(0.0) >= 0 else float(brentq(missing, 0.0, 60.0, xtol=1e-12))


@cached
def compute_stable_set() -> Arrays:
    """Sets of starts on the torus of the angles of u and v, paths on it, times near the bad set.

    Returns
    -------
    dict
        ``side``: angles in degrees; ``first`` and ``pull``: a₁b₁ and uᵀZv there (rows: v);
        ``paths``: angles along flows from close to −Z₁ to Z₁, shape (paths, T, 2); ``distance``:
        degrees left to the bad set, ``saddle`` and ``zero``: natural time until a₁b₁ = 0.9
        from there, beside the part that goes to the saddle and the part that goes to 0;
        ``share``: parts of the torus with a₁b₁ > γ, with a₁b₁ > 0, with uᵀZv > 0.

    Statements
    ----------
    ``eft-eq-28``, ``eft-thm-3-8``, ``eft-rem-3-8-necessity``, ``own-bad-starts``, ``clz-def-gb``,
    ``clz-def-rb``
    """
    side = np.linspace(-180.0, 180.0, GRID)
    sines, cosines = np.sin(np.radians(side)), np.cos(np.radians(side))
    first = np.outer(cosines, cosines)
    pull = SIGMA[0] * first + SIGMA[1] * np.outer(sines, sines)
    points = ROUND * directions(TURNS)
    paths = np.concatenate([_backward(points), _forward(points)[:, 1:]], axis=1)
    distance = np.geomspace(90.0, 1e-6, 49)
    fine = np.cos(np.radians(np.linspace(-180.0, 180.0, 2000, endpoint=False) + 0.09))
    tangent = np.sqrt(1 - fine**2) * np.sign(np.linspace(-1, 1, 2000))
    products = np.outer(fine, fine)
    pulls = SIGMA[0] * products + SIGMA[1] * np.outer(tangent, tangent)
    share = [products > SIGMA[1] / SIGMA[0], products > 0, pulls > 0]
    return {
        "side": side,
        "first": first,
        "pull": pull,
        "paths": paths,
        "distance": distance,
        **{
            name: np.array([time_to_reach((90 - d, sign * (90 - d))) for d in distance])
            for name, sign in CUTS.items()
        },
        "share": np.array([np.mean(inside) for inside in share]),
    }


def _torus(axes: Axes, title: str) -> None:
    dress(axes, title, "angle of u from u₁ in degrees", aspect="equal")
    axes.set(xlim=(-180, 180), ylim=(-180, 180))
    axes.set(xticks=[-180, -90, 0, 90, 180], yticks=[-180, -90, 0, 90, 180])
    axes.set_ylabel("angle of v from v₁", labelpad=0)


def _bad_set(axes: Axes) -> None:
    """a₁ + b₁ = 0: four sides of a square that stands on its corner."""
    for sign in (1, -1):
        axes.plot([0, sign * 180], [sign * 180, 0], color=ORANGE, linewidth=2.4)
        axes.plot([0, sign * 180], [-sign * 180, 0], color=PINK, linewidth=2.4, linestyle=DASHED)


def draw_sets(axes: Axes, data: Arrays) -> None:
    """The papers' sets and the bad set."""
    _torus(axes, "sets of starts")
    for level, strength in ((0.0, 0.13), (SIGMA[1] / SIGMA[0], 0.3)):
        axes.contourf(
            data["side"], data["side"], data["first"], [level, 2], colors=[BLUE], alpha=strength
        )
    axes.contour(
        data["side"],
        data["side"],
        data["pull"],
        [0.0],
        colors=[GREEN],
        linewidths=1.6,
        linestyles=[DOTTED],
    )
    _bad_set(axes)
    keys(
        axes,
        [
            Patch(color=BLUE, alpha=0.39, label="EFT: a₁b₁ > γ"),
            Patch(color=BLUE, alpha=0.13, label="CLZ: a₁b₁ > 0"),
            Line2D([], [], color=GREEN, linewidth=1.6, linestyle=DOTTED, label="CLZ: uᵀZv > 0"),
            Line2D([], [], color=ORANGE, linewidth=2.4, label="ends at the saddle"),
            Line2D([], [], color=PINK, linewidth=2.4, linestyle=DASHED, label="ends at 0"),
        ],
    )


def draw_paths(axes: Axes, data: Arrays) -> None:
    """Paths of the directions on the torus."""
    _torus(axes, "paths of the directions")
    for path in data["paths"]:
        turned = int(np.argmin(np.abs(np.abs(path).sum(axis=1) - 120)))
        for copy in COPIES:
            moved = path + copy
            axes.plot(*moved.T, color=BLUE, linewidth=1.1)
            if np.all(np.abs(moved[turned]) < 175):
                arrow(axes, moved[turned], moved[turned + 1], BLUE, width=1.1)
    _bad_set(axes)
    for sign in (1, -1):
        for side in (1, -1):
            for colour, flip in ((ORANGE, 1), (PINK, -1)):
                middle = np.array([90.0, flip * 90.0]) * sign
                along = np.array([1.0, -flip]) * side
                arrow(axes, middle + 52 * along, middle + 40 * along, colour, width=2)
                axes.plot(*middle, marker="D", color=colour, markersize=6)
    axes.plot([0, 180, -180, 180, -180], [0, 180, 180, -180, -180], "o", color=BLUE, clip_on=False)
    looks = {
        "Z₁": (BLUE, "o"),
        "saddle σ₂u₂v₂ᵀ": (ORANGE, "D"),
        "−u₂v₂ᵀ, on the way to 0": (PINK, "D"),
    }
    keys(
        axes,
        [
            Line2D([], [], color=colour, marker=marker, linestyle="", label=name)
            for name, (colour, marker) in looks.items()
        ],
    )


def draw_near(axes: Axes, data: Arrays) -> None:
    """Natural time until a₁b₁ = 0.9 against the distance from the bad set."""
    dress(axes, "natural time until a₁b₁ = 0.9", "degrees from the bad set", xscale="log")
    axes.set(xlim=(90, 1e-6), ylim=(0, 36), xticks=[10, 1e-1, 1e-3, 1e-5])
    axes.minorticks_off()
    border = 90 - np.degrees(np.arccos(np.sqrt(SIGMA[1] / SIGMA[0])))
    axes.axvspan(90, border, color=BLUE, alpha=0.25, linewidth=0)
    for name, colour, dashes in (("saddle", ORANGE, "solid"), ("zero", PINK, DASHED)):
        axes.plot(data["distance"], data[name], color=colour, linestyle=dashes)
    label(axes, "EFT", (60, 33), BLUE)
    label(axes, "beside the starts\nthat end at the saddle", (8, 24), ORANGE)
    label(axes, "beside those that end at 0", (0.7, 0.9), PINK)


def _words(data: Arrays) -> tuple[str, ...]:
    parts = [f"{100 * share:.0f} %" for share in data["share"]]
    home = np.linalg.norm(data["paths"][:, -1], axis=1).max()
    gains = [
        float(
            (data[name][-1] - data[name][-9]) / np.log(data["distance"][-9] / data["distance"][-1])
        )
        for name in CUTS
    ]
    return (
        "Torus of the angles of u and v from the first singular vectors, each from −180° to 180°, "
        f"for singular values {SIGMA[0]:g} and {SIGMA[1]:g}. The bad set a₁ + b₁ = 0 is a square "
        "that stands on its corner, with corners (±180°, 0) and (0, ±180°): starts on two opposite "
        "sides end at the saddle, on the other two at 0, and all others at Z₁. The sets of the "
        f"papers are much smaller: a₁b₁ > γ holds in {parts[0]} of the torus, round its centre and "
        f"its corners, a₁b₁ > 0 in {parts[1]}; uᵀZv > 0, which holds in {parts[2]}, crosses the "
        "bad set.",
        f"Paths of the directions on the same torus: {len(data['paths'])} paths inside the square "
        f"come from −Z₁ at its corners and end at Z₁, its centre (within {home:.2g}°); the same "
        "outside, with Z₁ at the corners of the torus. The sides of the square part them; on a "
        "side the direction runs to its middle.",
        "Natural time until a₁b₁ is 0.9 against the distance from the bad set in degrees, "
        f"logarithmic, from 90° to 1e-6°: beside the saddle's side it grows to "
        f"{data['saddle'][-1]:.1f}, in proportion to the logarithm with factor {gains[0]:.3f}, "
        f"beside the other to {data['zero'][-1]:.1f} with factor {gains[1]:.3f}: that is "
        "1/(σ₁ − σ₂) and 1/(σ₁ + σ₂). Nothing happens at the border of the paper's set.",
    )


def stable_set() -> Picture:
    """Sets of starts, paths of directions, times near the bad set."""
    data = compute_stable_set()
    drawers = (draw_sets, draw_paths, draw_near)
    return assemble("eft-stable-set", data, drawers, _words(data), 3, panel_size=(3.5, 3.7))


FIGURES: dict[str, Callable[[], Picture]] = {"eft-stable-set": stable_set}
