"""Rows of the page [jt/descent]: how smooth the risk is, Assumption 3.1 to (3.3)."""

from __future__ import annotations

import numpy as np

from lindyn._check import Array
from lindyn.bounds import BOUNDS
from lindyn.ledger.descent_cases import (
    SMOOTH,
    Bent,
    constants,
    descend,
    single,
    smooth_loss,
    smoothness,
)
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Symbolic
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


def logistic_constants(curvature: float = 0.25) -> list:
    """ℓ″ = ¼ − ¼tanh²(x/2) and 1 − |ℓ′| = 1/(1 + e^{−x})."""
    import sympy as sp

    x = sp.Symbol("x", real=True)
    loss = sp.log(1 + sp.exp(-x))
    first, second = sp.diff(loss, x), sp.diff(loss, x, 2)
    quarter = sp.nsimplify(curvature)
    return [second - quarter + sp.tanh(x / 2) ** 2 / 4, 1 + first - 1 / (1 + sp.exp(-x))]


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
)
