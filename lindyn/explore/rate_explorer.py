"""Widget: how fast rank-one flows reach the target, far away and nearby, at several depths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from lindyn.bounds import BOUNDS
from lindyn.explore.approach import ANGLE, END, FAR, Approach
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer

DEPTHS = (2, 3, 5, 10)
_FIRST = 1e-4
_EARLY, _LATE = 24, 30  # points of a curve
_LEAST = 1e-6  # distance down to which it goes, in units of ‖Z‖
_WHOLE = np.arange(0.0, END + 0.5)  # times at which the late law is marked
_NEVER = 100 * END  # nothing is drawn there


def _given(depth: float, scale: float, gap: float) -> dict[str, float]:
    """What the bounds of the rate take; α and β are those at the start."""
    known = {"alpha": np.cos(ANGLE) ** 2, "beta": FAR, "gamma_Z": gap}
    return known | {"N": depth, "m": 1.0, "sigma_1": scale}


def promised_rate(name: str, depth: float, scale: float, gap: float) -> float:
    """The rate of ln ‖W − Z₁‖ in units by a bound of the squared distance; 0 if there is none.

    Parameters
    ----------
    name
        Id of the bound.
    depth, scale, gap
        As for :class:`~lindyn.explore.approach.Approach`.
    """
    bound, given = BOUNDS[name], _given(depth, scale, gap)
    if gap >= given["alpha"]:
        return 0.0
    given |= {"L_0": 0.5, "t": 1 / scale, "theta": 0.0}
    fallen = bound(**{argument: given[argument] for argument in bound.arguments})
    return max(0.0, -float(np.log(fallen)) / 2)


def printed_rates(depth: float, scale: float, gap: float) -> tuple[float, float]:
    """Rates by Theorem 4.4 (a) and (b); both 0 unless both are positive, which it asks for."""
    rates = [promised_rate(f"eft-thm-4-4-{part}", depth, scale, gap) for part in "ab"]
    return (rates[0], rates[1]) if min(rates) > 0 else (0.0, 0.0)


def largest_gap(depth: float) -> float:
    """The γ below which Theorem 4.4 promises something: that of its second phase is the less."""
    alpha, power = np.cos(ANGLE) ** 2, 2 - 2 / depth

    def bracket(gap: float) -> float:
        return alpha * (alpha - gap) ** power - 2 * gap * depth * FAR**power

    return float(brentq(bracket, 0.0, alpha, xtol=1e-15))


def _at_depth(depth: int, scale: float, gap: float) -> Arrays:
    """The curves of one depth, their names ending in it."""
    approach = Approach(depth, scale, gap)
    constant, slowest = float(approach.law(np.zeros(1))[0]), approach.slowest
    end = min(END, np.log(constant / _LEAST) / slowest)
    bend = min(0.5, end / 4)
    times = np.concatenate(
        [np.geomspace(_FIRST, bend, _EARLY), np.linspace(bend, end, _LATE + 1)[1:]]
    )
    arrays = {
        "t": times,
        "distance": approach.distance(times),
        "rate": approach.rate(times),
        "law": approach.law(_WHOLE),
        "late": np.full(2, slowest),
        "ours": np.full(2, promised_rate("own-loss-decay-nearby", depth, scale, gap)),
    }
    near = approach.time_near
    rates = printed_rates(depth, scale, gap)
    for part, rate, begin, last in zip("ab", rates, (0.0, near), (near, END), strict=True):
        phase = np.array([max(begin, _FIRST), last])
        given = _given(depth, scale, gap) | {"t": phase / scale, "theta": begin / scale}
        given["L_0"] = approach.distance(np.array([begin]))[0] ** 2 / 2
        bound = BOUNDS[f"eft-thm-4-4-{part}"]
        squares = (
            bound(**{name: given[name] for name in bound.arguments}) if rate > 0 else np.ones(2)
        )
        arrays[f"t_{part}"] = phase if rate > 0 else np.full(2, _NEVER)
        arrays |= {f"bound_{part}": np.sqrt(squares), f"rate_{part}": np.full(2, rate)}
    return {f"{name}_{depth}": values for name, values in arrays.items()}


def compute(scale: float, gap: float) -> Arrays:
    """Flows of all depths from s = 10‖Z‖, u and v at 30° to u₁ and v₁.

    Parameters
    ----------
    scale
        ‖Z‖, positive.
    gap
        γ, the second singular value of Z over the first, at least 0 and below 1.

    Returns
    -------
    dict
        Times in 1/(m‖Z‖), distances in ‖Z‖.  For each depth N ``t_N`` with ``distance_N`` and
        its falling rate ``rate_N``; ``law_N``, the late law, and ``late_N``, its rate;
        ``t_a_N``, ``bound_a_N``, ``rate_a_N``, and b for a: Theorem 4.4; ``ours_N``: a rate that
        we prove at all times, 0 if none.  For all depths, in the order of ``DEPTHS``: ``near``,
        when s = √6‖Z‖; ``slowest``, the late rate; ``promise``, that of Theorem 4.4; ``ratio`` of
        the two; ``largest``, the γ below which the theorem promises something; ``sentence``.
    """
    arrays: Arrays = {}
    for depth in DEPTHS:
        arrays |= _at_depth(depth, scale, gap)
    near = [Approach(depth, scale, gap).time_near for depth in DEPTHS]
    promise = np.array([printed_rates(depth, scale, gap)[1] for depth in DEPTHS])
    slowest = np.array([arrays[f"late_{depth}"][0] for depth in DEPTHS])
    order = 1.0 + np.sign(np.log(scale))
    return arrays | {
        "near": np.array(near),
        "slowest": slowest,
        "promise": promise,
        "ratio": np.where(promise > 0, slowest / np.maximum(promise, 1e-9), 0.0),
        "largest": np.array([largest_gap(depth) for depth in DEPTHS]),
        "sentence": np.where(promise > 0, order, 3 + order),
    }


_PER_DEPTH = {name: _EARLY + _LATE for name in ("t", "distance", "rate")}
_PER_DEPTH |= {"law": _WHOLE.size, "late": 2, "ours": 2}
_PER_DEPTH |= {f"{name}_{part}": 2 for name in ("t", "bound", "rate") for part in "ab"}
_BY_DEPTH = ("near", "slowest", "promise", "ratio", "largest", "sentence")
_LATE_RATE = "In the end ‖W − Z₁‖ falls at the rate {slowest} (in units of m‖Z‖)"
_ORDERS = (
    "falls with the depth, as ‖Z‖ is below 1.",
    "is the same at every depth, as ‖Z‖ is 1.",
    "grows with the depth, as ‖Z‖ is above 1.",
)


def _curves(
    y: str, others: tuple[Series, ...], bound: str, labels: tuple[str, str]
) -> tuple[Series, ...]:
    """A panel's curves: those of all depths, and of the chosen one the bounds and the others."""
    found: list[Series] = []
    for place, depth in enumerate(DEPTHS):
        only = ("depth", place)
        found += [
            *(replace(other, y=f"{other.y}_{depth}", only=only, alone=True) for other in others),
            *(
                Series(
                    f"t_{part}_{depth}",
                    f"{bound}_{part}_{depth}",
                    "bound",
                    label,
                    side="lower left",
                    only=only,
                    alone=True,
                )
                for part, label in zip("ab", labels, strict=True)
            ),
            Series(f"t_{depth}", f"{y}_{depth}", "exact", str(depth), only=only, quiet=y == "rate"),
        ]
    return tuple(found)


