"""Rows of the page [jt/descent], first part: smoothness, the step rule, Lemmas 3.2 to C.5."""

from __future__ import annotations

import numpy as np

from lindyn._check import Array
from lindyn.bounds import BOUNDS
from lindyn.ledger.descent_cases import (
    SMOOTH,
    STARTS,
    Bent,
    Run,
    careful,
    careful_run,
    constants,
    descend,
    descent_start,
    single,
    smooth_loss,
    smoothness,
)
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Symbolic, Uniform
from lindyn.ledger.separable_cases import SEEDS, State
from lindyn.ledger.writing import Page, factor
from lindyn.networks import Weights, chain_rule

PAGE = Page("jt/descent")
PAIRS = SMOOTH | {
    "depth": Integer(1, 4),
    "width": Integer(1, 3),
    "radius": Log(1.0, 3.0),
    "pattern": Choice("random", "curved", "steep"),
    "share": Log(1e-2, 1.0),
    "seed": SEEDS,
}
"""Two points of B(r), with which layers apart and how far."""

RUNS = STARTS | {"steps": Integer(1, 60)}


def gradient(point: State) -> Array:
    """∇R of the end-to-end vector."""
    return point.loss.derivative(point.margins) @ point.data.z / len(point.data.z)


def value(point: State) -> float:
    """R."""
    return float(np.mean(point.loss.value(point.margins)))


def layer_parts(point: State) -> Weights:
    """The derivatives ∂_k."""
    return chain_rule(point.layers, gradient(point)[None, :])


def norm(layers: Weights) -> float:
    """The norm of all layers together."""
    return float(np.sqrt(sum(np.sum(layer**2) for layer in layers)))


def minus(first: Weights, second: Weights) -> Weights:
    """The differences, layer by layer."""
    return tuple(a - b for a, b in zip(first, second, strict=True))


def pair(
    loss: str,
    slope: float,
    curve: float,
    depth: int,
    width: int,
    radius: float,
    pattern: str,
    share: float,
    seed: int,
) -> tuple[State, State]:
    """Two points of B(r).

    ``curved``: aligned layers of norm R, at the end of the stretch where |ℓ′| = G, moved towards
    0 into the stretch where ℓ″ = β.  ``steep``: only the layers above the first differ, where
    |ℓ′| = G throughout.
    """
    rng = np.random.default_rng(seed)
    dims = [2, *(width for _ in range(depth - 1)), 1]
    if pattern == "random":
        first = [rng.standard_normal((dims[k + 1], dims[k])) for k in range(depth)]
        first = [layer * radius * rng.random() / np.linalg.norm(layer) for layer in first]
        moved = [layer + share * radius * rng.standard_normal(layer.shape) for layer in first]
        moved = [layer / max(1.0, np.linalg.norm(layer) / radius) for layer in moved]
        z = rng.standard_normal((int(rng.integers(1, 4)), 2))
        z /= np.linalg.norm(z, axis=1, keepdims=True)
        example = single(smooth_loss(loss, slope, curve), tuple(first))
        data = type(example.data)(z, np.ones(len(z)), 0.0, z[0], np.ones(len(z)))
        return State(data, example.loss, tuple(first)), State(data, example.loss, tuple(moved))
    far = radius**depth
    chosen = smooth_loss(loss, slope, curve, -far if pattern == "curved" else 2 * far)
    first_axes = [np.eye(dim)[0] for dim in dims]
    layers = [radius * np.outer(first_axes[k + 1], first_axes[k]) for k in range(depth)]
    layers[-1] = -layers[-1]
    stretch = chosen.width / (depth * far) if isinstance(chosen, Bent) else 1.0
    apart = share * min(1.0, stretch) if pattern == "curved" else share
    moved = [layer * (1 - apart) for layer in layers]
    if pattern == "steep":
        moved[0] = layers[0]
    return single(chosen, tuple(layers)), single(chosen, tuple(moved))


