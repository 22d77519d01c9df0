"""The least norm on the way, over the norm of the start, between its bounds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.lsz.runs import TEACHER
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DASHED, DOTTED, INK, dress, label
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow

DEPTHS = (2, 4)
SIZES = (0.1, 1.0, 10.0)


@cached
def compute_turning_norm() -> Arrays:
    """The least norm over the start's, against the start's angle, with bounds on both sides.

    Returns
    -------
    dict
        ``angle`` in degrees; for each depth N ``above_N``: sin^N θ₀ past 90°, 1 before; for the
        k-th norm of the start ``exact_N_k`` and ``below_N_k``:
        [cosh φ*/cosh φ₀ e^{−q(φ*−φ₀)}]^N with q = Φ′(ρ₀)/κ, φ* = artanh q (1 where φ₀ ≥ φ*).

    Statements
    ----------
    ``own-turning-norm``
    """
    law, degrees = UniformSphere(2), np.linspace(2.0, 178.0, 89)
    angles = np.radians(degrees)
    arrays: Arrays = {"angle": degrees}
    for depth in DEPTHS:
        arrays[f"above_{depth}"] = np.where(degrees > 90, np.sin(angles) ** depth, 1.0)
        for k, size in enumerate(SIZES):
            q = law.dPhi(size) / law.kappa
            phi, top = -np.log(np.tan(angles / 2)), np.arctanh(q)
            fall = np.log(np.cosh(top) / np.cosh(phi)) - q * (top - phi)
            arrays[f"below_{depth}_{k}"] = np.exp(depth * np.where(phi < top, fall, 0.0))
            lowest = [
                SphericalFlow(
                    law,
                    direction=TEACHER,
                    start=(size * np.sin(angle), size * np.cos(angle)),
                    depth=depth,
                ).turning_norm
                for angle in angles
            ]
            arrays[f"exact_{depth}_{k}"] = np.array(lowest) / size
    return arrays


def draw_turning_norm(axes: Axes, data: Arrays, depth: int) -> None:
    """Least over first norm, with its bounds, at one depth."""
    dress(axes, f"least over first norm, N = {depth}", "angle θ(0) in degrees", yscale="log")
    axes.set(xlim=(0, 180), ylim=(1e-3, 1.6), xticks=[0, 45, 90, 135, 180])
    axes.minorticks_off()
    axes.plot(data["angle"], data[f"above_{depth}"], color=INK, linestyle=DOTTED, linewidth=2)
    for k, colour in enumerate(CYCLE[: len(SIZES)]):
        axes.plot(data["angle"], data[f"exact_{depth}_{k}"], color=colour)
        axes.plot(
            data["angle"], data[f"below_{depth}_{k}"], color=colour, linestyle=DASHED, linewidth=1.4
        )
        label(axes, f"first norm {SIZES[k]:g}", (6, 0.07 / 1.9**k), colour)
    label(axes, "bounds: dotted", (6, 0.006))
    label(axes, "and dashed", (6, 0.0033))


def _words(data: Arrays) -> tuple[str, ...]:
    words = []
    for depth in DEPTHS:
        found = [float(np.interp(135, data["angle"], data[f"exact_{depth}_{k}"])) for k in range(3)]
        loose = [
            float(np.max(data[f"exact_{depth}_{k}"] / data[f"below_{depth}_{k}"])) for k in range(3)
        ]
        over = float(np.max(data[f"above_{depth}"] / data[f"exact_{depth}_0"])) - 1
        words.append(
            f"Least norm over the norm of the start, logarithmic, against the start's angle, depth "
            f"{depth}, for starts of norm 0.1, 1 and 10: 1 at small angles, falling steadily; at "
            f"135° it is {found[0]:.3f}, {found[1]:.3f} and {found[2]:.3f}. The upper bound, "
            f"sin θ(0) to the power {depth}, is at most {100 * over:.0f} % above the smallest "
            f"start's curve. Each lower bound lies below its curve by a factor of at most "
            f"{loose[0]:.2f}, {loose[1]:.0f} and {loose[2]:.1g}, close to 180°."
        )
    return tuple(words)


def turning_norm() -> Picture:
    """The least norm between its bounds."""
    data = compute_turning_norm()
    drawers = [partial(draw_turning_norm, depth=depth) for depth in DEPTHS]
    return assemble("own-turning-norm", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-turning-norm": turning_norm}