_TIME = "time, in 1/(m‖Z‖)"

EXPLORATION = register(
    Exploration(
        name="rate_explorer",
        title="Far away and nearby",
        claim="Far away depth helps. Nearby it only sets the clock: the late rate falls with the "
        "depth if ‖Z‖ is below 1, and grows with it if ‖Z‖ is above 1.",
        controls=(
            Control("depth", "Depth N", DEPTHS, 2, "choice", tabulated=False),
            Control("scale", "Norm ‖Z‖", (0.1, 0.3, 1, 3, 10), 1, "log"),
            Control(
                "gap",
                "Ratio γ = σ₂/σ₁",
                (0, 0.0003, 0.001, 0.003, 0.01, 0.1, 0.5, 0.9),
                2,
                "linear",
            ),
        ),
        fields=(
            *((f"{name}_{depth}", size) for depth in DEPTHS for name, size in _PER_DEPTH.items()),
            *((name, len(DEPTHS)) for name in _BY_DEPTH),
        ),
        fixed={"ends": (_FIRST, END), "whole": tuple(_WHOLE.tolist())},
        indexed=dict.fromkeys(_BY_DEPTH, "depth"),
        compute=compute,
        panels=(
            Panel(
                "Distance ‖W − Z₁‖/‖Z‖ at each depth",
                "The distance to the target against time for each depth; for the chosen one dots "
                "on the straight late law and, where Theorem 4.4 applies, its two phases.",
                Axis(_TIME, "linear", (0.0, END)),
                Axis("", "log", (1e-5, 10.0)),
                _curves(
                    "distance",
                    (Series("whole", "law", "run", "late law", 0.5, "upper right"),),
                    "bound",
                    ("", "4.4 (b)"),
                ),
                (Mark("near", "θ"),),
            ),
            Panel(
                "Rate of the distance, −d ln ‖W − Z₁‖/dt",
                "The rate at which ln ‖W − Z₁‖ falls against time for each depth; for "
                "the chosen one the late rate, ours, and those of Theorem 4.4 where it applies.",
                Axis(_TIME, "log", (_FIRST, END)),
                Axis("", "log", (1e-3, 1e4)),
                _curves(
                    "rate",
                    (
                        Series("ends", "late", "guide", "late rate", 0.0, "upper right"),
                        Series("ends", "ours", "guide", "ours", 0.0, "right"),
                    ),
                    "rate",
                    ("4.4 (a)", "4.4 (b)"),
                ),
                (Mark("near", "θ"),),
            ),
        ),
        sentences=(
            *(
                f"{_LATE_RATE}; Theorem 4.4 promises {{promise}} from θ on, {{ratio}} times less. "
                f"The rate {order}"
                for order in _ORDERS
            ),
            *(
                f"{_LATE_RATE}; Theorem 4.4 promises nothing, as γ is not below {{largest}}. "
                f"The rate {order}"
                for order in _ORDERS
            ),
        ),
    )
)


@shows(EXPLORATION)
def rate_explorer(
    depth: int | None = None, scale: float | None = None, gap: float | None = None
) -> Explorer:
    """Distance to the target and its rate, with Theorem 4.4 of Eftekhari (2020).

    Flows start at ten times the norm of the target, both singular vectors at 30° to the
    target's; α and β of the theorem are those of the start.

    Parameters
    ----------
    depth
        Number of layers.
    scale
        ‖Z‖, the norm of the target.
    gap
        γ, the second singular value of Z over the first.

    Examples
    --------
    >>> rate_explorer(scale=1)
    explore.rate_explorer(depth=5, scale=1, gap=0.001)
    """
