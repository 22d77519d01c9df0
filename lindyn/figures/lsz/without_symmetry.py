"""Laws without spherical symmetry: the angle may rise, and falls with the norm only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.lsz.runs import START
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.planar import EllipticalLogistic, SquareLogistic
from lindyn.figures.style import CYCLE, DOTTED, dress, label
from lindyn.flows import gradient_flow
from lindyn.networks import balanced
from lindyn.risks import Risk

# Normal with standard deviations 2 and 1/2 along turned axes, and a turned square.
TILT = np.pi / 4
SQUARE_TILT = np.radians(20)
HORIZONS = {1: 1e4, 2: 1e3, 4: 3e2}  # by depth
LAWS = {
    "tilted": "normal, one tilt",
    "mirrored": "normal, other tilt",
    "square": "tilted square",
    "untilted": "normal, no tilt",
}


def _covariance(name: str) -> Array:
    tilt = {"tilted": TILT, "mirrored": -TILT, "untilted": 0.0}[name]
    across, along = np.array([np.cos(tilt), np.sin(tilt)]), np.array([-np.sin(tilt), np.cos(tilt)])
    return 4.0 * np.outer(across, across) + 0.25 * np.outer(along, along)


def _risk(name: str) -> Risk:
    if name == "square":
        return SquareLogistic(SQUARE_TILT)
    return EllipticalLogistic(_covariance(name))


def lag(name: str) -> float:
    """Limit of (signed θ)·ρ²: (π²/6) ∫ s ∂f/∂h ds/∫ s² f ds on the line h = 0 of the labels.

    f is the density at s across and h along the teacher.
    """
    if name == "square":
        return float(-(np.pi**2) / 4 * np.sin(2 * SQUARE_TILT))
    covariance = _covariance(name)
    return float(np.pi**2 / 6 * covariance[0, 1] / np.linalg.det(covariance))


@cached
def compute_beyond_law() -> Arrays:
    """Flow under three laws without spherical symmetry, depths 1, 2 and 4.

    The population risks are :class:`~lindyn.figures.planar.EllipticalLogistic` (exact) and
    :class:`~lindyn.figures.planar.SquareLogistic` (fixed quadrature); balanced layers.

    Returns
    -------
    dict
        For each depth N ``t_N``, and for each law ``angle_LAW_N`` (degrees, signed: positive on
        the side of the start) and ``norm_LAW_N``; ``lag_LAW``: predicted limit of θρ² (radians).

    Statements
    ----------
    ``lsz-lem-7``
    """
    arrays: Arrays = {}
    for depth, horizon in HORIZONS.items():
        times = np.concatenate([[0.0], np.geomspace(1e-2, horizon, 601)])
        arrays[f"t_{depth}"] = times
        for name in LAWS:
            w = gradient_flow(
                _risk(name), balanced(START, depth), times, rtol=1e-9, atol=1e-12, method="LSODA"
            ).product[:, 0]
            arrays[f"angle_{name}_{depth}"] = np.degrees(np.arctan2(w[:, 0], w[:, 1]))
            arrays[f"norm_{name}_{depth}"] = np.linalg.norm(w, axis=1)
    arrays |= {f"lag_{name}": np.array(lag(name)) for name in LAWS}
    return arrays


def draw_angle(axes: Axes, data: Arrays, depth: int) -> None:
    """Angle to the teacher against time at one depth."""
    reach = (1e-1, HORIZONS[depth])
    dress(axes, f"angle θ in degrees, depth {depth}", "time t", xscale="log", xlim=reach)
    axes.set(ylim=(0, 185), yticks=[0, 45, 90, 135, 180])
    times = data[f"t_{depth}"]
    for number, ((name, words), colour) in enumerate(zip(LAWS.items(), CYCLE, strict=True)):
        axes.plot(times, np.abs(data[f"angle_{name}_{depth}"]), color=colour)
        if depth == 1:
            label(axes, words, (25, 165 - 17 * number), colour)


def draw_lag(axes: Axes, data: Arrays) -> None:
    """Angle against norm at all depths, and the predicted lines."""
    dress(axes, "angle θ against norm, depths 1, 2, 4", "norm ρ", xscale="log", yscale="log")
    axes.set(xlim=(1, 60), ylim=(1e-2, 200))
    axes.set_xticks([1, 3, 10, 30], ["1", "3", "10", "30"])
    axes.minorticks_off()
    axes.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    radii = np.array([1.0, 60.0])
    for name, colour in zip(LAWS, CYCLE, strict=True):
        for depth, width in zip(HORIZONS, (1.0, 1.6, 2.2), strict=True):
            norm, angle = data[f"norm_{name}_{depth}"], np.abs(data[f"angle_{name}_{depth}"])
            rising = np.arange(norm.size) > np.argmin(norm)
            axes.plot(norm[rising], angle[rising], color=colour, linewidth=width)
        if name != "untilted":
            line = np.degrees(abs(data[f"lag_{name}"])) / radii**2
            axes.plot(radii, line, color=colour, linestyle=DOTTED, linewidth=2)
    label(axes, "dotted: C/ρ²", (13, 70))


def _words(data: Arrays) -> tuple[str, ...]:
    def angles(depth: int) -> str:
        rises = {}
        for name in LAWS:
            angle = np.abs(data[f"angle_{name}_{depth}"])
            rises[name] = float(np.max(angle - np.minimum.accumulate(angle)))
        ends = ", ".join(f"{abs(data[f'angle_{name}_{depth}'][-1]):.2g}°" for name in LAWS)
        return (
            f"Angle to v⋆ against time, depth {depth}, for four laws without spherical symmetry. "
            "It falls steadily for the normal law of one tilt. It rises first, by "
            f"{rises['mirrored']:.0f}° and {rises['untilted']:.0f}°, for the other tilt and for "
            "the normal law whose long axis lies across v⋆. Under the tilted square it passes 0 "
            f"and comes back by {rises['square']:.1f}°. At t = {HORIZONS[depth]:g} the angles "
            f"are {ends}."
        )

    found = []
    for name in ("tilted", "mirrored", "square"):
        ends = [
            np.radians(data[f"angle_{name}_{n}"][-1]) * data[f"norm_{name}_{n}"][-1] ** 2
            for n in (1, 2)
        ]
        words = f"{ends[0]:.3f} and {ends[1]:.3f} (predicted {float(data[f'lag_{name}']):.3f})"
        found.append(words.replace("-", "−"))
    gone = data["norm_untilted_1"][np.argmax(np.abs(data["angle_untilted_1"]) < 0.01)]
    return (
        angles(1),
        angles(2),
        "Angle against norm after the turn, both logarithmic, depths 1, 2 and 4: for the tilted "
        "laws it falls only like C/ρ², at every depth; θρ² (radians, signed) ends, at depths 1 and "
        f"2, at {'; '.join(found)}. For the law without tilt, its own mirror image in v⋆, the "
        f"angle of depth 1 is below 0.01° from norm {gone:.1f} on. The prediction is a theorem "
        "for the normal laws and a balance of leading terms for the square.",
    )


def beyond_law() -> Picture:
    """Laws without spherical symmetry."""
    data = compute_beyond_law()
    drawers = [partial(draw_angle, depth=1), partial(draw_angle, depth=2), draw_lag]
    return assemble("own-beyond-law", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-beyond-law": beyond_law}
