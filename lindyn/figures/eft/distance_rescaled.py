"""Figure 1 of Eftekhari (2020) with its labels rescaled: the late order of the depths reverses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.eft.runs import (
    ANGLE,
    DEPTHS,
    END,
    EXAMPLES,
    FAR,
    RECORD_EVERY,
    STEP,
    STEPS,
    distance,
    euler,
    flow,
    problem,
)
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DASHED, INK, dress, label, name_ends

SIZES = (1.0, 2.2)  # ‖Z‖ of the rescaled targets
SETTLED = 14.0  # m‖Z‖^{2−2/N}t by which the rates have settled
SHOWN = 6.0
RATE_DEPTHS = (2, 3, 4, 5, 6, 8, 10, 14, 20)


def seen_rate(target: Array, direction: Array, depth: int) -> float:
    """Slope of −ln ‖W − Z‖ of the exact flow at late times."""
    unit = EXAMPLES * float(np.linalg.norm(target)) ** (2 - 2 / depth)
    ends = np.array([SETTLED, SETTLED + 2]) / unit
    far = distance(flow(target, direction, depth), target, ends)
    return float(np.log(far[0] / far[1]) / (ends[1] - ends[0]))


@cached
def compute_scales() -> Arrays:
    """Figure 1 with its labels rescaled, the flow in units of the target, and the late rates.

    Returns
    -------
    dict
        ``t``; for the k-th of the two ‖Z‖ and each depth N ``euler_k_N`` and ``flow_k_N``;
        ``u``: scale-free time m‖Z‖^{2−2/N}t; ``unit_N``: e^u‖W − Z‖/‖Z‖ there, and
        ``limit_N``: what it tends to; ``depth`` and ``rate_k``, k = 0, 1, 2: late rates of the
        flow over that of N = 2, for ‖Z‖ of Figure 1 and the two others; ``sizes``: these ‖Z‖.

    Statements
    ----------
    ``eft-fig-1-c``, ``own-nearby-rate``, ``own-nearby-order``
    """
    target, direction = problem()
    size = float(np.linalg.norm(target))
    sizes = (size, *SIZES)
    scaled = [target * (value / size) for value in sizes]
    times, unit = np.arange(0, STEPS + 1, RECORD_EVERY) * STEP, np.linspace(0.0, SHOWN, 241)
    arrays: Arrays = {"t": times, "u": unit}
    run = euler(target, direction, SIZES)
    for column, depth in enumerate(DEPTHS):
        for k in range(len(SIZES)):
            exact = flow(scaled[k + 1], direction, depth)
            arrays[f"euler_{k}_{depth}"] = run[:, k, column]
            arrays[f"flow_{k}_{depth}"] = distance(exact, scaled[k + 1], times)
        whole = flow(scaled[1], direction, depth)  # ‖Z‖ = 1
        far = distance(whole, scaled[1], unit / EXAMPLES)
        arrays[f"unit_{depth}"] = np.exp(unit) * far
        arrays[f"limit_{depth}"] = np.array(whole.late_law.constant)
    arrays["depth"], arrays["sizes"] = np.array(RATE_DEPTHS, float), np.array(sizes)
    for k, goal in enumerate(scaled):
        rates = np.array([seen_rate(goal, direction, depth) for depth in RATE_DEPTHS])
        arrays[f"rate_{k}"] = rates / rates[0]
    return arrays


def draw_rescaled(axes: Axes, data: Arrays, k: int) -> None:
    """Figure 1 at another norm of the target."""
    title = f"distance,  ‖Z‖ = {SIZES[k]:g}"
    dress(axes, title, "time t in 10⁻², or 10⁴ steps", yscale="log", xlim=(0, 100 * END))
    axes.set(xticks=[0, 2, 4, 6, 8, 10], ylim=((2e-3, 20), (3e-10, 100))[k])
    axes.set_yticks(([1e-2, 1e-1, 1, 10], [1e-9, 1e-6, 1e-3, 1])[k])
    axes.minorticks_off()
    for depth, colour in zip(DEPTHS, CYCLE, strict=True):
        line = data[f"flow_{k}_{depth}"]
        axes.plot(100 * data["t"], line, color=colour, linewidth=5.5, alpha=0.3)
        axes.plot(100 * data["t"], data[f"euler_{k}_{depth}"], color=colour, linewidth=1.5)
    name_ends(axes, DEPTHS, [float(data[f"euler_{k}_{depth}"][-1]) for depth in DEPTHS])


def draw_unit(axes: Axes, data: Arrays) -> None:
    """Distance in units of the target, without the common exponential."""
    title = "eᵘ‖W − Z‖/‖Z‖"
    dress(axes, title, r"$u=m\Vert Z\Vert^{2-2/N}t$", yscale="log", xlim=(0, SHOWN), ylim=(0.4, 12))
    axes.set(xticks=[0, 2, 4, 6])
    axes.set_yticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
    axes.minorticks_off()
    one_layer = np.sqrt(FAR**2 + 1 - 2 * FAR * np.cos(ANGLE))
    axes.axhline(one_layer, color=INK, linestyle=DASHED, linewidth=1.6)
    label(axes, "N = 1", (2.4, one_layer / 1.07), va="top")
    for depth, colour in zip(DEPTHS, CYCLE, strict=True):
        axes.plot(data["u"], data[f"unit_{depth}"], color=colour)
    name_ends(axes, DEPTHS, [float(data[f"limit_{depth}"]) for depth in DEPTHS])


def draw_rates(axes: Axes, data: Arrays) -> None:
    """Late rate over that of two layers, against the depth: as seen, on ‖Z‖^{1−2/N}."""
    dress(axes, "nearby rate, over that of N = 2", "depth N", xlim=(1, 21), ylim=(0, 2.4))
    axes.set(xticks=[2, 5, 10, 15, 20], yticks=[0, 0.5, 1, 1.5, 2])
    depths = np.linspace(2, 21, 100)
    for k, (size, colour) in enumerate(zip(data["sizes"], CYCLE, strict=False)):
        axes.plot(depths, size ** (1 - 2 / depths), color=colour, linewidth=5.5, alpha=0.3)
        axes.plot(
            data["depth"], data[f"rate_{k}"], color=colour, marker="o", linestyle="", markersize=4
        )
        label(
            axes,
            f"‖Z‖ = {size:.3g}",
            (12, float(data[f"rate_{k}"][5]) + (0.1, 0.1, -0.25)[k]),
            colour,
        )


def _words(data: Arrays) -> tuple[str, ...]:
    def at(name: str, index: int, form: str = ".2g") -> str:
        return ", ".join(f"{data[f'{name}_{depth}'][index]:{form}}" for depth in DEPTHS)

    def last(name: str) -> str:
        return ", ".join(f"{float(data[f'{name}_{depth}']):.4f}" for depth in DEPTHS)

    early = round(1e-3 / (STEP * RECORD_EVERY))
    one_layer = np.sqrt(FAR**2 + 1 - 2 * FAR * np.cos(ANGLE))
    lowest = [float(data[f"rate_{k}"][-1]) for k in range(3)]
    off = max(
        np.max(np.abs(data[f"rate_{k}"] / size ** (1 - 2 / data["depth"]) - 1))
        for k, size in enumerate(data["sizes"])
    )
    rescaled = (
        f"Distance to the target, logarithmic, against time to {END:g} for ‖Z‖ = {{}} and depths "
        "2, 3, 5, 10: at t = 0.001 it is {}, at the end {}: {}."
    )
    return (
        rescaled.format("1", at("euler_0", early), at("euler_0", -1), "all fall at one rate"),
        rescaled.format("2.2", at("euler_1", early), at("euler_1", -1), "the deeper the nearer"),
        f"Distance over ‖Z‖ times e to the u, logarithmic, against scale-free time u to "
        f"{SHOWN:g}: from {one_layer:.2f} each depth falls to a level and stays there, N = 2, 3, "
        f"5, 10 at {last('limit')}; one layer stays at {one_layer:.2f}. All have one rate and "
        "constants that differ by little.",
        f"Late rate of the flow over that of N = 2, against depths 2 to 20: for ‖Z‖ = "
        f"{data['sizes'][0]:.3f} it falls to {lowest[0]:.3f}, for ‖Z‖ = 1 it is {lowest[1]:.3f}, "
        f"for ‖Z‖ = 2.2 it rises to {lowest[2]:.3f}. The dots, measured on the exact flow, lie on "
        f"‖Z‖ to the power 1 − 2/N within {off:.0e}.",
    )


def scales() -> Picture:
    """Figure 1 at other scales, in units of the target, and the rates."""
    data = compute_scales()
    drawers = (
        partial(draw_rescaled, k=0),
        partial(draw_rescaled, k=1),
        draw_unit,
        draw_rates,
    )
    return assemble("eft-fig-1-scales", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"eft-fig-1-scales": scales}
