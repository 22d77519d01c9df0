"""Direction and norm in time and in natural time: one curve of directions, a gear on the norm."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, dress, label, name_crossings
from lindyn.flows import gradient_flow
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.networks import balanced
from lindyn.risks import SphericalLogistic

# Logistic loss on the circle.
TEACHER = (0.0, 1.0)
START = (0.3, -0.4)
DEPTHS = (1, 2, 3, 5)


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
        name_crossings(axes, DEPTHS, {"angle": 60, "norm": 0.4}[up], curves)


def _words(data: Arrays) -> tuple[str, str, str, str]:
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


def clock_and_gear() -> Picture:
    """One direction curve, many clocks; a gear on the norm."""
    data = compute_clock_and_gear()
    drawers = [
        partial(draw_clock, across=across, up=up)
        for up in ("angle", "norm")
        for across in ("t", "tau")
    ]
    return assemble("own-fig-clock-and-gear", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-fig-clock-and-gear": clock_and_gear}
