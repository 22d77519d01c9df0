"""Widget: how fast rank-one flows reach the target, far away and nearby, at several depths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.natural import RankOneFlow

DEPTHS = (2, 3, 5, 10)
FAR = 10.0
"""The start norm, and the β of Theorem 4.4, in units of ‖Z‖."""

ANGLE = np.pi / 6
"""Of u to u₁ and of v to v₁ at the start, both to the same side."""

END = 12.0
"""Times m‖Z‖t are shown up to here."""

_FIRST = 1e-4
_EARLY, _LATE = 24, 30  # points of a curve
_LEAST = 1e-6  # distance down to which it goes, in units of ‖Z‖
_WHOLE = np.arange(0.0, END + 0.5)  # times at which the late law is marked
_NEVER = 1e30  # nothing is drawn there


@dataclass(frozen=True)
class Approach:
    """The flow to the target of singular values ‖Z‖ and γ‖Z‖ in units of ‖Z‖ and 1/(m‖Z‖).

    Parameters
    ----------
    depth
        Number of layers, at least 2.
    scale
        ‖Z‖, positive.
    gap
        γ, at least 0 and below 1.
    """

    depth: float
    scale: float
    gap: float

    @cached_property
    def flow(self) -> RankOneFlow:
        """The flow from norm 10‖Z‖ and angles of 30°; its time is mt."""
        vector = [np.cos(ANGLE), np.sin(ANGLE)]
        target = np.diag([self.scale, self.gap * self.scale])
        return RankOneFlow(target, vector, vector, FAR * self.scale, self.depth)

    @property
    def power(self) -> float:
        """‖Z‖^{1−2/N}, by which the clocks of the depths differ."""
        return float(self.scale ** (1 - 2 / self.depth))

    def state(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Norm and squared sine of the angle, the same for u and v, at times in units."""
        record = self.flow.at(times / self.scale)
        return record.s / self.scale, record.b[:, 1] ** 2

    def distance(self, times: np.ndarray) -> np.ndarray:
        """‖W − Z₁‖, without cancellation."""
        s, square = self.state(times)
        return np.sqrt((s - 1) ** 2 + 2 * s * square)

    def rate(self, times: np.ndarray) -> np.ndarray:
        """Falling rate of ln ‖W − Z₁‖: Lemma 4.2 with an equality in place of its inequality."""
        s, square = self.state(times)
        cosine, pull = 1 - square, self.gap * square  # c = uᵀZ₁v and uᵀ(Z − Z₁)v
        radial, N = (s - cosine) ** 2 / 2, self.depth
        falls = N * (2 * radial - pull * (s - cosine)) + 2 * cosine * (square - pull)
        return self.power * s ** (2 - 2 / N) * falls / ((s - 1) ** 2 + 2 * s * square)

    @property
    def nearby(self) -> tuple[float, float]:
        """Constant C_N and rate κ_N of the distance's late line C_N e^{−κ_N t}."""
        rate = (1 - self.gap) * self.power
        tau = 60 / ((1 - self.gap) * self.scale)
        lag = rate * self.scale * self.flow.time(tau) - 60
        return float(np.sqrt(2) * np.tan(ANGLE) * np.exp(lag)), rate

    @property
    def time_near(self) -> float:
        """When the norm is down to √6‖Z‖, where the second phase of Theorem 4.4 begins."""
        return float(brentq(lambda t: self.state(np.array([t]))[0][0] - np.sqrt(6), 0.0, END))


def printed_rates(depth: float, scale: float, gap: float) -> tuple[float, float]:
    """Rates of ln ‖W − Z₁‖ that Theorem 4.4 (a) and (b) promise in units; none if not positive.

    Its α and β are those at the start, α = uᵀZ₁v/‖Z‖ and β = s/‖Z‖.
    """
    alpha, power = np.cos(ANGLE) ** 2, 2 - 2 / depth
    if gap >= alpha:
        return 0.0, 0.0
    first, left = (alpha - gap) ** power, 2 * gap * FAR**power
    unit = scale ** (1 - 2 / depth) / 2
    return unit * depth * (first - left), unit * (alpha * first - depth * left)


def largest_gap(depth: float) -> float:
    """The γ below which Theorem 4.4 promises something."""
    return float(brentq(lambda gap: printed_rates(depth, 1.0, gap)[1], 0.0, 0.5, xtol=1e-15))


