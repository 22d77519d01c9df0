"""Own results of the foundations: the flow and its energy, the origin, certificates."""

from __future__ import annotations

import numpy as np

from lindyn.descent import gradient_descent
from lindyn.flows import gradient_flow
from lindyn.ledger.cases import (
    NETWORKS,
    SEEDS,
    at,
    horizon_of,
    network_of,
    norm_of,
    weight_gradients,
)
from lindyn.ledger.model import Certified, Domain, Enclosure, Integer, Log, Row
from lindyn.ledger.writing import Page, factor
from lindyn.networks import end_to_end, layer_gradients
from lindyn.risks import LeastSquares

NETWORKS_PAGE, CERTAINTY_PAGE = Page("foundations/networks"), Page("foundations/certainty")


def energy_slack(share: float, factor: float, **case: object) -> float | None:
    """Loss of risk against the integral of the squared gradient; path length against its bound."""
    risk, weights, _ = network_of(**case)
    end = horizon_of(risk, weights, share)
    nodes, masses = np.polynomial.legendre.leggauss(16)
    halves = np.concatenate([(nodes + 1) / 4, (nodes + 3) / 4])
    places = np.concatenate([[0.0], halves, (nodes + 1) / 2, [1.0]])
    order = np.argsort(places)
    flow = gradient_flow(risk, weights, places[order] * end)
    squares = np.empty(places.size)
    squares[order] = [
        norm_of(weight_gradients(risk, at(flow.weights, i))) ** 2 for i in range(places.size)
    ]
    fine = float(np.tile(masses, 2) @ squares[1:33]) * end / 4
    coarse = float(masses @ squares[33:-1]) * end / 2
    loss = flow.risk[0] - flow.risk[-1]
    if loss < 1e-7 * flow.risk[0] or abs(fine - coarse) > 1e-6 * abs(fine):
        return None  # lost in rounding, or the integral is not resolved
    moved = norm_of(tuple(layer[-1] - layer[0] for layer in flow.weights))
    identity = abs(loss - factor * fine) / loss
    return min(1e-4 - identity, 1 - moved / np.sqrt(end * loss) + 1e-6)


def origin_slack(factor: float, **case: object) -> float | None:
    """At zero weights: no gradient, and the predicted fall and rise along a rank-one direction."""
    if case["depth"] < 2:
        return None
    risk, weights, _ = network_of(**case, size=1.0, spread=1.0)
    zero = tuple(np.zeros_like(layer) for layer in weights)
    G = risk.gradient(end_to_end(zero)).reshape(end_to_end(zero).shape)
    still = max(np.abs(g).max() for g in layer_gradients(zero, G))
    U, values, Vt = np.linalg.svd(G)
    depth, step = len(weights), 1e-4
    a = np.sqrt(1 / depth) * step ** (1 / depth)  # every layer gets the norm a
    ways = []
    for sign in (-1, 1):
        layers = [np.zeros_like(layer) for layer in weights]
        for layer in layers:
            layer[0, 0] = a
        layers[0][0] = a * sign * Vt[0]
        layers[-1][:, 0] = a * U[:, 0]
        if depth == 1:
            return None
        ways.append(risk.value(end_to_end(layers)))
    slope = (ways[1] - ways[0]) / (2 * a**depth)
    falls = ways[0] < risk.value(end_to_end(zero)) < ways[1]
    return 1e-6 - abs(slope / (factor * values[0]) - 1) if falls and still == 0 else -1.0


def gain_slack(ceiling: float) -> Enclosure:
    """Enclose the infimum of ceiling − x/(1 + e^x) over all real x by ball arithmetic."""
    from flint import arb

    def gain(lo: float, hi: float) -> arb:
        x = arb(lo).union(arb(hi))
        return x / (1 + x.exp())

    far = 20.0  # beyond, x/(1 + e^x) < x e^{-x}, which falls; below 0 the fraction is negative
    highest = [arb(0), far * (-arb(far)).exp()]
    best, where, boxes, pending = arb(0), 0.0, 0, [(0.0, far)]
    while pending:
        lo, hi = pending.pop()
        boxes += 1
        value, middle = gain(lo, hi), (lo + hi) / 2
        at_middle = gain(middle, middle)
        if at_middle > best:
            best, where = at_middle, middle
        if hi - lo < 1e-3:
            highest.append(value)
        elif not value < best:
            pending += [(lo, middle), (middle, hi)]
    top = max(float(value.upper()) for value in highest)
    low = float((ceiling - best).upper())
    return Enclosure(ceiling - top, low, {"x": where}, boxes)


def gain_sharp() -> str:
    """The largest value of x/(1 + e^x), the Lambert function at 1/e."""
    from flint import arb

    return f"0.3 → {arb(-1).exp().lambertw().str(15, radius=False)} = W(1/e)"


def defect_slack(
    inputs: int, size: float, steps: int, share: float, seed: int, factor: float
) -> float | None:
    """The distance of a polygon of descent from the flow against the integral of its defect."""
    rng = np.random.default_rng(seed)
    risk = LeastSquares(rng.standard_normal((inputs + 2, inputs)), np.zeros((inputs + 2, 1)))
    start = size * rng.standard_normal((1, inputs))
    end = share / np.linalg.norm(risk.gradient(np.eye(1, inputs)))
    run = gradient_descent(risk, (start,), step=end / steps, steps=steps)
    corners = run.product[:, 0]
    slopes = np.array([np.ravel(risk.gradient(c[None])) for c in corners])
    # The gradient is linear, so the defect grows linearly from zero along every edge.
    defect = np.linalg.norm(np.diff(slopes, axis=0), axis=1) / 2 * (end / steps)
    flow = gradient_flow(risk, (start,), [0.0, end], rtol=1e-12, atol=1e-15 * size)
    error = np.linalg.norm(corners[-1] - flow.product[-1, 0])
    bound = float(np.sum(defect))
    return 1 + 1e-6 - error / (factor * bound) if bound > 1e-9 * size else None


ROWS: tuple[Row, ...] = (
    NETWORKS_PAGE.row(
        "own-energy",
        "Gradient flow exists, is unique and dissipates the risk",
        factor(energy_slack, Domain(**NETWORKS, share=Log(1e-2, 3)), 1.02, evaluations=80),
    ),
    NETWORKS_PAGE.row(
        "own-origin",
        "The origin is a saddle point for depth two and more",
        factor(
            origin_slack,
            Domain(**{k: v for k, v in NETWORKS.items() if k not in ("size", "spread")}),
            1.02,
        ),
        "own-layer-gradient",
    ),
    CERTAINTY_PAGE.row(
        "own-gain-ceiling",
        "x/(1 + e^x) stays below 0.3",
        Certified(
            gain_slack,
            "all real x",
            {"ceiling": 0.3},
            {"ceiling": 0.275},
            gain_sharp,
        ),
    ),
    CERTAINTY_PAGE.row(
        "own-defect",
        "The defect bounds the error",
        factor(
            defect_slack,
            Domain(
                inputs=Integer(1, 5),
                size=Log(1e-3, 1e3),
                steps=Integer(1, 60),
                share=Log(1e-3, 10),
                seed=SEEDS,
            ),
            0.96,
            "1 is best: reached as the time goes to zero",
            evaluations=120,
        ),
    ),
)
