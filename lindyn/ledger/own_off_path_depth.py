"""Own results on infinite depth, square loss: the size follows, the clock stays, some never learn.

A start is given by its modes, largest singular value 1; λ = uᵀZv and λ' come from the modes alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.special import betaln, spence

from lindyn._check import Array
from lindyn.bounds.synthesis import BOUNDS
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Uniform
from lindyn.ledger.own_phase import planar
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow

PAGE = Page("synthesis/infinite-depth")
DEEPEST = 10**5
"""Deep enough for the terms in 1/N; beyond, rounding of N·(difference) would show."""


@dataclass(frozen=True)
class Modes:
    """Singular values, and sums p and differences m of the start over √2, of norm² 2 together."""

    sigma: Array
    p: Array
    m: Array

    def pull(self, tau: float) -> tuple[float, float]:
        """λ and λ' at the natural time τ."""
        up = self.p**2 * np.exp(2 * (self.sigma - 1) * tau)
        down = self.m**2 * np.exp(-2 * (self.sigma + 1) * tau)
        whole = (up + down).sum()
        first = self.sigma @ (up - down) / whole
        return float(first), float(2 * (self.sigma**2 @ (up + down) / whole - first**2))

    def log_norm(self, tau: float) -> float:
        """Integral of λ up to the natural time τ, which is ln ν."""
        up = self.p**2 * np.exp(2 * (self.sigma - 1) * tau)
        down = self.m**2 * np.exp(-2 * (self.sigma + 1) * tau)
        return float(tau + np.log((up + down).sum() / 2) / 2)

    def flow(self, s: float, depth: float) -> RankOneFlow:
        """The exact flow."""
        return RankOneFlow.from_modes(self.sigma, self.p, self.m, s, depth)


def modes_of(kind: str, acute: float, seed: int) -> Modes:
    """One output or a double singular value with λ(0) = cos(acute), or several modes."""
    half, root = acute / 2, np.sqrt(2)
    if kind == "double":  # u and v lie on both sides of the first vector
        sigma = np.array([1.0, 1.0])
        return Modes(sigma, root * np.array([np.cos(half), 0]), root * np.array([0, np.sin(half)]))
    if kind == "one output":
        sigma, b = np.array([1.0, 0.0]), np.array([np.cos(acute), np.sin(acute)])
        a = np.array([1.0, 0.0])
    else:
        rng = np.random.default_rng(seed)
        sigma = np.append(1.0, np.sort(rng.random(2))[::-1])
        a, b = (x / np.linalg.norm(x) for x in rng.standard_normal((2, 3)))
        b *= np.sign(sigma @ (a * b))
    return Modes(sigma, (a + b) / root, (a - b) / root)


STARTS = {
    "kind": Choice("one output", "double", "several"),
    "acute": Uniform(0.0, 1.45),
    "seed": Integer(0, 10**4),
    "size": Log(1e-3, 1e3),
    "later": Log(1e-3, 10.0),
}
TOO_FLAT = 0.05
"""λ(0) below is left out: the constants have its inverse cube."""


def lag_by_formula(start: Modes, s0: float, tau: float, depth: float) -> float:
    """1/s − 1/λ by the formula of the statement; what is older than the window has no weight."""
    first, log_norm = start.pull(0.0)[0], start.log_norm(tau)

    def part(age: float) -> float:
        pull, slope = start.pull(tau - age)
        return float(np.exp(depth * (start.log_norm(tau - age) - log_norm)) * slope / pull**2)

    window = min(tau, 45 / (depth * first))
    inner = quad(part, 0, window, epsrel=1e-10, epsabs=1e-13, limit=200)[0]
    return float((1 / s0 - 1 / first) * np.exp(-depth * log_norm) + inner)


def size_slack(kind, acute, seed, size, later, depth, factor) -> float | None:
    """The lag of 1/s behind 1/λ by its formula; its bound; its limit when N is large."""
    start = modes_of(kind, acute, seed)
    first, pull, slope = start.pull(0.0)[0], *start.pull(later)
    if first < TOO_FLAT:
        return None
    s0 = size * first
    size_then = float(start.flow(s0, depth).at_natural_time(later).s)
    lag = 1 / size_then - 1 / pull
    wrong = abs(lag - lag_by_formula(start, s0, later, depth))
    if wrong > 1e-8 * abs(lag) + 1e-11 / min(size_then, pull):
        return -1.0
    known = {"N": depth, "s_0": s0, "lambda_0": first, "sigma_1": 1.0, "tau": later}
    bound = float(BOUNDS["own-off-size"](**known))
    layer = abs(1 / s0 - 1 / first) * np.exp(-depth * first * later)
    two = factor if kind != "one output" else factor / 2
    slack = (layer + two * (bound - layer) - abs(lag)) * depth * first**3
    if depth < DEEPEST or depth * first * later < DEEPEST / 10:
        return float(slack)
    expected = factor * slope / pull**3
    return float(min(slack, 0.02 - abs(depth * lag - expected) / max(expected, 1e-2)))


