"""The limit of infinite depth in the four settings, from closed forms and the risk's clock."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from scipy.integrate import quad
from scipy.optimize import brentq

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import BLUE, CYCLE, DASHED, GREEN, INK, ORANGE, dress, label
from lindyn.laws import UniformSphere
from lindyn.natural import RankOneFlow, SphericalFlow
from lindyn.risk_clock import margin_flow_balanced

DEPTHS = np.array([2, 3, 4, 6, 10, 20, 40, 100, 1_000, 10_000, 100_000, 1_000_000])
ANGLE, SIZE = 30.0, 10.0  # start of the size that follows at once, and of EFT's constant
NATURAL = (0.5, 1.0, 2.0)
OPPOSITE = (100.0, 120.0, 150.0)  # degrees
WAITING = np.array([2, 3, 4, 6, 8, 10, 15, 20, 30, 40])

LAW = UniformSphere(2)
TURNED, NEAR = np.arccos(0.6), np.radians(0.01)  # start and end of LSZ's turn
TURNING = np.array([2, 3, 4, 6, 10, 20, 40, 100, 300, 1_000])

DATA = np.array([[0.9, 0.2], [0.5, -0.6], [0.8, 0.5]])
START = np.array([0.3, 0.9])
RISKS = (10.0, 100.0, 690.0)  # −ln R
SEPARABLE = np.array([2, 3, 5, 10, 30, 100, 300, 1_000])
BEST = np.degrees(np.arctan2(-3.0, 11.0))  # of the maximum margin direction
BORDER = np.degrees(np.arctan2(0.5, 0.6))  # of directions that separate, on the start's side


def one_output(angle: float, size: float, depth: float) -> RankOneFlow:
    """Flow to (1, 0) from this angle in degrees and size."""
    turned = np.radians(angle)
    return RankOneFlow([[1.0, 0.0]], [1.0], [np.cos(turned), np.sin(turned)], size, depth)


def turning_time_at_infinity() -> float:
    """∫dτ/ρ along LSZ's turn with the norm at which the force along w vanishes."""

    def pace(angle: float) -> float:
        level = LAW.kappa * np.cos(angle)
        norm = brentq(lambda rho: LAW.dPhi(rho) - level, 1e-9, 1e7, xtol=1e-12)
        return 1 / (LAW.kappa * np.sin(angle) * norm)

    return float(quad(lambda x: pace(np.exp(x)) * np.exp(x), np.log(NEAR), np.log(TURNED))[0])


@cached
def compute_infinite() -> Arrays:
    """What happens to sizes, waiting times, clocks and directions as the depth grows.

    Returns
    -------
    dict
        ``lag``: largest abs(s − λ) at three natural times, ``constant``: EFT's late constant over
        2 tan(θ₀/2), over the depths; ``waiting``, shape (angles, depths): time to 90°;
        ``turn``: LSZ's time from cos θ = 0.6 to 0.01°, ``turn_limit``; ``direction``, shape
        (risks, depths): angle of JT's predictor in degrees.

    Statements
    ----------
    ``own-square-closed-form``, ``own-first-stage-time``, ``own-nearby-rate-scalar``,
    ``own-residual-direction``
    """
    lag, constant = [], []
    for depth in DEPTHS:
        flow = one_output(ANGLE, SIZE, float(depth))
        path = flow.at_natural_time(NATURAL)
        lag.append(np.max(np.abs(path.s - path.b[:, 0])))
        constant.append(flow.late_law.constant / (2 * np.tan(np.radians(ANGLE) / 2)))
    to_angle = np.log(np.tan(TURNED / 2) / np.tan(NEAR / 2)) / LAW.kappa
    turns = [
        SphericalFlow(LAW, [0.0, 1.0], [np.sin(TURNED), np.cos(TURNED)], int(n)).time(to_angle)
        for n in TURNING
    ]
    runs = [
        margin_flow_balanced(DATA, np.ones(3), START, depth=int(n), neg_log_risks=RISKS)
        for n in SEPARABLE
    ]
    w = np.stack([run.product[:, 0] for run in runs], axis=1)
    return {
        "lag": np.array(lag),
        "constant": np.array(constant),
        "waiting": np.array([[one_output(x, 1.0, n).t1 for n in WAITING] for x in OPPOSITE]),
        "turn": np.array(turns),
        "turn_limit": np.array(turning_time_at_infinity()),
        "direction": np.degrees(np.arctan2(w[..., 1], w[..., 0])),
    }


def constant_limit() -> float:
    """EFT's constant at infinite depth, 1/(1 − tan²(θ₀/2))."""
    return float(1 / (1 - np.tan(np.radians(ANGLE) / 2) ** 2))


def order(data: Arrays, name: str) -> float:
    """Measured order in 1/N from depth 100 on, of the lag or of the constant's distance."""
    values = data["lag"] if name == "lag" else np.abs(data["constant"] - constant_limit())
    late = (DEPTHS >= 100) & (DEPTHS <= 100_000)
    return float(-np.polyfit(np.log(DEPTHS[late]), np.log(values[late]), 1)[0])


