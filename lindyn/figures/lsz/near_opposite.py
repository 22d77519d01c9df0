"""The turn of starts almost opposite to the teacher: its time and its norm, and their laws."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from scipy.special import gammaln

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.lsz.runs import TEACHER
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import DOTTED, FIVE, dress, label, name_ends
from lindyn.laws import SphericalLaw, UniformSphere
from lindyn.natural import SphericalFlow

# Starts almost opposite to the teacher: ε = 1 + cos θ(0).
DEPTHS = (1, 2, 3, 4, 6)
PRINTED_DEPTHS = (3, 4)


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
    for depth in DEPTHS:
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


_QUANTITIES = {
    "time": ("turning time T", (0.3, 1e26)),
    "norm": ("turning norm", (1e-36, 10)),
}


def draw_turn(axes: Axes, data: Arrays, name: str) -> None:
    """Turning time or norm against ε over its law; for the time the printed guarantee too."""
    title, reach = _QUANTITIES[name]
    dress(axes, title, "ε = 1 + cos θ(0)", xscale="log", yscale="log")
    axes.set(xlim=(1, 1e-12), ylim=reach)
    axes.set_xticks([1, 1e-4, 1e-8, 1e-12])
    for depth, colour in zip(DEPTHS, FIVE, strict=True):
        gap = data["gap"]
        axes.plot(gap, data[f"law_{name}_{depth}"], color=colour, linewidth=5, alpha=0.3)
        axes.plot(gap, data[f"{name}_{depth}"], color=colour, linewidth=1.4)
        if name == "time" and depth in PRINTED_DEPTHS:
            axes.plot(gap, data[f"printed_{depth}"], color=colour, linestyle=DOTTED, linewidth=2)
    name_ends(axes, DEPTHS, [float(data[f"{name}_{depth}"][-1]) for depth in DEPTHS])
    if name == "time":
        label(axes, "dotted: 90°\nby Theorem 3", (0.4, 1e19))


def draw_turn_apart(axes: Axes, data: Arrays, name: str) -> None:
    """Distance of exact over law from 1."""
    title = {"time": "T: distance from its law", "norm": "norm: distance from its law"}[name]
    dress(axes, title, "ε = 1 + cos θ(0)", xscale="log", yscale="log")
    axes.set(xlim=(1, 1e-12), ylim=(1e-13, 10))
    axes.set_xticks([1, 1e-4, 1e-8, 1e-12])
    for depth, colour in zip(DEPTHS, FIVE, strict=True):
        axes.plot(data["gap"], _apart(data, name, depth), color=colour, linewidth=1.4)
    name_ends(axes, DEPTHS, [_apart(data, name, depth)[-1] for depth in DEPTHS])


def _apart(data: Arrays, name: str, depth: int) -> Array:
    """Distance of exact over law from 1; below 1e-14 it is rounding."""
    return np.maximum(np.abs(data[f"{name}_{depth}"] / data[f"law_{name}_{depth}"] - 1), 1e-14)


def _slope(data: Arrays, name: str) -> float:
    """Exponent of 1/ε over the last two decades."""
    ends = np.log(data[name][[-9, -1]])
    return float(np.diff(ends)[0] / np.log(data["gap"][-9] / data["gap"][-1]))


def _words(data: Arrays) -> tuple[str, ...]:
    depths = "depths 1, 2, 3, 4, 6"
    apart = {
        name: ", ".join(f"{_apart(data, name, depth)[24]:.0e}" for depth in DEPTHS)
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
        + ", ".join(f"{-_slope(data, f'norm_{n}'):.2f}" for n in DEPTHS)
        + ", that is N/2, all over one constant.",
        f"Distance from 1 of the turning time over its law, against ε, {depths}: it falls with ε, "
        f"at ε = 1e-6 to {apart['time']}, slowest for N = 3, where it is of order √ε.",
        f"Distance from 1 of the turning norm over its law, against ε, {depths}: it falls about "
        f"like ε; at ε = 1e-6 it is {apart['norm']}.",
    )


def turn_near_opposite() -> Picture:
    """The turn of starts almost opposite to the teacher."""
    data = compute_turn_near_opposite()
    drawers = [
        partial(draw, name=name) for draw in (draw_turn, draw_turn_apart) for name in _QUANTITIES
    ]
    return assemble("own-turn-near-opposite", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-turn-near-opposite": turn_near_opposite}
