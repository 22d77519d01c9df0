"""Widget: one to four layers on their way to the maximum margin direction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lindyn.bounds import BOUNDS
from lindyn.data import LabelledData
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.figures.jt.runs import residual
from lindyn.margins import MaxMargin, max_margin
from lindyn.risk_clock import margin_flow_balanced

DEPTHS = (1, 2, 3, 4)
INPUTS = (
    ((0.9, 0.2), (0.5, -0.6), (0.8, 0.5)),
    ((0.5, 0.0), (0.8, 0.3)),
    ((0.5, 0.0), (0.8, 0.0)),
    ((0.5, 0.0), (0.5, 0.3)),
)
"""Of examples with label 1, by the names in ``KINDS``."""

KINDS = ("supports span", "one support", "data on a line", "supports at an edge")
ANGLE = np.deg2rad(50)
"""From the maximum margin direction to the start."""

END = 300 * np.log(10)
"""The flow is followed to this ln(1/R), that is to risk 1e-300."""

_FIRST = 0.1
_POINTS, _DOTS = 56, 10


@dataclass(frozen=True)
class Race:
    """The flow of balanced layers from one start.

    Parameters
    ----------
    kind
        Index into ``INPUTS``.
    depth
        Number of layers.
    size
        Norm of the predictor at the start.
    """

    kind: int
    depth: int
    size: float

    @property
    def inputs(self) -> NDArray[np.float64]:
        """The data, shape (n, 2)."""
        return np.array(INPUTS[self.kind])

    @cached_property
    def best(self) -> MaxMargin:
        """The maximum margin direction of the data."""
        return max_margin(self.inputs, np.ones(len(self.inputs)))

    @property
    def frame(self) -> NDArray[np.float64]:
        """The maximum margin direction and the one across it."""
        x, y = self.best.direction
        return np.array([[x, y], [-y, x]])

    @property
    def start(self) -> NDArray[np.float64]:
        """The predictor at the start."""
        return self.size * np.array([np.cos(ANGLE), np.sin(ANGLE)]) @ self.frame

    @property
    def first(self) -> float:
        """ln(1/R) at the start."""
        return -float(np.log(np.mean(np.exp(-self.inputs @ self.start))))

    def law(self, clock: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the angle tends to, in radians, where its constant is known; else 0."""
        gamma, alpha = self.best.margin, self.best.alpha
        if alpha > 0:
            across = abs(residual(LabelledData(self.inputs, np.ones(len(self.inputs)))))
            return gamma * across / clock
        if np.all(self.inputs @ self.frame[1] == 0):
            # The part of W₁ off the span of the data stays what it was.
            kept = self.size ** (1 / self.depth) * np.sin(ANGLE)
            return np.asarray(kept * (gamma / clock) ** (1 / self.depth))
        return np.zeros(clock.shape)

    def bound(
        self, clock: NDArray[np.float64], rho: NDArray[np.float64], across: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Our bound of the tangent of the angle along the flow; 0 where there is none.

        Parameters
        ----------
        clock, rho, across
            Values of ln(1/R) along the flow, norms of the predictor, and sizes of its part across
            the maximum margin direction.
        """
        n, N = len(self.inputs), self.depth
        M = clock - np.log(n)  # the smoothed margin
        gamma, alpha, f = self.best.margin, self.best.alpha, rho ** (1 / N)
        found = np.zeros(clock.shape)
        known = {"gamma": gamma, "n": n}
        if alpha == 0:
            if N < 3:
                return found
            (since,) = np.flatnonzero(gamma * rho <= 2 * M)[:1]
            late = np.arange(rho.size) >= since
            whole = np.sqrt(N) * f  # of all layers together
            mu = M[since] / whole[since] ** N
            begin = (across[since] / f[since] ** (N - 1)) ** 2
            drift = {"N": N, "n": n, "Y_0": begin, "f_0": f[since], "f": f[late], "mu_0": mu}
            Y = BOUNDS["own-margin-all-data-drift"](**drift)
            late_values = {"F": whole[late], "N": N, "Y": Y, "gamma": gamma, "mu_0": mu}
            found[late] = BOUNDS["own-margin-all-data-angle"](**late_values)
            return found
        known["alpha"] = alpha
        if N == 1:
            late = M > 0
            start = across[late][0]
            found[late] = BOUNDS["own-margin-rate-linear"](M=M[late], x_0=start, **known)
            return found
        least = BOUNDS["own-margin-rate-start"](N=N, rho_0=rho, **known)
        for since in np.flatnonzero((M > 0) & (f >= least))[:1]:
            y = across[since] / f[since] ** (N - 1)
            given = {"f_1": f[since], "rho_0": rho[since], "y_1": y}
            late = f >= BOUNDS["own-margin-rate-from"](**given, **known)
            found[late] = BOUNDS["own-margin-rate"](M=M[late], **known)
        return found


def _curves(race: Race, clock: NDArray[np.float64]) -> Arrays:
    """The curves of one depth, their names ending in it."""
    ones = np.ones(len(race.inputs))
    run = margin_flow_balanced(race.inputs, ones, race.start, race.depth, neg_log_risks=clock)
    w = run.product[:, 0]
    along, across = (w @ race.frame.T).T
    bound = race.bound(clock, np.linalg.norm(w, axis=1), np.abs(across))
    dots = np.geomspace(1.0, END, _DOTS)
    arrays = {
        "angle": np.degrees(np.abs(np.arctan2(across, along))),
        "bound": np.degrees(np.arctan(bound)),
        "log_time": run.log_time,
        "law": np.degrees(race.law(dots)),
    }
    return {f"{name}_{race.depth}": values for name, values in arrays.items()}


def compute(kind: float, size: float) -> Arrays:
    """The angle of the predictor from the maximum margin direction, for all depths.

    Parameters
    ----------
    kind
        Index into ``KINDS``.
    size
        Norm of the predictor at the start, positive.

    Returns
    -------
    dict
        ``u``: ln(1/R).  For each depth N ``angle_N`` in degrees, below ``bound_N`` (ours; 0 where
        there is none), at ``log_time_N``; ``law_N``, what the angle tends to, at the fixed
        ``dots``.  For all depths, at risk 1e-300: ``end``, ``end_law`` and ``end_bound``, and
        ``end_time``, which is ln t; ``sentence``.
    """
    races = [Race(round(kind), depth, size) for depth in DEPTHS]
    clock = np.geomspace(max(_FIRST, races[0].first * (1 + 1e-9)), END, _POINTS)
    arrays: Arrays = {"u": clock}
    for race in races:
        arrays |= _curves(race, clock)
    last = {
        new: np.array([arrays[f"{name}_{depth}"][-1] for depth in DEPTHS])
        for new, name in (("end", "angle"), ("end_law", "law"), ("end_bound", "bound"))
    }
    last["end_time"] = np.array([arrays[f"log_time_{depth}"][-1] for depth in DEPTHS])
    return arrays | last | {"sentence": np.full(len(DEPTHS), float(round(kind)))}


_PER_DEPTH = {"angle": _POINTS, "bound": _POINTS, "log_time": _POINTS, "law": _DOTS}
_BY_DEPTH = ("end", "end_law", "end_bound", "end_time", "sentence")
_ANGLES = Axis("", "log", (1e-3, 100.0))


def _angles(x: str) -> tuple[Series, ...]:
    """The angles of all depths; the chosen one's with its law and its bound against ln(1/R)."""
    found: list[Series] = []
    for place, depth in enumerate(DEPTHS):
        only = ("depth", place)
        if x == "u":
            chosen = {"only": only, "alone": True}
            found += [
                Series(x, f"bound_{depth}", "bound", "ours", 0.6, "upper right", **chosen),
                Series("dots", f"law_{depth}", "run", "late law", 0.5, "lower left", **chosen),
            ]
        clock = x if x == "u" else f"{x}_{depth}"
        found.append(
            Series(clock, f"angle_{depth}", "exact", str(depth), 1 - 0.1 * place, "above", only)
        )
    return tuple(found)


EXPLORATION = register(
    Exploration(
        name="margin_race",
        title="Race to the maximum margin",
        claim="If the supports pull to both sides, all depths turn alike, like 1/ln(1/R). If they "
        "do not, depth N turns like ln(1/R) to the power −1/N: one layer wins.",
        controls=(
            Control("depth", "Depth N", DEPTHS, 1, "choice", tabulated=False),
            Control("kind", "Data", tuple(range(len(KINDS))), 0, "choice", texts=KINDS),
            Control("size", "Start norm", (0.01, 0.1, 1), 2, "log"),
        ),
        fields=(
            ("u", _POINTS),
            *((f"{name}_{depth}", size) for depth in DEPTHS for name, size in _PER_DEPTH.items()),
            *((name, len(DEPTHS)) for name in _BY_DEPTH),
        ),
        fixed={"dots": tuple(np.geomspace(1.0, END, _DOTS).tolist())},
        indexed=dict.fromkeys(_BY_DEPTH, "depth"),
        compute=compute,
        panels=(
            Panel(
                "Angle to the maximum margin, in degrees",
                "The angle of the predictor from the maximum margin direction against ln(1/R) for "
                "depths 1 to 4, to risk 1e-300; for the chosen one its late law where its constant "
                "is known, and our bound where there is one.",
                Axis("ln(1/R)", "log", (_FIRST, END)),
                _ANGLES,
                _angles("u"),
            ),
            Panel(
                "The same against time",
                "The angle of the predictor from the maximum margin direction against ln t for "
                "depths 1 to 4.",
                Axis("ln t", "log", (1.0, END)),
                _ANGLES,
                _angles("log_time"),
            ),
        ),
        sentences=(
            "At risk 10⁻³⁰⁰, when ln t is {end_time}, the angle is {end}°; the law of all depths, "
            "γ‖x⋆‖/ln(1/R), says {end_law}°, our bound {end_bound}°.",
            "One support does not span the plane: at risk 10⁻³⁰⁰, when ln t is {end_time}, depth "
            "{depth} has the angle {end}°, which falls like ln(1/R) to the power −1/N.",
            "Off the line of the data W₁ never moves: at risk 10⁻³⁰⁰, when ln t is {end_time}, the "
            "angle is {end}°, and {end_law}° by its law, which has ln(1/R) to the power −1/N.",
            "No support pulls to one side, α = 0: at risk 10⁻³⁰⁰, when ln t is {end_time}, the "
            "angle is {end}°. It falls like ln(1/R) to the power −1/N; one layer is slower by a "
            "logarithm.",
        ),
    )
)


@shows(EXPLORATION)
def margin_race(
    depth: int | None = None, kind: str | None = None, size: float | None = None
) -> Explorer:
    """Angle to the maximum margin direction, of one to four balanced layers.

    Parameters
    ----------
    depth
        Number of layers that are emphasised.
    kind
        The data, by what their supports are like.
    size
        Norm of the predictor at the start.

    Examples
    --------
    >>> margin_race(kind="one support")
    explore.margin_race(depth=2, kind='one support', size=1)
    """
