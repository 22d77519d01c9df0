"""Figure 1b of Lin, Sun and Zhang (2021): four layers, in three panels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.bounds.lsz_deep import BOUNDS
from lindyn.descent import gradient_descent
from lindyn.figures.lsz.runs import BATCH, SEED, START, STEP, TEACHER, at_step, run_over_flow
from lindyn.figures.parts import whole_and_parts
from lindyn.figures.picture import Arrays, Picture
from lindyn.figures.style import BLUE, DASHED, DOTTED, GREEN, INK, ORANGE, PINK, dress, label
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.networks import balanced, imbalance
from lindyn.risks import SphericalLogistic

# What the paper states, besides what one layer shares with it.
DEPTH = 4
RESTART = 18_000
STUCK = (5.0, 10.0)  # its "stuck period", in ηn

# What it leaves open: our choice.
STEPS = 30_000
WIDTHS = (3, 3, 3)
RECORD_EVERY = 50

# Theorem 3 bounds cos θ; its distance from 1, without cancellation.
GAP = {
    name: replace(
        BOUNDS[f"lsz-thm-3-{name}"], expression=1 - BOUNDS[f"lsz-thm-3-{name}"].expression
    )
    for name in ("i", "ii", "upper")
}


@cached
def compute_fig_1b() -> Arrays:
    """SGD on four layers as the paper ran it, the exact flow, Theorem 3 and Lemma 8.

    Returns
    -------
    dict
        ``n`` recorded steps and ``t`` = n·1e-3; ``sgd_gap`` and ``flow_gap`` (1 − cos θ),
        ``sgd_norm``, ``flow_norm``, ``sgd_loss``, ``flow_loss`` (population loss);
        ``imbalance``: largest ‖W_{k+1}ᵀW_{k+1} − W_kW_kᵀ‖₂ of the run; ``above_0``, ``below_0``,
        ``above_18000``, ``below_18000``: between these Theorem 3 puts 1 − cos θ of the flow that
        is restarted at that step (NaN before); ``norm_above``, ``norm_below``: Lemma 8 (i);
        ``turning``, ``turning_norm``, ``turning_angle``: where the norm of the flow is least;
        ``near``: first and last time with a norm at most 5 % above the least.

    Statements
    ----------
    ``lsz-fig-1b-angle``, ``lsz-fig-1b-loss``, ``lsz-fig-1b-norm``, ``lsz-thm-3-i``,
    ``lsz-thm-3-ii``, ``lsz-thm-3-upper``, ``lsz-lem-8-i-lower``, ``lsz-lem-8-i-upper``
    """
    law, rng = UniformSphere(2), np.random.default_rng(SEED)
    run = gradient_descent(
        SphericalLogistic(law, TEACHER),
        balanced(np.array([START]), DEPTH, WIDTHS, rng),
        step=STEP,
        steps=STEPS,
        rng=rng,
        batch=BATCH,
        record_every=RECORD_EVERY,
    )
    w, times = run.product[:, 0], run.step_index * STEP
    flow = SphericalFlow(law, direction=TEACHER, start=START, depth=DEPTH)
    exact = flow.at(times)
    drift = [
        max(np.linalg.norm(gap, 2) for gap in imbalance([layer[k] for layer in run.weights]))
        for k in range(times.size)
    ]
    arrays: Arrays = {
        "n": run.step_index.astype(float),
        "t": times,
        "sgd_gap": 2 * np.sin(np.arctan2(np.abs(w[:, 0]), w[:, 1]) / 2) ** 2,
        "sgd_norm": np.linalg.norm(w, axis=1),
        "sgd_loss": run.risk,
        "imbalance": np.array(drift),
        "flow_gap": exact.one_minus_cos,
        "flow_norm": exact.norm,
        "flow_loss": exact.loss,
        "norm_above": BOUNDS["lsz-lem-8-i-upper"](t=times, N=DEPTH, rho_0=exact.norm[0]),
        "norm_below": BOUNDS["lsz-lem-8-i-lower"](
            t=times, N=DEPTH, c_0=law.c0, rho_0=exact.norm[0]
        ),
        "turning": np.array(flow.turning_time),
        "turning_norm": np.array(flow.turning_norm),
        "turning_angle": np.array(flow.at(flow.turning_time).angle),
        "near": _near_the_least(flow),
    }
    for restart in (0, RESTART):
        above, below = _theorem_3(flow, times, restart * STEP)
        arrays |= {f"above_{restart}": above, f"below_{restart}": below}
    return arrays


def _theorem_3(flow: SphericalFlow, times: Array, restart: float) -> tuple[Array, Array]:
    """Theorem 3's bounds of 1 − cos θ from above and below, for the flow started at ``restart``."""
    above, below = np.full((2, times.size), np.nan)
    turning, c0 = max(flow.turning_time, restart), flow.law.c0
    start, turn = flow.at(restart), flow.at(turning)
    known = {"N": DEPTH, "c_0": c0}
    begun = {**known, "rho_0": start.norm, "theta_0": start.angle}
    first, late = (times >= restart) & (times <= turning), times > turning
    above[first] = GAP["i"](t=times[first] - restart, **begun)
    above[late] = GAP["ii"](t=times[late], T=turning, rho_T=turn.norm, theta_T=turn.angle, **known)
    below[first | late] = GAP["upper"](t=times[first | late] - restart, **begun)
    return above, below


