"""JT, the setting: assumptions, Appendix A, layer gradients, what the flow conserves."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.model import Domain, Integer, Log, Row, Searched, Symbolic
from lindyn.ledger.separable_cases import DATA, LOSSES, SEEDS, STATES, State, separable_data, state
from lindyn.ledger.separable_flows import MOMENTS, moment
from lindyn.ledger.writing import Page, factor
from lindyn.networks import chain_rule, layer_gradients

PAGE = Page("jt/setting")
TIGHT = 1e-7
FEW = {"depth": Integer(2, 4)}
QUOTIENT = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))
"""Nodes and weights of the difference quotient of fourth order."""


def unique_slack(seed, factor, **data: object) -> float | None:
    """γ⟨u, ū⟩ − min_i ⟨u, z_i⟩ ≥ 0 for unit vectors u, and the solver agrees."""
    found = separable_data(**data)
    if found is None:
        return None
    rng = np.random.default_rng(seed)
    aside = 10 ** rng.uniform(-6, 1) * rng.standard_normal(found.direction.size)
    u = found.direction + (aside if rng.random() < 0.9 else 0 * aside)
    u /= np.linalg.norm(u)
    miss = abs(found.solved.margin / found.margin - 1)
    turned = float(np.linalg.norm(found.solved.direction - found.direction))
    least = float(np.min(found.z @ u))
    gap = factor * found.margin * (u @ found.direction) - least
    return float(min(gap / found.margin, TIGHT - miss, TIGHT - turned))


def first_layer_zero_slack(depth, width, seed, loss, factor, **data: object) -> float | None:
    """‖∂R/∂W_1‖ over ‖W_L⋯W_2‖·|ℓ′(0)|γ where W_1 = 0, by the package's gradients."""
    at = state(**data, loss=loss, depth=depth, width=width, size=1.0, spread=1.0, seed=seed)
    if at is None:
        return None
    layers = (np.zeros_like(at.layers[0]), *at.layers[1:])
    risk = at.risk
    w = np.zeros_like(at.w)
    value, gradient = risk.value(w), layer_gradients(layers, risk.gradient(w)[None, :])[0]
    slope = -float(at.loss.derivative(np.zeros(())))
    found = np.linalg.norm(gradient) / (np.linalg.norm(at.above) * slope * at.data.margin)
    return float(min(found - factor, 1e-14 - abs(value / float(at.loss.value(0.0)) - 1)))


def opposite_residuals() -> list:
    """The flow of exp(−⟨w_1, w_2⟩) from w_2 = −w_1: the sum stays 0 and ‖w_1‖² = p obeys one ODE.

    Velocities are minus the symbolic derivatives of the risk.
    """
    import sympy as sp

    first, second = sp.symbols("a:3", real=True), sp.symbols("b:3", real=True)
    risk = sp.exp(-sum(x * y for x, y in zip(first, second, strict=True)))
    sums = [
        -sp.diff(risk, x) - sp.diff(risk, y) - risk * (x + y)
        for x, y in zip(first, second, strict=True)
    ]
    opposite = dict(zip(second, [-x for x in first], strict=True))
    p = sum(x**2 for x in first)
    growth = sum(2 * x * -sp.diff(risk, x) for x in first).subs(opposite)
    return [*sums, growth + 2 * sp.exp(p) * p]


def opposite_control() -> list:
    """The same for the difference w_1 − w_2, which does not stay 0."""
    import sympy as sp

    first, second = sp.symbols("a b", real=True)
    risk = sp.exp(-first * second)
    return [-sp.diff(risk, first) + sp.diff(risk, second) - risk * (first - second)]