def lipschitz_slack(factor: float, radius: float, **case) -> float | None:
    """‖∇R(W) − ∇R(V)‖/‖W − V‖ against factor·β(r)."""
    first, second = pair(radius=radius, **case)
    apart = norm(minus(first.layers, second.layers))
    if apart == 0:
        return None
    found = norm(minus(layer_parts(first), layer_parts(second))) / apart
    return factor - found / smoothness(first.depth, radius, first.loss)


def sharp_lipschitz_slack(factor: float, radius: float, **case) -> float | None:
    """The same against factor·β*(r)."""
    first, second = pair(radius=radius, **case)
    apart = norm(minus(first.layers, second.layers))
    if apart == 0:
        return None
    beta, steepest = constants(first.loss)
    bound = BOUNDS["own-smoothness-sharp"](N=first.depth, r=radius, beta=beta, G=steepest)
    found = norm(minus(layer_parts(first), layer_parts(second))) / apart
    return factor - found / float(bound)


def quadratic_slack(factor: float, **case) -> float | None:
    """R(W) − R(V) − ⟨∇R(V), W − V⟩ against factor·β(r)‖W − V‖²/2."""
    second, first = pair(**case)
    change = minus(second.layers, first.layers)
    apart = norm(change) ** 2
    if apart < 1e-8 * case["radius"] ** 2:
        return None
    slope = sum(float(np.sum(g * c)) for g, c in zip(layer_parts(first), change, strict=True))
    bound = smoothness(first.depth, case["radius"], first.loss) * apart / 2
    rounding = 1e-14 * (value(first) + value(second) + abs(slope)) / bound
    if rounding > 1e-4:
        return None
    return factor - (value(second) - value(first) - slope) / bound


def first_layer_slack(factor: float, **case) -> float | None:
    """(C.2), with ``factor`` in the first term."""
    first, second = pair(**case)
    L, R = first.depth, case["radius"]
    steepest = constants(first.loss)[1]
    moved = np.linalg.norm(gradient(first) - gradient(second))
    apart = norm(minus(first.layers, second.layers))
    bound = factor * (L - 1) * R ** (L - 2) * steepest * apart + R ** (L - 1) * moved
    found = np.linalg.norm(layer_parts(first)[0] - layer_parts(second)[0])
    return None if bound < 1e-12 else float(1 - found / bound)


def predictor_slack(factor: float, **case) -> float | None:
    """(C.3): the two inequalities in turn, with ``factor`` in the second."""
    first, second = pair(**case)
    L, R = first.depth, case["radius"]
    beta = constants(first.loss)[0]
    moved = float(np.linalg.norm(gradient(first) - gradient(second)))
    near = float(np.linalg.norm(first.w - second.w))
    apart = norm(minus(first.layers, second.layers))
    if near < 1e-12:
        return None
    return min(1 - moved / (beta * near), factor - near / (L * R ** (L - 1) * apart))


def descent_slack(factor: float, **case) -> float | None:
    """The fall of the risk in a step 1/β(r) inside B(r), over η‖∇R‖²."""
    start = pair(**case)[1]
    R = case["radius"]
    run = descend(start, 1 / smoothness(start.depth, R, start.loss), 1)
    if run.norms.max() > R or not run.squares[0] > 1e-9 * run.risks[0]:
        return None
    return float((run.risks[0] - run.risks[1]) / run.squares[0] - factor)


def leaving(start: State, radius: float, most: int) -> Run | None:
    """Steps 1/β(r) until W leaves B(r); None if that takes more than ``most`` of them."""
    step, count = 1 / smoothness(start.depth, radius, start.loss), 64
    while count <= most:
        run = descend(start, step, count)
        if run.norms.max() > radius:
            return run
        count *= 4
    return None


def least_slope(start: State, radius: float, first_risk: float) -> float:
    """ε(r) of Lemma 2.3 for the logistic loss: γ|ℓ′| times the least ‖W_N ⋯ W_2‖."""
    furthest = radius**start.depth
    nearest = -np.log(np.expm1(first_risk))
    ends = np.array([min(nearest, furthest), furthest])
    return float(start.data.margin / radius * np.min(ends / (1 + np.exp(ends))))


