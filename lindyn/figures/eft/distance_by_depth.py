"""Figure 1 of Eftekhari (2020): the distance to the target at several depths."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.eft.runs import (
    DEPTHS,
    END,
    RECORD_EVERY,
    STEP,
    STEPS,
    distance,
    euler,
    flow,
    problem,
)
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DOTTED, INK, dress, label, name_ends

LONG = 1.0  # the exact flow is followed ten times as long


@cached
def compute_fig_1() -> Arrays:
    """Distances to the target: Euler's steps as the paper ran them, the exact flow, late lines.

    Returns
    -------
    dict
        ``size``: ‖Z‖; ``t`` recorded times, ``long`` later ones; for each depth N ``euler_N`` and
        ``flow_N`` at ``t``, ``long_N`` at ``long``, ``law_N``: C_N and κ_N of the late line.

    Statements
    ----------
    ``eft-fig-1-setup``, ``eft-fig-1-a``, ``eft-fig-1-b``, ``eft-fig-1-c``, ``own-nearby-rate``
    """
    target, direction = problem()
    size = float(np.linalg.norm(target))
    times, later = np.arange(0, STEPS + 1, RECORD_EVERY) * STEP, np.linspace(0.0, LONG, 251)
    arrays: Arrays = {"size": np.array(size), "t": times, "long": later}
    run = euler(target, direction, [size])
    for k, depth in enumerate(DEPTHS):
        exact = flow(target, direction, depth)
        law = exact.late_law
        arrays |= {
            f"euler_{depth}": run[:, 0, k],
            f"flow_{depth}": distance(exact, target, times),
            f"long_{depth}": distance(exact, target, later),
            f"law_{depth}": np.array([law.constant, law.rate]),
        }
    return arrays


def draw_as_printed(axes: Axes, data: Arrays) -> None:
    """Euler's steps, thin, over the exact flow, broad, with the ticks that print shows."""
    title = "distance ‖W − Z‖"
    dress(axes, title, "time t in 10⁻², or 10⁴ steps", yscale="log", xlim=(0, 100 * END))
    axes.set(xticks=[0, 2, 4, 6, 8, 10], ylim=(0.022, 5))
    axes.set_yticks([0.1, 1], ["10⁻¹", "10⁰"])
    axes.minorticks_off()
    for depth, colour in zip(DEPTHS, CYCLE, strict=True):
        axes.plot(100 * data["t"], data[f"flow_{depth}"], color=colour, linewidth=5.5, alpha=0.3)
        axes.plot(100 * data["t"], data[f"euler_{depth}"], color=colour, linewidth=1.5)
    name_ends(axes, DEPTHS, [float(data[f"euler_{depth}"][-1]) for depth in DEPTHS])
    label(axes, f"‖Z‖ = {float(data['size']):.3f}", (5, 2.2))


def draw_long(axes: Axes, data: Arrays) -> None:
    """The exact flow ten times as long, and the lines it tends to."""
    dress(axes, "the same, ten times as long", "time t", yscale="log", xlim=(0, LONG))
    axes.set(ylim=(1e-8, 10))
    axes.set_yticks([1e-8, 1e-6, 1e-4, 1e-2, 1])
    axes.minorticks_off()
    axes.axvspan(0, END, color=INK, alpha=0.07, linewidth=0)
    for depth, colour in zip(DEPTHS, CYCLE, strict=True):
        constant, rate = data[f"law_{depth}"]
        line = constant * np.exp(-rate * data["long"])
        axes.plot(data["long"], data[f"long_{depth}"], color=colour)
        axes.plot(data["long"], line, color=INK, linestyle=DOTTED, linewidth=1.4)
    name_ends(axes, DEPTHS, [float(data[f"long_{depth}"][-1]) for depth in DEPTHS])
    label(axes, "dotted: late lines", (0.04, 3e-8))


def _words(data: Arrays) -> tuple[str, ...]:
    def at(name: str, t: float) -> str:
        step = round(t / (STEP * RECORD_EVERY))
        return ", ".join(f"{data[f'{name}_{depth}'][step]:.3f}" for depth in DEPTHS)

    apart = max(np.max(np.abs(data[f"euler_{n}"] / data[f"flow_{n}"] - 1)) for n in DEPTHS)
    ahead = data["flow_2"] < data["flow_3"]
    ahead[0] = False
    crossing = data["t"][np.argmax(ahead)]
    rates = ", ".join(f"{data[f'law_{depth}'][1]:.1f}" for depth in DEPTHS)
    laws = {n: data[f"law_{n}"][0] * np.exp(-data[f"law_{n}"][1] * LONG) for n in DEPTHS}
    left = max(abs(data[f"long_{n}"][-1] / laws[n] - 1) for n in DEPTHS)
    return (
        f"Distance to the target, logarithmic, against time to {END:g} for depths 2, 3, 5, 10 and "
        f"‖Z‖ = {float(data['size']):.3f}: all start at {data['euler_2'][0]:.2f}. At t = 0.001 "
        f"they are {at('euler', 0.001)}, the deeper the nearer; at t = {END:g} they are "
        f"{at('euler', END)}, the deeper the farther. N = 2 comes before N = 3 from t = "
        f"{crossing:.3f} on. Euler's steps lie on the exact flow, within {100 * apart:.2g} %.",
        f"The same distances on the exact flow to t = {LONG:g}: each curve runs into its dotted "
        f"straight line, with rates {rates} for N = 2, 3, 5, 10. At t = {LONG:g} they differ by at "
        f"most {left:.0e} of the distance.",
    )


def fig_1() -> Picture:
    """Figure 1 as printed, and longer."""
    data = compute_fig_1()
    return assemble("eft-fig-1", data, (draw_as_printed, draw_long), _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"eft-fig-1": fig_1}
