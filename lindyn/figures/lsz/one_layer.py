"""Figure 1a of Lin, Sun and Zhang (2021): one layer, in three panels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.bounds.lsz import BOUNDS
from lindyn.descent import gradient_descent
from lindyn.figures.lsz.runs import BATCH, SEED, START, STEP, TEACHER, at_step, run_over_flow
from lindyn.figures.parts import whole_and_parts
from lindyn.figures.picture import Arrays, Picture
from lindyn.figures.style import BLUE, DASHED, DOTTED, INK, ORANGE, dress, label
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.risks import SphericalLogistic

# What the paper states, besides what four layers share with it.
RESTART = 5000

# What it leaves open: our choice.
STEPS = 20_000
RECORD_EVERY = 50


@cached
def compute_fig_1a() -> Arrays:
    """SGD as the paper ran it, the exact flow at the same times, Theorem 1 from n = 0 and 5000.

    Returns
    -------
    dict
        ``n`` recorded steps and ``t`` = n·1e-3; ``sgd_gap`` and ``flow_gap`` (1 − cos θ),
        ``sgd_norm``, ``flow_norm``, ``sgd_loss``, ``flow_loss`` (population loss); ``bound_0``
        and ``bound_5000``, Theorem 1's upper bounds of 1 − cos θ for the flow that is restarted
        at that step (NaN before); ``turning`` time and ``turning_norm``.

    Statements
    ----------
    ``lsz-fig-1a-angle``, ``lsz-fig-1a-loss``, ``lsz-fig-1a-norm``,
    ``lsz-thm-1-i``, ``lsz-thm-1-ii``
    """
    law = UniformSphere(2)
    run = gradient_descent(
        SphericalLogistic(law, TEACHER),
        (np.array([START]),),
        step=STEP,
        steps=STEPS,
        rng=np.random.default_rng(SEED),
        batch=BATCH,
        record_every=RECORD_EVERY,
    )
    w = run.product[:, 0]
    times = run.step_index * STEP
    flow = SphericalFlow(law, direction=TEACHER, start=START, depth=1)
    exact = flow.at(times)
    return {
        "n": run.step_index.astype(float),
        "t": times,
        "sgd_gap": 2 * np.sin(np.arctan2(np.abs(w[:, 0]), w[:, 1]) / 2) ** 2,
        "sgd_norm": np.linalg.norm(w, axis=1),
        "sgd_loss": run.risk,
        "flow_gap": exact.one_minus_cos,
        "flow_norm": exact.norm,
        "flow_loss": exact.loss,
        "bound_0": _theorem_1(flow, times, restart=0.0),
        "bound_5000": _theorem_1(flow, times, restart=RESTART * STEP),
        "turning": np.array(flow.turning_time),
        "turning_norm": np.array(flow.turning_norm),
    }


def _theorem_1(flow: SphericalFlow, times: Array, restart: float) -> Array:
    """Theorem 1's bound of 1 − cos θ for the flow started at time ``restart``."""
    bound = np.full(times.shape, np.nan)
    turning = max(flow.turning_time, restart)
    here, there = flow.at(np.array([restart, turning])), flow.law.c0
    first = (times >= restart) & (times <= turning)
    bound[first] = 1 - BOUNDS["lsz-thm-1-i"](
        t=times[first] - restart, c_0=there, rho_0=here.norm[0], theta_0=here.angle[0]
    )
    late = times > turning
    bound[late] = 1 - BOUNDS["lsz-thm-1-ii"](
        t=times[late], T=turning, c_0=there, rho_T=here.norm[1], theta_T=here.angle[1]
    )
    return bound


def _steps(axes: Axes, title: str, **settings: object) -> None:
    dress(axes, title, "step n of SGD,  t = n/1000", xlim=(0, STEPS), **settings)
    axes.set_xticks([0, 5000, 10000, 15000, 20000], ["0", "5,000", "10,000", "15,000", "20,000"])