def opposite_steps_slack(dim, norm, stride, seed, lean) -> float:
    """Gradient descent from w_2 = −lean·w_1 with steps η = c/R: the risk stays at least 1."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((dim, 1))
    first *= norm / np.linalg.norm(first)
    layers = (first, -lean * first.T)
    least = np.inf
    for _ in range(60):
        product = (layers[1] @ layers[0]).item()
        least = min(least, -product)  # ln R
        # −∇R/R is 1, so that the step c/R moves by c times the chain rule
        moves = chain_rule(layers, np.ones((1, 1)))
        c = stride * rng.random() ** 2
        layers = tuple(layer + c * move for layer, move in zip(layers, moves, strict=True))
    return float(least)


def predictor_gradient_slack(factor, **case: object) -> float | None:
    """∇R(w) = (1/n) Σ ℓ′(m_i) z_i, against difference quotients of the risk."""
    at = state(**case)
    if at is None:
        return None
    h, risk = 1e-3, at.risk
    eye = np.eye(at.w.size)
    quotient = np.array(
        [sum(weight * risk.value(at.w + k * h * axis) for k, weight in QUOTIENT) for axis in eye]
    )
    quotient /= h
    claimed = -factor * np.exp(at.log_pull) * at.pulled
    rounding = 1e-12 * risk.value(at.w) / h
    return TIGHT - float(
        np.max(np.abs(quotient - claimed)) / (np.linalg.norm(claimed) + rounding / TIGHT)
    )


def _slope_of_log_risk(at: State, moves: tuple) -> tuple[float, float]:
    """The derivative of −ln R along the moves by quotients, and the allowance for rounding."""
    reach = max(1.0, float(np.max(np.abs(at.margins))))
    h = 1e-3 / (reach * at.depth)
    total = 0.0
    for k, weight in QUOTIENT:
        layers = tuple(w + k * h * move for w, move in zip(at.layers, moves, strict=True))
        total += weight * State(at.data, at.loss, layers).neg_log_risk
    return total / h, 1e-14 * reach / h


def layer_gradient_slack(factor, **case: object) -> float | None:
    """The layer gradients, against difference quotients of ln R along random moves."""
    at = state(**case)
    if at is None:
        return None
    rng = np.random.default_rng(case["seed"])
    moves = tuple(
        rng.standard_normal(layer.shape) * np.linalg.norm(layer) / np.sqrt(layer.size)
        for layer in at.layers
    )
    found, rounding = _slope_of_log_risk(at, moves)
    gradients = layer_gradients(at.layers, at.risk.gradient(at.w)[None, :])
    pairs = [np.sum(move * g) for move, g in zip(moves, gradients, strict=True)]
    sizes = sum(
        np.linalg.norm(move) * np.linalg.norm(g) for move, g in zip(moves, gradients, strict=True)
    )
    risk = np.exp(-at.neg_log_risk)
    return TIGHT - float(
        abs(found * risk + factor * sum(pairs)) / (sizes + rounding * risk / TIGHT)
    )


def descent_slack(factor, **case: object) -> float | None:
    """(2.1): the rate of −ln R along the flow's velocity against Σ‖∂R/∂W_k‖²/R."""
    at = state(**case)
    if at is None:
        return None
    scale = max(
        float(np.linalg.norm(move) / np.linalg.norm(layer))
        for move, layer in zip(at.velocity, at.layers, strict=True)
    )
    found, rounding = _slope_of_log_risk(at, tuple(move / scale for move in at.velocity))
    squares = sum(float(np.sum(move**2)) for move in at.velocity)
    claimed = np.exp(at.log_pull + at.neg_log_risk) * squares / scale
    return TIGHT - float(abs(found - factor * claimed) / (claimed + rounding / TIGHT))


def local_slack(factor, **case: object) -> float | None:
    """W_{k+1}ᵀ ∂R/∂W_{k+1} = (∂R/∂W_k) W_kᵀ, relative, for every k."""
    at = state(**case)
    if at is None:
        return None
    size = float(np.prod(at.tops) * np.linalg.norm(at.pulled))  # all layers are in the product
    misses = [
        at.layers[k + 1].T @ at.velocity[k + 1] - factor * at.velocity[k] @ at.layers[k].T
        for k in range(at.depth - 1)
    ]
    return 1e-12 - max(float(np.linalg.norm(miss)) / size for miss in misses)


def conserved_slack(run, moment_, factor) -> float | None:
    """(2.4) and (2.5) from the start to ln(1/R) + 3000, relative to the weights' squares.

    ``factor`` multiplies what the lower layer gains.
    """
    at = moment(run, moment_)
    if at.now.depth < 2:
        return None
    layers, first = at.now.layers, at.start.layers
    size = float(np.max(at.now.norms) ** 2)
    worst = 0.0
    for k in range(at.now.depth - 1):
        upper = layers[k + 1].T @ layers[k + 1] - first[k + 1].T @ first[k + 1]
        lower = layers[k] @ layers[k].T - first[k] @ first[k].T
        miss = upper - factor * lower
        worst = max(worst, float(np.linalg.norm(miss)), abs(float(np.trace(miss))))
    return 1e-9 - worst / size


def _local(slack, *, at: float = 1.01, evaluations: int = 150, **more) -> Searched:
    return factor(slack, Domain(**STATES | more), at, tolerance=1e-12, evaluations=evaluations)


