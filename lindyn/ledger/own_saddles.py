"""Own results on gradient descent at saddles: an exact reduction, lost balance, the escape step.

From rank-one balanced layers W₁ = h₂wᵀ, W_j = g h_{j+1}h_jᵀ, W_N = z h_Nᵀ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.optimize import brentq

from lindyn._check import Array
from lindyn.descent import gradient_descent
from lindyn.ledger.model import Asymptotic, Domain, Integer, Log, Row
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow
from lindyn.risks import WhitenedSquare

PAGE = Page("clz/saddles")
SIGMA = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
DEPTH, START_SIZE, STEP = 6, 6.0, 5e-4


@dataclass(frozen=True)
class Reduced:
    """The numbers that gradient descent moves: z, w and the common factor g of the others."""

    z: Array
    w: Array
    g: float

    def step(self, Z: Array, eta: float, depth: int) -> Reduced:
        """One step of gradient descent on all layers."""
        c = self.g ** (depth - 2)
        zz, ww, overlap = self.z @ self.z, self.w @ self.w, self.z @ Z @ self.w
        z = self.z - eta * c * (c * ww * self.z - Z @ self.w)
        w = self.w - eta * c * (c * zz * self.w - Z.T @ self.z)
        if depth == 2:
            return Reduced(z, w, self.g)
        return Reduced(z, w, self.g - eta * self.g ** (depth - 3) * (c * zz * ww - overlap))

    @property
    def imbalance(self) -> float:
        """‖z‖² − ‖w‖²."""
        return float(self.z @ self.z - self.w @ self.w)


def _unit(size: int, rng: np.random.Generator) -> Array:
    vector = rng.standard_normal(size)
    return vector / np.linalg.norm(vector)


def reduction_slack(depth, outputs, inputs, eta, seed, factor) -> float:
    """Twenty steps on all layers against the reduced recursion, relative."""
    rng = np.random.default_rng(seed)
    Z = rng.standard_normal((outputs, inputs))
    widths = [int(n) for n in rng.integers(1, 4, depth - 1)]
    h = [_unit(n, rng) for n in widths]
    side = 0.8
    state = Reduced(side * _unit(outputs, rng), side * _unit(inputs, rng), side)
    hidden = [side * np.outer(b, a) for a, b in zip(h[:-1], h[1:], strict=True)]
    layers = (np.outer(h[0], state.w), *hidden, np.outer(state.z, h[-1]))
    run = gradient_descent(WhitenedSquare(Z), layers, step=eta, steps=20)
    for _ in range(20):
        state = state.step(Z, factor * eta, depth)
    product = state.g ** (depth - 2) * np.outer(state.z, state.w)
    miss = np.abs(run.product[-1] - product).max() / np.abs(product).max()
    return float(1e-11 - miss / eta)


def imbalance_slack(depth, size, eta, seed, factor) -> float:
    """One step: the new imbalance and z_i + w_i against their exact recursions."""
    rng = np.random.default_rng(seed)
    d = 4
    sigma = np.sort(rng.uniform(0.2, 3.0, d))[::-1]
    Z, state = np.diag(sigma), Reduced(size * _unit(d, rng), size * _unit(d, rng), size)
    after, c = state.step(Z, eta, depth), state.g ** (depth - 2)
    zz, ww = state.z @ state.z, state.w @ state.w
    slopes = c * (c * ww * state.z - Z @ state.w), c * (c * zz * state.w - Z @ state.z)
    gain = factor * eta**2 * (slopes[0] @ slopes[0] - slopes[1] @ slopes[1])
    mean, gap = (zz + ww) / 2, state.imbalance
    sums, differences = state.z + state.w, state.z - state.w
    predicted = (1 + eta * c * sigma - eta * c**2 * mean) * sums
    predicted = predicted + factor * eta * c**2 * gap / 2 * differences
    misses = (
        abs(after.imbalance - gap - gain) / (abs(gain) + 1e-12 * zz),
        np.abs(after.z + after.w - predicted).max() / (eta * c**2 * zz * size),
    )
    return 1e-3 - float(max(misses))


def saddle_start(vanishing: int, seed: int) -> tuple[Array, Array]:
    """Components a, b of a start whose first sums vanish."""
    rng = np.random.default_rng(seed)
    a, b = _unit(5, rng), rng.standard_normal(8)
    b[:vanishing] = -a[:vanishing]
    b[vanishing:] *= np.sqrt(1 - a[:vanishing] @ a[:vanishing]) / np.linalg.norm(b[vanishing:])
    return a, b


def _target(columns: int) -> Array:
    return np.concatenate([np.diag(SIGMA), np.zeros((5, columns - 5))], axis=1)


def observed_step(a: Array, b: Array, eta: float, most: int = 60_000) -> float:
    """Step at which gradient descent has uᵀZ₁v = σ₁/2, interpolated; inf where it never does."""
    side = START_SIZE ** (1 / DEPTH)
    state, Z = Reduced(side * a, side * b, side), _target(b.size)
    before = 0.0
    for n in range(1, most + 1):
        state = state.step(Z, eta, DEPTH)
        lead = state.z[0] * state.w[0] / np.sqrt((state.z @ state.z) * (state.w @ state.w))
        if lead >= 0.5:
            return n - (lead - 0.5) / (lead - before)
        before = lead
    return np.inf


def predicted_step(a: Array, b: Array, vanishing: int, eta: float) -> float:
    """The flow's escape from the amplitudes that lost balance leaves behind, in steps."""
    Z = _target(b.size)
    flow = RankOneFlow(Z, a, b, START_SIZE, DEPTH)
    tau = np.linspace(0.0, 20 / SIGMA[max(vanishing - 1, 0)], 20_001)
    path = flow.at_natural_time(tau)
    plus, minus = (a + b[:5]) / np.sqrt(2), (a - b[:5]) / np.sqrt(2)
    inner = path.s * ((path.plus * path.minus)[:, :5] @ SIGMA**2)
    imbalance = -2 * eta * cumulative_trapezoid(inner, tau, initial=0.0)
    for i in range(vanishing):
        weight = path.s ** (1 - 2 / DEPTH) * np.exp(-2 * SIGMA[i] * tau) * imbalance
        plus[i] = minus[i] / 2 * np.trapezoid(weight, tau)
    u = (plus + minus) / np.sqrt(2)
    v = np.concatenate([(plus - minus) / np.sqrt(2), b[5:]])
    for vector in (u, v):  # of length one, without touching the small sums
        rest = vector[vanishing:]
        rest *= np.sqrt(1 - np.sum(vector[:vanishing] ** 2)) / np.linalg.norm(rest)
    moved = RankOneFlow(Z, u, v, START_SIZE, DEPTH)

    def lead(at: float) -> float:
        point = moved.at_natural_time(at)
        return float(point.a[0] * point.b[0]) - 0.5

    return moved.time(brentq(lead, 0.0, 1e3, xtol=1e-9)) / eta


