"""Nearly balanced starts of three layers: how far they stray, measured and not proved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.lsz.runs import START, TEACHER
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DASHED, INK, dress, label
from lindyn.flows import gradient_flow
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.networks import Weights, balanced, imbalance
from lindyn.risks import SphericalLogistic

# Three layers, widths 3 and 3, random perturbations of a balanced start.
DEPTH = 3
DEFECTS = (1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.2, 0.35, 0.5)
SHOWN = (0.03, 0.1, 0.2)
DRAWS = 12
HORIZON = 30.0


def unbalanced(defect: float, seed: int) -> Weights:
    """Random three layers with the product of the start and the given largest imbalance.

    A balanced start plus ε times fixed normal matrices, the product restored in the first layer;
    ε is chosen so that the largest ‖W_{k+1}ᵀW_{k+1} − W_kW_kᵀ‖₂ is ``defect``.
    """
    from scipy.optimize import brentq  # slow to import

    rng = np.random.default_rng(seed)
    first, *others = balanced(np.array([START]), DEPTH, [3] * (DEPTH - 1), rng)
    noise = [rng.standard_normal(layer.shape) for layer in (first, *others)]

    def perturbed(size: float) -> Weights:
        middle, last = (
            layer + size * change for layer, change in zip(others, noise[1:], strict=True)
        )
        left, entry = last @ middle, first + size * noise[0]
        missing = np.array([START]) - left @ entry
        return (entry + left.T @ missing / np.sum(left**2), middle, last)

    def excess(size: float) -> float:
        return max(float(np.linalg.norm(gap, 2)) for gap in imbalance(perturbed(size))) - defect

    sizes = np.linspace(0.0, 2.0, 401)[1:]
    return perturbed(brentq(excess, 0.0, next(s for s in sizes if excess(s) > 0), xtol=1e-14))


@cached
def compute_beyond_balance() -> Arrays:
    """Flow of three layers from nearly balanced starts, against the balanced one.

    Returns
    -------
    dict
        ``t``, ``norm``, ``angle`` (degrees) of the balanced flow; ``norm_k`` and ``angle_k`` of
        the first draw with the k-th defect of ``SHOWN``; ``defect``, and for each draw, shape
        (defects, draws), ``norm_off``: largest |Δ ln ρ|, ``angle_off``: largest |Δθ| in degrees
        up to t = 30, ``drift``: change of the imbalance on the way.

    Statements
    ----------
    ``lsz-eq-13``, ``lsz-eq-14``
    """
    law = UniformSphere(2)
    risk, times = SphericalLogistic(law, TEACHER), np.linspace(0.0, HORIZON, 301)
    flow = SphericalFlow(law, direction=TEACHER, start=START, depth=DEPTH).at(times)
    arrays: Arrays = {"t": times, "norm": flow.norm, "angle": np.degrees(flow.angle)}
    off = np.empty((3, len(DEFECTS), DRAWS))
    for row, defect in enumerate(DEFECTS):
        for seed in range(DRAWS):
            start = unbalanced(defect, seed)
            run = gradient_flow(risk, start, times, rtol=1e-9, atol=1e-11)
            w = run.product[:, 0]
            norm, angle = np.linalg.norm(w, axis=1), np.arctan2(np.abs(w[:, 0]), w[:, 1])
            angle = np.degrees(angle)
            ends = imbalance([layer[-1] for layer in run.weights])
            drift = [np.linalg.norm(b - a) for a, b in zip(imbalance(start), ends, strict=True)]
            off[0, row, seed] = np.max(np.abs(np.log(norm / flow.norm)))
            off[1, row, seed] = np.max(np.abs(angle - arrays["angle"]))
            off[2, row, seed] = max(drift)
            if seed == 0 and defect in SHOWN:
                k = SHOWN.index(defect)
                arrays |= {f"norm_{k}": norm, f"angle_{k}": angle}
    arrays |= {"norm_off": off[0], "angle_off": off[1], "drift": off[2]}
    return arrays | {"defect": np.array(DEFECTS)}


def draw_path(axes: Axes, data: Arrays, name: str) -> None:
    """Norm or angle against time for the balanced start and three others."""
    title = {"norm": "norm ρ", "angle": "angle θ in degrees"}[name]
    dress(axes, title, "time t", xlim=(0, HORIZON))
    if name == "norm":
        axes.set(yscale="log", ylim=(0.05, 20))
        axes.minorticks_off()
        axes.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    else:
        axes.set(ylim=(0, 150), yticks=[0, 45, 90, 135])
    axes.plot(data["t"], data[name], color=INK, linewidth=5, alpha=0.3)
    for k, colour in enumerate(CYCLE[: len(SHOWN)]):
        axes.plot(data["t"], data[f"{name}_{k}"], color=colour)
        if name == "angle":
            label(axes, f"δ = {SHOWN[k]:g}", (17, 118 - 14 * k), colour)
    if name == "angle":
        label(axes, "balanced", (17, 132))


def draw_order(axes: Axes, data: Arrays) -> None:
    """Largest deviations against the defect, one dot a draw."""
    dress(axes, "largest deviation to t = 30", "defect δ of balance", xscale="log", yscale="log")
    axes.set(xlim=(7e-4, 0.8), ylim=(1e-3, 400))
    for name, colour, words, place in (
        ("angle", CYCLE[1], "angle, degrees", (1e-3, 6.0)),
        ("norm", CYCLE[0], "ln of the norm", (1.6e-2, 3.5e-3)),
    ):
        off, defect = data[f"{name}_off"], data["defect"]
        axes.plot(defect, off, color=colour, marker="o", markersize=3.5, linestyle="")
        middle = np.median(off[0])
        axes.plot(defect, middle * defect / defect[0], color=colour, linestyle=DASHED, linewidth=1)
        label(axes, words, place, colour)


def order_of(data: Arrays, name: str) -> float:
    """Measured order in δ: slope of the medians over the four smallest defects."""
    medians = np.log(np.median(data[f"{name}_off"], axis=1)[:4])
    return float(np.polyfit(np.log(data["defect"][:4]), medians, 1)[0])


def _words(data: Arrays) -> tuple[str, ...]:
    least = [float(np.min(data["norm"])), *(float(np.min(data[f"norm_{k}"])) for k in range(3))]
    half = [
        float(np.interp(-90, -data[f"angle{end}"], data["t"])) for end in ("", "_0", "_1", "_2")
    ]
    medians = {name: np.median(data[f"{name}_off"], axis=1) for name in ("norm", "angle")}
    return (
        "Norm against time, depth 3, for a balanced start and for starts with the same product "
        "and imbalance δ = 0.03, 0.1 and 0.2: the same fall and rise; least norms "
        + ", ".join(f"{x:.3f}" for x in least)
        + ".",
        "Angle to v⋆ against time for the same four starts; 90° is reached at t = "
        + ", ".join(f"{x:.1f}" for x in half)
        + ".",
        "Largest deviation of angle and of ln ρ up to t = 30 from the balanced flow, against δ "
        f"from 0.001 to 0.5, both logarithmic, {DRAWS} random starts each: for small δ first order "
        f"(measured slopes {order_of(data, 'angle'):.2f} and {order_of(data, 'norm'):.2f}); the "
        f"median is {medians['angle'][0]:.2f}° and {medians['norm'][0]:.3f} at δ = 0.001, "
        f"{medians['angle'][4]:.0f}° and {medians['norm'][4]:.1f} at 0.1. Beyond 0.1 the starts "
        "scatter widely. Measured, not proved.",
    )


def beyond_balance() -> Picture:
    """Nearly balanced starts."""
    data = compute_beyond_balance()
    drawers = [
        partial(draw_path, name="norm"),
        partial(draw_path, name="angle"),
        draw_order,
    ]
    return assemble("own-beyond-balance", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-beyond-balance": beyond_balance}
