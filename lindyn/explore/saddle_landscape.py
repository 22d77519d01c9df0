"""Widget: the landscape of scalar layers near its saddles, and a path of the flow in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from lindyn.explore.scalar_path import ScalarPath, second_order
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer

DEPTHS = (2, 3)
LEVELS = (-6.0, -3.5, -2.0, -1.0, -0.4, 0.4, 1.8, 3.0, 5.0)
"""Products on whose level lines the loss is drawn; the axes are those of the product 0."""

VALLEY = (0.8, 1.2)
"""Products between which the loss is below 0.02: around the minimisers."""

END = 1e3
"""Times are shown up to here."""

_FIRST = 0.1
_LATEST = 1e6  # until when the flow is followed; what comes later counts as never
_REACH = (3.2, 2.0)  # of the plane, in both directions
_PATH, _TIMES = 40, 80
_SADDLES = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)  # z of those drawn at depth 3
_FALLS = 3  # of them, the last ones, have a direction of negative curvature in the plane
_STEEP = 0.6  # its length for a curvature of −1
_FAR = 40.0  # lines are joined out here, where nothing is drawn


def _seen_times(times: NDArray[np.float64], loss: NDArray[np.float64]) -> NDArray[np.float64]:
    """Some of the times, spread evenly along the curve as it is drawn."""
    across = np.diff(np.log(times)) / np.log(END / _FIRST)
    way = np.concatenate([[0.0], np.cumsum(np.hypot(across, np.diff(loss)))])
    return np.asarray(np.interp(np.linspace(0.0, way[-1], _TIMES), way, times))


def compute(depth: float, angle: float, size: float) -> Arrays:
    """One path of the flow, and its loss.

    Parameters
    ----------
    depth
        Number of layers: 2, or 3 with the first two equal.
    angle
        Angle of the start to the line on which the last layer is minus the others, in degrees.
    size
        Distance of the start from the origin of the plane.

    Returns
    -------
    dict
        ``x``, ``z``: the path, from its start ``start_x``, ``start_z`` to its limit; ``t`` and
        ``loss``, and ``model``: the loss where only the second order at the origin counts;
        ``near``: least distance from the origin; ``rest``: z in the limit; ``arrival``: when the
        loss falls below ⅛; ``sentence``.
    """
    path = ScalarPath(depth, angle, size)
    first = path.start[0 if path.by_x else 1]
    accuracy = {"method": "LSODA", "rtol": 1e-10, "atol": 1e-13}
    run = solve_ivp(path.rate, (0.0, _LATEST), [first], dense_output=True, **accuracy).sol
    fine = np.geomspace(_FIRST, END, 2000)
    along = run(fine)[0]
    times = _seen_times(fine, (1 - path.product(along)) ** 2 / 2)
    loss = (1 - path.product(run(times)[0])) ** 2 / 2
    way = np.sign(path.last - first)
    when = _first_time(lambda t: way * (path.nearest - float(run(t)[0])))
    arrival = _first_time(lambda t: abs(float(path.product(run(t)[0])) - 1) - 0.5)
    model = second_order(path, times - when)
    bend = max(np.sqrt(abs(path.conserved)), 0.02)  # there the path is curved most
    steps = np.linspace(np.arcsinh(first / bend), np.arcsinh(path.last / bend), _PATH)
    x, z = path.point(bend * np.sinh(steps))
    nearest = path.point(np.array(path.nearest))
    return {
        "x": x,
        "z": z,
        "start_x": x[:1],
        "start_z": z[:1],
        "t": times,
        "loss": loss,
        # Past the minimum nothing of it is drawn.
        "model": np.where(model < 1, np.minimum((1 - model) ** 2 / 2, _FAR), -_FAR),
        "near": np.array([np.hypot(*nearest)]),
        "rest": z[-1:],
        "arrival": np.array([arrival]),
        "sentence": np.array([_sentence(path)]),
    } | _landmarks(path.depth)


def _first_time(gap: Callable[[float], float]) -> float:
    """When the gap, positive at first, is 0; ``_LATEST`` if not before that."""
    if gap(0.0) <= 0:
        return 0.0
    return _LATEST if gap(_LATEST) > 0 else float(brentq(gap, 0.0, _LATEST, xtol=1e-9))


def _sentence(path: ScalarPath) -> float:
    if not path.stays:
        return float(path.depth > 2)
    return 4.0 if path.by_x else 2.0 + (path.depth > 2)


def _joined(branches: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Curves with ends outside the plane as one curve, joined far outside of it."""
    joined = [branches[0]]
    for branch in branches[1:]:
        before, after = joined[-1][-1], branch[0]
        ends = np.unwrap([np.arctan2(z, x) for x, z in (before, after)])
        turn = np.linspace(*ends, 8)
        joined += [_FAR * np.column_stack([np.cos(turn), np.sin(turn)]), branch]
    return np.concatenate(joined)


