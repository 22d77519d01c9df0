"""Angles to the maximum margin direction where a hypothesis fails: depth makes them slow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.jt.panels import dress_risk, listed
from lindyn.figures.jt.runs import race
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DOTTED, INK, name_ends

DEPTHS = (1, 2, 3, 4)

# Where Assumption 2.7 or the positivity of all dual weights fails: z_i in the plane, ū = e₁.
FAILURES = {
    "data": np.array([[0.5, 0.0]]),
    "support": np.array([[0.5, 0.0], [0.8, 0.3]]),
    "boundary": np.array([[0.5, 0.0], [0.5, 0.3]]),
}
MARGIN = 0.5
START = np.array([0.6, 0.8])


def draw_fan(axes: Axes, data: Arrays, name: str) -> None:
    """Angles at all depths where a hypothesis fails."""
    title = {
        "data": "data do not span",
        "support": "support does not span",
        "boundary": "a dual weight is 0",
    }[name]
    dress_risk(axes, f"angle from ū: {title}", yscale="log", ylim=(1e-4, 3))
    axes.set_yticks([1e-4, 1e-3, 1e-2, 1e-1, 1])
    axes.minorticks_off()
    for depth, colour in zip(DEPTHS, CYCLE, strict=True):
        shown, angle = data[f"digits_{name}_{depth}"], data[f"angle_{name}_{depth}"]
        axes.plot(shown, angle, color=colour)
        late = shown > 3
        axes.plot(
            shown[late],
            data[f"law_{name}_{depth}"][late],
            color=INK,
            linestyle=DOTTED,
            linewidth=1.4,
            zorder=3,
        )
    name_ends(axes, DEPTHS, [float(data[f"angle_{name}_{n}"][-1]) for n in DEPTHS], heading="N")


@cached
def compute_off_span() -> Arrays:
    """Angles to the maximum margin direction where Assumption 2.7 fails, or just holds.

    Returns
    -------
    dict
        For the three examples (``data`` that do not span the plane, a ``support`` that does not,
        a dual weight of 0, which puts 0 on the ``boundary`` of the projected support) and each
        depth N ``digits_…_N``, ``angle_…_N`` (radians) and ``law_…_N``: c(γ/ln(1/R))^{1/N} with
        c = ‖w_⊥(0)‖ρ(0)^{1/N−1} for ``data``, else taken from the end; but x/ρ with
        x = ln(ρb²/γ)/b, ρ = ln(1/R)/γ and b the height of the second example for ``boundary`` at
        N = 1.

    Statements
    ----------
    ``own-off-span``, ``jt-asm-2-7``, ``jt-txt-a27-relax``
    """
    arrays: Arrays = {}
    for name, z in FAILURES.items():
        for depth in DEPTHS:
            shown, w, _ = race(z, np.ones(len(z)), START, depth)
            rho = shown * np.log(10) / MARGIN
            size = np.abs(w[:, 1]) / np.linalg.norm(w, axis=1) ** (1 - 1 / depth)
            law = (size[0] if name == "data" else size[-1]) * rho ** (-1 / depth)
            if name == "boundary" and depth == 1:
                height = float(z[1, 1])
                law = np.log(rho * height**2 / MARGIN) / height / rho
            arrays |= {
                f"digits_{name}_{depth}": shown,
                f"angle_{name}_{depth}": np.abs(np.arctan2(w[:, 1], w[:, 0])),
                f"law_{name}_{depth}": law,
            }
    return arrays


def slope(data: Arrays, name: str) -> float:
    """Power of ln(1/R) that the angle falls with, near the end."""
    prefix, suffix = name.split("_", 1)
    shown, angle = data[f"digits_{suffix}"], np.abs(data[f"{prefix}_{suffix}"])
    return float(np.log(angle[-1] / angle[-16]) / np.log(shown[-1] / shown[-16]))


def words_fan(data: Arrays, name: str) -> str:
    """What the panel of one example shows."""
    what = {
        "data": "for one example, which does not span the plane",
        "support": "for two examples of which only one is on the margin",
        "boundary": "for two examples on the margin of which one has dual weight 0",
    }[name]
    ends = listed(np.array([data[f"angle_{name}_{depth}"][-1] for depth in DEPTHS]), ".2g")
    slopes = listed(np.array([slope(data, f"angle_{name}_{depth}") for depth in DEPTHS]), ".2f")
    dotted = "lines of power −1/N"
    if name == "boundary":
        dotted += ", and ln ln(1/R) over ln(1/R) for N = 1"
    return (
        f"Angle from the maximum margin direction against the risk to 1e-300, both logarithmic, "
        f"{what}: the curves fan out, at 1e-300 to {ends} for depths 1, 2, 3, 4, where they fall "
        f"as ln(1/R) to the powers {slopes}. Dotted: {dotted}."
    )


def off_span() -> Picture:
    """Angles where a hypothesis fails, in three ways."""
    data = compute_off_span()
    drawers = [partial(draw_fan, name=name) for name in FAILURES]
    return assemble("jt-off-span", data, drawers, [words_fan(data, name) for name in FAILURES])


FIGURES: dict[str, Callable[[], Picture]] = {"jt-off-span": off_span}
