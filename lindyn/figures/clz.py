"""Figure 1 of Chen, Lin and Zhang (2022): gradient descent stays at a saddle, then leaves it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from scipy.integrate import cumulative_simpson, simpson
from scipy.optimize import brentq

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.descent import gradient_descent
from lindyn.figures.picture import Panel, Picture
from lindyn.figures.style import BLUE, DASHED, DOTTED, GREEN, INK, ORANGE, PINK, dress, label
from lindyn.natural import RankOneFlow
from lindyn.networks import Weights
from lindyn.risks import WhitenedSquare

Arrays = dict[str, Array]

# What the paper states.
DEPTH = 6
WIDTHS = (8, 3, 5, 10, 1, 4, 5)  # d_0, …, d_N
SINGULAR = (5.0, 4.0, 3.0, 2.0, 1.0)
STEP = 5e-4

# What it leaves open: our choice.
SIZE = 6.0  # s(0), which the paper states for Figures 2 and 4 only
SEED = 5  # amplitudes of u(0) and v(0): all plateaus are long, and left within the steps shown
FRAME_SEED = 2022  # singular bases of the target, and the hidden vectors of the layers
STEPS = 12_000
RECORD_EVERY = 20

HORIZON = 6.0  # natural time after which lost balance adds nothing: e^{−2σ₂τ} is 1e-21
NODES = 4001

TARGET = np.eye(5, 8) * np.array(SINGULAR)[:, None]  # in its singular bases

CURVES = {  # name, colour, dashes, place of the name
    "s": ("s", BLUE, "solid", 0.08),
    "pull": ("uᵀZv", ORANGE, DASHED, 0.17),
    "first": ("uᵀZ₁v", GREEN, (0, (2, 2)), 0.35),
}


def start(k: int, seed: int = SEED) -> tuple[Array, Array]:
    """Unit vectors a and b, normal but for a_i + b_i = 0 at i ≤ k; b is scaled off these."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal(WIDTHS[-1])
    b = rng.standard_normal(WIDTHS[0])
    a /= np.linalg.norm(a)
    b = _completed(-a[:k], b[k:])
    return a, b


def _completed(head: Array, rest: Array) -> Array:
    """The unit vector that begins with ``head`` and goes on in the direction of ``rest``."""
    left = 1 - np.sum(head**2)
    if left < 1e-15:
        return np.concatenate([head, 0 * rest])
    return np.concatenate([head, rest * np.sqrt(left / np.sum(rest**2))])


def layers(a: Array, b: Array, size: float) -> tuple[Array, Array, Weights]:
    """Random singular bases U and V, and balanced layers s(0)^{1/N} h_{i+1}h_iᵀ of product s uvᵀ.

    Here h_1 = v = Vb, h_{N+1} = u = Ua, and the hidden h_i are random unit vectors.
    """
    rng = np.random.default_rng(FRAME_SEED)
    left = np.linalg.qr(rng.standard_normal((WIDTHS[-1], WIDTHS[-1])))[0]
    right = np.linalg.qr(rng.standard_normal((WIDTHS[0], WIDTHS[0])))[0]
    hidden = [rng.standard_normal(width) for width in WIDTHS[1:-1]]
    h = [right @ b, *(vector / np.linalg.norm(vector) for vector in hidden), left @ a]
    weights = [
        size ** (1 / DEPTH) * np.outer(above, below)
        for below, above in zip(h[:-1], h[1:], strict=True)
    ]
    return left, right, tuple(weights)


def descend(a: Array, b: Array, size: float, step: float, steps: int, every: int) -> Arrays:
    """Gradient descent on all layers, and the exact flow at the same times.

    Returns ``n``; ``gd_…`` and ``flow_…`` of ``s`` = s, ``pull`` = uᵀZv, ``first`` = uᵀZ₁v;
    ``lost``: ‖W_N‖² − ‖W_1‖² of descent, which the flow keeps at 0.
    """
    left, right, weights = layers(a, b, size)
    target = left @ TARGET @ right.T
    run = gradient_descent(
        WhitenedSquare(target), weights, step=step, steps=steps, record_every=every
    )
    s = np.linalg.norm(run.product, axis=(1, 2))
    first = np.outer(left[:, 0], right[:, 0]) * SINGULAR[0]
    record = RankOneFlow(TARGET, u=a, v=b, s=size, depth=DEPTH).at(run.t)
    outer, inner = run.weights[-1], run.weights[0]
    return {
        "n": run.step_index.astype(float),
        "gd_s": s,
        "gd_pull": np.sum(run.product * target, axis=(1, 2)) / s,
        "gd_first": np.sum(run.product * first, axis=(1, 2)) / s,
        "lost": np.sum(outer**2, axis=(1, 2)) - np.sum(inner**2, axis=(1, 2)),
        "flow_s": record.s,
        "flow_pull": np.sum(record.a * record.b * SINGULAR, axis=1),
        "flow_first": record.a[:, 0] * record.b[:, 0] * SINGULAR[0],
    }