def _level(depth: int, product: float, points: int) -> list[NDArray[np.float64]]:
    """Both branches of x^{N−1}z = product, from above or below the plane to its side."""
    top = 1.2 * _REACH[1]
    x = np.geomspace((abs(product) / top) ** (1 / (depth - 1)), 1.2 * _REACH[0], points)
    z = product / x ** (depth - 1)
    return [np.column_stack([x, z]), np.column_stack([-x, (-1) ** (depth - 1) * z])]


def _columns(name: str, points: NDArray[np.float64]) -> Arrays:
    return {f"{name}_x": points[:, 0], f"{name}_z": points[:, 1]}


def _landmarks(depth: int) -> Arrays:
    """Saddles, how the loss falls from them, and the valleys of the minimisers."""
    arrays: Arrays = {}
    if depth == 2:
        saddles = np.zeros((len(_SADDLES), 2))
        falls = [_STEEP * np.array([[-1.0, -1.0], [1.0, 1.0]])] * _FALLS
    else:
        saddles = np.array([(0.0, z) for z in _SADDLES])
        falls = [np.array([[-_STEEP * z, z], [_STEEP * z, z]]) for z in _SADDLES[-_FALLS:]]
    arrays |= _columns("saddle", saddles)
    for place, fall in enumerate(falls):
        arrays |= _columns(f"fall_{place}", fall)
    inner, outer = (_level(depth, p, 12) for p in VALLEY)
    for side in (0, 1):
        arrays |= _columns(f"valley_{side}", np.concatenate([inner[side], outer[side][::-1]]))
    return arrays


def _background() -> dict[str, tuple[float, ...]]:
    """Level lines, and places of labels."""
    wide, high = _REACH
    arrays = {
        "across": np.array([[-wide, 0.0], [wide, 0.0]]),
        "upright": np.array([[0.0, -high], [0.0, high]]),
        "origin": np.zeros((1, 2)),
        "other": np.array([[0.0, _SADDLES[0]]]),
    }
    for depth in DEPTHS:
        branches = [branch for p in LEVELS for branch in _level(depth, p, 24)]
        arrays[f"level_{depth}"] = np.round(_joined(branches), 4)
    fixed: Arrays = {}
    for name, points in arrays.items():
        fixed |= _columns(name, points)
    return {name: tuple(values.tolist()) for name, values in fixed.items()}


def _curve(name: str, style: str, label: str = "", at: float = 1.0, side: str = "right") -> Series:
    return Series(f"{name}_x", f"{name}_z", style, label, at, side)


def _at_depth(depth: int, name: str, label: str = "", side: str = "right") -> Series:
    """A line, or only a label, that is there at one depth."""
    x, z = f"{name}_x", f"{name}_z"
    return Series(x, z, "guide", label, side=side, only=("depth", DEPTHS.index(depth)))


def _fields() -> tuple[tuple[str, int], ...]:
    lengths = {"": _PATH, "start_": 1, "saddle_": len(_SADDLES), "valley_0_": 24, "valley_1_": 24}
    lengths |= {f"fall_{place}_": 2 for place in range(_FALLS)}
    return (
        *((f"{name}{side}", length) for name, length in lengths.items() for side in "xz"),
        *((name, _TIMES) for name in ("t", "loss", "model")),
        *((name, 1) for name in ("near", "rest", "arrival", "sentence")),
    )