def _near_the_least(flow: SphericalFlow) -> Array:
    """The two times at which the norm is 5 % above its least."""
    from scipy.optimize import brentq  # slow to import

    def excess(t: float) -> float:
        return flow.at(t).norm / flow.turning_norm - 1.05

    turning = flow.turning_time
    return np.array([brentq(excess, 0.0, turning), brentq(excess, turning, STEPS * STEP)])


def _dress(axes: Axes, title: str, **settings: object) -> None:
    dress(axes, title, "step n of SGD,  t = n/1000", xlim=(0, STEPS), **settings)
    axes.set_xticks([0, 10000, 20000, 30000], ["0", "10,000", "20,000", "30,000"])
    axes.axvspan(STUCK[0] / STEP, STUCK[1] / STEP, color=PINK, alpha=0.18, linewidth=0)


def draw_angle(axes: Axes, data: Arrays) -> None:
    """1 − cos θ: SGD over the flow, and Theorem 3 from n = 0 and from n = 18000."""
    _dress(axes, "1 − cos θ", yscale="log", ylim=(1e-7, 6))
    axes.set_yticks([1e-6, 1e-4, 1e-2, 1])
    run_over_flow(axes, data, "gap")
    for restart, dashes, width in ((0, DASHED, 1.8), (RESTART, DOTTED, 2.2)):
        for side, colour in (("above", ORANGE), ("below", GREEN)):
            bound = data[f"{side}_{restart}"]
            axes.plot(data["n"], bound, color=colour, linestyle=dashes, linewidth=width)
    for text, y, colour in (
        ("SGD", 1.6e-2, INK),
        ("the flow", 3e-3, BLUE),
        ("Theorem 3", 2.5e-4, INK),
        ("above", 5e-5, ORANGE),
        ("dashed: n = 0", 5e-6, INK),
        ("dotted: 18,000", 1e-6, INK),
    ):
        label(axes, text, (9300, y), colour)
    label(axes, "below", (15500, 5e-5), GREEN)


def draw_loss(axes: Axes, data: Arrays) -> None:
    """Population loss: SGD over the flow, and its value at w = 0."""
    _dress(axes, "population loss", ylim=(0, 1.05))
    axes.axhline(np.log(2), color=INK, linewidth=0.8, linestyle=DASHED)
    run_over_flow(axes, data, "loss")
    label(axes, "ln 2, the loss at w = 0", (11000, 0.73))
    label(axes, "SGD", (4600, 0.3), INK)
    label(axes, "on the flow", (8800, 0.3), BLUE)


