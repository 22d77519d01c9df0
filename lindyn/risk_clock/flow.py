"""Gradient flow of all weights on separable data, to any risk: :func:`margin_flow`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.flows import flatten
from lindyn.losses import Loss
from lindyn.networks import Weights, end_to_end, imbalance, multiply
from lindyn.risk_clock._log_risk import LogRisk, log_scaled_time, targets
from lindyn.risk_clock._march import march
from lindyn.risk_clock._network import NetworkField
from lindyn.risk_clock._tolerances import ATOL, RTOL, Tolerances

LEAST_SPEED = 1e-150  # of ‖V‖² at the start, in units of the data: its square must not underflow
# Up to so many weights LSODA is the faster one.  Measured with three layers, −ln R to 100 and to
# 690, w to 1e-8: DOP853 takes 1.7 and 7 times as long at 350, 0.9 and 3 at 620, 0.3 at 1080.
MOST_WEIGHTS = 600


@dataclass(frozen=True)
class MarginTrajectory:
    r"""A trajectory of all weights; the axis of the values of −ln R comes first, as time would.

    Attributes
    ----------
    neg_log_risk : u = −ln R, shape (T,), as asked for.
    log_time : ln t, shape (T,); −inf at the start.
    weights : ``weights[k]`` of shape (T, d_{k+1}, d_k).
    product : shape (T, 1, d).
    certificate : the largest drift, over all T, of −ln R (recomputed from the weights) from u, and
        of any entry of any imbalance from its value at the start.  Exact flow has 0.
    """

    neg_log_risk: Array
    log_time: Array
    weights: Weights
    product: Array
    certificate: float


def margin_flow(
    X: Any,
    y: Any,
    weights: Sequence[Array],
    loss: str | Loss = "exponential",
    neg_log_risks: Any = (),
    rtol: float = RTOL,
    atol: float = ATOL,
    method: str | None = None,
    progress: bool = False,
) -> MarginTrajectory:
    r"""Gradient flow on separable data, to risks far below the smallest float.

    Equation: :math:`\dot W_k = -\partial R/\partial W_k` with
    :math:`R = \frac1n\sum_i\ell(y_i\,W_N\cdots W_1x_i)`, run with :math:`u = -\ln R` as the clock:

    .. math::
        &\frac{dW}{du} = \frac{V}{\lVert V\rVert^2},\quad V = \nabla_W(-\ln R),\\
        &\frac{dt}{du} = \frac{e^u}{\lVert V\rVert^2} .

    R itself is never formed.  Nothing pulls the weights back to the risk asked for or to the
    imbalance of the start, so that ``.certificate`` is an honest measure of the accuracy: below
    1e-8 to R = 1e-300, a few 1e-11 of u beyond.  The flow is stiff (what is orthogonal to
    the maximum margin direction relaxes at a rate of order 1/γ² per unit of u), so up to 600
    weights it is integrated implicitly, with the exact Jacobian.

    Parameters
    ----------
    X : inputs of shape (n, d).
    y : labels ±1 of shape (n,).
    weights : weights at time 0, input layer first; the last layer has one row.
    loss : ``"exponential"``, ``"logistic"`` or a :class:`lindyn.losses.Loss`.
    neg_log_risks : sorted values of −ln R (natural logarithm) at which to report, none below that
        of the start nor above 1e9; a scalar gives a record without the first axis.
    rtol, atol : tolerances of the integrator; ``rtol`` at least 2.3e-14, ``atol`` is multiplied by
        the size of the smallest layer of the start where that is below 1.  Far out, where rounding
        is larger, they are raised to it.
    method : ``"LSODA"``, ``"DOP853"``, ``"Radau"`` or ``"BDF"``; by default LSODA up to 600
        weights and DOP853, whose steps cost less but are bound by the stiffness, beyond.
    progress : show a progress bar.

    Returns
    -------
    MarginTrajectory
        ``.neg_log_risk``, ``.log_time``, ``.weights``, ``.product``, ``.certificate``.

    Raises
    ------
    ValueError
        For data that are not separable, a start at which the gradient is zero, values that
        decrease or that the flow has passed at the start, tolerances that cannot be met.
    ShapeError
        If the weights do not chain or do not fit the data.
    IntegrationError
        If the integrator fails, as it may where the flow comes to a critical point; the message
        names the −ln R reached.

    Statements
    ----------
    ``jt-def-network``, ``jt-eq-2-4``, ``jt-thm-2-2-i``, ``jt-thm-2-8-ii``

    Examples
    --------
    >>> import numpy as np
    >>> weights = (np.array([[0.5, 0.3], [-0.2, 0.8]]), np.array([[0.6, -0.3]]))
    >>> run = margin_flow([[1.0, 0.5], [-1.0, 0.5]], [1, -1], weights, neg_log_risks=[1.0, 700.0])
    >>> (run.product[-1, 0] / np.linalg.norm(run.product[-1])).round(4) + 0.0
    array([1., 0.])
    >>> run.certificate < 1e-8, bool(run.log_time[-1] < 700.0)
    (True, True)

    References
    ----------
    Ji and Telgarsky (2019).
    """
    layers = _check.weights_chain("weights", weights)
    risk, depth = LogRisk(X, y, loss, len(layers)), len(layers)
    layers = tuple(layer / risk.unit for layer in layers)
    if layers[0].shape[1] != risk.dim or layers[-1].shape[0] != 1:
        raise _check.fail_shape(
            "weights",
            f"of a product of shape (1, {risk.dim})",
            f"{(layers[-1].shape[0], layers[0].shape[1])}",
        )
    first = risk.start(end_to_end(layers)[0])
    goals = targets("neg_log_risks", neg_log_risks, first)
    field = NetworkField(risk, [layer.shape for layer in layers])
    speed = float(np.sum(field.ascent(layers) ** 2))
    if not LEAST_SPEED < speed < np.inf:
        raise _check.fail(
            "weights",
            "no critical point of the risk",
            f"a start with squared gradient of ln R {speed:g}",
            "At most one layer may be zero (Assumption 1.2); tiny layers can be scaled up.",
        )
    chosen = method or ("LSODA" if field.size <= MOST_WEIGHTS else "DOP853")
    sizes = [size for layer in layers if (size := float(np.max(np.abs(layer)))) > 0]
    least = min([1.0, *sizes])
    tolerances = Tolerances(chosen, rtol, atol, risk, depth, 1 / depth, least, 1.0 / speed)
    states = march(
        field.velocity,
        field.jacobian,
        np.append(flatten(layers), 0.0),
        first,
        np.atleast_1d(goals),
        tolerances,
        progress,
    )
    drift = max(
        _drift(field, layers, *pair) for pair in zip(np.atleast_1d(goals), states, strict=True)
    )
    states = states.reshape(*goals.shape, -1)
    paths = tuple(layer * risk.unit for layer in field.layers(states))
    log_time = goals + log_scaled_time(states[..., -1], risk.unit)
    return MarginTrajectory(goals, log_time, paths, multiply(paths), drift)


def _drift(field: NetworkField, start: Weights, goal: float, state: Array) -> float:
    """Largest drift of −ln R and of the imbalances in one state."""
    layers = field.layers(state)
    pairs = zip(imbalance(layers), imbalance(start), strict=True)
    moved = [float(np.max(np.abs(now - before))) * field.risk.unit**2 for now, before in pairs]
    return max(float(abs(field.risk.value(multiply(layers)[0]) - goal)), *moved, 0.0)
