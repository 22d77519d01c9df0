"""Norm, angle and loss at late times, over the laws they tend to, at five depths."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.lsz.runs import START, TEACHER
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import FIVE, dress, name_ends
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow

DEPTHS = (1, 2, 3, 4, 8)


@cached
def compute_late_law() -> Arrays:
    """Norm, angle and loss to t = 1e12 at five depths, and the laws they tend to.

    Returns
    -------
    dict
        ``t``; for each depth N ``norm_N``, ``angle_N`` (−ln(1 − cos θ)), ``loss_N``, and the same
        with ``law_`` before it: u = (N+2)Kt gives u^{N/(N+2)}, (κ/(NK)) u^{2N/(N+2)} and
        K u^{−N/(N+2)}; ``apart_N``: the largest distance of the three quotients from 1.

    Statements
    ----------
    ``own-late-norm``, ``own-late-angle``, ``own-late-loss``
    """
    law = UniformSphere(2)
    K = np.pi**2 * law.density_at_zero / 6
    times = np.geomspace(1.0, 1e12, 241)
    arrays: Arrays = {"t": times}
    for depth in DEPTHS:
        flow = SphericalFlow(law, direction=TEACHER, start=START, depth=depth)
        record, turned = flow.at(times), np.arctanh(START[1])
        u = ((depth + 2) * K * times) ** (depth / (depth + 2))
        found = {
            "norm": record.norm,
            "angle": np.logaddexp(0, 2 * (turned + law.kappa * record.tau)) - np.log(2),
            "loss": record.loss,
        }
        lines = {"norm": u, "angle": law.kappa / (depth * K) * u**2, "loss": K / u}
        for name, values in found.items():
            arrays |= {f"{name}_{depth}": values, f"law_{name}_{depth}": lines[name]}
        arrays[f"apart_{depth}"] = np.max(
            [np.abs(values / lines[name] - 1) for name, values in found.items()], axis=0
        )
    return arrays


_QUANTITIES = {
    "norm": ("norm ρ", (1e-3, 1e11)),
    "angle": ("−ln(1 − cos θ)", (1e-1, 1e21)),
    "loss": ("population loss", (1e-11, 3)),
    "apart": ("largest distance from the laws", (1e-12, 30)),
}


def draw_late_law(axes: Axes, data: Arrays, name: str) -> None:
    """One quantity at five depths over its straight lines, or the distance of all three."""
    title, reach = _QUANTITIES[name]
    dress(axes, title, "time t", xscale="log", yscale="log", xlim=(1, 1e12), ylim=reach)
    axes.set_xticks([1, 1e4, 1e8, 1e12])
    for depth, colour in zip(DEPTHS, FIVE, strict=True):
        curve = data[f"{name}_{depth}"]
        if name != "apart":
            line = data[f"law_{name}_{depth}"]
            axes.plot(data["t"], line, color=colour, linewidth=5, alpha=0.3)
        axes.plot(data["t"], np.where(curve > 0, curve, np.nan), color=colour, linewidth=1.4)
    name_ends(axes, DEPTHS, [float(data[f"{name}_{depth}"][-1]) for depth in DEPTHS])


def _words(data: Arrays) -> tuple[str, ...]:
    ends = {
        name: ", ".join(f"{data[f'{name}_{depth}'][-1]:.1e}" for depth in DEPTHS)
        for name in ("norm", "angle", "loss", "apart")
    }
    depths = "depths 1, 2, 3, 4, 8"
    return (
        f"Norm against time, both logarithmic, {depths}: after the turn each curve runs into its "
        "straight line ((N+2)Kt) to the power N/(N+2), the steeper the deeper. At t = 1e12 the "
        f"norms are {ends['norm']}.",
        f"Smallness of the angle, −ln(1 − cos θ), against time, both logarithmic, {depths}: "
        "straight lines of slope "
        f"2N/(N+2), from 2/3 to 8/5; at t = 1e12 the values are {ends['angle']}.",
        f"Population loss against time, both logarithmic, {depths}: level near ln 2 until the "
        "norm has turned, then straight lines of slope −N/(N+2), from −1/3 to −4/5; at t = 1e12 "
        f"the losses are {ends['loss']}.",
        "Largest distance from 1 of the three quotients of exact value and law, against time, "
        f"both logarithmic, {depths}: it falls about like 1/t for N ≥ 2 and more slowly, like "
        f"t to the −2/3, for N = 1; at t = 1e12 it is {ends['apart']}.",
    )


def late_law() -> Picture:
    """Norm, angle and loss at late times."""
    data = compute_late_law()
    drawers = [partial(draw_late_law, name=name) for name in _QUANTITIES]
    return assemble("own-late-law", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-late-law": late_law}