def draw_angle(axes: Axes, data: Arrays) -> None:
    """1 − cos θ: SGD over the flow, and Theorem 1 from n = 0 and from n = 5000."""
    _steps(axes, "1 − cos θ", yscale="log", ylim=(1e-4, 3))
    run_over_flow(axes, data, "gap")
    n = data["n"]
    axes.plot(n, data["bound_0"], color=ORANGE, linestyle=DASHED)
    axes.plot(n, data["bound_5000"], color=ORANGE, linestyle=DOTTED, linewidth=2.2)
    along = {"rotation": -19, "rotation_mode": "anchor"}
    label(axes, "Theorem 1 from n = 0", (8300, 0.1), ORANGE, **along)
    label(axes, "from n = 5000", (11200, 0.0088), ORANGE, **along)
    label(axes, "SGD", (6100, 0.0012), INK, ha="right")
    label(axes, " on the flow", (6100, 0.0012), BLUE)


def draw_loss(axes: Axes, data: Arrays) -> None:
    """Population loss: SGD over the flow."""
    _steps(axes, "population loss", ylim=(0, 1.05))
    run_over_flow(axes, data, "loss")
    label(axes, "SGD", (7600, 0.52), INK, ha="right")
    label(axes, " on the flow", (7600, 0.52), BLUE)


def draw_norm(axes: Axes, data: Arrays) -> None:
    """Norm: SGD over the flow, and where it turns."""
    _steps(axes, "norm of w", ylim=(0, 2.9))
    run_over_flow(axes, data, "norm")
    turning, lowest = data["turning"] / STEP, data["turning_norm"]
    axes.plot(turning, lowest, marker="o", color=ORANGE, markersize=6)
    label(axes, f"turns at n = {turning:,.0f},\nnorm {lowest:.3f}", (4300, 0.08), ORANGE)
    label(axes, "SGD", (5300, 2.1), INK, ha="right")
    label(axes, " on the flow", (5300, 2.1), BLUE)


def _alt_angle(data: Arrays) -> str:
    gap, flow = data["sgd_gap"], data["flow_gap"]
    apart = float(np.max(np.abs(gap - flow)))
    late = data["bound_5000"]
    return (
        'Panel "1 − cos θ" against the step n, logarithmic: SGD falls from '
        f"{gap[0]:.1f} at n = 0 through {at_step(data, 'sgd_gap', 5000):.3f} at n = 5000 to "
        f"{gap[-1]:.1e} at n = {STEPS:,} and lies on the exact flow (largest distance "
        f"{apart:.1e}). Theorem 1 from n = 0 stays above, at {data['bound_0'][-1]:.1e} in the end; "
        f"restarted at n = 5000 it touches the flow there and ends at {late[-1]:.1e}."
    )


def _alt_loss(data: Arrays) -> str:
    loss = data["sgd_loss"]
    return (
        'Panel "population loss" against n: it falls from '
        f"{loss[0]:.3f} to {at_step(data, 'sgd_loss', 5000):.3f} at n = 5000 and {loss[-1]:.3f} at "
        "the end, ever more slowly; SGD and flow differ by at most "
        f"{np.max(np.abs(loss - data['flow_loss'])):.0e}."
    )


def _alt_norm(data: Arrays) -> str:
    norm = data["sgd_norm"]
    return (
        'Panel "norm of w" against n: it falls from '
        f"{norm[0]:.0f} to {float(data['turning_norm']):.3f} at n = "
        f"{float(data['turning']) / STEP:,.0f}, the turning time of the flow, then grows to "
        f"{norm[-1]:.2f}; SGD and flow differ by at most "
        f"{np.max(np.abs(norm - data['flow_norm'])):.0e}."
    )


_PANELS = {
    "angle": (draw_angle, _alt_angle),
    "loss": (draw_loss, _alt_loss),
    "norm": (draw_norm, _alt_norm),
}


FIGURES: dict[str, Callable[[], Picture]] = whole_and_parts(
    "lsz-fig-1a", compute_fig_1a, _PANELS, columns=3
)
