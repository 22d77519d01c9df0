"""Widget: the ladder of saddles that a start near a stable manifold climbs."""

from __future__ import annotations

import numpy as np

from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.natural import RankOneFlow

SINGULAR_VALUES = (3.0, 2.5, 1.6)
"""Of the target.  Their gaps, with 0 as the last one, shrink upward: no rung is skipped."""

RUNGS = ("0", "3", "2")
"""Names of the saddles 0, σ₃, σ₂ in the arrays, in the order in which the flow leaves them."""

EXTENT = 2.6
"""Both times are shown up to this many ln(1/ε)."""

_EVEN = np.linspace(0.0, EXTENT, 27)  # in ln(1/ε), for each time
_BEGIN = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 1.6, 2.0])
_NEAR = np.linspace(-4.5, 4.5, 18)  # around each step of the ladder, in natural time
_POINTS = 2 * _EVEN.size + _BEGIN.size + 3 * _NEAR.size
_CORNERS = np.linspace(0.0, EXTENT, 9)
_FAR = 1e30  # a time that no table holds
_OUTSIDE = 100.0  # of the panel, where what is drawn is not seen


def ladder_flow(depth: float, vanishing: float, nearly: float) -> RankOneFlow:
    """The flow whose sums aᵢ + bᵢ, i ≤ k, are ε, ε², … from the k-th to the first, s(0) = 1."""
    k = int(vanishing)
    plus = np.array([nearly ** max(k - i, 0) for i in range(3)])
    opposite = (np.arange(3) < k).astype(float)
    minus = opposite - (opposite @ plus) / (plus @ plus) * plus
    return RankOneFlow.from_modes(SINGULAR_VALUES, plus, minus, 1.0, depth)


def escapes(flow: RankOneFlow) -> tuple[np.ndarray, np.ndarray]:
    """Natural times and times at which the flow leaves 0, σ₃ and σ₂; inf where it never was."""
    tau, t = np.full(3, np.inf), np.full(3, np.inf)
    found = flow.escape_times
    for place, leader in enumerate(found.leader[:-1]):
        if leader > 0:
            tau[3 - leader], t[3 - leader] = found.tau[place], found.t[place]
    start = flow.at(0.0)
    if np.max(start.plus) < 0.1:
        # Near 0 until the largest sum has grown to size 1.
        tau[0] = np.log(1 / start.plus[2]) / SINGULAR_VALUES[2]
        t[0] = flow.time(tau[0])
    return tau, t


def compute(depth: float, vanishing: float, nearly: float) -> Arrays:
    """The flow to a target of singular values 3, 2.5 and 1.6 from s = 1.

    Parameters
    ----------
    depth
        Number of layers, at least 2.
    vanishing
        How many sums aᵢ + bᵢ, from the first on, nearly vanish: 0 to 3.
    nearly
        ε, between 0 and 1: the last of them is ε times those that do not vanish, each other one ε
        times the next.

    Returns
    -------
    dict
        ``x`` and ``x_t``, natural times and times over ln(1/ε), and ``s``; ``mode_1`` to
        ``mode_3``, the logarithms of (aᵢ + bᵢ)e^{σᵢτ}/√2 over ln(1/ε) at both ends of the axis,
        and their largest, ``top`` at ``top_x``; ``leave_…``, ``tau_…`` and ``t_…``: when the flow
        leaves 0, σ₃, σ₂ (over ln(1/ε), in natural time, in time); ``sentence``.
    """
    flow, unit = ladder_flow(depth, vanishing, nearly), np.log(1 / nearly)
    tau, t = escapes(flow)
    steps = np.minimum(tau, EXTENT * unit)
    near = np.clip(steps[:, None] + _NEAR, 0.0, EXTENT * unit).ravel()
    by_time = flow.natural_time(_EVEN * unit)
    record = flow.at_natural_time(np.sort(np.concatenate([_EVEN * unit, by_time, _BEGIN, near])))
    level = np.log(flow.at(0.0).plus) / unit
    corners = np.sort(np.concatenate([_CORNERS, steps / unit]))
    lines = level + np.array(SINGULAR_VALUES) * np.column_stack([[0.0, EXTENT]])
    heights = level + np.array(SINGULAR_VALUES) * corners[:, None]
    arrays = {
        "x": record.tau / unit,
        "s": record.s,
        "x_t": np.minimum(record.t / unit, _OUTSIDE),
        "top_x": corners,
        "top": np.maximum(heights.max(axis=1), 0.0),
        "sentence": np.array([vanishing + (t[0] > _FAR) * np.isfinite(tau[0])]),
    }
    arrays |= {f"mode_{place + 1}": lines[:, place] for place in range(3)}
    for place, rung in enumerate(RUNGS):
        arrays[f"leave_{rung}"] = np.minimum(tau[[place]] / unit, _FAR)
        arrays[f"tau_{rung}"] = np.minimum(tau[[place]], _FAR)
        arrays[f"t_{rung}"] = np.minimum(t[[place]], _FAR)
    return arrays


