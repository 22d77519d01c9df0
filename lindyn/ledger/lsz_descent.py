"""LSZ, gradient descent: Lemmas 4 and 5, Theorem 2, and the exponents of long runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from lindyn._check import Array
from lindyn.bounds.lsz import BOUNDS, clock_minus, clock_plus
from lindyn.laws import SphericalLaw
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.model import (
    Angle,
    Asymptotic,
    Choice,
    Domain,
    Integer,
    Log,
    Proof,
    Row,
    Searched,
    Uniform,
)
from lindyn.ledger.writing import Page, factor

PAGE = Page("lsz/gradient-descent")
FARTHEST = np.pi - 1e-6
STEPS = 10
PATTERNS: dict[str, Callable[[Array], Array]] = {
    "constant": np.ones_like,
    "growing": np.exp2,
    "shrinking": lambda n: 1 / (n + 1),
    "jumping": lambda n: 10.0 ** (3 * np.sin(4.0 * n)),
}
# Norms are κ‖w(0)‖ and first steps κη₀/‖w(0)‖, so that scales of the data drop out.
DESCENT = {
    "law": Choice("circle", "sphere", "sphere 50", "ball", "gaussian", "student"),
    "size": Log(1e-6, 1e6),
    "theta": Angle(),
    "step": Log(1e-6, 1e6),
    "pattern": Choice(*PATTERNS),
}


def step_sizes(first: float, pattern: str, count: int = STEPS) -> Array:
    """Step sizes that start at ``first``; the jumping ones range over six decades."""
    return first * PATTERNS[pattern](np.arange(count, dtype=float))


def _start(law: SphericalLaw, size: float, theta: float) -> tuple[float, float, float]:
    rho = size / law.kappa
    return rho, rho * np.cos(theta), rho * np.sin(theta)


def one_step(law: SphericalLaw, along: float, across: float, step: float) -> tuple[float, float]:
    """One exact step of gradient descent in the plane."""
    rho = np.hypot(along, across)
    shrink = 1 - step * law.dPhi(rho) / rho
    return shrink * along + step * law.kappa, abs(shrink) * across


def opening(along: float, across: float) -> float:
    """The number x = cot²(θ/2), exact at both ends; 1 − cos θ = 2/(1 + x)."""
    if across == 0 and along > 0:  # a step that ends on the teacher's ray
        return np.inf
    rho = np.hypot(along, across)
    cotangent = (rho + along) / across if along > 0 else across / (rho - along)
    return float(cotangent**2)


def _fall(x0: float, x: float) -> float:
    """ln((1 − cos θ(0))/(1 − cos θ(n))), without cancellation."""
    return float(np.log1p((x - x0) / (1 + x0)))


def _alignment(law: SphericalLaw, along: float, across: float, step: float) -> tuple[float, float]:
    """Left side of (11), ‖w⁺‖ + w̄·w⁺, and c₀η cos θ/π."""
    rho = np.hypot(along, across)
    cosine, sine = along / rho, across / rho
    inner = rho - step * law.dPhi(rho) + step * law.kappa * cosine
    side = step * law.kappa * sine
    length = np.hypot(inner, side)
    left = length + inner if inner > 0 else side**2 / (length - inner)
    return left, step * law.kappa * cosine


def wrong_half_slack(law, size, theta, step, pattern, factor) -> float | None:
    """Lemma 4: the fall of ln(1 − cos θ) over B S⁻, up to the first n with cos θ(n) ≥ 0."""
    if not np.pi / 2 < theta < FARTHEST:
        return None
    radial = law_named(law)
    rho, along, across = _start(radial, size, theta)
    steps = step_sizes(step * rho / radial.kappa, pattern)
    clock = clock_minus(steps, rho, radial.c0)
    x0 = opening(along, across)
    rate = 2 * x0 / (1 + x0) / np.pi
    worst = np.inf
    for n, eta in enumerate(steps, start=1):
        along, across = one_step(radial, along, across, eta)
        worst = min(worst, _fall(x0, opening(along, across)) / (rate * clock[n]) - factor)
        if along >= 0:
            break
    return worst


def larger_steps_slack(law, size, theta, step, pattern, seed, region=True) -> float | None:
    """Steps at least as large, one by one: cot(θ/2) of the larger over the smaller, minus 1."""
    if region and not np.pi / 2 < theta < FARTHEST:
        return None
    if not 1e-6 < theta < FARTHEST:
        return None
    radial = law_named(law)
    rho, along, across = _start(radial, size, theta)
    small = step_sizes(step * rho / radial.kappa, pattern)
    large = small * 10.0 ** np.random.default_rng(seed).uniform(0, 1, len(small))
    fast = slow = (along, across)
    worst = np.inf
    for eta, eta_large in zip(small, large, strict=True):
        slow, fast = one_step(radial, *slow, eta), one_step(radial, *fast, eta_large)
        if region and fast[0] >= 0:  # arrived, at the same step as the slower one or before
            return worst if np.isfinite(worst) else 0.0
        worst = min(worst, np.sqrt(opening(*fast) / opening(*slow)) - 1)
    return worst


def any_region_slack(**case: object) -> float | None:
    """The same comparison without the hypothesis that w is in the wrong half."""
    return larger_steps_slack(**case, region=False)


def sufficient_slack(law, size, theta, step, pattern, delta, factor) -> float | None:
    """Lemma 5: the fall of ln(1 − cos θ) over B S⁺ as long as (11) holds."""
    if not 1e-6 < theta < FARTHEST:
        return None
    radial = law_named(law)
    rho, along, across = _start(radial, size, theta)
    steps = step_sizes(step * rho / radial.kappa, pattern)
    clock = clock_plus(steps, rho, radial.c0)
    x0 = opening(along, across)
    rate = delta / (1 + delta) * 2 * x0 / (1 + x0) / np.pi
    worst = None
    for n, eta in enumerate(steps, start=1):
        left, unit = _alignment(radial, along, across, eta)
        if left < (1 + delta) * unit:
            break
        along, across = one_step(radial, along, across, eta)
        slack = _fall(x0, opening(along, across)) / (rate * clock[n]) - factor
        worst = slack if worst is None else min(worst, slack)
    return worst


def radius_slack(law, size, theta, share, factor) -> float:
    """‖w‖ ≥ R₁ gives (11) with δ = 1, relative to c₀η/π."""
    radial = law_named(law)
    rho, along, across = _start(radial, size, theta)
    unit_radius = float(BOUNDS["lsz-lem-5-r1"](**{"c_0": radial.c0, "eta_+": 1.0}))
    step = rho * share / (factor * unit_radius)
    left, right = _alignment(radial, along, across, step)
    return (left - 2 * right) / (step * radial.kappa)


def two_phase_slack(law, size, theta, step, spread, seed, factor) -> float | None:
    """Theorem 2: n₁ exists, and from n₁ on (12) holds with δ = 1."""
    if not 1e-6 < theta < FARTHEST:
        return None
    radial = law_named(law)
    rng = np.random.default_rng(seed)
    largest = step / radial.kappa**2
    radius = float(BOUNDS["lsz-lem-5-r1"](**{"c_0": radial.c0, "eta_+": largest}))
    along, across = size * radius * np.cos(theta), size * radius * np.sin(theta)
    for _ in range(4000):
        if along >= radius:
            break
        along, across = one_step(radial, along, across, largest * spread ** rng.random())
    if along < radius:
        return -1.0
    steps = largest * spread ** rng.random(STEPS)
    clock = clock_plus(steps, float(np.hypot(along, across)), radial.c0)
    x0 = opening(along, across)
    rate = x0 / (1 + x0) / np.pi
    worst = np.inf
    for n, eta in enumerate(steps, start=1):
        along, across = one_step(radial, along, across, eta)
        if across == 0:
            break
        worst = min(worst, _fall(x0, opening(along, across)) / (rate * clock[n]) - factor)
    return worst


def _long_run(step: float, marks: tuple[int, ...]) -> Iterator[tuple[float, float]]:
    """(z, p) at the marks, data on the circle, from the start of Figure 1."""
    law, along, across = law_named("circle"), -0.8, 0.6
    for n in range(1, marks[-1] + 1):
        along, across = one_step(law, along, across, step)
        if n in marks:
            yield along, across


def loss_exponent() -> float:
    """Exponent of L(w(n))⁻³ in n, with step 100, six times the classical limit 2/β = 16."""
    law, powers = law_named("circle"), []
    for along, across in _long_run(100.0, (1000, 2000, 4000)):
        rho = np.hypot(along, across)
        loss = law.residual(rho) + law.kappa * across**2 / (rho + along)
        powers.append(loss**-3)
    return float(np.log2((powers[2] - powers[1]) / (powers[1] - powers[0])))


def direction_exponent() -> float:
    """Exponent in n of −ln(1 − cos θ) for a constant step, from its increments."""
    marks = (500, 1000, 2000)
    falls = [_fall(1.0, opening(*state)) for state in _long_run(1.0, marks)]
    return float(np.log2((falls[2] - falls[1]) / (falls[1] - falls[0])))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-lem-4",
        "Lemma 4: the first phase of gradient descent",
        factor(
            wrong_half_slack,
            Domain(**DESCENT),
            1.02,
            "B is best: equality as κη/‖w(0)‖ → 0",
            tolerance=1e-8,
            evaluations=250,
        ),
        "lsz-eq-8",
        "lsz-lem-12",
        "lsz-lem-2-eq5",
        "lsz-lem-3-ii",
        "lsz-prop-3-i",
        note="Holds up to and including the first n with cos θ(n) ≥ 0. θ(n) = π and w(n) = 0 "
        "cannot occur later if they do not at the start. One sum of the proof is printed over "
        "η_{n}² in place of η_{i}²: a slip of the index.",
    ),
    PAGE.row(
        "lsz-txt-lem-4",
        "In the wrong half-space larger steps are better",
        Searched(
            larger_steps_slack,
            Domain(**DESCENT, seed=Integer(0, 10**6)),
            tolerance=1e-9,
            control_slack=any_region_slack,
            control_text="the hypothesis θ > π/2 dropped",
            evaluations=150,
        ),
        "lsz-eq-10b",
        note="The paper reads it off the bound. It is true of the runs: by induction z and −p are "
        "larger, step by step, for steps that are at least as large, since Φ′(ρ)/ρ falls.",
    ),
    PAGE.row(
        "lsz-lem-5",
        "Lemma 5: a sufficient condition for the second phase",
        factor(
            sufficient_slack,
            Domain(**DESCENT, delta=Log(1e-3, 1e4)),
            1.02,
            "B is best: equality as κη/‖w(0)‖ → 0 and δ, ‖w(0)‖ → ∞",
            tolerance=1e-8,
            evaluations=300,
        ),
        "lsz-eq-10b",
        "lsz-lem-3-i",
        "lsz-prop-3-i",
        note="For each n it needs (11) at the steps before n only. (11) asks nothing where "
        "cos θ(n) ≤ 0.",
    ),
    PAGE.row(
        "lsz-lem-5-r1",
        "The radius beyond which Lemma 5 applies",
        factor(
            radius_slack,
            Domain(
                law=DESCENT["law"], size=DESCENT["size"], theta=Angle(), share=Uniform(1e-3, 1.0)
            ),
            0.98 / (1 + np.pi),
            "R₁/(1 + π) = c₀η₊/π serves, and is best as θ → 0 and ‖w‖ → ∞",
            best=1 / (1 + np.pi),
            tolerance=1e-12,
        ),
        "lsz-lem-5",
        "lsz-prop-3-i",
        "lsz-prop-2-iv",
        "lsz-prop-3-iv",
        note="For any δ > 0 the best radius is (1 + δ)c₀η/(2π): the summand ηc₀ in print is not "
        "needed. For the growth of v_⋆·w(n) print cites Propositions 2 (ii) and 3 (iii), which are "
        "about the flow; meant are 2 (iv) and 3 (iv).",
    ),
    PAGE.row(
        "lsz-thm-2",
        "Theorem 2: gradient descent with bounded steps converges in direction",
        factor(
            two_phase_slack,
            Domain(
                law=DESCENT["law"],
                size=Log(1e-2, 20.0),
                theta=Angle(),
                step=Log(1e-3, 1.0),
                spread=Uniform(0.2, 1.0),
                seed=Integer(0, 10**6),
            ),
            2.05,
            "2: from n₁ on twice the rate B serves, best as η₊/‖w(n₁)‖ → 0",
            best=2.0,
            evaluations=60,
        ),
        "lsz-lem-4",
        "lsz-lem-5",
        "lsz-lem-5-r1",
        "lsz-prop-2-iv",
        "lsz-prop-3-iv",
        note="Between n₀ and n₁ nothing is claimed, and the angle may rise there. Tacit: w(0) ≠ 0. "
        "From θ(0) = π the run stays on the line of v_⋆ and passes to θ = 0.",
    ),
    PAGE.row(
        "lsz-rem-3",
        "Remark 3: the loss converges for steps of any size",
        Asymptotic(loss_exponent, 1.0, 0.005, 0.97, "1/L³ on the circle, step 100, n to 4000"),
        "lsz-thm-2",
        "own-spherical-identity",
        note="It converges to its infimum 0, like n^{-1/3} on the circle, but need not fall at "
        "first: with step 1000 the first step of Figure 1 doubles it. For large ‖w‖ both "
        "curvatures, Φ″(ρ) and Φ′(ρ)/ρ, are small.",
    ),
    PAGE.row(
        "lsz-txt-comparison-1-a",
        "Faster than the logarithmic rates on finite data",
        Asymptotic(
            direction_exponent, 2 / 3, 0.02, 0.7, "circle, step 1: the exponent exceeds 1/2"
        ),
        "lsz-txt-thm-2",
        "lsz-rem-7-2",
        proof=Proof.CITED,
        note="The rate exp(−O(√n)) is proved here; O(1/log² t) on finite data with a margin is "
        "cited from Soudry et al. (2018), Theorem 5.",
    ),
    PAGE.row(
        "lsz-txt-comparison-1-b",
        "How earlier proofs work",
        None,
        unchecked="a description of the methods of other papers",
        no_control="a description",
        note="The decomposition w = ŵ log t + ρ(t) has a counterpart, but with another growth: "
        "here the norm grows like t^{1/3}.",
    ),
)