ROWS: tuple[Row, ...] = (
    PAGE.definition(
        "jt-def-network",
        "The network, its risk and the two methods",
        note="ℓ′ is only continuous, so the flow exists for all t ≥ 0, since "
        "‖W(t) − W(0)‖ ≤ √(tR(0)), but need not be unique; all results hold for every solution.",
    ),
    PAGE.row(
        "jt-def-margin",
        "The maximum margin γ and the one direction ū that attains it",
        factor(
            unique_slack,
            Domain(**DATA, seed=SEEDS),
            0.97,
            "attained at u = ū",
            tolerance=1e-12,
            evaluations=300,
        ),
        note="min_i ⟨u, z_i⟩ ≤ γ⟨u, ū⟩ for every u, which shows that ū is unique: with q ≥ 0, "
        "Σq = 1 and Σqᵢzᵢ = γū the smallest is at most the mean.",
    ),
    PAGE.assumption(
        "jt-asm-1-1",
        "Assumption 1.1: a decreasing loss, from ∞ to 0",
        note="Exponential and logistic loss have it. The hinge has not (ℓ′ = 0), nor has a loss "
        "that is bounded at −∞.",
    ),
    PAGE.assumption(
        "jt-asm-1-2",
        "Assumption 1.2: no critical start, and R(W(0)) ≤ ℓ(0)",
        "jt-txt-appa-w1zero",
        note="For two layers and more it excludes two layers equal to 0; for one layer W = 0 is "
        "allowed.",
    ),
    PAGE.row(
        "jt-txt-appa-w1zero",
        "Appendix A: W₁ = 0 gives Assumption 1.2",
        factor(
            first_layer_zero_slack,
            Domain(
                **DATA | LOSSES,
                depth=Integer(1, 4),
                width=Integer(1, 4),
                seed=SEEDS,
            ),
            1.02,
            "1, where every example is on the margin",
            tolerance=1e-12,
            evaluations=300,
        ),
        "jt-eq-layer-grad",
        "jt-def-margin",
        note="Checked as ‖∂R/∂W₁‖ ≥ ‖W_N⋯W₂‖·|ℓ′(0)|·γ.",
    ),
    PAGE.row(
        "jt-txt-appa-flow",
        "Appendix A: a flow that does not minimise the risk",
        Symbolic(
            opposite_residuals,
            opposite_control,
            "w₁ − w₂ instead of w₁ + w₂",
            domain="w₁, w₂ in R³, R = exp(−⟨w₁, w₂⟩)",
        ),
        "jt-asm-1-2",
        note="(w₁ + w₂)˙ = R·(w₁ + w₂), so w₁ = −w₂ stays, and p = ‖w₁‖² obeys ṗ = −2eᵖp: the "
        "flow ends at the saddle 0, with R = 1. In floating point it leaves, since rounding grows.",
    ),
    PAGE.row(
        "jt-txt-appa-gd",
        "Appendix A: gradient descent that does not minimise the risk",
        Searched(
            opposite_steps_slack,
            Domain(
                dim=Integer(1, 4), norm=Log(1e-3, 20.0), stride=Log(1e-2, 2.0), seed=Integer(0, 999)
            ),
            {"lean": 1.0},
            {"lean": 0.98},
            evaluations=150,
        ),
        "jt-asm-1-2",
        note="For every step, however large: both vectors are multiplied by 1 − ηR.",
    ),
    PAGE.row(
        "jt-eq-grad-w",
        "The gradient of the risk of a linear predictor",
        _local(predictor_gradient_slack, size=Log(1e-3, 3.0)),
        "jt-def-network",
    ),
    PAGE.row(
        "jt-eq-layer-grad",
        "The gradients of the layers",
        _local(layer_gradient_slack),
        "jt-eq-grad-w",
    ),
    PAGE.row(
        "jt-eq-2-1",
        "Equation (2.1): how fast the risk falls",
        _local(descent_slack),
        "jt-eq-layer-grad",
    ),
    PAGE.row(
        "jt-eq-2-4-local",
        "The step to (2.4), and (C.8): neighbouring layers share a product",
        _local(local_slack, **FEW),
        "jt-eq-layer-grad",
    ),
    PAGE.row(
        "jt-eq-2-4",
        "Equation (2.4): what the flow conserves",
        factor(conserved_slack, Domain(**MOMENTS), 1.01, evaluations=150),
        "jt-eq-2-4-local",
        note="On flows to ln(1/R) = 3000, for balanced and unbalanced starts.",
    ),
    PAGE.shared(
        "jt-eq-2-5", "Equation (2.5): the norms of the layers grow alike", "jt-eq-2-4", "jt-eq-2-4"
    ),
)
