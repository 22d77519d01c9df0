"""Figure 1 of Chen, Lin and Zhang (2022): gradient descent stays at a saddle, then leaves it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn.figures.clz.panels import CURVES, curves_over_flow, dress_steps
from lindyn.figures.clz.runs import (
    RECORD_EVERY,
    SINGULAR,
    SIZE,
    STEP,
    STEPS,
    descend,
    escape_of_descent,
    escape_of_flow,
    start,
)
from lindyn.figures.parts import whole_and_parts
from lindyn.figures.picture import Arrays, Picture
from lindyn.figures.style import DOTTED, INK, PINK, label


@cached
def compute_fig_1() -> Arrays:
    """Gradient descent on all layers as the paper ran it, k = 0, …, 5, and the exact flow.

    Returns
    -------
    dict
        ``n`` recorded steps; for each k ``gd_s_k``, ``gd_pull_k`` (uᵀZv), ``gd_first_k`` (uᵀZ₁v),
        the same of the ``flow``, and ``lost_k`` (‖W_N‖² − ‖W_1‖² of descent); ``escape``: at which
        step uᵀZ₁v of descent passes σ₁/2 (inf: never), ``predicted``: the same from the balance
        that descent loses; k = 0 has no saddle to leave, and −1 stands for both.

    Statements
    ----------
    ``clz-fig-1-k0`` to ``clz-fig-1-k5``, ``clz-thm-3-1-i``, ``clz-thm-3-1-ii``
    """
    arrays: Arrays = {}
    escape, predicted = np.full(6, -1.0), np.full(6, -1.0)
    for k in range(6):
        a, b = start(k)
        run = descend(a, b, SIZE, STEP, STEPS, RECORD_EVERY)
        arrays["n"] = run.pop("n")
        arrays |= {f"{name}_{k}": values for name, values in run.items()}
        if k:
            escape[k] = escape_of_descent(arrays["n"], run["gd_first"])
            predicted[k] = escape_of_flow(k, a, b, SIZE, STEP)
    return arrays | {"escape": escape, "predicted": predicted}


def draw_fig_1(axes: Axes, data: Arrays, k: int) -> None:
    """The three quantities for one k, the singular values, and the predicted escape."""
    dress_steps(axes, f"k = {k}", STEPS, [0, 4000, 8000, 12000], ylim=(-3.2, 6.4))
    axes.set_yticks([-2, 0, 2, 4, 6])
    for sigma in SINGULAR:
        axes.axhline(sigma, color=INK, alpha=0.3, linewidth=0.9)
    curves_over_flow(axes, data, f"_{k}")
    predicted = data["predicted"][k]
    if 0 < predicted < np.inf:
        axes.axvline(predicted, color=PINK, linestyle=DOTTED, linewidth=1.8)
        label(axes, "predicted  \nescape  ", (predicted, -2.9), PINK, ha="right")


def stay(data: Arrays, k: int) -> tuple[float, float]:
    """The steps before the escape during which s stays within 0.05 of σ_{k+1}."""
    before = data["n"] < data["escape"][k]
    near = np.abs(data[f"gd_s_{k}"] - SINGULAR[k])[before] < 0.05
    last = np.flatnonzero(near)[-1]
    first = np.flatnonzero(~near[:last])[-1] + 1
    return float(data["n"][first]), float(data["n"][last])


def _alt(data: Arrays, k: int) -> str:
    s, pull, first = (data[f"gd_{name}_{k}"] for name in CURVES)
    begins = (
        f"Panel k = {k}: descent from s = {s[0]:.0f}, uᵀZv = {pull[0]:.2f} and uᵀZ₁v = "
        f"{first[0]:.2f} against the step n. "
    )
    lowest = int(np.argmin(s))
    if k == 0:
        apart = np.max(np.abs(s - data["flow_s_0"]))
        return begins + (
            f"s falls to {s[lowest]:.2f} near n = {data['n'][lowest]:,.0f}, then all three rise "
            f"to σ₁ = 5 (s = {s[-1]:.6f} at n = {STEPS:,}) and lie on the exact flow (s apart by "
            f"at most {apart:.2f})."
        )
    if k == 5:
        return begins + (
            f"All sums vanish: s falls like the flow towards 0 and is {s[-1]:.3f} at n = {STEPS:,} "
            f"(flow {data['flow_s_5'][-1]:.3f}), uᵀZv comes to {pull[-1]:.3f}, uᵀZ₁v to "
            f"{first[-1]:.3f}. Descent keeps balance (up to {np.max(np.abs(data['lost_5'])):.0e}) "
            "and does not leave."
        )
    sigma = SINGULAR[k]
    near, far = stay(data, k)
    return begins + (
        f"s turns at {s[lowest]:.2f} and stays within 0.05 of σ_{k + 1} = {sigma:.0f} from n = "
        f"{near:,.0f} to {far:,.0f}, with uᵀZ₁v near 0; then descent leaves for σ₁ = 5, "
        f"where s = {s[-1]:.3f} in the end, while the exact flow stays. uᵀZ₁v passes 2.5 at n = "
        f"{data['escape'][k]:,.0f}; the balance lost predicts {data['predicted'][k]:,.0f}."
    )


_PANELS = {f"k{k}": (partial(draw_fig_1, k=k), partial(_alt, k=k)) for k in range(6)}

FIGURES: dict[str, Callable[[], Picture]] = whole_and_parts(
    "clz-fig-1", compute_fig_1, _PANELS, columns=3
)