_TICKS = ((0.0, "0"), (1.6, "σ₃"), (2.5, "σ₂"), (3.0, "σ₁"))
_LABELS = ("0", "σ₃", "σ₂")


_LEFT = tuple(Mark(f"leave_{rung}", text) for rung, text in zip(RUNGS, _LABELS, strict=True))

EXPLORATION = register(
    Exploration(
        name="saddle_ladder",
        title="The ladder of saddles",
        claim="The first k sums aᵢ + bᵢ nearly vanish, each ε times the next. The flow climbs from "
        "saddle to saddle and waits at each, in natural time τ in proportion to ln(1/ε).",
        controls=(
            Control("depth", "Depth N", (2, 3, 4, 6), 1, "choice"),
            Control("vanishing", "How many sums, k", (0, 1, 2, 3), 2, "choice"),
            Control("nearly", "Factor ε", (1e-2, 1e-4, 1e-8, 1e-16, 1e-32, 1e-100), 3, "log"),
        ),
        fields=(
            *((name, _POINTS) for name in ("x", "x_t", "s")),
            *((f"mode_{place}", 2) for place in (1, 2, 3)),
            ("top_x", _CORNERS.size + 3),
            ("top", _CORNERS.size + 3),
            *((f"{name}_{rung}", 1) for name in ("leave", "tau", "t") for rung in RUNGS),
            ("sentence", 1),
        ),
        fixed={"ends": (0.0, EXTENT)},
        compute=compute,
        panels=(
            Panel(
                "Norm s",
                "The norm against natural time, and against time, over ln(1/ε): staircases whose "
                "treads are the singular values.",
                Axis("τ, or t, over ln(1/ε)", "linear", (0.0, EXTENT)),
                Axis("", "linear", (0.0, 3.3), _TICKS),
                (
                    Series("x_t", "s", "guide", "s(t)", at=0.35, side="left"),
                    Series("x", "s", "exact", "s(τ)", at=0.9, side="below"),
                ),
                _LEFT,
            ),
            Panel(
                "Growing modes: logarithm over ln(1/ε)",
                "Logarithms of the growing modes against natural time: straight lines of slopes "
                "σᵢ; the highest says at which saddle the flow is.",
                Axis("τ over ln(1/ε)", "linear", (0.0, EXTENT)),
                Axis("", "linear", (-3.2, 5.0)),
                (
                    *(
                        Series("ends", f"mode_{i}", "guide", f"i = {i}", at, side)
                        for i, at, side in (
                            (1, 0.0, "lower right"),
                            (2, 1.0, "right"),
                            (3, 1.0, "right"),
                        )
                    ),
                    Series("top_x", "top", "exact", "largest", at=0.75, side="left"),
                ),
                _LEFT,
            ),
        ),
        sentences=(
            "No sum vanishes: s goes to σ₁~=~3 without a stop.",
            "s waits at σ₂~=~2.5 until τ~=~{tau_2}; in time, until t~=~{t_2}.",
            "s leaves σ₃~=~1.6 at τ~=~{tau_3} and σ₂~=~2.5 at τ~=~{tau_2}; in time, at "
            "t~=~{t_3} and t~=~{t_2}.",
            "s leaves 0 at τ~=~{tau_0}, σ₃ at τ~=~{tau_3} and σ₂ at τ~=~{tau_2}. In time it "
            "leaves 0 at t~=~{t_0}.",
            "s leaves 0 at τ~=~{tau_0}, σ₃ at τ~=~{tau_3} and σ₂ at τ~=~{tau_2}. In time it "
            "stays at 0 beyond t~=~10³⁰: near 0 the clock of depth {depth} all but stops.",
        ),
    )
)


@shows(EXPLORATION)
def saddle_ladder(
    vanishing: int | None = None, nearly: float | None = None, depth: int | None = None
) -> Explorer:
    """Plateaus and escape times of a start near the stable manifolds of the saddles.

    Parameters
    ----------
    vanishing
        How many sums aᵢ + bᵢ nearly vanish.
    nearly
        The factor ε by which each of them is smaller than the next.
    depth
        Number of layers.

    Examples
    --------
    >>> saddle_ladder(vanishing=3)
    explore.saddle_ladder(depth=3, vanishing=3, nearly=1e-16)
    """
