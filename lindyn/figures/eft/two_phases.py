"""Theorem 4.4's two phases beside the truth, for one start that is as bad as its set allows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from scipy.optimize import brentq

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.bounds.eft import BOUNDS
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import BLUE, DASHED, DOTTED, INK, ORANGE, PINK, dress, label
from lindyn.natural import RankOneFlow

DEPTH = 3
ALPHA, BETA = 0.8, 12.0
START = 11.0  # s(0), with σ₁ = 1 and m = 1
SMALL_GAP = 0.002  # γ at which the theorem says something; it does not from about 0.0035 on
LARGE_GAP = 0.5
NEAR = np.sqrt(6)  # where the theorem's second phase begins
FAR_SHOWN, SHOWN = 0.25, 14.0


def flow(gap: float) -> RankOneFlow:
    """From u = v = (√α, √(1−α)): on the border of N_{α,β}, with all the rest in mode 2."""
    w = np.sqrt([ALPHA, 1 - ALPHA])
    return RankOneFlow(np.diag([1.0, gap]), u=w, v=w, s=START, depth=DEPTH)


def distance(exact: RankOneFlow, t: Array) -> Array:
    """‖W − Z₁‖² = (s − 1)² + 2s(1 − a₁b₁), here with 1 − a₁b₁ = a₂² as u = v."""
    record = exact.at(t)
    return np.asarray((record.s - 1) ** 2 + 2 * record.s * record.a[:, 1] ** 2)


@cached
def compute_rates() -> Arrays:
    """Squared distance to Z₁ with Theorem 4.4 and ours; 1 − a₁b₁ for a gap that it excludes.

    Returns
    -------
    dict
        ``theta``: when s = √6, and our bound of it; for the far phase ``far``: times,
        ``far_flow``, ``far_print`` (4.4-a), ``far_own``; for the near one, begun at theta from the
        true distance, ``near``, ``near_flow``, ``near_print`` (4.4-b), ``near_own``,
        ``near_law`` (late line); ``wide``: times, ``wide_flow`` and ``wide_own``: 1 − a₁b₁ at
        γ = ½; ``rates``: exponents of the near phase: print, ours, the flow's.

    Statements
    ----------
    ``eft-thm-4-4-a``, ``eft-thm-4-4-b``, ``own-faraway-rate``, ``own-loss-decay``,
    ``own-linear-rate-any-gap``, ``own-nearby-rate``
    """
    setting = {"N": DEPTH, "m": 1.0, "sigma_1": 1.0, "alpha": ALPHA, "gamma_Z": SMALL_GAP}
    exact = flow(SMALL_GAP)
    theta = float(brentq(lambda t: float(exact.at(t).s) - NEAR, 0.0, 5.0, xtol=1e-14))
    far, near = np.linspace(0.0, FAR_SHOWN, 101), np.linspace(theta, SHOWN, 141)
    begin, turn = (float(distance(exact, np.array([t]))[0]) / 2 for t in (0.0, theta))
    pull = 5 / 3 * (1 - SMALL_GAP / NEAR) * DEPTH * NEAR ** (2 - 2 / DEPTH)
    printed = BOUNDS["eft-thm-4-4-b"](t=near, theta=theta, L_0=turn, beta=BETA, **setting)
    ours = BOUNDS["own-loss-decay-nearby"](t=near - theta, L_0=turn, **setting)
    late = 40.0
    lag = late - float(exact.natural_time(late))
    line = BOUNDS["own-nearby-rate"](
        t=near,
        N=DEPTH,
        m=1.0,
        sigma_1=1.0,
        sigma_2=SMALL_GAP,
        p_1=np.sqrt(ALPHA),
        p_2=np.sqrt(1 - ALPHA),
        D_N=lag,
    )
    wide, other = np.linspace(0.0, SHOWN, 141), flow(LARGE_GAP)
    whole = near[-1] - near[0]
    return {
        "theta": np.array([theta, BOUNDS["own-faraway-rate"](s_0=START, **_some(setting))]),
        "far": far,
        "far_flow": distance(exact, far),
        "far_print": BOUNDS["eft-thm-4-4-a"](t=far, L_0=begin, beta=BETA, **setting),
        "far_own": 2 * begin * np.exp(-pull * far),
        "near": near,
        "near_flow": distance(exact, near),
        "near_print": printed,
        "near_own": ours,
        "near_law": line**2,
        "wide": wide,
        "wide_flow": other.at(wide).a[:, 1] ** 2,
        "wide_own": BOUNDS["own-linear-rate-any-gap"](t=wide, **setting | {"gamma_Z": LARGE_GAP}),
        "rates": np.array(
            [np.log(bound[0] / bound[-1]) / whole for bound in (printed, ours, line**2)]
        ),
    }


def _some(setting: dict[str, float]) -> dict[str, float]:
    return {name: setting[name] for name in ("N", "m", "sigma_1")}


def draw_far(axes: Axes, data: Arrays) -> None:
    """The far phase: the flow, print and ours, and where s = √6 σ₁."""
    dress(axes, "‖W − Z₁‖², far away", "time t", yscale="log", xlim=(0, FAR_SHOWN), ylim=(0.3, 200))
    axes.set_yticks([1, 10, 100], ["1", "10", "100"])
    axes.set_xticks([0, 0.1, 0.2])
    axes.minorticks_off()
    theta, bound = data["theta"]
    before = data["far"] <= theta
    axes.axvline(theta, color=INK, linewidth=1.0, alpha=0.6)
    axes.axvline(bound, color=INK, linewidth=1.4, linestyle=DOTTED)
    axes.plot(data["far"], data["far_flow"], color=BLUE, linewidth=2.2)
    axes.plot(data["far"][before], data["far_print"][before], color=ORANGE, linestyle=DASHED)
    axes.plot(data["far"][before], data["far_own"][before], color=PINK)
    label(axes, "(38a)", (0.05, 112), ORANGE)
    label(axes, "ours", (0.05, 19), PINK)
    label(axes, "flow", (0.004, 4), BLUE)
    label(axes, "line: s = √6 σ₁,\ndotted: our bound", (float(bound) + 0.006, 16))


def draw_near(axes: Axes, data: Arrays) -> None:
    """The near phase: the flow, print, ours, and the line it tends to."""
    dress(axes, "‖W − Z₁‖², nearby", "time t", yscale="log", xlim=(0, SHOWN), ylim=(1e-12, 30))
    axes.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    axes.minorticks_off()
    near = data["near"]
    axes.plot(near, data["near_law"], color=INK, linestyle=DOTTED, linewidth=1.4, zorder=3)
    axes.plot(near, data["near_flow"], color=BLUE, linewidth=2.2)
    axes.plot(near, data["near_print"], color=ORANGE, linestyle=DASHED)
    axes.plot(near, data["near_own"], color=PINK)
    label(axes, "(38b) in print", (6.2, 1.4), ORANGE)
    label(axes, "ours", (8.2, 4e-4), PINK)
    label(axes, "flow, on its\nlate line", (4.6, 3e-8), BLUE, ha="right")


def draw_wide(axes: Axes, data: Arrays) -> None:
    """1 − a₁b₁ at a gap where print says nothing."""
    dress(axes, "1 − a₁b₁,  σ₂/σ₁ = ½", "time t", yscale="log", xlim=(0, SHOWN), ylim=(1e-7, 2))
    axes.set_yticks([1e-6, 1e-4, 1e-2, 1])
    axes.minorticks_off()
    axes.plot(data["wide"], data["wide_flow"], color=BLUE, linewidth=2.2)
    axes.plot(data["wide"], data["wide_own"], color=PINK)
    label(axes, "ours", (9.2, 1.2e-3), PINK)
    label(axes, "flow", (6.8, 2e-5), BLUE, ha="right")
    label(axes, "(38b) says nothing here", (4.2, 0.5), ORANGE)


def _words(data: Arrays) -> tuple[str, ...]:
    theta, bound = data["theta"]
    at = int(np.argmin(np.abs(data["far"] - theta)))
    found = {name: data[f"far_{name}"][at] for name in ("flow", "print", "own")}
    last = {name: data[f"near_{name}"][-1] for name in ("flow", "print", "own")}
    slow = np.log(data["wide_own"][-41] / data["wide_own"][-1]) / 4
    true = np.log(data["wide_flow"][-41] / data["wide_flow"][-1]) / 4
    return (
        f"Squared distance to Z₁, logarithmic, against time to {FAR_SHOWN:g}, N = {DEPTH}, γ = "
        f"{SMALL_GAP:g}, from s = {START:g} and a₁b₁ = {ALPHA:g}: from {data['far_flow'][0]:.0f} "
        f"the flow falls to {found['flow']:.2f} at t = {theta:.3f}, where s = √6 σ₁; our bound is "
        f"{found['own']:.2f} there, the printed one {found['print']:.0f}. Our bound of that time "
        f"is {bound:.3f}.",
        f"The same from there on, to t = {SHOWN:g}: the flow falls to {last['flow']:.1e} on its "
        "late "
        f"line with rate {data['rates'][2]:.3f}; ours falls with rate {data['rates'][1]:.3f} to "
        f"{last['own']:.1e}, the printed bound with rate {data['rates'][0]:.3f} to "
        f"{last['print']:.2g}.",
        "One minus a₁b₁ against time for γ = ½, where the printed rate is negative: the flow falls "
        f"from {data['wide_flow'][0]:.1f} to {data['wide_flow'][-1]:.1e}, with rate {true:.3f} in "
        f"the end; our bound falls with rate {slow:.3f} to {data['wide_own'][-1]:.1e}.",
    )


def rates() -> Picture:
    """Both phases, and a gap that is not small."""
    data = compute_rates()
    return assemble("eft-rates", data, (draw_far, draw_near, draw_wide), _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"eft-rates": rates}
