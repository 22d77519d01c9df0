"""Figure 1 of Ji and Telgarsky (2019): one direction for all depths, and aligned layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.jt.panels import NETWORKS, draw_predictors, dress_risk, listed
from lindyn.figures.jt.runs import (
    EXAMPLES,
    LAST,
    angles_to,
    clusters,
    descend,
    random_layers,
    residual,
)
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DASHED, DOTTED, INK, ORANGE, label
from lindyn.margins import max_margin
from lindyn.networks import alignment

# What the paper leaves open: our choice.
WIDTH = 10  # of the three hidden layers
SCALES = (0.5, 1.0)  # entries of a layer with fan-in f are normal of standard deviation scale/√f
WEIGHT_SEED = 1
PLACES = (  # of the names of the layers
    ((0.11, 0.885), (0.19, 0.575), (0.11, 0.725), (0.11, 0.965)),
    ((0.11, 0.785), (0.11, 0.515), (0.11, 0.635), (0.11, 0.965)),
)


@cached
def compute_fig_1() -> Arrays:
    """The flow of one and of four layers to risk 1e-300, and the ratios of all four layers.

    Returns
    -------
    dict
        ``inputs``, ``labels``; ``direction``: ū; ``digits_1`` and ``angle_1``: −log₁₀ R and the
        angle of w from ū in degrees, for one layer; for the k-th scale of the start ``digits_4_k``,
        ``angle_4_k`` and ``ratios_4_k``, shape (T, 4); ``law``: γ‖x⋆‖ in degrees, which angle times
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
    label(axes, "dotted: γ‖x⋆‖/ln(1/R)", (0.12, 0.045))


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
