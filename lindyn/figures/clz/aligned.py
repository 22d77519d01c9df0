"""Figure 4 of Chen, Lin and Zhang (2022): from u₁ and v₁ straight to the global minimiser."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.bounds.clz import BOUNDS
from lindyn.figures.clz.panels import apart, curves_over_flow, dress_steps
from lindyn.figures.clz.runs import DEPTH, SINGULAR, SIZE, STEP, WIDTHS, descend
from lindyn.figures.parts import whole_and_parts
from lindyn.figures.picture import Arrays, Picture
from lindyn.figures.style import BLUE, DASHED, ORANGE, label

# The paper states s(0) = 6, u(0) = u₁, v(0) = v₁ and shows this many steps.
STEPS = 800


@cached
def compute_fig_4() -> Arrays:
    """Gradient descent on all layers from u₁, v₁ and s = 6, the exact flow, and Theorem 4.8.

    Returns
    -------
    dict
        As in Figure 2 ``n``, ``gd_…``, ``flow_…`` and ``lost``; ``bound``: Theorem 4.8's bound of
        s − σ₁ for the flow.

    Statements
    ----------
    ``clz-fig-4-left``, ``clz-fig-4-right``, ``clz-txt-appe``, ``clz-thm-4-8-b``
    """
    a, b = np.eye(WIDTHS[-1])[0], np.eye(WIDTHS[0])[0]
    run = descend(a, b, SIZE, STEP, STEPS, 4)
    bound = BOUNDS["clz-thm-4-8-b"](t=run["n"] * STEP, N=DEPTH, s_0=SIZE, sigma_1=SINGULAR[0])
    return run | {"bound": bound}


def draw_fig_4_left(axes: Axes, data: Arrays) -> None:
    """The three quantities from an aligned start."""
    title = "s,  uᵀZv  and  uᵀZ₁v"
    dress_steps(axes, title, STEPS, [0, 200, 400, 600, 800], ylim=(4.95, 6.1))
    axes.set_yticks([5.0, 5.2, 5.4, 5.6, 5.8, 6.0])
    curves_over_flow(axes, data, height=0.8, shift=0.3)


def draw_fig_4_right(axes: Axes, data: Arrays) -> None:
    """How far s is from σ₁, logarithmic: descent, flow, Theorem 4.8."""
    ticks = [0, 200, 400, 600, 800]
    dress_steps(axes, "s − σ₁", STEPS, ticks, yscale="log", ylim=(2e-14, 10))
    axes.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    for run, settings in (("flow", {"linewidth": 5.5, "alpha": 0.3}), ("gd", {"linewidth": 1.5})):
        gap = data[f"{run}_s"] - SINGULAR[0]
        axes.plot(data["n"], np.where(gap > 1e-14, gap, np.nan), color=BLUE, **settings)
    axes.plot(data["n"], data["bound"], color=ORANGE, linestyle=DASHED)
    label(axes, "Theorem 4.8", (400, 1e-6), ORANGE)
    label(axes, "descent\non the flow", (130, 1e-10), BLUE)


def _alt_4_left(data: Arrays) -> str:
    s = data["gd_s"]
    return (
        f"Panel of s, uᵀZv and uᵀZ₁v against n: s falls from {s[0]:.0f} to "
        f"{s[np.searchsorted(data['n'], 100)]:.3f} at n = 100 and {s[-1]:.3f} at n = {STEPS}; "
        "uᵀZv and uᵀZ₁v are one line at 5. Descent lies on the exact flow: s is apart by at most "
        f"{apart(data):.1f} %."
    )


def _alt_4_right(data: Arrays) -> str:
    descent, flow = (data[f"{run}_s"] - SINGULAR[0] for run in ("gd", "flow"))
    speeds = [np.log(gap[25] / gap[50]) / 100 for gap in (descent, flow)]
    ends = data["n"][np.argmax(descent < 1e-12)]
    return (
        f"Panel of s − σ₁ against n, logarithmic: a straight line from {descent[0]:.0f}, below "
        f"1e-12 from n = {ends:.0f} on, down to rounding near {descent[-1]:.0e}. Between n = 100 "
        f"and 200 descent falls by {speeds[0]:.4f} a step in the logarithm, the flow by "
        f"{speeds[1]:.4f}. Theorem 4.8 is parallel, {data['bound'][50] / flow[50]:.2f} times the "
        "flow at n = 200."
    )


_PANELS = {
    "left": (draw_fig_4_left, _alt_4_left),
    "right": (draw_fig_4_right, _alt_4_right),
}

FIGURES: dict[str, Callable[[], Picture]] = whole_and_parts(
    "clz-fig-4", compute_fig_4, _PANELS, columns=2
)