EXPLORATION = register(
    Exploration(
        name="saddle_landscape",
        title="Leaving a saddle",
        claim="With two layers the loss curves down at the origin, and the flow leaves its "
        "neighbourhood soon; with three it is flat there to second order, and the flow stays long.",
        controls=(
            Control("depth", "Depth N", DEPTHS, 0, "choice"),
            Control(
                "angle",
                "Start: angle to z\u00a0=\u00a0−x",
                (-20, -5, -1, 0, 1, 5, 20, 90),
                4,
                "linear",
                "°",
            ),
            Control("size", "Start: distance from 0", (0.05, 0.2, 0.8, 1.6), 3, "log"),
        ),
        fields=_fields(),
        fixed=_background(),
        compute=compute,
        panels=(
            Panel(
                "The last layer, z, against the others, x",
                "The plane of the last layer and of the value of the others, with level lines of "
                "the loss, the valleys of the minimisers, the saddles, dashed lines along which "
                "the loss falls from them to second order, and the path of the flow.",
                Axis("x = w₁ (and = w₂ if N = 3)", "linear", (-_REACH[0], _REACH[0])),
                Axis("", "linear", (-_REACH[1], _REACH[1])),
                (
                    _curve("valley_0", "region", "minima", 0.1, "right"),
                    _curve("valley_1", "region"),
                    *(_at_depth(depth, f"level_{depth}") for depth in DEPTHS),
                    _curve("across", "guide"),
                    _curve("upright", "guide"),
                    *(_curve(f"fall_{place}", "bound") for place in range(_FALLS - 1)),
                    _curve(f"fall_{_FALLS - 1}", "bound", "falls", 1.0, "right"),
                    Series("x", "z", "exact"),
                    _curve("saddle", "run"),
                    _at_depth(2, "origin", "saddle", "upper left"),
                    _at_depth(3, "origin", "flat", "upper left"),
                    _at_depth(3, "other", "saddles", "upper left"),
                    _curve("start", "run", "start", 1.0, "below"),
                ),
            ),
            Panel(
                "Loss",
                "The loss ½(1 − product)² against time, with a plateau at ½ near the saddle, and "
                "the loss as it would be if only its second order at the origin counted.",
                Axis("time t", "log", (_FIRST, END)),
                Axis("", "linear", (0.0, 1.0), ((0.0, "0"), (0.125, "⅛"), (0.5, "½"), (1.0, "1"))),
                (
                    Series("t", "model", "bound", "second order", 0.9, "lower left"),
                    Series("t", "loss", "exact", "flow", 0.3, "upper right"),
                ),
                (Mark("arrival", "⅛"),),
            ),
        ),
        sentences=(
            "The curvatures at the origin are 1 and −1. The path comes as near to it as {near}; "
            "the loss is below ⅛ from t~=~{arrival} on, a time of the order of ln(1/distance).",
            "The Hessian at the origin is 0. The path comes as near to it as {near}; the loss is "
            "below ⅛ from t~=~{arrival} on, a time of the order of 1/distance.",
            "On the line z = −x the flow ends at the saddle; the least push off the line grows "
            "like eᵗ.",
            "On the line z = −x the flow ends at the origin, slowly: its distance falls like 1/t.",
            "The flow ends at the saddle w₁ = w₂ = 0, w₃ = {rest}: there the loss falls along "
            "w₁ = −w₂, out of this plane.",
        ),
    )
)


@shows(EXPLORATION)
def saddle_landscape(
    depth: int | None = None, angle: float | None = None, size: float | None = None
) -> Explorer:
    """Saddles of scalar layers, with and without negative curvature, and a path past them.

    Parameters
    ----------
    depth
        Number of layers; of three the first two are equal.
    angle
        Angle of the start to the line on which the last layer is minus the others, in degrees.
    size
        Distance of the start from the origin.

    Examples
    --------
    >>> saddle_landscape(depth=3)
    explore.saddle_landscape(depth=3, angle=1, size=1.6)
    """
