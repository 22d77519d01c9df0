"""EFT, the stable set: Lemma 3.7, Theorem 3.8 without exceptions, and the starts that fail."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.eft import BOUNDS
from lindyn.flows import gradient_flow
from lindyn.ledger.cases import frame
from lindyn.ledger.model import (
    Choice,
    Domain,
    Integer,
    Log,
    Printed,
    Row,
    Searched,
    Uniform,
    Verdict,
)
from lindyn.ledger.rank_one_starts import LATER
from lindyn.ledger.rank_one_states import STARTS, diagonal
from lindyn.ledger.stable_starts import MOMENTS, STABLE, Stable, moment, stable
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow
from lindyn.networks import balanced, end_to_end
from lindyn.risks import WhitenedSquare

PAGE = Page("eft/stable-set")
NEAR = 1e-6


def whitened_slack(outputs, inputs, m, size, seed, factor) -> float:
    """(24): ½‖YP_X − WX‖² against factor·(m/2)‖Z − W‖², XXᵀ = mI."""
    rng = np.random.default_rng(seed)
    X = np.sqrt(m) * frame(m, inputs, rng).T
    Y = rng.standard_normal((outputs, m))
    Z = Y @ X.T / m
    W = size * frame(outputs, 1, rng) @ frame(inputs, 1, rng).T
    seen = Y @ np.linalg.pinv(X) @ X
    left, right = np.sum((seen - W @ X) ** 2), factor * m * np.sum((Z - W) ** 2)
    return float(1e-11 - abs(left - right) / (np.sum(seen**2) + np.sum((W @ X) ** 2)))


def unique_slack(factor: float, **case: object) -> float | None:
    """The risk above its minimum over (m/2)(1 − γ_Z)‖W − Z₁‖², from the matrices."""
    at = moment(**case)
    W, Z = at.state.s * np.outer(at.state.a, at.state.b), at.state.Z
    above = np.sum((W - Z) ** 2 - np.diag([0.0, at.state.sigma[1] ** 2, 0.0]))
    if (1 - at.gamma) * at.loss < 1e-6 * (at.state.s + at.first) ** 2:
        return None  # lost in rounding
    return float(above / ((1 - at.gamma) * 2 * at.loss) - factor)


def scaled_slack(widths, depth, kappa, seed, factor) -> float | None:
    """After (28): with W₁ → factor·κW₁ weights stay in N_{N,α} (α = 0.6, γ_Z = 0.5), κ ≥ 1."""
    rng = np.random.default_rng(seed)
    hidden = [int(n) for n in rng.integers(1, widths + 1, depth - 1)]
    hidden[int(rng.integers(depth - 1))] = 1
    dims = [widths + 1, *hidden, widths + 1]
    layers = [rng.standard_normal((b, a)) for a, b in zip(dims[:-1], dims[1:], strict=True)]
    product = end_to_end(layers)
    u, v = (np.linalg.svd(product)[k] for k in (0, 2))
    # The target is put where the product just belongs to the set.
    size = np.linalg.norm(product) / (0.1 * (1 + 1e-3 * rng.random()))
    layers[0] = factor * kappa * layers[0]
    moved = end_to_end(layers)
    cosine = float(u[:, 0] @ moved @ v[0]) / np.linalg.norm(moved)
    return float(min(np.linalg.norm(moved) / size - 0.1, cosine - 0.6))


def least_size_slack(factor: float, **case: object) -> float | None:
    """Members of N_{N,α}: ‖W‖ over factor·(α − γ_Z)σ₁, and ⟨W, Z₁⟩ > 0."""
    at = stable(**case)
    low = at.alpha - at.gamma if at else 0.0
    if low < 1e-9:
        return None
    if at.launch.at(0.0).product <= 0:
        return -1.0
    return at.launch.s0 / (low * at.launch.first) - factor


def printed_origin() -> float:
    """At α = γ_Z = 0, Z = (1, 0): ‖W‖ = 1e-6 of a member less the asked distance 1e-3."""
    flow = RankOneFlow([1.0, 0.0], [1.0], [1.0, 0.0], 1e-6, 2)
    return float(flow.at(0.0).s - 1e-3)


def _ends(at: Stable, later: float) -> float:
    """‖W − Z₁‖/σ₁ after ``later`` of the slowest relaxation."""
    start = at.launch
    relaxed = 1 + abs(np.log(start.s0 / start.first)) + np.log(1 / at.alpha)
    view = start.at(later * relaxed / (1 - at.gamma))
    return float(np.exp(at.log_loss(view) / 2) * np.sqrt(2) / start.first)


def inside_slack(later: float, factor: float, **case: object) -> float | None:
    """Lemma 3.7: s over factor·(α − γ_Z)σ₁, a₁b₁ ≥ α, and the limit has rank one."""
    at = stable(**case)
    low = at.alpha - at.gamma if at else 0.0
    if low < 1e-9:
        return None
    view = at.launch.at(later)
    kept = 1 - view.missing - at.alpha + 1e-12
    rank = np.linalg.norm(at.launch.flow.limit) / (low * at.launch.first) - 1
    return float(min(view.s / (low * at.launch.first) - factor, kept, rank))


def floor_slack(later: float, factor: float, **case: object) -> float | None:
    """The size over factor times its sharp floor, for every γ_Z < 1."""
    alpha = 1 - case["shy"]
    at = stable(**case, widest=0.999 / alpha)
    if at is None:
        return None
    values = {"alpha": alpha, "gamma_Z": at.gamma, "s_0": at.launch.s0}
    floor = float(BOUNDS["own-stable-floor"](**values, sigma_1=at.launch.first))
    if floor < 1e-9 * at.launch.first:
        return None
    return at.launch.at(later).s / floor - factor


def converges_slack(**case: object) -> float | None:
    """Theorem 3.8: ‖W − Z₁‖ at late times, from every start in N_{N,α}."""
    at = stable(**case)
    return None if at is None or at.gamma > 0.999 * at.alpha else NEAR - _ends(at, 30.0)


def mirrored_slack(**case: object) -> float | None:
    """The same from the start with the first component of v turned round, a₁ = b₁ before."""
    at = stable(**case | {"skew": 0.0})
    if at is None or at.gamma > 0.999 * at.alpha:
        return None
    start = at.launch
    a, b = (start.p + start.m) / np.sqrt(2), (start.p - start.m) / np.sqrt(2)
    b[0] = -a[0]
    target = np.diag(start.sigma)
    flow = RankOneFlow(target, a, b, start.s0, start.depth)
    W = flow.at_natural_time(5.0 / start.first).W
    return float(NEAR - np.linalg.norm(W - np.diag([start.first, 0.0, 0.0])) / start.first)


def bad_slack(**case: object) -> float | None:
    """W → Z₁ where a₁ + b₁ ≠ 0; else ‖W − Z₁‖ ≥ σ₁ for ever.  Distances are over σ₁."""
    at = diagonal(**case)
    if at is None:
        return None
    top, amplitude = at.sigma[0], abs(at.sums[0])
    Z1 = np.zeros_like(at.flow.limit)
    Z1[0, 0] = top
    gap = top - (at.sigma[1] if at.sigma.size > 1 else 0.0)
    later = (20 - np.log(amplitude or 1.0)) / gap + (20 + abs(np.log(at.s / top))) / top
    distance = float(np.linalg.norm(at.flow.at_natural_time(later).W - Z1) / top)
    if case["vanishing"] == 0:
        return NEAR - distance - float(np.linalg.norm(at.flow.limit - Z1) / top)
    return distance - 1 + 1e-9


def vanishing_slack(**case: object) -> float | None:
    """The claim that W → Z₁ where a₁ + b₁ = 0."""
    at = diagonal(**case)
    if at is None or case["vanishing"] == 0:
        return None
    Z1 = np.zeros_like(at.flow.limit)
    Z1[0, 0] = at.sigma[0]
    return float(NEAR - np.linalg.norm(at.flow.limit - Z1) / at.sigma[0])


def zero_target_slack(depth, outputs, inputs, size, passed, seed, factor) -> float:
    """Z = 0: s^{2/N−2} grows at the rate 2N − 2, by integrating all layers."""
    rng = np.random.default_rng(seed)
    W = size * frame(outputs, 1, rng) @ frame(inputs, 1, rng).T
    widths = [int(n) for n in rng.integers(1, 4, depth - 1)]
    power = 2 - 2 / depth
    t = passed / size**power
    layers = balanced(W, depth, widths, rng)
    run = gradient_flow(WhitenedSquare(np.zeros_like(W)), layers, t)
    exact = (size**-power + factor * (2 * depth - 2) * t) ** (-1 / power)
    return float(1e-7 - abs(np.linalg.norm(run.product) / exact - 1))


ROWS: tuple[Row, ...] = (
    PAGE.definition("eft-def-3-5", "Definition 3.5: whitened data"),
    PAGE.row(
        "eft-eq-24",
        "Equations (24), (25): the objective for whitened data",
        factor(
            whitened_slack,
            Domain(
                outputs=Integer(1, 4),
                inputs=Integer(1, 5),
                m=Integer(5, 60),
                size=Log(1e-3, 1e3),
                seed=Integer(0, 10**6),
            ),
            1.03,
            evaluations=100,
        ),
        "eft-eq-11",
        "eft-def-3-5",
    ),
    PAGE.row(
        "eft-eq-27",
        "Equation (27): Z₁ is the only minimiser",
        factor(
            unique_slack,
            Domain(**MOMENTS),
            1.03,
            "1: u, v lean to the second singular vectors",
            tolerance=1e-8,
            evaluations=400,
        ),
        "eft-eq-24",
        note="Quantified: the risk exceeds its minimum by at least (m/2)(1 − γ_Z)‖W − Z₁‖².",
    ),
    PAGE.definition("eft-eq-28", "Equation (28): the set N_{N,α}"),
    PAGE.row(
        "eft-eq-28-measure",
        "After equation (28): the measure of the set",
        factor(
            scaled_slack,
            Domain(
                widths=Integer(1, 4),
                depth=Integer(2, 6),
                kappa=Log(1.0001, 1e3),
                seed=Integer(0, 10**6),
            ),
            0.97,
            tolerance=1e-9,
            evaluations=150,
        ),
        "eft-eq-28",
        "eft-lem-3-1-null",
        note="W₁ → κW₁ with κ ≥ 1 maps the set into itself and multiplies volumes: infinite "
        "measure. But its balanced members, the only ones used, have measure zero.",
    ),
    PAGE.row(
        "eft-eq-28-origin",
        "After equation (28): away from the origin",
        factor(least_size_slack, Domain(**STABLE), 1.03, "1, by definition", evaluations=300),
        "eft-eq-28",
        printed=Printed(
            Verdict.FALSE,
            "fix α ∈ [γ_Z, 1): the products in the set are bounded away from the origin",
            "for α ∈ (γ_Z, 1)",
            "At α = γ_Z only s > 0 is asked.",
            printed_origin,
            "γ_Z = α = 0, Z = (1, 0), W = (ε, 0)",
            "None: Lemma 3.7 and Theorem 3.8 have α ∈ (γ_Z, 1).",
        ),
    ),
    PAGE.row(
        "eft-lem-3-7",
        "Lemma 3.7: the flow stays in the stable set",
        factor(
            inside_slack,
            Domain(**STABLE, **LATER),
            1.03,
            "1 for γ_Z = 0; in general own-stable-floor",
            tolerance=1e-8,
            evaluations=300,
        ),
        "eft-eq-28",
        "eft-lem-3-1-a",
        "clz-eq-49",
    ),
    PAGE.row(
        "own-stable-floor",
        "The sharp floor of the size",
        factor(
            floor_slack,
            Domain(**STABLE, **LATER),
            1.03,
            "1: c = α, the other components opposite, beside the second mode",
            tolerance=1e-8,
            evaluations=500,
        ),
        "eft-lem-3-7",
        note="s ≥ min(s(0), σ₁(α − γ_Z(1 − α))) for every γ_Z < 1.",
    ),
    PAGE.row(
        "eft-thm-3-8",
        "Theorem 3.8: convergence from the stable set",
        Searched(
            converges_slack,
            Domain(**STABLE),
            evaluations=200,
            control_slack=mirrored_slack,
            control_text="a₁ = −b₁ in place of a₁ = b₁",
        ),
        "eft-lem-3-7",
        "clz-thm-3-1-i",
        repair="Starts are balanced, and all balanced weights are a null set: that Lemma 3.1 holds "
        "outside a null set says nothing about them. By the closed form the flow converges from "
        "every balanced start in the set, without exception: c(0) > 0 gives a₁ + b₁ ≠ 0.",
    ),
    PAGE.shared(
        "eft-rem-3-8-necessity",
        "After Theorem 3.8: is the restriction necessary?",
        "own-bad-starts",
        "own-bad-starts",
        note="Read as: some restriction is necessary, it is right, and the exact one is "
        "a₁(0) + b₁(0) ≠ 0. N_{N,α} itself is not: Z = (1, 0), u = 1, v = (−0.6, 0.8) lies outside "
        "every N_{N,α}, and W → Z.",
    ),
    PAGE.row(
        "own-bad-starts",
        "The starts that fail",
        Searched(
            bad_slack,
            Domain(**STARTS),
            evaluations=300,
            control_slack=vanishing_slack,
            control_text="a₁ + b₁ = 0",
        ),
        "own-square-closed-form",
        "clz-thm-3-1-i",
        note="One output or one input: the starts opposite to the target, one ray.",
    ),
    PAGE.row(
        "eft-rem-rankz",
        "On Assumption 3.6: the target is not zero",
        factor(
            zero_target_slack,
            Domain(
                depth=Choice(2, 3, 5),
                outputs=Integer(1, 3),
                inputs=Integer(1, 3),
                size=Log(1e-3, 1e3),
                passed=Uniform(0.1, 5.0),
                seed=Integer(0, 10**6),
            ),
            1.03,
            evaluations=40,
        ),
        "eft-eq-32",
        note="s^{2/N−2} = s(0)^{2/N−2} + (2N − 2)mt.",
    ),
)