def _at_depth(depth: int, scale: float, gap: float) -> Arrays:
    """The curves of one depth, their names ending in it."""
    approach = Approach(depth, scale, gap)
    constant, slowest = approach.nearby
    end = min(END, np.log(constant / _LEAST) / slowest)
    bend = min(0.5, end / 4)
    times = np.concatenate(
        [np.geomspace(_FIRST, bend, _EARLY), np.linspace(bend, end, _LATE + 1)[1:]]
    )
    near = approach.time_near
    first, second = printed_rates(depth, scale, gap)
    phases = np.array([[_FIRST, near], [near, END]])
    starts = approach.distance(np.array([0.0, near]))
    applies = min(first, second) > 0
    promised = np.maximum([[first] * 2, [second] * 2], 0.0)
    bounds = starts[:, None] * np.exp(-promised * (phases - [[0.0], [near]]))
    phases = phases if applies else np.full((2, 2), _NEVER)
    rows = {"a": 0, "b": 1}
    arrays = {
        "t": times,
        "distance": approach.distance(times),
        "rate": approach.rate(times),
        "law": constant * np.exp(-slowest * _WHOLE),
        "late": np.full(2, slowest),
    }
    for part, row in rows.items():
        arrays |= {f"t_{part}": phases[row], f"bound_{part}": bounds[row]}
        arrays[f"rate_{part}"] = promised[row]
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
        its falling rate ``rate_N``; ``law_N``, the late law, and ``late_N``,
        its rate;
        ``t_a_N``, ``bound_a_N``, ``rate_a_N``, and b for a: Theorem 4.4.  For all depths, in the
        order of ``DEPTHS``: ``near``, when s = √6‖Z‖; ``slowest``, the late rate; ``promise``,
        that of Theorem 4.4; ``ratio`` of the two; ``largest``, the γ below which the theorem
        promises something; ``sentence``.
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
        "promise": np.maximum(promise, 0.0),
        "ratio": np.where(promise > 0, slowest / np.maximum(promise, 1e-9), 0.0),
        "largest": np.array([largest_gap(depth) for depth in DEPTHS]),
        "sentence": np.where(promise > 0, order, 3 + order),
    }


_PER_DEPTH = {name: _EARLY + _LATE for name in ("t", "distance", "rate")}
_PER_DEPTH |= {"law": _WHOLE.size, "late": 2}
_PER_DEPTH |= {f"{name}_{part}": 2 for name in ("t", "bound", "rate") for part in "ab"}
_BY_DEPTH = ("near", "slowest", "promise", "ratio", "largest", "sentence")
_LATE_RATE = "In the end ‖W − Z₁‖ falls at the rate {slowest} (in units of m‖Z‖)"
_ORDERS = (
    "falls with the depth, as ‖Z‖ is below 1.",
    "is the same at every depth, as ‖Z‖ is 1.",
    "grows with the depth, as ‖Z‖ is above 1.",
)


def _curves(y: str, late: Series, bound: str, labels: tuple[str, str]) -> tuple[Series, ...]:
    """A panel's curves: those of all depths, and the bounds and the late law of the chosen one."""
    found: list[Series] = []
    for place, depth in enumerate(DEPTHS):
        only = ("depth", place)
        found += [
            replace(late, y=f"{late.y}_{depth}", only=only, alone=True),
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
                    Series("whole", "law", "run", "late law", 0.5, "upper right"),
                    "bound",
                    ("", "4.4 (b)"),
                ),
                (Mark("near", "τ"),),
            ),
            Panel(
                "Rate of the distance, −d ln ‖W − Z₁‖/dt",
                "The rate at which ln ‖W − Z₁‖ falls against time for each depth; for "
                "the chosen one the late rate and, where Theorem 4.4 applies, those of its phases.",
                Axis(_TIME, "log", (_FIRST, END)),
                Axis("", "log", (0.01, 1e4)),
                _curves(
                    "rate",
                    Series("ends", "late", "guide", "late rate", 0.0, "upper right"),
                    "rate",
                    ("4.4 (a)", "4.4 (b)"),
                ),
                (Mark("near", "τ"),),
            ),
        ),
        sentences=(
            *(
                f"{_LATE_RATE}; Theorem 4.4 promises {{promise}} from τ on, {{ratio}} times less. "
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


def rate_explorer(
    depth: int | None = None, scale: float | None = None, gap: float | None = None
) -> Explorer:
    """Distance to the target and its rate, with Theorem 4.4 of Eftekhari (2020).

    Flows start at ten times the norm of the target, both singular vectors at 30° to the
    target's; α and β of the theorem are those of the start.

    Parameters
    ----------
    depth
        Number of layers: 2, 3, 5 or 10.
    scale
        ‖Z‖, one of the control's stops.
    gap
        γ, the second singular value of Z over the first, one of the control's stops.

    Returns
    -------
    Explorer
        The widget; show it as the value of a cell.

    Raises
    ------
    ValueError
        If a value is not a stop of its control; the message lists the stops.

    Examples
    --------
    >>> rate_explorer(scale=1)
    explore.rate_explorer(depth=5, scale=1, gap=0.001)
    """
    return Explorer(EXPLORATION, depth=depth, scale=scale, gap=gap)
