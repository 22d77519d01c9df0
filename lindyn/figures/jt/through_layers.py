"""Figure 2 of Ji and Telgarsky (2019): the data as they pass through aligned layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.data import LabelledData
from lindyn.figures.jt.panels import Networks, draw_predictors, dress_risk, listed
from lindyn.figures.jt.runs import angles_to, descend, random_layers
from lindyn.figures.picture import Arrays, Panel, Picture
from lindyn.figures.style import BLUE, DASHED, INK, ORANGE, PINK, dress, keys, label
from lindyn.margins import max_margin
from lindyn.networks import Weights, multiply

# The paper states: two well-separated circles, three layers against one.  It leaves open what
# follows, and which three maps its plots b to d show: ours are x, W₁x and W₂W₁x, as these are
# the ones that a right singular vector v_1, v_2, v_3 follows.
EXAMPLES = 60
CENTRE = (0.55, 0.25)  # of the positive circle; the negative one is opposite
RADIUS = 0.35
DATA_SEED = 0
WIDTHS = (2, 6, 6, 1)
SCALE = 0.5  # of the start, as in Figure 1
WEIGHT_SEED = 2
SNAPSHOT = 3.0  # the maps are drawn at risk 10^−3
MAPS = ("x", "W₁x", "W₂W₁x")
NETWORKS: Networks = (("1", "one layer", ORANGE, "solid"), ("3", "three layers", INK, DASHED))


def circles() -> LabelledData:
    """Two circles on opposite sides of the origin, scaled to inputs of norm at most 1."""
    turns = np.random.default_rng(DATA_SEED).uniform(0, 2 * np.pi, EXAMPLES)
    labels = np.where(np.arange(EXAMPLES) < EXAMPLES // 2, 1.0, -1.0)
    around = RADIUS * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    inputs = around + np.outer(labels, CENTRE)
    return LabelledData(inputs / np.linalg.norm(inputs, axis=1).max(), labels)


def mapped(data: LabelledData, weights: Weights, k: int) -> tuple[Array, Array]:
    """Inputs after k layers in their two principal axes, shape (n, 2), and v_{k+1} in these axes.

    The positive circle is on the right.
    """
    points = data.X @ multiply(weights[:k]).T if k else data.X
    _, _, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    axes = axes[:2] * np.array([[np.sign(data.y @ points @ axes[0])], [1.0]])
    axes[1] *= np.sign(axes[1][np.argmax(np.abs(axes[1]))])
    leading = np.linalg.svd(weights[k])[2][0]
    leading = leading * np.sign(leading @ axes[0])
    return points @ axes.T, axes @ leading


def extents(data: LabelledData, weights: Weights, k: int) -> float:
    """Second over first standard deviation of the inputs after k layers."""
    points = data.X @ multiply(weights[:k]).T
    sizes = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return float(sizes[1] / sizes[0])


@cached
def compute_fig_2() -> Arrays:
    """The flow of one and of three layers on two circles, and the data after each layer.

    Returns
    -------
    dict
        ``inputs``, ``labels``, ``direction``, and ``digits_N`` and ``angle_N`` for N = 1, 3 as in
        Figure 1; ``map_k``: inputs after k layers at risk 1e-3 in their principal axes, shape
        (n, 2), k = 0, 1, 2, ``leading_k``: v_{k+1} in these axes; ``flat_k``, k = 1, 2: second over
        first standard deviation after k layers against ``digits_3``.

    Statements
    ----------
    ``jt-fig-2a``, ``jt-fig-2b``, ``jt-fig-2c``, ``jt-fig-2d``, ``jt-thm-2-2-iv``
    """
    data = circles()
    found = max_margin(data.X, data.y)
    arrays: Arrays = {"inputs": data.X, "labels": data.y, "direction": found.direction}
    for name, widths in (("1", (2, 1)), ("3", WIDTHS)):
        shown, run = descend(data, random_layers(data, widths, SCALE, WEIGHT_SEED))
        arrays[f"digits_{name}"] = shown
        arrays[f"angle_{name}"] = angles_to(found.direction, run.product)
    weights = list(zip(*run.weights, strict=True))
    there = int(np.argmin(np.abs(shown - SNAPSHOT)))
    for k in range(len(MAPS)):
        arrays[f"map_{k}"], arrays[f"leading_{k}"] = mapped(data, weights[there], k)
    for k in (1, 2):
        arrays[f"flat_{k}"] = np.array([extents(data, layers, k) for layers in weights])
    return arrays | {"certificate": np.array(run.certificate)}


def draw_map(axes: Axes, data: Arrays, k: int) -> None:
    """The data after k layers in their principal axes, and the line along v_{k+1}."""
    points = data[f"map_{k}"]
    size = np.abs(points).max()
    title = f"{'bcd'[k]}: {MAPS[k]} at R = $10^{{-{SNAPSHOT:g}}}$"
    dress(axes, title, aspect="equal", xlim=(-1.1, 1.1), ylim=(-0.7, 0.7))
    axes.set(xticks=[-1, 0, 1], yticks=[-0.5, 0, 0.5])
    x, y = data[f"leading_{k}"]
    axes.plot([-2, 2], [-2 * y / x, 2 * y / x], color=ORANGE, linewidth=1.6)
    for sign, colour, marker in ((1, BLUE, "o"), (-1, PINK, "x")):
        some = points[data["labels"] == sign] / size
        axes.plot(*some.T, color=colour, marker=marker, linestyle="", markersize=4)
    line = Line2D([], [], color=ORANGE, linewidth=1.6, label=f"along v{'₁₂₃'[k]}")
    keys(axes, [line], -0.12)


def draw_flat(axes: Axes, data: Arrays) -> None:
    """How flat the data are after one and after two layers, against the risk."""
    title = "second extent over first"
    dress_risk(axes, title, yscale="log", ylim=(1e-4, 1))
    axes.set_yticks([1e-4, 1e-3, 1e-2, 1e-1, 1])
    axes.minorticks_off()
    for k, colour, place in ((1, BLUE, (14, 0.085)), (2, ORANGE, (0.7, 3e-3))):
        axes.plot(data["digits_3"], data[f"flat_{k}"], color=colour)
        label(axes, f"after {MAPS[k][:-1]}", place, colour)


def _words(data: Arrays) -> dict[str, str]:
    ends = [abs(float(data[f"angle_{name}"][-1])) for name in ("1", "3")]
    early = [
        abs(float(np.interp(3, data[f"digits_{name}"], data[f"angle_{name}"])))
        for name in ("1", "3")
    ]
    words = {
        "a": (
            f"Plane with {EXAMPLES} inputs on two circles with opposite labels, parted by the line "
            f"of maximum margin. At risk 1e-3 the line of one layer is turned from it by "
            f"{early[0]:.1f}°, that of three layers by {early[1]:.1f}°; at 1e-300 both lie on it "
            f"({ends[0]:.3f}° and {ends[1]:.3f}°)."
        )
    }
    for k, name in enumerate("bcd"):
        points, (x, y) = data[f"map_{k}"], data[f"leading_{k}"]
        spread = points.std(axis=0)
        words[name] = (
            f"Inputs after {k} layer{'' if k == 1 else 's'} at risk 1e-3 in their principal axes: "
            f"the two circles lie left and right; the second extent is {spread[1] / spread[0]:.3f} "
            f"of the first. The line along v{'₁₂₃'[k]} is {abs(np.degrees(np.arctan2(y, x))):.2f}° "
            "off the horizontal."
        )
    shown = np.log(data["digits_3"])
    found = [
        [
            float(np.interp(np.log(digit), shown, data[f"flat_{k}"]))
            for digit in (1, 3, 10, 100, 300)
        ]
        for k in (1, 2)
    ]
    slopes = [np.log(row[-1] / row[-2]) / np.log(3) for row in found]
    words["flattening"] = (
        "Second over first extent of the mapped data against the risk, both logarithmic: at risks "
        f"0.1, 1e-3, 1e-10, 1e-100 and 1e-300 it is {listed(np.array(found[0]), '.2g')} after one "
        f"layer and {listed(np.array(found[1]), '.2g')} after two; in the end it falls as ln(1/R) "
        f"to the power {listed(np.array(slopes), '.2f')}."
    )
    return words


_DRAWERS: dict[str, Callable[..., None]] = {
    "a": partial(draw_predictors, networks=NETWORKS),
    **{name: partial(draw_map, k=k) for k, name in enumerate("bcd")},
    "flattening": draw_flat,
}


def fig_2(parts: tuple[str, ...] = ("a", "b", "c", "d"), name: str = "jt-fig-2") -> Picture:
    """Figure 2, some of its parts, or how the data flatten with the risk."""
    data = compute_fig_2()
    words = _words(data)
    panels = tuple(Panel(partial(_DRAWERS[part], data=data), words[part]) for part in parts)
    return Picture(name, panels, panel_size=(3.4, 2.9))


FIGURES: dict[str, Callable[[], Picture]] = {
    "jt-fig-2": fig_2,
    **{f"jt-fig-2{part}": partial(fig_2, (part,), f"jt-fig-2{part}") for part in "abcd"},
    "jt-fig-2-flattening": partial(fig_2, ("flattening",), "jt-fig-2-flattening"),
}