def exit_slack(factor: float, radius: float, **case) -> float | None:
    """The time of the first W(t) outside B(r) against its bound, for the logistic loss."""
    start = descent_start("logistic", 1.0, 1.0, **case)
    if start is None or start.norms.max() > radius:
        return None
    run = leaving(start, radius, 2**14)
    if run is None:
        return None
    eps = least_slope(start, radius, run.risks[1])
    bound = BOUNDS["jt-lem-3-4"](
        beta=smoothness(start.depth, radius, start.loss), R_1=run.risks[1], epsilon=eps
    )
    left = int(np.argmax(run.norms.max(axis=1) > radius))
    return float(factor - left / bound)


def critical_exit_slack(factor: float, radius: float, **case) -> float | None:
    """A critical start, all layers 0, which never leaves: what Assumption 1.2 is for."""
    start = descent_start("logistic", 1.0, 1.0, **case)
    if start is None or start.depth == 1:
        return None
    still = State(start.data, start.loss, tuple(0 * layer for layer in start.layers))
    return -1.0 if leaving(still, radius, 256) is None else 1.0


def increment_slack(factor: float, steps: int, **case) -> float | None:
    """(C.6): the growth of the norms in a step against factor/(2N²r_t^{N−1}), along a run."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    radius = 1 + np.maximum.accumulate(run.norms.max(axis=1))[:-1]
    bound = BOUNDS["jt-eq-c6"](N=run.depth, r=radius)
    return float(factor - np.max(np.diff(run.norms, axis=0).max(axis=1) / bound))


def way_slack(factor: float, steps: int, **case) -> float | None:
    """Ση against factor·‖W(t) − W(0)‖²/(2R(W(0))), all t."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    way = sum(np.sum((w - w[0]) ** 2, axis=(1, 2)) for w in run.weights)[1:]
    bound = BOUNDS["jt-lem-c5-ii"](ell=np.sqrt(way), R_0=run.risks[0])
    moved = bound > 0
    return float(np.min((np.cumsum(run.steps) / bound)[moved]) - factor) if moved.any() else None


def stay_slack(factor: float, radius: float, **case) -> float | None:
    """Ση over the t ≥ 1 with W(t) ∈ B(r) against 2R(W(1))/ε(r)², for the logistic loss."""
    start = descent_start("logistic", 1.0, 1.0, **case)
    if start is None or start.norms.max() > radius:
        return None
    count = 64
    while count <= 2**12:
        run = careful(start, count)
        if run.norms[-1].max() > radius:
            inside = run.norms.max(axis=1)[1:-1] <= radius
            eps = least_slope(start, radius, run.risks[1])
            return float(factor - np.sum(run.steps[1:][inside]) * eps**2 / (2 * run.risks[1]))
        count *= 4
    return None


def sums_slack(factor: float, steps: int, **case) -> float | None:
    """(C.10): Σ_k tr P_k ≤ Ση‖∇R‖² ≤ 2(R(W(0)) − R(W(t))), in turn and for all t."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    squared, plain = np.cumsum(run.steps * run.squares), np.cumsum(run.squares)
    traces = sum(np.trace(run.left(k), axis1=1, axis2=2) for k in range(1, run.depth + 1))[1:]
    fallen = run.risks[0] - run.risks[1:]
    seen = plain > 1e-9 * run.risks[0]
    if not seen.any():
        return None
    if np.max(np.abs(traces - squared)) > 1e-9 * squared[-1] or np.any(squared > 1.000001 * plain):
        return -1.0
    return float(np.min((factor * 2 - plain / fallen)[seen]))


def best_sum_slack(factor: float, steps: int, **case) -> float | None:
    """Ση‖∇R‖² against factor·4N/(4N − 1)·(R(W(0)) − R(W(t))), and Ση²‖∇R‖² against its bound."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    beta, steepest = constants(run.start.loss)
    fallen = run.risks[0] - run.risks[1:]
    plain, squared = np.cumsum(run.squares), np.cumsum(run.steps * run.squares)
    seen = plain > 1e-9 * run.risks[0]
    if not seen.any():
        return None
    most = BOUNDS["own-eta-sum"](N=run.depth, R_0=fallen)
    squares = BOUNDS["own-eta-sum-squares"](N=run.depth, R_0=fallen, beta=beta, G=steepest)
    return float(
        min(np.min((factor - plain / most)[seen]), np.min((factor - squared / squares)[seen]))
    )