def escape_measure() -> float:
    """Observed over predicted escape step, the ratio farthest from 1, for k = 1, …, 4."""
    ratios = []
    for k in (1, 2, 3, 4):
        a, b = saddle_start(k, seed=1)
        ratios.append(observed_step(a, b, STEP) / predicted_step(a, b, k, STEP))
    return max(ratios, key=lambda ratio: abs(ratio - 1))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-descent-reduction",
        "Gradient descent from rank-one balanced layers moves two vectors and a number",
        factor(
            reduction_slack,
            Domain(
                depth=Integer(2, 7),
                outputs=Integer(1, 4),
                inputs=Integer(1, 4),
                eta=Log(1e-3, 3e-2),
                seed=Integer(0, 10**6),
            ),
            1.02,
            evaluations=60,
        ),
        "own-layer-gradient",
    ),
    PAGE.row(
        "own-descent-imbalance",
        "How a step of gradient descent loses balance, and what that does to a_i + b_i",
        factor(
            imbalance_slack,
            Domain(
                depth=Integer(2, 7),
                size=Log(0.3, 2.0),
                eta=Log(1e-3, 3e-2),
                seed=Integer(0, 10**6),
            ),
            1.02,
            evaluations=100,
        ),
        "own-descent-reduction",
    ),
    PAGE.row(
        "own-descent-escape",
        "The step at which gradient descent leaves a saddle, predicted",
        Asymptotic(
            escape_measure,
            1.0,
            0.012,
            1.03,
            "observed over predicted step at η = 5e-4, six layers, k = 1, …, 4",
        ),
        "own-descent-imbalance",
        "own-square-closed-form",
    ),
)
