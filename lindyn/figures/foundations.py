"""Figures of the foundations: first run, what is conserved, the induced flow, clock and gear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.descent import gradient_descent
from lindyn.figures.picture import Picture, assemble
from lindyn.figures.style import (
    BLUE,
    CYCLE,
    DASHED,
    DOTTED,
    GREEN,
    INK,
    ORANGE,
    PINK,
    dress,
    label,
)
from lindyn.flows import gradient_flow, induced_flow
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.networks import Weights, balanced, imbalance
from lindyn.risks import SphericalLogistic, WhitenedSquare

Arrays = dict[str, Array]

# First run: a diagonal target, a small balanced start.
TARGET = np.diag([3.0, 1.0, 0.3])
SMALL = 0.01
RUN_DEPTHS = (1, 2, 3)
RUN_STEPS = (0.02, 0.1, 0.2)
RUN_END = 12.0

# What is conserved: an unbalanced network with widths 3-4-2-3.
WIDTHS = (3, 4, 2, 3)
HORIZON = 5.0
SEED = 1
DRIFT_STEPS = (1e-1, 5e-2, 2e-2, 1e-2, 5e-3, 2e-3, 1e-3, 5e-4)

# Without balance: three layers, one output, the first and the last rescaled by c and 1/c.
PLANE_TARGET = np.array([[0.4, 1.1]])
PLANE_START = np.array([[1.0, 0.3]])
SCALES = (1, 2, 4, 8)

# Clock and gear: logistic loss on the circle.
TEACHER = (0.0, 1.0)
START = (0.3, -0.4)
DEPTHS = (1, 2, 3, 5)


@cached
def compute_first_run() -> Arrays:
    """Risk along the flow for depth 1, 2, 3; and descent with three steps beside depth 3.

    Returns
    -------
    dict
        ``t``, ``risk_N`` for each depth; at depth 3 ``near``, ``risk_near``: the flow on linear
        times, and for the k-th step size ``descent_t_k``, ``descent_risk_k``.
    """
    risk = WhitenedSquare(TARGET)
    times = np.concatenate([[0.0], np.geomspace(0.05, 40.0, 300)])
    arrays: Arrays = {"t": times}
    for depth in RUN_DEPTHS:
        weights = balanced(SMALL * np.eye(3), depth, [3] * (depth - 1))
        run = gradient_flow(risk, weights, times)
        arrays[f"risk_{depth}"] = run.risk
    near = np.linspace(0.0, RUN_END, 400)
    arrays["near"], arrays["risk_near"] = near, gradient_flow(risk, weights, near).risk
    for k, step in enumerate(RUN_STEPS):
        descent = gradient_descent(risk, weights, step=step, steps=round(RUN_END / step))
        arrays[f"descent_t_{k}"], arrays[f"descent_risk_{k}"] = descent.t, descent.risk
    return arrays


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
    for step in DRIFT_STEPS:
        run = gradient_descent(risk, weights, step=step, steps=round(HORIZON / step))
        moved = sum(np.sum(np.diff(layer, axis=0) ** 2, axis=(1, 2)) for layer in run.weights)
        met.append(bool(np.all(run.risk[:-1] - run.risk[1:] >= moved / (2 * step))))
        drift.append(_drift(before, run.weights))
        bound.append(2 * step * (run.risk[0] - run.risk[-1]))
    return {
        "t": flow.t,
        "size": sizes,
        "gap": np.diff(sizes, axis=1),
        "step": np.array(DRIFT_STEPS),
        "drift": np.array(drift),
        "bound": np.array(bound),
        "met": np.array(met),
        "flow_drift": np.array(_drift(before, flow.weights)),
    }


def _drift(before: Weights, stacked: Weights) -> float:
    after = imbalance([layer[-1] for layer in stacked])
    return max(float(np.linalg.norm(b - a, 2)) for a, b in zip(before, after, strict=True))


@cached
def compute_induced() -> Arrays:
    """Product of three layers, rescaled by c and 1/c, against the induced flow.

    Returns
    -------
    dict
        ``t``; ``induced``: path of the induced flow, shape (T, 2); ``path_c`` and ``apart_c``
        for each scale c: path of the product, and its distance from the induced flow.
    """
    risk = WhitenedSquare(PLANE_TARGET)
    times = np.concatenate([[0.0], np.geomspace(1e-2, 1e3, 500)])
    induced = induced_flow(risk, PLANE_START, 3, times, rtol=1e-12, atol=1e-14).product[:, 0]
    arrays: Arrays = {"t": times, "induced": induced}
    first, middle, last = balanced(PLANE_START, 3, [2, 2], np.random.default_rng(SEED))
    for c in SCALES:
        # Stiff for large c: the first layer makes the last one fast.
        run = gradient_flow(
            risk, (c * first, middle, last / c), times, rtol=1e-11, atol=1e-13, method="LSODA"
        )
        path = run.product[:, 0]
        arrays[f"path_{c}"] = path
        arrays[f"apart_{c}"] = np.linalg.norm(path - induced, axis=1)
    return arrays


@cached
def compute_clock_and_gear() -> Arrays:
    """Direction and norm in t and in natural time, for depths 1, 2, 3 and 5.

    All layers are integrated; the closed form gives only the clock τ ↦ t at which they are read.

    Returns
    -------
    dict
        ``t`` and ``tau``: two grids; for each depth N ``t_angle_N`` and ``tau_angle_N`` (degrees),
        ``t_norm_N`` and ``tau_norm_N``; ``turning_N``: time, natural time and norm at the turn.
    """
    times, tau = np.geomspace(0.1, 100.0, 301), np.linspace(0.0, 12.0, 301)
    arrays: Arrays = {"t": times, "tau": tau}
    risk = SphericalLogistic(UniformSphere(2), TEACHER)
    for depth in DEPTHS:
        flow = SphericalFlow(risk.law, direction=TEACHER, start=START, depth=depth)
        for name, moments in (("t", times), ("tau", flow.time(tau))):
            w = gradient_flow(risk, balanced(START, depth), moments).product[:, 0]
            arrays[f"{name}_angle_{depth}"] = np.degrees(np.arctan2(np.abs(w[:, 0]), w[:, 1]))
            arrays[f"{name}_norm_{depth}"] = np.linalg.norm(w, axis=1)
        arrays[f"turning_{depth}"] = np.array(
            [flow.turning_time, flow.turning_tau, flow.turning_norm]
        )
    return arrays


def _name_depths(
    axes: Axes, depths: Sequence[int], level: float, curves: dict[int, tuple[Array, Array]]
) -> None:
    """Name each curve left of the place where it last crosses the level."""
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


def draw_first_run_depths(axes: Axes, data: Arrays) -> None:
    """Risk against t for depth 1, 2, 3."""
    dress(axes, "risk along the flow", "time t", xscale="log", yscale="log")
    axes.set(xlim=(0.05, 40), ylim=(1e-5, 12))
    axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    for depth, colour in zip(RUN_DEPTHS, CYCLE, strict=False):
        axes.plot(data["t"], data[f"risk_{depth}"], color=colour)
    _name_depths(axes, RUN_DEPTHS, 1e-4, {n: (data["t"], data[f"risk_{n}"]) for n in RUN_DEPTHS})


def draw_first_run_descent(axes: Axes, data: Arrays) -> None:
    """Descent with three steps over the flow, depth 3."""
    dress(axes, "risk at depth 3, by descent", "time t = sum of the steps")
    axes.set(xlim=(0, RUN_END), ylim=(0, 5.5))
    axes.plot(data["near"], data["risk_near"], color=GREEN, linewidth=5, alpha=0.45)
    for k, (colour, size) in enumerate(((INK, 0), (ORANGE, 3.5), (PINK, 3.5))):
        axes.plot(
            data[f"descent_t_{k}"],
            data[f"descent_risk_{k}"],
            color=colour,
            linewidth=1.1,
            marker="o",
            markersize=size,
            linestyle="" if k == 1 else "-",
        )
    label(axes, "the flow", (2.0, 4.5), GREEN)
    label(axes, "η = 0.02", (2.0, 4.0), INK)
    label(axes, "η = 0.1", (2.0, 3.5), ORANGE)
    label(axes, "η = 0.2: too large", (4.6, 1.75), PINK)


def draw_conserved_flow(axes: Axes, data: Arrays) -> None:
    """Squared norms of the layers and their differences along the flow."""
    dress(axes, "squared norms along the flow", "time t", xlim=(0, HORIZON), ylim=(-2, 7))
    axes.axhline(0.0, color=INK, linewidth=0.8)
    for k, name in enumerate(("‖W₁‖²", "‖W₂‖²", "‖W₃‖²")):
        axes.plot(data["t"], data["size"][:, k], color=BLUE)
        label(axes, name, (4.9, data["size"][-1, k] + 0.25), BLUE, ha="right")
    for k, name in enumerate(("‖W₂‖² − ‖W₁‖²", "‖W₃‖² − ‖W₂‖²")):
        axes.plot(data["t"], data["gap"][:, k], color=ORANGE, linestyle=DASHED)
        label(axes, name, (4.9, data["gap"][-1, k] + 0.25), ORANGE, ha="right")


def draw_conserved_descent(axes: Axes, data: Arrays) -> None:
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


def draw_induced_paths(axes: Axes, data: Arrays) -> None:
    """Paths of the product in the plane."""
    dress(axes, "path of the product w", "w₁", xlim=(0.1, 1.12), ylim=(0.12, 1.2))
    axes.set_ylabel("w₂", rotation=0, labelpad=8)
    axes.plot(*data["induced"].T, color=INK, linewidth=5, alpha=0.25)
    for c, colour in zip(SCALES, CYCLE, strict=True):
        axes.plot(*data[f"path_{c}"].T, color=colour)
    axes.plot(*PLANE_START[0], "o", color=INK, markersize=5)
    axes.plot(*PLANE_TARGET[0], "*", color=INK, markersize=11)
    label(axes, "start", (1.0, 0.21), ha="center")
    label(axes, "c = 1", (0.62, 0.7), CYCLE[0], ha="right")
    label(axes, "c = 2", (0.71, 0.33), CYCLE[1], ha="right")
    label(axes, "c = 4", (0.62, 0.23), CYCLE[2], ha="right")
    label(axes, "and 8", (0.62, 0.15), CYCLE[3], ha="right")
    label(axes, "target", (0.36, 1.1), ha="right", va="center")


def draw_induced_distance(axes: Axes, data: Arrays) -> None:
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


def draw_clock(axes: Axes, data: Arrays, across: str, up: str) -> None:
    """Angle or norm (``up``) against t or τ (``across``), one curve a depth."""
    title = {"angle": "angle θ in degrees", "norm": "norm ρ"}[up]
    if across == "t":
        dress(axes, title, "time t", xscale="log", xlim=(0.1, 100))
        axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    else:
        dress(axes, title, "natural time τ", xlim=(0, 12))
    if up == "angle":
        axes.set(ylim=(0, 150), yticks=[0, 45, 90, 135])
    else:
        axes.set(yscale="log", ylim=(0.017, 10))
        axes.minorticks_off()
        axes.set_yticks([0.03, 0.1, 0.3, 1, 3], ["0.03", "0.1", "0.3", "1", "3"])
    one_curve = across == "tau" and up == "angle"
    for k, (depth, colour) in enumerate(zip(DEPTHS, CYCLE, strict=True)):
        curve = data[f"{across}_{up}_{depth}"]
        # Four curves in one place: a rope of four colours.
        look = {"linewidth": 3.5, "linestyle": (-7 * k, (7, 21))} if one_curve else {}
        axes.plot(data[across], curve, color=colour, **look)
        if one_curve:
            label(axes, f"N = {depth}", (6.6, 128 - 16 * k), colour)
        elif across == "tau":
            _, tau, norm = data[f"turning_{depth}"]
            label(axes, f"N = {depth}", (tau, 0.93 * norm), colour, ha="center", va="top")
    if across == "t":
        curves = {n: (data["t"], data[f"t_{up}_{n}"]) for n in DEPTHS}
        _name_depths(axes, DEPTHS, {"angle": 60, "norm": 0.4}[up], curves)


def _words_first_run(data: Arrays) -> tuple[str, str]:
    late = {depth: _first_below(data["t"], data[f"risk_{depth}"], 1e-3) for depth in RUN_DEPTHS}
    wide = data["descent_risk_2"][data["descent_t_2"] > 6]
    passed = [_first_below(data["near"], data["risk_near"], 1.0)]
    passed += [_first_below(data[f"descent_t_{k}"], data[f"descent_risk_{k}"], 1.0) for k in (0, 1)]
    return (
        "Risk along the flow against time, both logarithmic, for a target with singular values 3, "
        "1 and 0.3 and a start of size 0.01. One layer falls at once and without a step. Two and "
        "three layers wait, then fall in three steps, one a singular value. The risk passes 0.001 "
        f"at t = {late[1]:.1f} for N = 1, {late[2]:.1f} for N = 2 and {late[3]:.1f} for N = 3.",
        "Risk at depth 3 against time: the flow falls from 5.0 through 1 at "
        f"t = {passed[0]:.2f}; gradient descent with steps 0.02 and 0.1 goes the same way, through "
        f"1 at t = {passed[1]:.2f} and {passed[2]:.2f}; with step 0.2 the risk never settles and "
        f"still swings between {wide.min():.2f} and {wide.max():.2f} after t = 6.",
    )


def _first_below(times: Array, values: Array, level: float) -> float:
    return float(times[np.argmax(values < level)])


def _words_conserved(data: Arrays) -> tuple[str, str]:
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


def _words_induced(data: Arrays) -> tuple[str, str]:
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


def _words_clock_and_gear(data: Arrays) -> tuple[str, str, str, str]:
    half = {d: float(np.interp(-90, -data[f"t_angle_{d}"], data["t"])) for d in DEPTHS}
    spread = max(float(np.ptp([data[f"tau_angle_{d}"][k] for d in DEPTHS])) for k in range(301))
    turn = {d: data[f"turning_{d}"] for d in DEPTHS}
    return (
        "Angle to the target against time, logarithmic, for depths 1, 2, 3, 5 from the same start: "
        "four different curves; 90° is reached at t = "
        + ", ".join(f"{half[d]:.1f}" for d in DEPTHS)
        + ".",
        "The same angle against natural time: the four depths lie on one curve, from 143° to "
        f"{data['tau_angle_1'][-1]:.1f}° at τ = 12 (all layers integrated; largest difference "
        f"{spread:.0e} degrees).",
        "Norm against time: each depth falls, turns and grows; the deeper, the lower and the later "
        "the turn: norms "
        + ", ".join(f"{turn[d][2]:.3f}" for d in DEPTHS)
        + " at t = "
        + ", ".join(f"{turn[d][0]:.1f}" for d in DEPTHS)
        + ".",
        "Norm against natural time: all depths turn near τ = "
        f"{turn[5][1]:.1f} to {turn[1][1]:.1f}, and the norm moves the faster the deeper the "
        "network, both down and up.",
    )


def first_run() -> Picture:
    """Plateaus and drops with depth; descent with three steps."""
    data = compute_first_run()
    drawers = (draw_first_run_depths, draw_first_run_descent)
    return assemble("own-fig-first-run", data, drawers, _words_first_run(data))


def conserved() -> Picture:
    """What the flow conserves, and how far descent drifts from it."""
    data = compute_conserved()
    drawers = (draw_conserved_flow, draw_conserved_descent)
    return assemble("own-fig-conserved", data, drawers, _words_conserved(data))


def induced() -> Picture:
    """The induced flow holds for balanced weights only."""
    data = compute_induced()
    drawers = (draw_induced_paths, draw_induced_distance)
    return assemble("own-fig-induced", data, drawers, _words_induced(data))


def clock_and_gear() -> Picture:
    """One direction curve, many clocks; a gear on the norm."""
    data = compute_clock_and_gear()
    drawers = [
        partial(draw_clock, across=across, up=up)
        for up in ("angle", "norm")
        for across in ("t", "tau")
    ]
    return assemble("own-fig-clock-and-gear", data, drawers, _words_clock_and_gear(data))


FIGURES: dict[str, Callable[[], Picture]] = {
    "own-fig-first-run": first_run,
    "own-fig-conserved": conserved,
    "own-fig-induced": induced,
    "own-fig-clock-and-gear": clock_and_gear,
}
