"""Figure 1 of Ji and Telgarsky (2019): one direction for all depths, and aligned layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.data import LabelledData
from lindyn.figures.picture import Picture, assemble
from lindyn.figures.style import (
    BLUE,
    CYCLE,
    DASHED,
    DOTTED,
    INK,
    ORANGE,
    PINK,
    dress,
    keys,
    label,
)
from lindyn.margins import max_margin
from lindyn.networks import Weights, alignment, end_to_end
from lindyn.risk_clock import MarginTrajectory, margin_flow

Arrays = dict[str, Array]
Look = dict[str, Any]
Networks = tuple[tuple[str, str, str, Any], ...]  # name, words, colour, dashes

# The paper states: synthetic separable data in the plane, four layers against one, ratios against
# the risk.  It leaves open all that follows: our choice.
EXAMPLES = 40
CENTRE = (0.42, 0.15)  # of the positive cluster; the negative one is opposite
SPREAD = (0.12, 0.25)
DATA_SEED = 0
WIDTH = 10  # of the three hidden layers
SCALES = (0.5, 1.0)  # entries of a layer with fan-in f are normal of standard deviation scale/√f
WEIGHT_SEED = 1
PLACES = (  # of the names of the layers
    ((0.11, 0.885), (0.19, 0.575), (0.11, 0.725), (0.11, 0.965)),
    ((0.11, 0.785), (0.11, 0.515), (0.11, 0.635), (0.11, 0.965)),
)
LAST = 300.0  # the flow ends at risk 10^−300
EARLY = 3.0  # predictors are drawn at 10^−3 too
NETWORKS: Networks = (("1", "one layer", ORANGE, "solid"), ("4_0", "four layers", INK, DASHED))


def clusters() -> LabelledData:
    """Two normal clusters, on opposite sides of the origin, scaled to inputs of norm at most 1."""
    rng = np.random.default_rng(DATA_SEED)
    labels = np.where(np.arange(EXAMPLES) < EXAMPLES // 2, 1.0, -1.0)
    inputs = np.outer(labels, CENTRE) + rng.standard_normal((EXAMPLES, 2)) * SPREAD
    return LabelledData(inputs / np.linalg.norm(inputs, axis=1).max(), labels)


def random_layers(data: LabelledData, widths: Sequence[int], scale: float, seed: int) -> Weights:
    """Unbalanced normal layers whose product agrees with the labels on average."""
    rng = np.random.default_rng(seed)
    layers = [
        scale / np.sqrt(inner) * rng.standard_normal((outer, inner))
        for inner, outer in zip(widths[:-1], widths[1:], strict=True)
    ]
    w = np.linalg.multi_dot(layers[::-1]) if len(layers) > 1 else layers[0]
    layers[-1] *= np.sign(np.mean(data.signed @ w[0]))
    return tuple(layers)


def descend(
    data: LabelledData, layers: Weights, count: int = 241
) -> tuple[Array, MarginTrajectory]:
    """The flow from these layers to risk 1e-300, and −log₁₀ R, evenly spaced in its logarithm."""
    risk = float(np.mean(np.exp(-data.signed @ end_to_end(layers)[0])))
    shown = np.geomspace(max(0.05, -1.01 * np.log10(risk)), LAST, count)
    # With margins as wide as here (γ > 0.2) the flow is hardly stiff.
    run = margin_flow(
        data.X, data.y, layers, neg_log_risks=shown * np.log(10), rtol=1e-11, method="DOP853"
    )
    return shown, run


def angles_to(direction: Array, product: Array) -> Array:
    """Angle of (T, 1, 2) products from a unit vector of the plane, signed, in degrees."""
    w = product[:, 0]
    across = direction[0] * w[:, 1] - direction[1] * w[:, 0]
    return np.degrees(np.arctan2(across, w @ direction))


def residual(data: LabelledData) -> float:
    r"""Where the part of w across the maximum margin direction ū of the plane ends.

    It is the x that minimises :math:`\sum_{i\in S}e^{-xp_i}` over the support S, with
    :math:`p_i` the coordinates of the :math:`z_i` across ū; the same for every depth.
    """
    from scipy.optimize import brentq  # slow to import

    found = max_margin(data.X, data.y)
    u = found.direction
    across = data.signed[found.support] @ np.array([-u[1], u[0]])
    reach = 50 / np.min(np.abs(across))
    return float(brentq(lambda x: float(across @ np.exp(-x * across)), -reach, reach))


@cached
def compute_fig_1() -> Arrays:
    """The flow of one and of four layers to risk 1e-300, and the ratios of all four layers.

    Returns
    -------
    dict
        ``inputs``, ``labels``; ``direction``: ū; ``digits_1`` and ``angle_1``: −log₁₀ R and the
        angle of w from ū in degrees, for one layer; for the k-th scale of the start ``digits_4_k``,
        ``angle_4_k`` and ``ratios_4_k``, shape (T, 4); ``law``: γx⋆ in degrees, which angle times
        ln(1/R) tends to; ``certificate``: largest drift of all runs.

    Statements
    ----------
    ``jt-fig-1a``, ``jt-fig-1b``, ``jt-thm-2-8-ii``, ``own-residual-direction``
    """
    data = clusters()
    found = max_margin(data.X, data.y)
    arrays: Arrays = {
        "inputs": data.X,
        "labels": data.y,
        "direction": found.direction,
        "law": np.array(np.degrees(found.margin * residual(data))),
    }
    certificates = []
    for name, widths, scale in (
        ("1", (2, 1), SCALES[0]),
        *((f"4_{k}", (2, *[WIDTH] * 3, 1), scale) for k, scale in enumerate(SCALES)),
    ):
        shown, run = descend(data, random_layers(data, widths, scale, WEIGHT_SEED))
        arrays[f"digits_{name}"] = shown
        arrays[f"angle_{name}"] = angles_to(found.direction, run.product)
        if len(widths) > 2:
            ratios = [alignment(weights).ratios for weights in zip(*run.weights, strict=True)]
            arrays[f"ratios_{name}"] = np.array(ratios)
        certificates.append(run.certificate)
    return arrays | {"certificate": np.array(max(certificates))}


def dress_risk(axes: Axes, title: str, first: float = 0.1, **settings: object) -> None:
    """Title, grid and an axis of risks that fall to the right, even in ln ln(1/R)."""
    dress(axes, title, "risk R", xscale="log", xlim=(first, LAST), **settings)
    ticks = [3, 10, 50, 300]
    names = ["0.5", "0.1", *(f"$10^{{-{tick}}}$" for tick in ticks)]
    axes.set_xticks([np.log10(2), 1, *ticks], names)
    axes.minorticks_off()


def draw_predictors(axes: Axes, data: Arrays, networks: Networks = NETWORKS) -> None:
    """The data, and the lines through 0 across each predictor, at two risks."""
    dress(axes, "data, and lines wᵀx = 0", aspect="equal", xlim=(-1, 1), ylim=(-1, 1))
    axes.set(xticks=[-1, -0.5, 0, 0.5, 1], yticks=[-1, -0.5, 0, 0.5, 1])
    for sign, colour, marker in ((1, BLUE, "o"), (-1, PINK, "x")):
        points = data["inputs"][data["labels"] == sign]
        axes.plot(*points.T, color=colour, marker=marker, linestyle="", markersize=4.5)
    x, y = data["direction"]
    base = float(np.degrees(np.arctan2(y, x)))
    broad: Look = {"color": INK, "linewidth": 7, "alpha": 0.25}
    _line(axes, base, broad)
    shown = [Line2D([], [], label="maximum margin", **broad)]
    for digit, width in ((EARLY, 1.2), (LAST, 2.0)):
        for name, layers, colour, dashes in networks:
            turned = float(np.interp(digit, data[f"digits_{name}"], data[f"angle_{name}"]))
            look: Look = {"color": colour, "linestyle": dashes, "linewidth": width}
            _line(axes, base + turned, look)
            shown.append(Line2D([], [], label=f"{layers}, $10^{{-{digit:g}}}$", **look))
    keys(axes, shown, -0.1)


def _line(axes: Axes, angle: float, look: Look) -> None:
    """The line through 0 across the vector at this angle in degrees."""
    across = np.radians(angle) + np.pi / 2
    ends = 1.2 * np.array([-1, 1])
    axes.plot(ends * np.cos(across), ends * np.sin(across), **look)


def draw_angles(axes: Axes, data: Arrays) -> None:
    """Size of the angle from ū, for one layer and for four, and what it tends to."""
    dress_risk(axes, "angle of w from ū in degrees", yscale="log", ylim=(0.03, 40))
    axes.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.minorticks_off()
    shown = data["digits_1"]
    law = np.abs(data["law"]) / (shown * np.log(10))
    axes.plot(shown, law, color=INK, linestyle=DOTTED, linewidth=1.4)
    for name, _, colour, dashes in NETWORKS:
        size = np.abs(data[f"angle_{name}"])
        axes.plot(data[f"digits_{name}"], size, color=colour, linestyle=dashes)
    label(axes, "one layer", (0.12, 1.3), ORANGE)
    label(axes, "four layers", (4.2, 11))
    label(axes, "dotted: γx⋆/ln(1/R)", (0.12, 0.045))


def draw_ratios(axes: Axes, data: Arrays, k: int) -> None:
    """‖W_k‖₂/‖W_k‖_F of the four layers against the risk."""
    title = rf"$\Vert W_k\Vert_2/\Vert W_k\Vert_F$, start of scale {SCALES[k]:g}"
    dress_risk(axes, title, ylim=(0.5, 1.03), yticks=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    dashes = ("solid", DASHED, DOTTED, "solid")
    for layer, (colour, dash) in enumerate(zip((*CYCLE[:3], INK), dashes, strict=True)):
        ratios = data[f"ratios_4_{k}"][:, layer]
        axes.plot(data[f"digits_4_{k}"], ratios, color=colour, linestyle=dash)
        label(axes, f"k = {layer + 1}", PLACES[k][layer], colour)


def at_risk(data: Arrays, name: str, network: str, digit: float) -> Array:
    """A quantity at risk 10^−digit, by interpolation in ln(1/R)."""
    values = data[f"{name}_{network}"].T
    shown = np.log(data[f"digits_{network}"])
    return np.array([np.interp(np.log(digit), shown, row) for row in np.atleast_2d(values)])


def listed(values: Array, form: str) -> str:
    """Numbers for the words of a panel."""
    return ", ".join(f"{value:{form}}".replace("-", "−") for value in values)


def _words_a(data: Arrays) -> tuple[str, ...]:
    turned = {
        name: [float(at_risk(data, "angle", name, digit)[0]) for digit in (3.0, 10.0, 100.0, LAST)]
        for name, *_ in NETWORKS
    }
    law = float(data["law"]) / (LAST * np.log(10))
    return (
        f"Plane with {EXAMPLES} inputs in two clusters with opposite labels, parted by the line of "
        "maximum margin. At risk 1e-3 the line of one layer is turned from it by "
        f"{abs(turned['1'][0]):.1f}°, that of four layers by {abs(turned['4_0'][0]):.1f}°; at "
        f"1e-300 both lie on it ({abs(turned['1'][3]):.3f}° and {abs(turned['4_0'][3]):.3f}°).",
        "Angle of the predictor from the maximum margin direction, logarithmic, against the risk "
        "from 0.8 to 1e-300: at risks 1e-3, 1e-10, 1e-100 and 1e-300 it is "
        f"{listed(np.abs(turned['1']), '.3g')} degrees for one layer and "
        f"{listed(np.abs(turned['4_0']), '.3g')} for four. Both pass through 0 on the way and "
        f"run into the dotted line, which ends at {abs(law):.4f}.",
    )


def _words_b(data: Arrays) -> tuple[str, ...]:
    words = []
    for k, scale in enumerate(SCALES):
        network = f"4_{k}"
        first = data[f"ratios_{network}"][0]
        found = {digit: at_risk(data, "ratios", network, digit) for digit in (1.0, 4.0, 10.0, LAST)}
        words.append(
            f"Ratios of spectral to Frobenius norm of four layers against the risk, start of scale "
            f"{scale:g}: layers 1, 2, 3 start at {listed(first[:3], '.2f')} and have "
            f"{listed(found[1.0][:3], '.2f')} at risk 0.1, "
            f"{listed(found[4.0][:3], '.2f')} at 1e-4, {listed(found[10.0][:3], '.2f')} at 1e-10 "
            f"and {listed(found[LAST][:3], '.3f')} at 1e-300. Layer 4, a row, has 1 always."
        )
    return tuple(words)


def fig_1(parts: str = "ab") -> Picture:
    """Figure 1, or one of its parts: ``a`` predictors, ``b`` ratios of the layers."""
    data = compute_fig_1()
    drawers: list[Callable[..., None]] = []
    words: list[str] = []
    if "a" in parts:
        drawers += [draw_predictors, draw_angles]
        words += _words_a(data)
    if "b" in parts:
        drawers += [partial(draw_ratios, k=0), partial(draw_ratios, k=1)]
        words += _words_b(data)
    suffix = "" if parts == "ab" else parts
    return assemble(f"jt-fig-1{suffix}", data, drawers, words, panel_size=(3.4, 2.9))


FIGURES: dict[str, Callable[[], Picture]] = {
    "jt-fig-1": fig_1,
    "jt-fig-1a": partial(fig_1, "a"),
    "jt-fig-1b": partial(fig_1, "b"),
}