def logistic_constants(curvature: float = 0.25) -> list:
    """ℓ″ = ¼ − ¼tanh²(x/2) and 1 − |ℓ′| = 1/(1 + e^{−x})."""
    import sympy as sp

    x = sp.Symbol("x", real=True)
    loss = sp.log(1 + sp.exp(-x))
    first, second = sp.diff(loss, x), sp.diff(loss, x, 2)
    quarter = sp.nsimplify(curvature)
    return [second - quarter + sp.tanh(x / 2) ** 2 / 4, 1 + first - 1 / (1 + sp.exp(-x))]


LEAVING = {
    "dim": Integer(1, 3),
    "extra": Integer(0, 3),
    "margin": Log(0.2, 0.99),
    "kind": STARTS["kind"],
    "data_seed": SEEDS,
    "depth": Integer(1, 2),
    "width": Integer(1, 3),
    "size": Log(1e-2, 1.0),
    "spread": Log(0.5, 2.0),
    "seed": SEEDS,
    "radius": Uniform(1.0, 2.0),
}

ROWS: tuple[Row, ...] = (
    PAGE.assumption(
        "jt-asm-3-1",
        "Assumption 3.1: ℓ′ is bounded and Lipschitz",
        note="β bounds the slope of ℓ′ and G bounds |ℓ′|. The exponential loss has neither.",
    ),
    PAGE.row(
        "jt-txt-a31-logistic",
        "The logistic loss satisfies Assumption 3.1",
        Symbolic(logistic_constants, lambda: logistic_constants(0.24)[:1], "¼ → 0.24"),
        "jt-asm-3-1",
        note="With β = 1/4, attained at 0, and G = 1, not attained.",
    ),
    PAGE.row(
        "jt-eq-c2",
        "(C.1), (C.2): the first layer's derivative, replaced layer by layer",
        factor(
            first_layer_slack,
            Domain(**PAIRS),
            0.97,
            "two layers, where |ℓ′| = G; with more, √(N − 1) serves in place of N − 1",
            tolerance=1e-8,
        ),
        "jt-asm-3-1",
        "jt-eq-layer-grad",
    ),
    PAGE.row(
        "jt-eq-c3",
        "(C.3): the gradient of the predictor's risk",
        factor(
            predictor_slack,
            Domain(**PAIRS),
            0.97,
            "one layer; with more, √N serves in place of N",
            tolerance=1e-6,
        ),
        "jt-asm-3-1",
    ),
    PAGE.row(
        "jt-lem-3-2",
        "Lemma 3.2: the risk is smooth on B(r)",
        factor(
            lipschitz_slack,
            Domain(**PAIRS),
            0.48,
            "½ of it serves: one layer and G/β → 0; see own-smoothness-sharp",
            best=0.5,
            tolerance=1e-6,
            evaluations=500,
        ),
        "jt-eq-c2",
        "jt-eq-c3",
        note="It needs all of Assumption 3.1, though it names β only, and r ≥ 1: at W = 0, N = 2, "
        "logistic loss, the Hessian's norm is 1/2, above 10r² for r < 0.22.",
    ),
    PAGE.row(
        "jt-txt-smoothness-ineq",
        "What smoothness gives: a quadratic bound from above",
        factor(
            quadratic_slack,
            Domain(**PAIRS),
            0.48,
            "½ of β(r) serves, as in Lemma 3.2",
            best=0.5,
            tolerance=1e-3,
            evaluations=500,
        ),
        "jt-lem-3-2",
        note="B(r) is convex, so the segment between two of its points stays inside.",
    ),
    PAGE.row(
        "jt-eq-3-3",
        "(3.3): a step 1/β(r) inside B(r) lowers the risk",
        Searched(
            descent_slack,
            Domain(**PAIRS),
            {"factor": 0.5},
            {"factor": 0.77},
            sharp=lambda: "3/4 in place of 1/2: one layer, G/β → 0",
            sharp_at={"factor": 0.75},
            tolerance=1e-6,
            evaluations=500,
        ),
        "jt-txt-smoothness-ineq",
        note="1 − 1/(4N) in place of 1/2, by own-smoothness-sharp.",
    ),
    PAGE.row(
        "jt-lem-3-4",
        "Lemma 3.4: with a constant step the iterates leave B(r)",
        Searched(
            exit_slack,
            Domain(**LEAVING),
            {"factor": 1.0},
            control_slack=critical_exit_slack,
            control_text="Assumption 1.2 dropped: all layers 0",
            evaluations=60,
        ),
        "jt-eq-3-3",
        "jt-lem-2-3-i",
        repair="The sum in the proof starts at t = 0, where ∂R/∂W_1 may vanish: W_2(0) = 0 is "
        "allowed. From t = 1 on Lemma 2.3 applies, and its ε(r) gives the exit time "
        "t ≤ 1 + 2β(r)R(W(1))/ε(r)². Tacit: r ≥ 1.",
    ),
    PAGE.assumption(
        "jt-asm-3-5",
        "Assumption 3.5: the step sizes",
        "jt-lem-3-2",
        note="r_t never falls: if W(t + 1) is not in B(r_t − 1), then r_{t+1} > r_t. No search is "
        "needed: r_t = max(r_{t−1}, 1 + max‖W_k(t)‖_F) serves.",
    ),
    PAGE.row(
        "jt-eq-c6",
        "(C.6): a step makes no norm grow by more than 1",
        factor(
            increment_slack,
            Domain(**RUNS),
            0.97,
            "1/(2N²r_t^{N−1}), which is at most ½: one layer, β/G → 0",
            evaluations=250,
        ),
        "jt-asm-3-5",
        note="So W(t + 1) lies in B(r_t), and (3.3) applies to every step.",
    ),
    PAGE.shared(
        "jt-lem-c5-i",
        "Lemma C.5: the norms are unbounded",
        "jt-lem-c5-iii",
        "jt-lem-3-4",
        "jt-eq-c6",
        repair="Lemma 3.4 is about a constant step: with it r_t leaves every value it takes, but "
        "could still tend to a finite limit. If it did, all W(t) would lie in B(r_∞), the steps "
        "would stay above min(1/β(r_∞), 1), and (3.3) with Lemma 2.3 would sum to infinity.",
    ),
    PAGE.row(
        "jt-lem-c5-ii",
        "Lemma C.5: the step sizes sum to infinity",
        factor(way_slack, Domain(**RUNS), 1.9, evaluations=250),
        "jt-lem-c5-i",
        "jt-eq-sum-eta2",
        note="In numbers: Ση ≥ ‖W(t) − W(0)‖²/(2R(W(0))), from the same Cauchy–Schwarz. "
        "4N/(4N − 1) serves in place of its 2.",
    ),
    PAGE.row(
        "jt-lem-c5-iii",
        "Lemma C.5: finite time in every B(r)",
        factor(stay_slack, Domain(**LEAVING), 0.05, evaluations=40),
        "jt-lem-c5-i",
        "jt-lem-2-3-i",
        note="In numbers, for t ≥ 1: Ση ≤ 2R(W(1))/ε(r)² over the t with W(t) ∈ B(r).",
    ),
    PAGE.row(
        "jt-eq-sum-eta2",
        "(C.10): the sum of the squared steps",
        factor(
            sums_slack,
            Domain(**RUNS),
            0.65,
            "2/3 of it serves, one layer: 4N/(4N − 1) in place of 2; see own-eta-sum",
            best=2 / 3,
            tolerance=1e-9,
            evaluations=300,
        ),
        "jt-eq-3-3",
        "jt-eq-c6",
    ),
)