def effective_sums(k: int, a: Array, b: Array, size: float, step: float) -> Array:
    r"""What the balance lost by descent makes of the first k sums, to first order in the step.

    Descent from a start with :math:`a_i+b_i=0`, i ≤ k, goes like the flow from a start with

    .. math:: \frac{a_i+b_i}{\sqrt2}=\frac{m_i(0)}2\int_0^\infty s^{1-2/N}e^{-2\sigma_i\tau}I\,
       d\tau,\qquad I(\tau)=-2\eta\int_0^\tau s\sum_j\sigma_j^2p_jm_j\,d\tau',

    with :math:`p_j,m_j=(a_j\pm b_j)/\sqrt2` on the flow; I is the balance lost,
    :math:`\lVert W_N\rVert^2-\lVert W_1\rVert^2`.
    """
    tau = np.linspace(0.0, HORIZON, NODES)
    record = RankOneFlow(TARGET, u=a, v=b, s=size, depth=DEPTH).at_natural_time(tau)
    sigma = np.array(SINGULAR)
    gain = record.s * np.sum(sigma**2 * record.plus * record.minus, axis=1)
    lost = -2 * step * cumulative_simpson(gain, x=tau, initial=0)
    kernel = np.exp(-2 * np.outer(sigma[:k], tau)) * record.s ** (1 - 2 / DEPTH) * lost
    return np.asarray(record.minus[0, :k] / 2 * simpson(kernel, x=tau, axis=-1))


def effective_flow(k: int, a: Array, b: Array, size: float, step: float) -> RankOneFlow:
    """The flow that descent goes like: started with the sums of :func:`effective_sums`."""
    sums = effective_sums(k, a, b, size, step)
    lifted = (_completed(side[:k] + sums / np.sqrt(2), side[k:]) for side in (a, b))
    return RankOneFlow(TARGET, *lifted, s=size, depth=DEPTH)


def escape_of_flow(k: int, a: Array, b: Array, size: float, step: float) -> float:
    """Step at which the effective flow has a₁b₁ = ½; inf where balance is kept."""
    flow = effective_flow(k, a, b, size, step)
    if not np.isfinite(flow.t1):
        return np.inf

    def excess(tau: float) -> float:
        record = flow.at_natural_time(tau)
        return float(record.a[0] * record.b[0]) - 0.5

    tau = brentq(excess, flow.natural_time(flow.t1), 200.0, xtol=1e-10)
    return float(flow.time(tau)) / step


def escape_of_descent(n: Array, first: Array) -> float:
    """Step at which descent has a₁b₁ = ½, between records; inf where it never has."""
    above = np.flatnonzero(first > SINGULAR[0] / 2)
    if above.size == 0 or above[0] == 0:
        return np.inf
    pair = slice(above[0] - 1, above[0] + 1)
    return float(np.interp(SINGULAR[0] / 2, first[pair], n[pair]))


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


def dress_steps(axes: Axes, title: str, last: int, ticks: list[int], **settings: object) -> None:
    """Title, grid and an axis of steps."""
    dress(axes, title, "step n of gradient descent", xlim=(0, last), **settings)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])


def curves_over_flow(
    axes: Axes, data: Arrays, suffix: str = "", height: float = 0.9, shift: float = 0.0
) -> None:
    """Descent, thin, over the exact flow, broad: s, uᵀZv and uᵀZ₁v, named at some height."""
    for name, (text, colour, dashes, place) in CURVES.items():
        flow, descent = (data[f"{run}_{name}{suffix}"] for run in ("flow", "gd"))
        axes.plot(data["n"], flow, color=colour, linewidth=5.5, alpha=0.3)
        axes.plot(data["n"], descent, color=colour, linewidth=1.5, linestyle=dashes, zorder=3)
        label(axes, text, (place + shift, height), colour, xycoords="axes fraction")


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


def _stay(data: Arrays, k: int) -> tuple[float, float]:
    """The steps before the escape during which s stays within 0.05 of σ_{k+1}."""
    before = data["n"] < data["escape"][k]
    near = np.abs(data[f"gd_s_{k}"] - SINGULAR[k])[before] < 0.05
    last = np.flatnonzero(near)[-1]
    first = np.flatnonzero(~near[:last])[-1] + 1
    return float(data["n"][first]), float(data["n"][last])


def _alt_1(data: Arrays, k: int) -> str:
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
    stay = _stay(data, k)
    return begins + (
        f"s turns at {s[lowest]:.2f} and stays within 0.05 of σ_{k + 1} = {sigma:.0f} from n = "
        f"{stay[0]:,.0f} to {stay[1]:,.0f}, with uᵀZ₁v near 0; then descent leaves for σ₁ = 5, "
        f"where s = {s[-1]:.3f} in the end, while the exact flow stays. uᵀZ₁v passes 2.5 at n = "
        f"{data['escape'][k]:,.0f}; the balance lost predicts {data['predicted'][k]:,.0f}."
    )


def _panel_1(k: int) -> Panel:
    data = compute_fig_1()
    return Panel(partial(draw_fig_1, data=data, k=k), _alt_1(data, k))


def fig_1() -> Picture:
    """Figure 1, k = 0, …, 5."""
    return Picture("clz-fig-1", tuple(_panel_1(k) for k in range(6)), columns=3)


def fig_1_panel(k: int) -> Picture:
    """One panel of Figure 1."""
    return Picture(f"clz-fig-1-k{k}", (_panel_1(k),))


FIGURES: dict[str, Callable[[], Picture]] = {
    "clz-fig-1": fig_1,
    **{f"clz-fig-1-k{k}": partial(fig_1_panel, k) for k in range(6)},
}