def draw_norm(axes: Axes, data: Arrays) -> None:
    """Norm: SGD over the flow, Lemma 8's bounds and where it turns."""
    _dress(axes, "norm of w", yscale="log", ylim=(1e-4, 1e3))
    axes.set_yticks([1e-4, 1e-2, 1, 1e2])
    run_over_flow(axes, data, "norm")
    axes.plot(data["n"], data["norm_above"], color=GREEN, linestyle=DASHED)
    axes.plot(data["n"], data["norm_below"], color=ORANGE, linestyle=DASHED)
    turning, lowest = data["turning"] / STEP, data["turning_norm"]
    axes.plot(turning, lowest, marker="o", color=PINK, markersize=6)
    label(axes, f"turns at n = {turning:,.0f},\nnorm {lowest:.4f}", (10600, 0.007), PINK)
    label(axes, "Lemma 8, above", (2500, 300), GREEN)
    label(axes, "Lemma 8, below", (600, 2.2e-4), ORANGE)


def _alt_angle(data: Arrays) -> str:
    apart = float(np.max(np.abs(data["sgd_gap"] - data["flow_gap"])))
    return (
        'Panel "1 − cos θ" against the step n, logarithmic, four layers: SGD falls from '
        f"{data['sgd_gap'][0]:.1f} at n = 0 through {at_step(data, 'sgd_gap', 10_000):.2f} at n = "
        f"10,000 and {at_step(data, 'sgd_gap', 20_000):.3f} at n = 20,000 to "
        f"{data['sgd_gap'][-1]:.0e} at n = {STEPS:,}, ever faster; the exact flow ends at "
        f"{data['flow_gap'][-1]:.0e} (largest distance {apart:.1e}). Theorem 3 from n = 0 lets it "
        f"be as large as {data['above_0'][-1]:.3f} in the end, with a jump down at the turn, and "
        "from n = 18,000 as large as "
        f"{data['above_18000'][-1]:.1e}; its other side, from n = 0, is down to "
        f"{at_step(data, 'below_0', 5000):.0e} at n = 5000 already. The stuck period from n = "
        "5000 to 10,000 does not show in this panel: there 1 − cos θ falls from "
        f"{at_step(data, 'flow_gap', 5000):.2f} to {at_step(data, 'flow_gap', 10_000):.2f}."
    )


def _alt_loss(data: Arrays) -> str:
    loss = data["sgd_loss"]
    return (
        'Panel "population loss" against n: SGD falls fast from '
        f"{loss[0]:.3f} to {at_step(data, 'sgd_loss', 5000):.3f} at n = 5000, is stuck close to "
        f"ln 2 = 0.693, the loss at w = 0, with {at_step(data, 'sgd_loss', 10_000):.3f} at n = "
        f"10,000, falls fast again to {at_step(data, 'sgd_loss', 20_000):.3f} at n = 20,000 and "
        f"ends at {loss[-1]:.3f}; SGD and flow differ by at most "
        f"{np.max(np.abs(loss - data['flow_loss'])):.0e}."
    )


def _alt_norm(data: Arrays) -> str:
    norm, (first, last) = data["sgd_norm"], data["near"] / STEP
    return (
        f'Panel "norm of w" against n, logarithmic: it falls from {norm[0]:.0f}, turns at n = '
        f"{float(data['turning']) / STEP:,.0f} at {float(data['turning_norm']):.4f} (flow), where "
        f"the angle is {np.degrees(float(data['turning_angle'])):.0f}°, and grows to "
        f"{norm[-1]:.1f}. It is within 5 % of its least from n = {first:,.0f} to {last:,.0f}; the "
        "stuck period, shaded, is from 5000 to 10,000. SGD and flow differ by at "
        f"most {np.max(np.abs(norm / data['flow_norm'] - 1)) * 100:.1f} %. Lemma 8 allows "
        f"{at_step(data, 'norm_below', 10_000):.0e} to {at_step(data, 'norm_above', 10_000):.0f} "
        f"at n = 10,000 and {data['norm_below'][-1]:.0e} to {data['norm_above'][-1]:.0f} in the "
        "end."
    )


_PANELS = {
    "angle": (draw_angle, _alt_angle),
    "loss": (draw_loss, _alt_loss),
    "norm": (draw_norm, _alt_norm),
}

FIGURES: dict[str, Callable[[], Picture]] = whole_and_parts(
    "lsz-fig-1b", compute_fig_1b, _PANELS, columns=3
)
