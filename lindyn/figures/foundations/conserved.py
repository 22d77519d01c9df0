"""What the flow conserves while the layers move, and how far descent drifts from it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.descent import gradient_descent
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import BLUE, DASHED, DOTTED, GREEN, INK, ORANGE, dress, label
from lindyn.flows import gradient_flow
from lindyn.networks import Weights, imbalance
from lindyn.risks import WhitenedSquare

# An unbalanced network with widths 3-4-2-3.
WIDTHS = (3, 4, 2, 3)
HORIZON = 5.0
SEED = 1
STEPS = (1e-1, 5e-2, 2e-2, 1e-2, 5e-3, 2e-3, 1e-3, 5e-4)


@cached
def compute_conserved() -> Arrays:
    """Layers and imbalance along a flow from an unbalanced start, and their drift by descent.

    Returns
    -------
    dict
        ``t``; ``size``: squared norms ‖W_k(t)‖_F², shape (T, 3); ``gap``: their differences
        ‖W_{k+1}‖² − ‖W_k‖² (the traces of the D_k), shape (T, 2); ``step`` and ``drift``: largest
        ‖D_k(5) − D_k(0)‖₂ by descent with that step; ``bound``: 2η(R(0) − R(5)); ``met``: whether
        each step lowered the risk enough for the bound; ``flow_drift``: of the flow at rtol 1e-10.
    """
    rng = np.random.default_rng(SEED)
    weights = tuple(
        0.6 * rng.standard_normal((outer, inner))
        for inner, outer in zip(WIDTHS[:-1], WIDTHS[1:], strict=True)
    )
    risk = WhitenedSquare(np.diag([2.0, 1.0, 0.5]))
    before = imbalance(weights)
    flow = gradient_flow(risk, weights, np.linspace(0.0, HORIZON, 201))
    sizes = np.stack([np.sum(layer**2, axis=(1, 2)) for layer in flow.weights], axis=1)
    drift, bound, met = [], [], []
    for step in STEPS:
        run = gradient_descent(risk, weights, step=step, steps=round(HORIZON / step))
        moved = sum(np.sum(np.diff(layer, axis=0) ** 2, axis=(1, 2)) for layer in run.weights)
        met.append(bool(np.all(run.risk[:-1] - run.risk[1:] >= moved / (2 * step))))
        drift.append(_drift(before, run.weights))
        bound.append(2 * step * (run.risk[0] - run.risk[-1]))
    return {
        "t": flow.t,
        "size": sizes,
        "gap": np.diff(sizes, axis=1),
        "step": np.array(STEPS),
        "drift": np.array(drift),
        "bound": np.array(bound),
        "met": np.array(met),
        "flow_drift": np.array(_drift(before, flow.weights)),
    }


def _drift(before: Weights, stacked: Weights) -> float:
    after = imbalance([layer[-1] for layer in stacked])
    return max(float(np.linalg.norm(b - a, 2)) for a, b in zip(before, after, strict=True))


def draw_flow(axes: Axes, data: Arrays) -> None:
    """Squared norms of the layers and their differences along the flow."""
    dress(axes, "squared norms along the flow", "time t", xlim=(0, HORIZON), ylim=(-2, 7))
    axes.axhline(0.0, color=INK, linewidth=0.8)
    for k, name in enumerate(("‖W₁‖²", "‖W₂‖²", "‖W₃‖²")):
        axes.plot(data["t"], data["size"][:, k], color=BLUE)
        label(axes, name, (4.9, data["size"][-1, k] + 0.25), BLUE, ha="right")
    for k, name in enumerate(("‖W₂‖² − ‖W₁‖²", "‖W₃‖² − ‖W₂‖²")):
        axes.plot(data["t"], data["gap"][:, k], color=ORANGE, linestyle=DASHED)
        label(axes, name, (4.9, data["gap"][-1, k] + 0.25), ORANGE, ha="right")


def draw_descent(axes: Axes, data: Arrays) -> None:
    """Drift of the imbalance against the step, the bound, and the flow."""
    dress(axes, "drift of the imbalance up to t = 5", "step η", xscale="log", yscale="log")
    axes.set(xlim=(4e-4, 1.3e-1), ylim=(1e-13, 30))
    axes.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    axes.plot(data["step"], data["drift"], color=BLUE, marker="o", markersize=4.5)
    kept = data["met"]
    axes.plot(data["step"][kept], data["bound"][kept], color=ORANGE, linestyle=DASHED)
    axes.axhline(data["flow_drift"], color=GREEN, linestyle=DOTTED, linewidth=2.2)
    label(axes, "bound 2η(R(0) − R(5))", (5e-4, 0.6), ORANGE)
    label(axes, "descent", (1.2e-2, 1e-4), BLUE)
    label(axes, "the flow, integrated", (5e-4, float(data["flow_drift"]) * 4), GREEN)


def _words(data: Arrays) -> tuple[str, str]:
    first, last, gap = data["size"][0], data["size"][-1], data["gap"]
    ratio = data["drift"] / data["step"]
    moved = 1.01 * float(np.max(np.abs(gap - gap[0])))
    return (
        "Squared Frobenius norms of three layers along the flow from an unbalanced start: they "
        f"grow from {first[0]:.2f}, {first[1]:.2f}, {first[2]:.2f} to {last[0]:.2f}, "
        f"{last[1]:.2f}, {last[2]:.2f}, in parallel: the differences of neighbours stay at "
        f"−{-gap[0, 0]:.2f} and {gap[0, 1]:.2f} (they move by less than {moved:.0e}).",
        "Drift of the imbalance up to t = 5 against the step of gradient descent, both "
        f"logarithmic: a line of slope one, drift = {ratio.min():.2f} to {ratio.max():.2f} times "
        f"the step from {data['step'].min():g} to {data['step'].max():g}. The theorem's bound lies "
        f"above it by a factor of {np.min(data['bound'] / data['drift']):.1f} to "
        f"{np.max(data['bound'] / data['drift']):.1f}; the flow, integrated at relative tolerance "
        f"1e-10, drifts by {float(data['flow_drift']):.0e}.",
    )


def conserved() -> Picture:
    """What the flow conserves, and how far descent drifts from it."""
    data = compute_conserved()
    drawers = (draw_flow, draw_descent)
    return assemble("own-fig-conserved", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-fig-conserved": conserved}
