"""Off the assumptions of Lin, Sun and Zhang (2021): measured, and said to be no more than that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.lsz import START, TEACHER
from lindyn.figures.picture import Picture, assemble
from lindyn.figures.planar import EllipticalLogistic, SquareLogistic
from lindyn.figures.style import CYCLE, DASHED, DOTTED, INK, dress, label
from lindyn.flows import gradient_flow
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.networks import Weights, balanced, imbalance
from lindyn.risks import Risk, Separable, SphericalLogistic

Arrays = dict[str, Array]

# Laws: normal with standard deviations 2 and 1/2 along turned axes, and a turned square.
TILT = np.pi / 4
SQUARE_TILT = np.radians(20)
LAW_DEPTHS = {1: 1e4, 2: 1e3, 4: 3e2}  # depth: horizon
LAWS = {
    "tilted": "normal, one tilt",
    "mirrored": "normal, other tilt",
    "square": "tilted square",
    "untilted": "normal, no tilt",
}

# Balance: three layers, widths 3 and 3, random perturbations of a balanced start.
DEPTH = 3
DEFECTS = (1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.2, 0.35, 0.5)
SHOWN = (0.03, 0.1, 0.2)
DRAWS = 12
HORIZON = 30.0

# Samples from the unit circle, one layer.
SIZES = (20, 100, 1000)
SAMPLES = 32
SEED = 2021


# --- Laws ----------------------------------------------------------------------------------------


def _covariance(tilt: float) -> Array:
    across, along = np.array([np.cos(tilt), np.sin(tilt)]), np.array([-np.sin(tilt), np.cos(tilt)])
    return 4.0 * np.outer(across, across) + 0.25 * np.outer(along, along)


def _risk(name: str) -> Risk:
    if name == "square":
        return SquareLogistic(SQUARE_TILT)
    return EllipticalLogistic(
        _covariance({"tilted": TILT, "mirrored": -TILT, "untilted": 0.0}[name])
    )


def lag(name: str) -> float:
    """Limit of (signed θ)·ρ²: (π²/6) ∫ s ∂f/∂h ds/∫ s² f ds on the line h = 0 of the labels.

    f is the density at s across and h along the teacher.
    """
    if name == "square":
        return float(-(np.pi**2) / 4 * np.sin(2 * SQUARE_TILT))
    covariance = _covariance({"tilted": TILT, "mirrored": -TILT, "untilted": 0.0}[name])
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
    for depth, horizon in LAW_DEPTHS.items():
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


def draw_law_angle(axes: Axes, data: Arrays, depth: int) -> None:
    """Angle to the teacher against time at one depth."""
    reach = (1e-1, LAW_DEPTHS[depth])
    dress(axes, f"angle θ in degrees, depth {depth}", "time t", xscale="log", xlim=reach)
    axes.set(ylim=(0, 185), yticks=[0, 45, 90, 135, 180])
    times = data[f"t_{depth}"]
    for number, ((name, words), colour) in enumerate(zip(LAWS.items(), CYCLE, strict=True)):
        axes.plot(times, np.abs(data[f"angle_{name}_{depth}"]), color=colour)
        if depth == 1:
            label(axes, words, (25, 165 - 17 * number), colour)


def draw_law_lag(axes: Axes, data: Arrays) -> None:
    """Angle against norm at all depths, and the predicted lines."""
    dress(axes, "angle θ against norm, depths 1, 2, 4", "norm ρ", xscale="log", yscale="log")
    axes.set(xlim=(1, 60), ylim=(1e-2, 200))
    axes.set_xticks([1, 3, 10, 30], ["1", "3", "10", "30"])
    axes.minorticks_off()
    axes.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    radii = np.array([1.0, 60.0])
    for name, colour in zip(LAWS, CYCLE, strict=True):
        for depth, width in zip(LAW_DEPTHS, (1.0, 1.6, 2.2), strict=True):
            norm, angle = data[f"norm_{name}_{depth}"], np.abs(data[f"angle_{name}_{depth}"])
            rising = np.arange(norm.size) > np.argmin(norm)
            axes.plot(norm[rising], angle[rising], color=colour, linewidth=width)
        if name != "untilted":
            line = np.degrees(abs(data[f"lag_{name}"])) / radii**2
            axes.plot(radii, line, color=colour, linestyle=DOTTED, linewidth=2)
    label(axes, "dotted: C/ρ²", (13, 70))


def _words_law(data: Arrays) -> tuple[str, ...]:
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
            f"and comes back by {rises['square']:.1f}°. At t = {LAW_DEPTHS[depth]:g} the angles "
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
    drawers = [partial(draw_law_angle, depth=1), partial(draw_law_angle, depth=2), draw_law_lag]
    return assemble("own-beyond-law", data, drawers, _words_law(data))


# --- Balance -------------------------------------------------------------------------------------


def unbalanced(defect: float, seed: int) -> Weights:
    """Random three layers with the product of the start and the given largest imbalance.

    A balanced start plus ε times fixed normal matrices, the product restored in the first layer;
    ε is chosen so that the largest ‖W_{k+1}ᵀW_{k+1} − W_kW_kᵀ‖₂ is ``defect``.
    """
    from scipy.optimize import brentq  # slow to import

    rng = np.random.default_rng(seed)
    first, *others = balanced(np.array([START]), DEPTH, [3] * (DEPTH - 1), rng)
    noise = [rng.standard_normal(layer.shape) for layer in (first, *others)]

    def perturbed(size: float) -> Weights:
        middle, last = (
            layer + size * change for layer, change in zip(others, noise[1:], strict=True)
        )
        left, entry = last @ middle, first + size * noise[0]
        missing = np.array([START]) - left @ entry
        return (entry + left.T @ missing / np.sum(left**2), middle, last)

    def excess(size: float) -> float:
        return max(float(np.linalg.norm(gap, 2)) for gap in imbalance(perturbed(size))) - defect

    sizes = np.linspace(0.0, 2.0, 401)[1:]
    return perturbed(brentq(excess, 0.0, next(s for s in sizes if excess(s) > 0), xtol=1e-14))


@cached
def compute_beyond_balance() -> Arrays:
    """Flow of three layers from nearly balanced starts, against the balanced one.

    Returns
    -------
    dict
        ``t``, ``norm``, ``angle`` (degrees) of the balanced flow; ``norm_k`` and ``angle_k`` of
        the first draw with the k-th defect of ``SHOWN``; ``defect``, and for each draw, shape
        (defects, draws), ``norm_off``: largest |Δ ln ρ|, ``angle_off``: largest |Δθ| in degrees
        up to t = 30, ``drift``: change of the imbalance on the way.

    Statements
    ----------
    ``lsz-eq-13``, ``lsz-eq-14``
    """
    law = UniformSphere(2)
    risk, times = SphericalLogistic(law, TEACHER), np.linspace(0.0, HORIZON, 301)
    flow = SphericalFlow(law, direction=TEACHER, start=START, depth=DEPTH).at(times)
    arrays: Arrays = {"t": times, "norm": flow.norm, "angle": np.degrees(flow.angle)}
    off = np.empty((3, len(DEFECTS), DRAWS))
    for row, defect in enumerate(DEFECTS):
        for seed in range(DRAWS):
            start = unbalanced(defect, seed)
            run = gradient_flow(risk, start, times, rtol=1e-9, atol=1e-11)
            w = run.product[:, 0]
            norm, angle = np.linalg.norm(w, axis=1), np.arctan2(np.abs(w[:, 0]), w[:, 1])
            angle = np.degrees(angle)
            ends = imbalance([layer[-1] for layer in run.weights])
            drift = [np.linalg.norm(b - a) for a, b in zip(imbalance(start), ends, strict=True)]
            off[0, row, seed] = np.max(np.abs(np.log(norm / flow.norm)))
            off[1, row, seed] = np.max(np.abs(angle - arrays["angle"]))
            off[2, row, seed] = max(drift)
            if seed == 0 and defect in SHOWN:
                k = SHOWN.index(defect)
                arrays |= {f"norm_{k}": norm, f"angle_{k}": angle}
    arrays |= {"norm_off": off[0], "angle_off": off[1], "drift": off[2]}
    return arrays | {"defect": np.array(DEFECTS)}


def draw_balance_path(axes: Axes, data: Arrays, name: str) -> None:
    """Norm or angle against time for the balanced start and three others."""
    title = {"norm": "norm ρ", "angle": "angle θ in degrees"}[name]
    dress(axes, title, "time t", xlim=(0, HORIZON))
    if name == "norm":
        axes.set(yscale="log", ylim=(0.05, 20))
        axes.minorticks_off()
        axes.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    else:
        axes.set(ylim=(0, 150), yticks=[0, 45, 90, 135])
    axes.plot(data["t"], data[name], color=INK, linewidth=5, alpha=0.3)
    for k, colour in enumerate(CYCLE[: len(SHOWN)]):
        axes.plot(data["t"], data[f"{name}_{k}"], color=colour)
        if name == "angle":
            label(axes, f"δ = {SHOWN[k]:g}", (17, 118 - 14 * k), colour)
    if name == "angle":
        label(axes, "balanced", (17, 132))


def draw_balance_order(axes: Axes, data: Arrays) -> None:
    """Largest deviations against the defect, one dot a draw."""
    dress(axes, "largest deviation to t = 30", "defect δ of balance", xscale="log", yscale="log")
    axes.set(xlim=(7e-4, 0.8), ylim=(1e-3, 400))
    for name, colour, words, place in (
        ("angle", CYCLE[1], "angle, degrees", (1e-3, 6.0)),
        ("norm", CYCLE[0], "ln of the norm", (1.6e-2, 3.5e-3)),
    ):
        off, defect = data[f"{name}_off"], data["defect"]
        axes.plot(defect, off, color=colour, marker="o", markersize=3.5, linestyle="")
        middle = np.median(off[0])
        axes.plot(defect, middle * defect / defect[0], color=colour, linestyle=DASHED, linewidth=1)
        label(axes, words, place, colour)


def order_of(data: Arrays, name: str) -> float:
    """Measured order in δ: slope of the medians over the four smallest defects."""
    medians = np.log(np.median(data[f"{name}_off"], axis=1)[:4])
    return float(np.polyfit(np.log(data["defect"][:4]), medians, 1)[0])


def _words_balance(data: Arrays) -> tuple[str, ...]:
    least = [float(np.min(data["norm"])), *(float(np.min(data[f"norm_{k}"])) for k in range(3))]
    half = [
        float(np.interp(-90, -data[f"angle{end}"], data["t"])) for end in ("", "_0", "_1", "_2")
    ]
    medians = {name: np.median(data[f"{name}_off"], axis=1) for name in ("norm", "angle")}
    return (
        "Norm against time, depth 3, for a balanced start and for starts with the same product "
        "and imbalance δ = 0.03, 0.1 and 0.2: the same fall and rise; least norms "
        + ", ".join(f"{x:.3f}" for x in least)
        + ".",
        "Angle to v⋆ against time for the same four starts; 90° is reached at t = "
        + ", ".join(f"{x:.1f}" for x in half)
        + ".",
        "Largest deviation of angle and of ln ρ up to t = 30 from the balanced flow, against δ "
        f"from 0.001 to 0.5, both logarithmic, {DRAWS} random starts each: for small δ first order "
        f"(measured slopes {order_of(data, 'angle'):.2f} and {order_of(data, 'norm'):.2f}); the "
        f"median is {medians['angle'][0]:.2f}° and {medians['norm'][0]:.3f} at δ = 0.001, "
        f"{medians['angle'][4]:.0f}° and {medians['norm'][4]:.1f} at 0.1. Beyond 0.1 the starts "
        "scatter widely. Measured, not proved.",
    )


def beyond_balance() -> Picture:
    """Nearly balanced starts."""
    data = compute_beyond_balance()
    drawers = [
        partial(draw_balance_path, name="norm"),
        partial(draw_balance_path, name="angle"),
        draw_balance_order,
    ]
    return assemble("own-beyond-balance", data, drawers, _words_balance(data))


# --- Samples -------------------------------------------------------------------------------------


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


def draw_sample_angle(axes: Axes, data: Arrays) -> None:
    """Median angle to v⋆ against time, the population's, and where the medians must go."""
    _decades(axes, "angle to v⋆ in degrees", "time t", xlim=(0.1, 1e10), ylim=(0.02, 300))
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.plot(data["t"][1:], data["population"][1:], color=INK, linewidth=5, alpha=0.3)
    for size, colour in zip(SIZES, CYCLE, strict=False):
        axes.plot(data["t"][1:], data[f"angle_{size}"][1:], color=colour)
        axes.axhline(float(data[f"limit_{size}"]), color=colour, linestyle=DOTTED, linewidth=1.6)
        above = 1.5 * float(data[f"limit_{size}"])
        label(axes, f"n = {size}", (8e9, above), colour, ha="right", va="bottom")
    label(axes, "population", (200, 0.026), INK)