def growth(data: Arrays) -> Array:
    """Measured d ln t₁/dN over the last three depths, for each opposite start."""
    ends = np.log(data["waiting"][:, [-3, -1]])
    return np.asarray((ends[:, 1] - ends[:, 0]) / (WAITING[-1] - WAITING[-3]))


def draw_square(axes: Axes, data: Arrays) -> None:
    """Lag of the size and distance of EFT's constant from its limit, against depth."""
    dress(axes, "square loss: distance from the limit", "depth N", xscale="log", yscale="log")
    axes.set(xlim=(2, 1e6), ylim=(1e-8, 20))
    axes.minorticks_off()
    axes.plot(DEPTHS, data["lag"], color=BLUE, marker="o", markersize=3.5)
    axes.plot(DEPTHS, np.abs(data["constant"] - constant_limit()), color=ORANGE, linestyle=DASHED)
    label(axes, "size: |s − uᵀZv|", (4, 2e-5), BLUE)
    label(axes, "EFT's constant", (60, 0.1), ORANGE)


def draw_waiting(axes: Axes, data: Arrays) -> None:
    """Time of the first stage against depth."""
    dress(axes, "square loss: time t₁ to 90°", "depth N", yscale="log", xlim=(2, 40))
    axes.minorticks_off()
    for values, angle, colour in zip(data["waiting"], OPPOSITE, CYCLE, strict=False):
        axes.plot(WAITING, values, color=colour)
        label(axes, f"{angle:.0f}°", (31, values[-2]), colour, va="bottom", ha="right")


def draw_turn(axes: Axes, data: Arrays) -> None:
    """LSZ's time to turn against depth."""
    dress(axes, "LSZ: time to 0.01°", "depth N", xscale="log", yscale="log", xlim=(2, 1e3))
    axes.minorticks_off()
    axes.set(ylim=(1.4, 30), yticks=[2, 5, 10, 20], yticklabels=["2", "5", "10", "20"])
    axes.plot(TURNING, data["turn"], color=GREEN, marker="o", markersize=3.5)
    axes.axhline(float(data["turn_limit"]), color=INK, linestyle=DASHED, linewidth=1.2)
    label(axes, "infinite depth", (2.3, 1.06 * float(data["turn_limit"])), INK)


def draw_direction(axes: Axes, data: Arrays) -> None:
    """JT's direction at three risks against depth."""
    dress(axes, "JT: angle of w in degrees", "depth N", xscale="log")
    axes.set(xlim=(2, 1e3), ylim=(-22, 48), yticks=[-15, 0, 15, 30])
    axes.minorticks_off()
    for row, (values, risk) in enumerate(zip(data["direction"], RISKS, strict=True)):
        colour = CYCLE[row]
        axes.plot(SEPARABLE, values, color=colour, marker="o", markersize=3)
        label(axes, f"−ln R = {risk:.0f}", (120, 12 - 6 * row), colour, va="top")
    for level, words in ((BEST, "maximum margin"), (BORDER, "border of separating")):
        axes.axhline(level, color=INK, linestyle=DASHED, linewidth=1.2)
        label(axes, words, (2.2, level + 1 if level > 0 else level - 6), INK)


def _words(data: Arrays) -> tuple[str, ...]:
    listed = ", ".join(f"{x:.3f}" for x in growth(data))
    sines = ", ".join(f"{-np.log(np.sin(np.radians(x))):.3f}" for x in OPPOSITE)
    turn = data["turn"]
    ends = ", ".join(f"{x:.1f}°" for x in data["direction"][:, -1])
    shallow = ", ".join(f"{x:.1f}°" for x in data["direction"][:, 0])
    return (
        "Largest distance of the size s from uᵀZv at natural times 0.5, 1 and 2, and distance of "
        f"EFT's constant from its limit {constant_limit():.4f}, against depth 2 to a million, both "
        f"logarithmic: straight lines of orders {order(data, 'lag'):.2f} and "
        f"{order(data, 'constant'):.2f} in 1/N.",
        "Time of the first stage against depth 2 to 40, logarithmic, from size 1 at 100°, 120° and "
        f"150°: it grows exponentially, by {listed} per layer in ln t₁; −ln sin θ₀ is {sines}.",
        f"Time of LSZ's flow from cos θ = 0.6 to 0.01°, against depth: {turn[0]:.1f} at depth 2, "
        f"{turn[TURNING == 10][0]:.2f} at 10, {turn[-1]:.3f} at 1000; the limit is "
        f"{float(data['turn_limit']):.3f}.",
        f"Angle of JT's predictor at −ln R = 10, 100 and 690 against depth: {shallow} at depth 2, "
        f"{ends} at depth 1000. The maximum margin direction is at {BEST:.1f}°, the border of "
        f"the directions that separate the data, seen from the start, at {BORDER:.1f}°.",
    )


def off_infinite() -> Picture:
    """Infinite depth in four settings."""
    data = compute_infinite()
    drawers = (draw_square, draw_waiting, draw_turn, draw_direction)
    return assemble("own-off-infinite", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-off-infinite": off_infinite}
