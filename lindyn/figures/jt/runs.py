"""Flows on separable data of the plane to risk 1e-300: clusters, random layers, the residual."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lindyn._check import Array
from lindyn.data import LabelledData
from lindyn.margins import max_margin
from lindyn.networks import Weights, end_to_end
from lindyn.risk_clock import MarginTrajectory, margin_flow, margin_flow_balanced

# The paper states: synthetic separable data in the plane, four layers against one, ratios against
# the risk.  It leaves open all that follows: our choice.
EXAMPLES = 40
CENTRE = (0.42, 0.15)  # of the positive cluster; the negative one is opposite
SPREAD = (0.12, 0.25)
DATA_SEED = 0
LAST = 300.0  # the flow ends at risk 10^−300
COUNT = 181  # risks at which a balanced flow is recorded


def clusters() -> LabelledData:
    """Two normal clusters, on opposite sides of the origin, scaled to inputs of norm at most 1."""
    rng = np.random.default_rng(DATA_SEED)
    labels = np.where(np.arange(EXAMPLES) < EXAMPLES // 2, 1.0, -1.0)
    inputs = np.outer(labels, CENTRE) + rng.standard_normal((EXAMPLES, 2)) * SPREAD
    return LabelledData(inputs / np.linalg.norm(inputs, axis=1).max(), labels)


def random_layers(data: LabelledData, widths: Sequence[int], scale: float, seed: int) -> Weights:
    """Unbalanced normal layers whose product agrees with the labels on average."""
    rng = np.random.default_rng(seed)
    layers = [
        scale / np.sqrt(inner) * rng.standard_normal((outer, inner))
        for inner, outer in zip(widths[:-1], widths[1:], strict=True)
    ]
    w = np.linalg.multi_dot(layers[::-1]) if len(layers) > 1 else layers[0]
    layers[-1] *= np.sign(np.mean(data.signed @ w[0]))
    return tuple(layers)


def descend(
    data: LabelledData, layers: Weights, count: int = 241
) -> tuple[Array, MarginTrajectory]:
    """The flow from these layers to risk 1e-300, and −log₁₀ R, evenly spaced in its logarithm."""
    risk = float(np.mean(np.exp(-data.signed @ end_to_end(layers)[0])))
    shown = np.geomspace(max(0.05, -1.01 * np.log10(risk)), LAST, count)
    # With margins as wide as here (γ > 0.2) the flow is hardly stiff.
    run = margin_flow(
        data.X, data.y, layers, neg_log_risks=shown * np.log(10), rtol=1e-11, method="DOP853"
    )
    return shown, run


def angles_to(direction: Array, product: Array) -> Array:
    """Angle of (T, 1, 2) products from a unit vector of the plane, signed, in degrees."""
    w = product[:, 0]
    across = direction[0] * w[:, 1] - direction[1] * w[:, 0]
    return np.degrees(np.arctan2(across, w @ direction))


def residual(data: LabelledData) -> float:
    r"""Where the part of w across the maximum margin direction ū of the plane ends.

    It is the x that minimises :math:`\sum_{i\in S}e^{-xp_i}` over the support S, with
    :math:`p_i` the coordinates of the :math:`z_i` across ū; the same for every depth.
    """
    from scipy.optimize import brentq  # slow to import

    found = max_margin(data.X, data.y)
    u = found.direction
    across = data.signed[found.support] @ np.array([-u[1], u[0]])
    reach = 50 / np.min(np.abs(across))
    return float(brentq(lambda x: float(across @ np.exp(-x * across)), -reach, reach))


def race(inputs: Array, labels: Array, start: Array, depth: int) -> tuple[Array, Array, Array]:
    """−log₁₀ R, predictors (T, 2) and ln t of the balanced flow from this start to risk 1e-300."""
    risk = float(np.mean(np.exp(-labels * (inputs @ start))))
    shown = np.geomspace(max(0.1, -1.01 * np.log10(risk)), LAST, COUNT)
    run = margin_flow_balanced(inputs, labels, start, depth=depth, neg_log_risks=shown * np.log(10))
    return shown, run.product[:, 0], run.log_time
