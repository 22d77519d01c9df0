"""One layer on finite samples: with the population first, to the maximum margin in the end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.lsz.runs import START, TEACHER
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DOTTED, INK, dress, label
from lindyn.flows import gradient_flow
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.risks import Separable

# From the unit circle, one layer.
SIZES = (20, 100, 1000)
SAMPLES = 32
SEED = 2021


@cached
def compute_beyond_sample() -> Arrays:
    """Gradient flow on samples of 20, 100 and 1000 points of the circle, one layer.

    Returns
    -------
    dict
        ``t``; ``population``: angle of the population flow, degrees; for each size n, medians over
        32 samples: ``angle_n`` to v⋆ and ``margin_n`` to the max-margin direction; ``limit_n``:
        angle between the two; ``left_n``: time at which the median is twice the population's
        angle; ``near_n``: from when on most samples are closer to the max-margin direction than
        that direction is to v⋆.

    Statements
    ----------
    ``lsz-def-gd``
    """
    law, rng = UniformSphere(2), np.random.default_rng(SEED)
    times = np.concatenate([[0.0], np.geomspace(1e-1, 1e10, 133)])
    flow = SphericalFlow(law, direction=TEACHER, start=START, depth=1).at(times)
    population = np.degrees(flow.angle)
    arrays: Arrays = {"t": times, "population": population}
    for size in SIZES:
        angles, limits = np.empty((SAMPLES, times.size)), np.empty((SAMPLES, 1))
        for k in range(SAMPLES):
            x = law.sample(size, rng)
            risk = Separable(x, np.where(x[:, 1] >= 0, 1, -1), "logistic")
            w = gradient_flow(
                risk, (np.array([START]),), times, rtol=1e-9, atol=1e-11, method="LSODA"
            ).product[:, 0]
            angles[k] = np.degrees(np.arctan2(w[:, 0], w[:, 1]))
            # On the circle the max-margin direction halves the angle of the extreme examples.
            extreme = np.degrees(np.arctan2(risk.data.signed[:, 0], risk.data.signed[:, 1]))
            limits[k] = (extreme.min() + extreme.max()) / 2
        angle = np.median(np.abs(angles), axis=0)
        near = np.mean(np.abs(angles - limits) < np.abs(limits), axis=0) > 0.5
        arrays |= {
            f"angle_{size}": angle,
            f"margin_{size}": np.median(np.abs(angles - limits), axis=0),
            f"limit_{size}": np.array(np.median(np.abs(limits))),
            f"left_{size}": np.array(times[np.argmax(angle > 2 * population)]),
            f"near_{size}": np.array(times[np.flatnonzero(~near)[-1] + 1]),
        }
    return arrays


def _decades(axes: Axes, title: str, xlabel: str, **settings: object) -> None:
    dress(axes, title, xlabel, xscale="log", yscale="log", **settings)


def draw_angle(axes: Axes, data: Arrays) -> None:
    """Median angle to v⋆ against time, the population's, and where the medians must go."""
    _decades(axes, "angle to v⋆ in degrees", "time t", xlim=(0.1, 1e10), ylim=(0.02, 300))
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.plot(data["t"][1:], data["population"][1:], color=INK, linewidth=5, alpha=0.3)
    for size, colour in zip(SIZES, CYCLE, strict=False):
        axes.plot(data["t"][1:], data[f"angle_{size}"][1:], color=colour)
        axes.axhline(float(data[f"limit_{size}"]), color=colour, linestyle=DOTTED, linewidth=1.6)
        above = 2 * float(data[f"limit_{size}"])
        label(axes, f"n = {size}", (8e9, above), colour, ha="right", va="bottom")
    label(axes, "population", (200, 0.026), INK)


def draw_margin(axes: Axes, data: Arrays) -> None:
    """Median angle to the max-margin direction."""
    _decades(axes, "angle to the max-margin direction", "time t", xlim=(0.1, 1e10))
    axes.set(ylim=(0.02, 300))
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    for size, colour in zip(SIZES, CYCLE, strict=False):
        axes.plot(data["t"][1:], data[f"margin_{size}"][1:], color=colour)
        label(axes, f"n = {size}", (2e5, 90 / 2.6 ** SIZES.index(size)), colour)


def draw_collapse(axes: Axes, data: Arrays) -> None:
    """The same medians times n against t over n³."""
    _decades(axes, "n times the angle to v⋆", "t / n³", xlim=(1e-9, 1e6), ylim=(20, 2e5))
    axes.set_xticks([1e-8, 1e-4, 1, 1e4])
    for size, colour in zip(SIZES, CYCLE, strict=False):
        axes.plot(data["t"][1:] / size**3, size * data[f"angle_{size}"][1:], color=colour)
        label(axes, f"n = {size}", (3, 6e4 / 2.6 ** SIZES.index(size)), colour)


def _words(data: Arrays) -> tuple[str, ...]:
    def listed(name: str, form: str) -> str:
        return ", ".join(format(float(data[f"{name}_{size}"]), form) for size in SIZES)

    ends = ", ".join(f"{data[f'margin_{size}'][-1]:.2g}°" for size in SIZES)
    level = ", ".join(f"{size * float(data[f'limit_{size}']):.0f}" for size in SIZES)
    return (
        "Median angle to v⋆ over 32 samples of n = 20, 100 and 1000 points against time, both "
        "logarithmic: it follows the population flow, leaves it (twice its angle) at t = "
        f"{listed('left', '.0f')}, then falls slowly towards the level of the max-margin "
        f"direction, {listed('limit', '.2f')} degrees, not to 0 as the population does.",
        "Median angle to the max-margin direction against time, both logarithmic: it falls "
        f"slowly; most samples are nearer to it than it is to v⋆ from t = {listed('near', '.0e')} "
        f"on; at t = 1e10 the angle is {ends}.",
        "The median angle to v⋆ times n against t/n³: at late times the three sizes lie near one "
        f"curve, which ends at a level of {level} degrees: the max-margin direction is off by "
        "about 1/n and takes over at times of order n³. Measured, not proved.",
    )


def beyond_sample() -> Picture:
    """Finite samples."""
    data = compute_beyond_sample()
    drawers = (draw_angle, draw_margin, draw_collapse)
    return assemble("own-beyond-sample", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-beyond-sample": beyond_sample}
