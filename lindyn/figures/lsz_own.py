"""Our own results on Lin, Sun and Zhang's deep networks: late times, and the turn of the norm."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from scipy.special import gammaln

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.lsz import START, TEACHER
from lindyn.figures.picture import Picture, assemble
from lindyn.figures.style import CYCLE, DASHED, DOTTED, INK, dress, label, name_ends
from lindyn.laws import SphericalLaw, UniformSphere
from lindyn.natural import SphericalFlow

Arrays = dict[str, Array]

DEPTHS = (1, 2, 3, 4, 8)
COLOURS = (*CYCLE, INK)

# Starts almost opposite to the teacher: ε = 1 + cos θ(0).
TURN_DEPTHS = (1, 2, 3, 4, 6)
PRINTED_DEPTHS = (3, 4)

BOUNDED_DEPTHS = (2, 4)
SIZES = (0.1, 1.0, 10.0)


# --- Late times --------------------------------------------------------------------------------


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


_LATE = {
    "norm": ("norm ρ", (1e-3, 1e11)),
    "angle": ("−ln(1 − cos θ)", (1e-1, 1e21)),
    "loss": ("population loss", (1e-11, 3)),
    "apart": ("largest distance from the laws", (1e-12, 30)),
}


def draw_late_law(axes: Axes, data: Arrays, name: str) -> None:
    """One quantity at five depths over its straight lines, or the distance of all three."""
    title, reach = _LATE[name]
    dress(axes, title, "time t", xscale="log", yscale="log", xlim=(1, 1e12), ylim=reach)
    axes.set_xticks([1, 1e4, 1e8, 1e12])
    for depth, colour in zip(DEPTHS, COLOURS, strict=True):
        curve = data[f"{name}_{depth}"]
        if name != "apart":
            line = data[f"law_{name}_{depth}"]
            axes.plot(data["t"], line, color=colour, linewidth=5, alpha=0.3)
        axes.plot(data["t"], np.where(curve > 0, curve, np.nan), color=colour, linewidth=1.4)
    name_ends(axes, DEPTHS, [float(data[f"{name}_{depth}"][-1]) for depth in DEPTHS])


def _words_late_law(data: Arrays) -> tuple[str, ...]:
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
    drawers = [partial(draw_late_law, name=name) for name in _LATE]
    return assemble("own-late-law", data, drawers, _words_late_law(data))


# --- The turn of starts almost opposite ----------------------------------------------------------


def opposite_constant(law: SphericalLaw, norm: float) -> float:
    """ρ₀ exp(−∫₀^{ρ₀} Φ′/(r(κ + Φ′)) dr): how small ρ is on the way, free of the depth."""
    from scipy.integrate import quad  # slow to import

    def rate(r: float) -> float:
        slope = law.dPhi(r)
        return slope / (r * (law.kappa + slope))

    return norm * float(np.exp(-quad(rate, 0.0, norm, epsabs=1e-13, epsrel=1e-12)[0]))


def opposite_laws(law: SphericalLaw, norm: float, depth: int, gap: Array) -> tuple[Array, Array]:
    """Turning time and turning norm as ε = ``gap`` → 0."""
    C, kappa = opposite_constant(law, norm), law.kappa
    if depth == 1:
        ended = SphericalFlow(law, direction=TEACHER, start=(0.0, -norm), depth=1).end_time
        time = np.full(gap.shape, ended)
    elif depth == 2:
        time = np.log(2 / gap) / (2 * kappa)
    else:
        half = (depth - 2) / 2
        beta = np.sqrt(np.pi) / 2 * np.exp(gammaln(half) - gammaln(half + 0.5))
        time = beta / kappa * C ** (2 / depth - 1) * (2 * gap) ** -half
    return time, C * (2 * gap) ** (depth / 2)


@cached
def compute_turn_near_opposite() -> Arrays:
    """Turning time and norm against ε = 1 + cos θ(0), their laws, and what print guarantees.

    Returns
    -------
    dict
        ``gap``: ε; for each depth N ``time_N`` and ``norm_N``, ``law_time_N`` and ``law_norm_N``
        (as ε → 0); ``printed_N`` for N = 3, 4: the time at which Theorem 3 guarantees θ ≤ 90°.

    Statements
    ----------
    ``own-turn-near-opposite``, ``lsz-thm-3-i``
    """
    law, gaps = UniformSphere(2), np.geomspace(1.0, 1e-12, 49)
    arrays: Arrays = {"gap": gaps}
    for depth in TURN_DEPTHS:
        turns = np.empty((gaps.size, 2))
        for k, gap in enumerate(gaps):
            start = (np.sqrt(gap * (2 - gap)), gap - 1)
            flow = SphericalFlow(law, direction=TEACHER, start=start, depth=depth)
            turns[k] = flow.turning_time, flow.turning_norm
        arrays |= {f"time_{depth}": turns[:, 0], f"norm_{depth}": turns[:, 1]}
        time, norm = opposite_laws(law, 1.0, depth, gaps)
        arrays |= {f"law_time_{depth}": time, f"law_norm_{depth}": norm}
    for depth in PRINTED_DEPTHS:
        # C₁(A₁t/B₁ + 1)^α = 1 with ‖w(0)‖ = 1, hence B₁ = 1.
        contrast, steepness = gaps / (2 - gaps), (depth - 2) * np.pi / 2
        arrays[f"printed_{depth}"] = (contrast**-steepness - 1) / ((depth - 2) * law.c0)
    return arrays


_TURN = {
    "time": ("turning time T", (0.3, 1e26)),
    "norm": ("turning norm", (1e-36, 10)),
}


def draw_turn(axes: Axes, data: Arrays, name: str) -> None:
    """Turning time or norm against ε over its law; for the time the printed guarantee too."""
    title, reach = _TURN[name]
    dress(axes, title, "ε = 1 + cos θ(0)", xscale="log", yscale="log")
    axes.set(xlim=(1, 1e-12), ylim=reach)
    axes.set_xticks([1, 1e-4, 1e-8, 1e-12])
    for depth, colour in zip(TURN_DEPTHS, COLOURS, strict=True):
        gap = data["gap"]
        axes.plot(gap, data[f"law_{name}_{depth}"], color=colour, linewidth=5, alpha=0.3)
        axes.plot(gap, data[f"{name}_{depth}"], color=colour, linewidth=1.4)
        if name == "time" and depth in PRINTED_DEPTHS:
            axes.plot(gap, data[f"printed_{depth}"], color=colour, linestyle=DOTTED, linewidth=2)
    name_ends(axes, TURN_DEPTHS, [float(data[f"{name}_{depth}"][-1]) for depth in TURN_DEPTHS])
    if name == "time":
        label(axes, "dotted: 90°\nby Theorem 3", (0.4, 1e19))


def draw_turn_apart(axes: Axes, data: Arrays, name: str) -> None:
    """Distance of exact over law from 1."""
    title = {"time": "T: distance from its law", "norm": "norm: distance from its law"}[name]
    dress(axes, title, "ε = 1 + cos θ(0)", xscale="log", yscale="log")
    axes.set(xlim=(1, 1e-12), ylim=(1e-13, 10))
    axes.set_xticks([1, 1e-4, 1e-8, 1e-12])
    for depth, colour in zip(TURN_DEPTHS, COLOURS, strict=True):
        axes.plot(data["gap"], _apart(data, name, depth), color=colour, linewidth=1.4)
    name_ends(axes, TURN_DEPTHS, [_apart(data, name, depth)[-1] for depth in TURN_DEPTHS])


def _apart(data: Arrays, name: str, depth: int) -> Array:
    """Distance of exact over law from 1; below 1e-14 it is rounding."""
    return np.maximum(np.abs(data[f"{name}_{depth}"] / data[f"law_{name}_{depth}"] - 1), 1e-14)


def _slope(data: Arrays, name: str) -> float:
    """Exponent of 1/ε over the last two decades."""
    ends = np.log(data[name][[-9, -1]])
    return float(np.diff(ends)[0] / np.log(data["gap"][-9] / data["gap"][-1]))


def _words_turn(data: Arrays) -> tuple[str, ...]:
    depths = "depths 1, 2, 3, 4, 6"
    apart = {
        name: ", ".join(f"{_apart(data, name, depth)[24]:.0e}" for depth in TURN_DEPTHS)
        for name in ("time", "norm")
    }
    return (
        f"Turning time against ε = 1 + cos θ(0) from 1 to 1e-12, both logarithmic, {depths}: "
        f"bounded for N = 1 (it tends to {data['time_1'][-1]:.2f}), {data['time_2'][-1]:.1f} at "
        "the end for N = 2, where it grows like ln(1/ε), and a power of 1/ε for N = 3, 4, 6, with "
        f"exponents {_slope(data, 'time_3'):.2f}, {_slope(data, 'time_4'):.2f} and "
        f"{_slope(data, 'time_6'):.2f}. Dotted: the time by which Theorem 3 guarantees 90°, with "
        f"exponents {_slope(data, 'printed_3'):.2f} and {_slope(data, 'printed_4'):.2f} for N = 3 "
        "and 4, π times the true ones.",
        f"Turning norm against ε, both logarithmic, {depths}: powers of ε with exponents "
        + ", ".join(f"{-_slope(data, f'norm_{n}'):.2f}" for n in TURN_DEPTHS)
        + ", that is N/2, all over one constant.",
        f"Distance from 1 of the turning time over its law, against ε, {depths}: it falls with ε, "
        f"at ε = 1e-6 to {apart['time']}, slowest for N = 3, where it is of order √ε.",
        f"Distance from 1 of the turning norm over its law, against ε, {depths}: it falls about "
        f"like ε; at ε = 1e-6 it is {apart['norm']}.",
    )


def turn_near_opposite() -> Picture:
    """The turn of starts almost opposite to the teacher."""
    data = compute_turn_near_opposite()
    drawers = [partial(draw, name=name) for draw in (draw_turn, draw_turn_apart) for name in _TURN]
    return assemble("own-turn-near-opposite", data, drawers, _words_turn(data))


# --- The least norm, from both sides -------------------------------------------------------------


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
    for depth in BOUNDED_DEPTHS:
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


def _words_turning_norm(data: Arrays) -> tuple[str, ...]:
    words = []
    for depth in BOUNDED_DEPTHS:
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
    drawers = [partial(draw_turning_norm, depth=depth) for depth in BOUNDED_DEPTHS]
    return assemble("own-turning-norm", data, drawers, _words_turning_norm(data))


FIGURES: dict[str, Callable[[], Picture]] = {
    "own-late-law": late_law,
    "own-turn-near-opposite": turn_near_opposite,
    "own-turning-norm": turning_norm,
}