def constant_slack(acute, size, factor) -> float:
    """N(D_N − D_∞) with the closed form of its limit, one output."""
    first, s0 = np.cos(acute), size * np.cos(acute)
    lag = float(modes_of("one output", acute, 0).flow(s0, DEEPEST).time(40.0)) - 40.0
    lag += float(np.log1p(-(np.tan(acute / 2) ** 2)))
    dilog = float(spence(first**2))  # Li₂(1 − λ₀²)
    parts = ((1 / s0 - 1 / first) / first, (first**-2 - 1) / 2, -(np.log(first) ** 2) - dilog / 2)
    unit = sum(abs(part) for part in parts) + 1e-3
    return float(0.01 - abs(DEEPEST * lag - factor * sum(parts)) / unit)


def clock_slack(kind, acute, seed, size, later, depth, factor) -> float | None:
    """N times the distance of the clocks against its bound, and its limit when N is large."""
    start = modes_of(kind, acute, seed)
    first, last = start.pull(0.0)[0], start.pull(later)[0]
    if first < TOO_FLAT:
        return None
    s0 = size * first
    t = float(start.flow(s0, depth).time(later))
    limit = quad(lambda x: 1 / start.pull(x)[0], 0, later, epsabs=1e-12, epsrel=1e-13)[0]
    lag = depth * (t - limit)
    bound = float(BOUNDS["own-off-clock"](s_0=s0, lambda_0=first, tau=later))
    if depth < DEEPEST or later < 0.1:
        return bound / abs(lag) - 1 if lag else 0.0
    drift = quad(lambda x: np.log(start.pull(x)[0]) / start.pull(x)[0], 0, later)[0]
    parts = ((1 / s0 - 1 / first) / first, (first**-2 - last**-2) / 2, 2 * drift)
    unit = sum(abs(part) for part in parts) + 1e-3
    whole = constant_slack(acute, size, factor) if kind == "one output" else 1.0
    return float(min(bound - abs(lag), 0.01 - abs(lag - factor * sum(parts)) / unit, whole))


def stuck_slack(depth, exponent, size, factor) -> float:
    """The time t₁ against the law and, at any depth, against both bounds."""
    p = 1 - 2 / depth
    ln_sin = -exponent / depth
    x = float(np.arccosh(np.exp(-ln_sin)))
    ln_t = float(np.log(planar(-x, size, depth).t1)) + (depth - 2) * ln_sin
    area = quad(lambda y: np.cosh(y) ** (2 - depth), 0, min(x, 60 * depth**-0.5))[0]
    lower = np.log(area) - p * np.log(size)
    whole = betaln(0.5, depth / 2 - 1) - np.log(2)  # the same up to infinity
    upper = whole + p * np.log(1 / size + x / -ln_sin)
    slack = min(ln_t - lower, upper - ln_t)
    if depth < 5000 or exponent < 150:
        return float(slack)
    law = np.log(factor * np.sqrt(np.pi / 2 / depth) * (1 / size + 1 / np.tanh(x)))
    return float(min(slack, 0.01 - abs(ln_t - law)))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-off-size",
        "Infinite depth: the size follows at once",
        factor(
            size_slack,
            Domain(**STARTS, depth=Choice(2, 3, 5, 20, 1000, DEEPEST)),
            0.96,
            "1: a double σ₁, s(0) = λ(0), great depth and an early time",
            evaluations=240,
            tolerance=1e-9,
        ),
        "own-oja",
        "own-square-closed-form",
    ),
    PAGE.row(
        "own-off-clock",
        "Infinite depth: the clock, to first order in 1/N",
        factor(
            clock_slack,
            Domain(**STARTS, depth=Choice(2, 3, 5, 20, 1000, DEEPEST)),
            1.03,
            "1, as N → ∞",
            evaluations=36,
            tolerance=1e-9,
        ),
        "own-off-size",
        "own-nearby-rate-scalar",
    ),
    PAGE.row(
        "own-off-stuck",
        "Infinite depth: half of all starts never learn",
        factor(
            stuck_slack,
            Domain(
                depth=Choice(3, 4, 5, 10, 100, 5000, 50_000),
                exponent=Log(1e-2, 600.0),
                size=Log(0.05, 50.0),
            ),
            1.03,
            "1, as N → ∞",
            evaluations=48,
            tolerance=1e-9,
        ),
        "own-square-closed-form",
    ),
)
