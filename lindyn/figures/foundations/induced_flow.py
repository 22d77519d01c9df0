"""The product of three layers against the induced flow: one path with balance, others without."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, INK, dress, label
from lindyn.flows import gradient_flow, induced_flow
from lindyn.networks import balanced
from lindyn.risks import WhitenedSquare

# Three layers, one output, the first and the last rescaled by c and 1/c.
TARGET = np.array([[0.4, 1.1]])
START = np.array([[1.0, 0.3]])
SCALES = (1, 2, 4, 8)
SEED = 1


@cached
def compute_induced() -> Arrays:
    """Product of three layers, rescaled by c and 1/c, against the induced flow.

    Returns
    -------
    dict
        ``t``; ``induced``: path of the induced flow, shape (T, 2); ``path_c`` and ``apart_c``
        for each scale c: path of the product, and its distance from the induced flow.
    """
    risk = WhitenedSquare(TARGET)
    times = np.concatenate([[0.0], np.geomspace(1e-2, 1e3, 500)])
    induced = induced_flow(risk, START, 3, times, rtol=1e-12, atol=1e-14).product[:, 0]
    arrays: Arrays = {"t": times, "induced": induced}
    first, middle, last = balanced(START, 3, [2, 2], np.random.default_rng(SEED))
    for c in SCALES:
        # Stiff for large c: the first layer makes the last one fast.
        run = gradient_flow(
            risk, (c * first, middle, last / c), times, rtol=1e-11, atol=1e-13, method="LSODA"
        )
        path = run.product[:, 0]
        arrays[f"path_{c}"] = path
        arrays[f"apart_{c}"] = np.linalg.norm(path - induced, axis=1)
    return arrays


def draw_paths(axes: Axes, data: Arrays) -> None:
    """Paths of the product in the plane."""
    dress(axes, "path of the product w", "w₁", xlim=(0.1, 1.12), ylim=(0.12, 1.2))
    axes.set_ylabel("w₂", rotation=0, labelpad=8)
    axes.plot(*data["induced"].T, color=INK, linewidth=5, alpha=0.25)
    for c, colour in zip(SCALES, CYCLE, strict=True):
        axes.plot(*data[f"path_{c}"].T, color=colour)
    axes.plot(*START[0], "o", color=INK, markersize=5)
    axes.plot(*TARGET[0], "*", color=INK, markersize=11)
    label(axes, "start", (1.0, 0.21), ha="center")
    label(axes, "c = 1", (0.62, 0.7), CYCLE[0], ha="right")
    label(axes, "c = 2", (0.71, 0.33), CYCLE[1], ha="right")
    label(axes, "c = 4", (0.62, 0.23), CYCLE[2], ha="right")
    label(axes, "and 8", (0.62, 0.15), CYCLE[3], ha="right")
    label(axes, "target", (0.36, 1.1), ha="right", va="center")


def draw_distance(axes: Axes, data: Arrays) -> None:
    """Distance of the product from the induced flow."""
    dress(axes, "distance from the induced flow", "time t", xscale="log", yscale="log")
    axes.set(xlim=(1e-2, 1e3), ylim=(1e-13, 30))
    axes.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    axes.set_xticks([0.01, 1, 100], ["0.01", "1", "100"])
    for c, colour in zip(SCALES, CYCLE, strict=True):
        thin = 0.9 if c == 1 else 1.8
        apart = np.maximum(data[f"apart_{c}"][1:], 1e-16)
        axes.plot(data["t"][1:], apart, color=colour, linewidth=thin)
        if c > 1:
            late = data["t"][1:][np.flatnonzero(apart > 1e-6)[-1]]
            label(axes, f"c = {c} " if c == 2 else f"{c} ", (late, 1e-6), colour, ha="right")
    label(axes, "c = 1: round-off", (0.013, 1e-10), CYCLE[0])


def _words(data: Arrays) -> tuple[str, str]:
    far = {c: float(np.max(data[f"apart_{c}"])) for c in SCALES}
    low = {c: float(np.min(np.linalg.norm(data[f"path_{c}"], axis=1))) for c in SCALES}
    left = max(float(data[f"apart_{c}"][-1]) for c in SCALES)
    return (
        "Paths in the plane of the product of three layers from (1, 0.3) to the target (0.4, 1.1). "
        "The balanced start, c = 1, follows the induced flow. Starts with the same product whose "
        "first layer is multiplied and whose last is divided by c = 2, 4, 8 shrink towards the "
        f"origin first, down to norm {low[2]:.2f}, {low[4]:.2f} and {low[8]:.2f}, and reach the "
        "target by another way; for 4 and 8 the two ways are nearly the same.",
        "Distance of the product from the induced flow against time, both logarithmic: for c = 1 "
        f"it is at most {far[1]:.0e}, the integrator's error; for c = 2, 4, 8 it rises to "
        f"{far[2]:.2f}, {far[4]:.2f} and {far[8]:.2f} and ends below {left * 1.01:.0e} at "
        "t = 1000.",
    )


def induced() -> Picture:
    """The induced flow holds for balanced weights only."""
    data = compute_induced()
    drawers = (draw_paths, draw_distance)
    return assemble("own-fig-induced", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-fig-induced": induced}
