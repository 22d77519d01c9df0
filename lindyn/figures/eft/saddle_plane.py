"""Saddles of scalar layers in a plane: strict ones at depth 2, strict and flat ones at depth 3."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import (
    BLUE,
    CYCLE,
    DASHED,
    DOTTED,
    GREEN,
    INK,
    ORANGE,
    PINK,
    arrow,
    dress,
    label,
    name_ends,
)
from lindyn.flows import gradient_flow
from lindyn.risks import WhitenedSquare

REACH = 2.0  # of the planes, in each direction
GRID = 161
LEVELS = (0.02, 0.125, 0.3, 0.5, 0.7, 1.2, 2.5, 5.0)
END = 60.0

# Starts (w₁, w₂) at depth 2: on w₂ = −w₁, near it on both sides, and elsewhere.
PAIRS = ((-1.6, 1.6), (-1.6, 1.45), (-1.45, 1.6), (-1.9, 0.6), (1.6, -1.45), (1.9, -0.6))
# Starts (x, z) at depth 3 with w₁ = w₂ = x and w₃ = z.
TRIPLES = (
    (-1.2, -1.9), (0.7, -1.9), (1.9, -1.9), (1.9, -1.4), (-1.9, -1.2), (0.03, 0.9), (-0.02, 0.3),
)  # fmt: skip
ESCAPED = 0.5  # of the product
ESCAPE_DEPTHS = (2, 3, 4)


def path(start: tuple[float, ...], times: Array) -> Array:
    """Flow of ½(1 − w_N⋯w_1)² from scalar layers, shape (T, N)."""
    weights = [np.array([[value]]) for value in start]
    run = gradient_flow(WhitenedSquare([[1.0]]), weights, times, rtol=1e-11, atol=1e-13)
    return np.stack([layer[:, 0, 0] for layer in run.weights], axis=1)


def escape_time(depth: int, start: float) -> float:
    """Time that equal layers take from ``start`` until their product is ½.

    The product p obeys ṗ = N p^{2−2/N}(1 − p); integrated over ln p.
    """
    from scipy.integrate import quad  # slow to import

    def rate(log_p: float) -> float:
        return float(np.exp(-(1 - 2 / depth) * log_p) / (depth * -np.expm1(log_p)))

    ends = depth * np.log(start), np.log(ESCAPED)
    return float(quad(rate, *ends, epsabs=0, epsrel=1e-12, limit=200)[0])


@cached
def compute_saddle_plane() -> Arrays:
    """Flows of ½(1 − xy)² and of ½(1 − xyz)² on the slice y = x, and times of escape from 0.

    Returns
    -------
    dict
        ``pair_k`` and ``triple_k``: the k-th path, shape (T, 2), in the coordinates (w₁, w₂) or
        (x, z); ``start``: sizes ε of all layers; ``escape_N``: time until their product is ½.

    Statements
    ----------
    ``own-scalar-landscape``, ``eft-rem-2-8-zero``, ``eft-txt-sec3-strict-saddle``
    """
    times = np.concatenate([[0.0], np.geomspace(1e-3, END, 160)])
    arrays: Arrays = {f"pair_{k}": path(start, times) for k, start in enumerate(PAIRS)}
    for k, (x, z) in enumerate(TRIPLES):
        arrays[f"triple_{k}"] = path((x, x, z), times)[:, 1:]
    arrays["start"] = np.geomspace(0.5, 1e-4, 40)
    for depth in ESCAPE_DEPTHS:
        arrays[f"escape_{depth}"] = np.array([escape_time(depth, e) for e in arrays["start"]])
    return arrays


def _levels(axes: Axes, product: Callable[[Array, Array], Array]) -> None:
    """Level lines of ½(1 − product)²."""
    side = np.linspace(-REACH, REACH, GRID)
    first, second = np.meshgrid(side, side)
    loss = (1 - product(first, second)) ** 2 / 2
    axes.contour(first, second, loss, LEVELS, colors=INK, linewidths=0.7, alpha=0.35)
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    axes.set(xticks=[-2, -1, 0, 1, 2], yticks=[-2, -1, 0, 1, 2])


def _path(axes: Axes, points: Array, colour: str, linestyle: object = "solid") -> None:
    axes.plot(*points.T, color=colour, linewidth=1.5, linestyle=linestyle)
    moved = np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))
    middle = int(np.searchsorted(moved, 0.45 * moved[-1]))
    arrow(axes, points[middle], points[middle + 1], colour)


def draw_pair(axes: Axes, data: Arrays) -> None:
    """Depth 2: level lines, minimisers, flows, and both directions at the saddle."""
    dress(axes, "N = 2:  ½(1 − w₁w₂)²", "w₁")
    _levels(axes, lambda x, y: x * y)
    axes.set_ylabel("w₂", rotation=0, labelpad=4)
    side = np.linspace(1 / REACH, REACH, 80)
    for sign in (1, -1):
        axes.plot(sign * side, sign / side, color=GREEN, linewidth=4, alpha=0.6)
        arrow(axes, (0, 0), (sign * 0.75, sign * 0.75), ORANGE, width=2.2)
    axes.plot([-REACH, REACH], [REACH, -REACH], color=PINK, linestyle=DASHED, linewidth=1.6)
    for k in range(len(PAIRS)):
        _path(axes, data[f"pair_{k}"], PINK if k == 0 else BLUE)
    axes.plot(0, 0, marker="o", color=INK, markersize=6)
    label(axes, "strict", (0.16, -0.14), INK, va="top")
    label(axes, "minimisers", (-0.4, -1.85), GREEN)


def draw_triple(axes: Axes, data: Arrays) -> None:
    """Depth 3 on the slice w₁ = w₂: a line of strict saddles, the flat origin between them."""
    dress(axes, "N = 3, w₁ = w₂ = x:  ½(1 − x²w₃)²", "x")
    _levels(axes, lambda x, z: x * x * z)
    axes.set_ylabel("w₃", rotation=0, labelpad=4)
    side = np.linspace(1 / np.sqrt(REACH), REACH, 80)
    for sign in (1, -1):
        axes.plot([0, 0], [sign * 0.09, sign * REACH], color=INK, linewidth=2)
        axes.plot(sign * side, 1 / side**2, color=GREEN, linewidth=4, alpha=0.6)
        for z in (0.7, 1.4):
            arrow(axes, (0, z), (sign * 0.5, z), ORANGE, width=2.2)
    for k in range(len(TRIPLES)):
        points = data[f"triple_{k}"]
        stays = points[-1, 1] < 0.01
        _path(axes, points, PINK if stays else BLUE)
    axes.plot(0, 0, marker="o", color="none", markeredgecolor=INK, markersize=7)
    label(axes, "flat", (0.16, 0.1), INK)
    label(axes, "strict", (-0.08, 1.75), INK, ha="right")
    label(axes, "strict", (-0.08, -0.9), INK, ha="right")


def draw_escape(axes: Axes, data: Arrays) -> None:
    """Time of the escape from equal small layers against their size."""
    dress(axes, "time until the product is ½", "size ε of every layer", xscale="log", yscale="log")
    axes.set(xlim=(0.5, 1e-4), ylim=(0.1, 1e9), xticks=[1e-1, 1e-2, 1e-3, 1e-4])
    axes.set_yticks([1, 1e3, 1e6, 1e9])
    axes.minorticks_off()
    start = data["start"]
    for depth, colour in zip(ESCAPE_DEPTHS, CYCLE, strict=False):
        law = np.log(1 / start) if depth == 2 else start ** (2 - depth) / (depth - 2)
        axes.plot(start, data[f"escape_{depth}"], color=colour)
        axes.plot(start, law, color=INK, linestyle=DOTTED, linewidth=1.4)
    name_ends(axes, ESCAPE_DEPTHS, [float(data[f"escape_{n}"][-1]) for n in ESCAPE_DEPTHS])


def _words(data: Arrays) -> tuple[str, ...]:
    ends = [data[f"pair_{k}"][-1] for k in range(len(PAIRS))]
    rests = [data[f"triple_{k}"][-1] for k in range(len(TRIPLES))]
    stay = [z for _, z in rests if z < -0.1]
    creeps = next(z for _, z in rests if -0.1 < z < 0)
    last = {depth: float(data[f"escape_{depth}"][-1]) for depth in ESCAPE_DEPTHS}
    apart = np.abs(np.array([np.prod(end) for end in ends[1:]]) - 1).max()
    return (
        "Plane of two scalar layers with level lines of the risk: minimisers on both branches of "
        "w₁w₂ = 1, one strict saddle at the origin. Arrows of negative curvature point along "
        "w₁ = w₂ both ways; a dashed line w₂ = −w₁ holds the starts that end at the saddle. The "
        f"start ({PAIRS[0][0]}, {PAIRS[0][1]}) on it ends there (norm "
        f"{np.linalg.norm(ends[0]):.0e} at t = {END:g}), five others turn away and end at a "
        f"product of 1, within {apart:.0e}.",
        "Slice w₁ = w₂ = x of three scalar layers: minimisers on x²w₃ = 1, and a line x = 0 of "
        "critical points. Above 0 they are strict saddles with arrows of negative curvature along "
        "x both ways; below 0 they are strict too, but that direction leaves the slice, and "
        f"{len(stay)} paths end on them, at w₃ = {' and '.join(f'{z:.2f}' for z in stay)}. Between "
        f"them the origin is flat to second order; one path creeps into it (w₃ = {creeps:.3f} at "
        f"t = {END:g}). The other {len(rests) - len(stay) - 1} paths end at minimisers.",
        f"Time from equal layers of size ε to the product 1/2, both logarithmic, ε from 0.5 to "
        f"1e-4: at the end {last[2]:.1f} for N = 2, where it grows like ln(1/ε), "
        f"{last[3]:.2g} for N = 3 and {last[4]:.2g} for N = 4, where it grows like ε to the "
        "power −1 and −2. Dotted: ln(1/ε), 1/ε and 1/(2ε²).",
    )


def saddle_plane() -> Picture:
    """Strict and flat saddles of scalar layers, and how long their neighbourhood holds."""
    data = compute_saddle_plane()
    return assemble("eft-saddle-plane", data, (draw_pair, draw_triple, draw_escape), _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"eft-saddle-plane": saddle_plane}