def draw_sample_margin(axes: Axes, data: Arrays) -> None:
    """Median angle to the max-margin direction."""
    _decades(axes, "angle to the max-margin direction", "time t", xlim=(0.1, 1e10))
    axes.set(ylim=(0.02, 300))
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    for size, colour in zip(SIZES, CYCLE, strict=False):
        axes.plot(data["t"][1:], data[f"margin_{size}"][1:], color=colour)
        label(axes, f"n = {size}", (2e5, 90 / 2.6 ** SIZES.index(size)), colour)


def draw_sample_collapse(axes: Axes, data: Arrays) -> None:
    """The same medians times n against t over n³."""
    _decades(axes, "n times the angle to v⋆", "t / n³", xlim=(1e-9, 1e6), ylim=(20, 2e5))
    axes.set_xticks([1e-8, 1e-4, 1, 1e4])
    for size, colour in zip(SIZES, CYCLE, strict=False):
        axes.plot(data["t"][1:] / size**3, size * data[f"angle_{size}"][1:], color=colour)
        label(axes, f"n = {size}", (3, 6e4 / 2.6 ** SIZES.index(size)), colour)


def _words_sample(data: Arrays) -> tuple[str, ...]:
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
    drawers = (draw_sample_angle, draw_sample_margin, draw_sample_collapse)
    return assemble("own-beyond-sample", data, drawers, _words_sample(data))


FIGURES: dict[str, Callable[[], Picture]] = {
    "own-beyond-law": beyond_law,
    "own-beyond-balance": beyond_balance,
    "own-beyond-sample": beyond_sample,
}
