"""Widget: the plane of angle and norm, where every balanced network's path lies."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.lsz import BOUNDS
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow

LAW = UniformSphere(2)
OTHERS = ((172.0, 30.0), (172.0, 1.0), (150.0, 0.03), (100.0, 10.0), (60.0, 0.003))
"""Starts (angle in degrees, norm) of the thin paths."""

_NORMS = (1e-4, 100.0)
_TOP = 99.9  # inside the panel, so that a label can hang there
_DEGREES = tuple((float(x), str(x)) for x in range(0, 181, 30))
_POINTS = 60


def _path(depth: int, angle: float, norm: float) -> tuple[np.ndarray, np.ndarray, SphericalFlow]:
    """Angle in degrees and norm along a path, even in φ until the angle is 0.3 degrees."""
    theta = np.deg2rad(angle)
    start = norm * np.array([np.sin(theta), np.cos(theta)])
    flow = SphericalFlow(LAW, direction=(0.0, 1.0), start=start, depth=depth)
    rise = np.log(np.tan(theta / 2)) - np.log(np.tan(np.deg2rad(0.15)))
    record = flow.at_natural_time(np.linspace(0.0, max(rise, 0.1) / LAW.kappa, _POINTS))
    return np.degrees(record.angle), record.norm, flow


def compute(depth: float, angle: float, norm: float) -> Arrays:
    """The path of one start, and of others, at one depth.

    Parameters
    ----------
    depth
        Number of layers.
    angle
        Start angle to the teacher, in degrees, between 0 and 180 (exclusive).
    norm
        Start norm, positive.

    Returns
    -------
    dict
        ``angle``, ``norm``: the path; ``start_angle``, ``start_norm``: where it starts;
        ``turning_angle``, ``turning_norm``: where the norm is least; ``sentence``: 1 where it
        grows from the start.
    """
    angles, norms, flow = _path(int(depth), angle, norm)
    turn = flow.at_natural_time(flow.turning_tau)
    return {
        "angle": angles,
        "norm": norms,
        "start_angle": np.array([angle]),
        "start_norm": np.array([norm]),
        "turning_angle": np.array([np.degrees(turn.angle)]),
        "turning_norm": np.array([turn.norm]),
        "sentence": np.array([float(flow.turning_tau == 0)]),
    }


def _others(depth: int) -> dict[str, tuple[float, ...]]:
    """The thin paths at one depth, as fixed arrays."""
    arrays: dict[str, tuple[float, ...]] = {}
    for place, (angle, norm) in enumerate(OTHERS):
        angles, norms, _ = _path(depth, angle, norm)
        arrays[f"angle_{depth}_{place}"] = tuple(angles.tolist())
        arrays[f"norm_{depth}_{place}"] = tuple(norms.tolist())
    return arrays


def _turning_curve() -> tuple[np.ndarray, np.ndarray]:
    """The curve g = 0, that is κ cos θ = Φ′(ρ)."""
    norms = np.geomspace(_NORMS[0], _NORMS[1], _POINTS)
    # 1 − cos θ = ψ(ρ)/κ, without cancellation where θ is small.
    return np.degrees(2 * np.arcsin(np.sqrt(LAW.psi(norms) / (2 * LAW.kappa)))), norms


def _lemma_curve() -> tuple[np.ndarray, np.ndarray]:
    """The radius of Lemma 3 (iv)."""
    degrees = np.concatenate([np.linspace(0.0, 89.9, 40), np.linspace(90.1, 180.0, 40)])
    radius = BOUNDS["lsz-lem-3-iv"](c_0=LAW.c0, m_2=1.0, theta=np.deg2rad(degrees))
    return degrees, np.maximum(radius, _NORMS[0])


DEPTHS = (1, 2, 3, 4, 6)
_CURVE, _LEMMA = _turning_curve(), _lemma_curve()
_FIXED = {
    "curve_angle": _CURVE[0],
    "curve_norm": _CURVE[1],
    # Left of the curve the norm grows; the area is closed along the axis of angle 0.
    "area_angle": np.concatenate([_CURVE[0], [0.0, 0.0]]),
    "area_norm": np.concatenate([_CURVE[1], [_NORMS[1], _NORMS[0] * 1.001]]),
    "lemma_angle": _LEMMA[0],
    "lemma_norm": _LEMMA[1],
    # Lemma 3 (ii); its label hangs from the middle of the upper edge.
    "obtuse_angle": np.array([90.0, 90.0, 135.0, 180.0, 180.0]),
    "obtuse_norm": np.array([_NORMS[0], _TOP, _TOP, _TOP, _NORMS[0]]),
}

EXPLORATION = register(
    Exploration(
        name="phase_portrait",
        title="Angle and norm",
        claim="The norm turns at most once: paths run from right to left, and none leaves the "
        "region where it grows. At each point depth N makes the path N times as steep.",
        controls=(
            Control("depth", "Depth N", DEPTHS, 2, "choice"),
            Control("angle", "Start angle", (20, 60, 100, 120, 143, 160, 172), 4, "linear", "°"),
            Control("norm", "Start norm", (0.01, 0.1, 1, 3, 10, 30), 2, "log"),
        ),
        fields=(
            ("angle", _POINTS),
            ("norm", _POINTS),
            ("start_angle", 1),
            ("start_norm", 1),
            ("turning_angle", 1),
            ("turning_norm", 1),
            ("sentence", 1),
        ),
        fixed={name: tuple(values.tolist()) for name, values in _FIXED.items()}
        | {name: values for depth in DEPTHS for name, values in _others(depth).items()},
        compute=compute,
        panels=(
            Panel(
                "Norm ‖w‖ against θ in degrees",
                "The plane of angle and norm: the region in which the norm grows, the half plane "
                "of Lemma 3 (ii), the radius of Lemma 3 (iv), and paths, which run to the left.",
                Axis("θ in degrees", "linear", (0.0, 180.0), _DEGREES),
                Axis("", "log", _NORMS),
                (
                    Series("area_angle", "area_norm", "region", "norm grows", 1.0, "upper right"),
                    Series(
                        "curve_angle", "curve_norm", "guide", "g = 0", at=0.25, side="upper right"
                    ),
                    Series(
                        "obtuse_angle",
                        "obtuse_norm",
                        "bound-region",
                        "falls: Lemma 3 (ii)",
                        at=0.5,
                        side="below",
                    ),
                    Series("lemma_angle", "lemma_norm", "bound", "Lemma 3 (iv)", 0.97, "above"),
                    *(
                        Series(f"angle_{n}_{k}", f"norm_{n}_{k}", "guide", only=("depth", place))
                        for place, n in enumerate(DEPTHS)
                        for k in range(len(OTHERS))
                    ),
                    Series("angle", "norm", "exact", "path", at=0.4, side="below"),
                    Series("start_angle", "start_norm", "run", "start", side="below"),
                ),
                wide=True,
            ),
        ),
        sentences=(
            "At depth {depth} the norm falls until the angle is {turning_angle}°, down to "
            "{turning_norm}, and grows from there on.",
            "At depth {depth} the norm grows from the start.",
        ),
    )
)


@shows(EXPLORATION)
def phase_portrait(
    depth: int | None = None, angle: float | None = None, norm: float | None = None
) -> Explorer:
    """Paths of deep networks in the plane of angle and norm.

    Parameters
    ----------
    depth
        Number of layers.
    angle
        Start angle in degrees.
    norm
        Start norm.

    Examples
    --------
    >>> phase_portrait(depth=4)
    explore.phase_portrait(depth=4, angle=143, norm=1)
    """
