"""The runs of Chen, Lin and Zhang (2022), Section 5: descent, flow, and the escape from saddles."""

from __future__ import annotations

import numpy as np
from scipy.integrate import cumulative_simpson, simpson
from scipy.optimize import brentq

from lindyn._check import Array
from lindyn.descent import gradient_descent
from lindyn.figures.picture import Arrays
from lindyn.natural import RankOneFlow
from lindyn.networks import Weights
from lindyn.risks import WhitenedSquare

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
