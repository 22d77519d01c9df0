"""How fast the maximum margin direction is found at each depth, in risk and in time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.bounds.jt import BOUNDS
from lindyn.figures.jt.off_span import DEPTHS
from lindyn.figures.jt.panels import dress_risk, listed
from lindyn.figures.jt.runs import LAST, clusters, race, residual
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DASHED, DOTTED, INK, dress, label
from lindyn.margins import MaxMargin, max_margin

START = 0.6  # norm of the start, turned from ū by TURN radians
TURN = -0.9


def bound(best: MaxMargin, examples: int, depth: int, clock: Array, w: Array) -> Array:
    """Our bound of tan∠(w, ū) where it speaks, else NaN."""
    M, known = clock - np.log(examples), {"gamma": best.margin, "n": examples, "alpha": best.alpha}
    rho = np.linalg.norm(w, axis=1)
    across = np.linalg.norm(w - np.outer(w @ best.direction, best.direction), axis=1)
    found = np.full(clock.shape, np.nan)
    if depth == 1:
        late = M > 0
        found[late] = BOUNDS["own-margin-rate-linear"](M=M[late], x_0=across[late][0], **known)
        return found
    f = rho ** (1 / depth)
    least = BOUNDS["own-margin-rate-start"](N=depth, rho_0=rho, **known)
    since = np.flatnonzero((M > 0) & (f >= least))[0]
    y = across[since] / f[since] ** (depth - 1)
    from_here = {"f_1": f[since], "rho_0": rho[since], "y_1": y}
    late = f >= BOUNDS["own-margin-rate-from"](**from_here, **known)
    found[late] = BOUNDS["own-margin-rate"](M=M[late], **known)
    return found


@cached
def compute_margin_rates() -> Arrays:
    """Angle to the maximum margin direction against risk and time, from balanced starts.

    Returns
    -------
    dict
        For each depth L ``digits_L`` (−log₁₀ R), ``angle_L`` (radians, signed), ``log_time_L``
        (ln t) and ``bound_L`` (of the tangent; NaN where it says nothing); ``law``: γ‖x⋆‖;
        ``margin``: γ.

    Statements
    ----------
    ``own-residual-direction``, ``own-margin-rate``, ``own-risk-time``, ``jt-thm-2-8-ii``
    """
    data = clusters()
    best = max_margin(data.X, data.y)
    x, y = best.direction
    start = START * np.array([[x, -y], [y, x]]) @ [np.cos(TURN), np.sin(TURN)]
    law = best.margin * abs(residual(data))
    arrays: Arrays = {"law": np.array(law), "margin": np.array(best.margin)}
    for depth in DEPTHS:
        shown, w, log_time = race(data.X, data.y, start, depth)
        arrays |= {
            f"digits_{depth}": shown,
            f"angle_{depth}": np.arctan2(x * w[:, 1] - y * w[:, 0], w @ best.direction),
            f"log_time_{depth}": log_time,
            f"bound_{depth}": bound(best, len(data.y), depth, shown * np.log(10), w),
        }
    return arrays


def draw_in_risk(axes: Axes, data: Arrays) -> None:
    """Angles at all depths against the risk: one law; our bounds."""
    dress_risk(axes, "angle of w from ū", yscale="log", ylim=(3e-4, 20))
    axes.set_yticks([1e-3, 1e-2, 1e-1, 1, 10])
    axes.minorticks_off()
    for depth, colour in zip(DEPTHS, CYCLE, strict=True):
        shown = data[f"digits_{depth}"]
        axes.plot(shown, np.abs(data[f"angle_{depth}"]), color=colour, linewidth=1.5)
        axes.plot(shown, data[f"bound_{depth}"], color=colour, linestyle=DASHED, linewidth=1.4)
    axes.plot(shown, data["law"] / (shown * np.log(10)), color=INK, linestyle=DOTTED, linewidth=1.6)
    label(axes, "dashed: our bounds", (2.2, 7))
    label(axes, "dotted: γ‖x⋆‖/ln(1/R)", (0.12, 6e-4))


def _dress_time(axes: Axes, title: str, **settings: object) -> None:
    """Title, grid and an axis of times, even in ln ln t; its coordinate is log₁₀ t."""
    dress(axes, title, "time t", xscale="log", xlim=(1, LAST), **settings)
    ticks = [1, 3, 10, 50, 300]
    axes.set_xticks(ticks, ["10", *(f"$10^{{{tick}}}$" for tick in ticks[1:])])
    axes.minorticks_off()


def draw_in_time(axes: Axes, data: Arrays) -> None:
    """Angles at all depths against time."""
    _dress_time(axes, "angle of w from ū", yscale="log", ylim=(3e-4, 2))
    axes.set_yticks([1e-3, 1e-2, 1e-1, 1])
    axes.minorticks_off()
    for depth, colour, dashes in zip(
        DEPTHS, CYCLE, ("solid", DASHED, DOTTED, "solid"), strict=True
    ):
        digits = data[f"log_time_{depth}"] / np.log(10)
        angle = np.abs(data[f"angle_{depth}"])
        axes.plot(digits[1:], angle[1:], color=colour, linestyle=dashes, linewidth=1.6)
    label(axes, "N = 2, 3, 4", (1.08, 0.3))
    label(axes, "N = 1", (1.5, 0.025), CYCLE[0])


def draw_ahead(axes: Axes, data: Arrays) -> None:
    """What depth gains in time: −ln(Rt) at all depths, over its law."""
    _dress_time(axes, "−ln(R t)", ylim=(-4, 12), yticks=[-4, 0, 4, 8, 12])
    for depth, colour in zip(DEPTHS, CYCLE, strict=True):
        log_time = data[f"log_time_{depth}"][1:]
        ahead = data[f"digits_{depth}"][1:] * np.log(10) - log_time
        axes.plot(log_time / np.log(10), ahead, color=colour)
        some = log_time > 2
        law = time_law(log_time[some], depth, float(data["margin"]))
        axes.plot(log_time[some] / np.log(10), law, color=INK, linestyle=DOTTED, linewidth=1.4)
        end = float(np.interp(LAST, log_time / np.log(10), ahead))
        beside = {"textcoords": "offset points", "xytext": (4, 0), "va": "center"}
        label(axes, f"{depth}", (LAST, end), colour, **beside)
    label(
        axes,
        "N",
        (1.0, 1.06),
        xycoords="axes fraction",
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
    )


def time_law(log_time: Array, depth: int, margin: float) -> Array:
    """−ln(Rt) in the end: (2 − 2/N) ln ln t + ln(Nγ^{2/N})."""
    return (2 - 2 / depth) * np.log(log_time) + np.log(depth * margin ** (2 / depth))


def _words(data: Arrays) -> tuple[str, ...]:
    limits = [abs(data[f"angle_{n}"][-1]) * LAST * np.log(10) / float(data["law"]) for n in DEPTHS]
    over = [float(data[f"bound_{n}"][-1]) / abs(float(data[f"angle_{n}"][-1])) for n in DEPTHS]
    later = [
        [
            float(np.interp(digits * np.log(10), data[f"log_time_{n}"], values))
            for n in DEPTHS
            for values in (
                np.abs(data[f"angle_{n}"]),
                data[f"digits_{n}"] * np.log(10) - data[f"log_time_{n}"],
            )
        ]
        for digits in (10, 300)
    ]
    return (
        "Angle from the maximum margin direction against the risk to 1e-300, both logarithmic, "
        "balanced starts, depths 1, 2, 3, 4: from risk 1e-50 on the four curves are hard to tell "
        f"apart. Times ln(1/R) over γ‖x⋆‖ they are {listed(np.array(limits), '.4f')} in the end. "
        f"Our bounds are {listed(np.array(over), '.0f')} times as large there.",
        "The same angles against time to 1e300: at t = 1e10 they are "
        f"{listed(np.array(later[0][::2]), '.3f')}, at 1e300 "
        f"{listed(np.array(later[1][::2]), '.6f')} for depths 1, 2, 3, 4: there too the curves "
        "come together.",
        "Minus the logarithm of risk times time, against time to 1e300, depths 1, 2, 3, 4: "
        f"{listed(np.array(later[0][1::2]), '.2f')} at t = 1e10 and "
        f"{listed(np.array(later[1][1::2]), '.2f')} at 1e300. Dotted: the law "
        "(2 − 2/N) ln ln t + ln(Nγ^(2/N)).",
    )


def margin_rates() -> Picture:
    """Angles against risk and time, and what depth gains."""
    data = compute_margin_rates()
    return assemble("jt-margin-rates", data, (draw_in_risk, draw_in_time, draw_ahead), _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"jt-margin-rates": margin_rates}
