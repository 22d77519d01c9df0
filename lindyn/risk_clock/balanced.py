"""What balanced layers make of the flow on separable data: :func:`margin_flow_balanced`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.losses import Loss
from lindyn.risk_clock._log_risk import LogRisk, log_scaled_time, targets
from lindyn.risk_clock._march import march
from lindyn.risk_clock._tolerances import ATOL, RTOL, Tolerances


@dataclass(frozen=True)
class PredictorTrajectory:
    """A trajectory of the linear predictor alone; the axis of −ln R comes first.

    Attributes
    ----------
    neg_log_risk : u = −ln R, shape (T,), as asked for.
    log_time : ln t, shape (T,); −inf at the start.
    product : shape (T, 1, d).
    certificate : the largest drift, over all T, of −ln R (recomputed from the product) from u.
    """

    neg_log_risk: Array
    log_time: Array
    product: Array
    certificate: float


class PredictorField:
    r"""The flow that N balanced layers induce on w, and q = t·e^{−u}, in one vector.

    Equations: with :math:`g = \nabla_w(-\ln R)`, :math:`p = g + (N-1)\bar w\langle\bar w,g\rangle`,

    .. math:: \frac{dw}{du} = \frac{p}{\langle g, p\rangle}, \qquad
        \frac{dq}{du} = \frac{1}{\rho^{2-2/N}\langle g, p\rangle} - q, \qquad \rho = \lVert w\rVert.

    Parameters
    ----------
    risk : the logarithm of the risk.
    depth : number of layers.
    """

    def __init__(self, risk: LogRisk, depth: int) -> None:
        self.risk = risk
        self.depth = depth

    def velocity(self, _: float, state: Array) -> Array:
        """d(w, q)/du."""
        w = state[:-1]
        g = self.risk.slopes(w)[0] @ self.risk.z
        pull, clock, _ = self._pull(w, g)
        speed = float(g @ pull)
        return np.append(pull / speed, 1.0 / (clock * speed) - state[-1])

    def jacobian(self, _: float, state: Array) -> Array:
        """Derivative of the velocity with respect to the state."""
        w, z, more = state[:-1], self.risk.z, self.depth - 1
        slopes, margins = self.risk.slopes(w)
        g = slopes @ z
        pull, clock, unit = self._pull(w, g)
        speed = float(g @ pull)
        decay = np.sqrt(slopes * self.risk.loss.decay(margins))[:, None] * z
        hessian = np.outer(g, g) - decay.T @ decay
        turned = hessian + more * np.outer(unit, unit @ hessian)
        log_clock = np.zeros_like(w)
        if more:
            rho = float(np.linalg.norm(w))
            turn = (np.eye(w.size) - np.outer(unit, unit)) / rho
            turned += more * (np.outer(unit, g @ turn) + float(unit @ g) * turn)
            log_clock = (2 - 2 / self.depth) * unit / rho
        slope = hessian @ pull + turned.T @ g
        found = np.zeros((w.size + 1, w.size + 1))
        found[:-1, :-1] = (turned - np.outer(pull, slope / speed)) / speed
        found[-1, :-1] = -(slope / speed + log_clock) / (clock * speed)
        found[-1, -1] = -1.0
        return found

    def _pull(self, w: Array, g: Array) -> tuple[Array, float, Array]:
        """The vector p, the factor ρ^{2−2/N}, and w̄ (not used, and 0, for one layer)."""
        if self.depth == 1:
            return g, 1.0, np.zeros_like(w)
        rho = float(np.linalg.norm(w))
        unit = w / rho
        return (
            g + (self.depth - 1) * float(unit @ g) * unit,
            rho ** (2 - 2 / self.depth),
            unit,
        )


def margin_flow_balanced(
    X: Any,
    y: Any,
    start: Any,
    depth: int,
    loss: str | Loss = "exponential",
    neg_log_risks: Any = (),
    rtol: float = RTOL,
    atol: float = ATOL,
    method: str = "LSODA",
    progress: bool = False,
) -> PredictorTrajectory:
    r"""The flow of :func:`lindyn.margin_flow` from balanced weights, for the predictor alone.

    Equation: with :math:`\rho = \lVert w\rVert`, :math:`\bar w = w/\rho`,

    .. math:: \dot w = -\rho^{2-2/N}\bigl(I + (N-1)\bar w\bar w^\top\bigr)\nabla R(w),

    run with :math:`u = -\ln R` as the clock.  The cost depends neither on the widths nor on the
    depth.

    Parameters
    ----------
    X : inputs of shape (n, d).
    y : labels ±1 of shape (n,).
    start : predictor at time 0, the product of the balanced layers, shape (d,); not zero unless
        ``depth`` is 1.
    depth : number of layers N, at least 1.
    loss, neg_log_risks, rtol, atol, progress : as in :func:`lindyn.margin_flow`.
    method : ``"LSODA"``, ``"DOP853"``, ``"Radau"`` or ``"BDF"``.

    Returns
    -------
    PredictorTrajectory
        ``.neg_log_risk``, ``.log_time``, ``.product``, ``.certificate``.

    Raises
    ------
    ValueError
        For data that are not separable, a zero start of several layers, values that decrease or
        that the flow has passed at the start, tolerances that cannot be met.
    ShapeError
        If the start does not fit the data.
    IntegrationError
        If the integrator fails; the message names the −ln R reached.

    Statements
    ----------
    ``own-induced-flow``, ``jt-txt-balanced-rank1``

    Examples
    --------
    >>> run = margin_flow_balanced(
    ...     [[1.0, 0.5], [-1.0, 0.5]], [1, -1], [0.1, 0.3], depth=3, neg_log_risks=700.0
    ... )
    >>> (run.product[0] / np.linalg.norm(run.product)).round(6), run.certificate < 1e-8
    (array([1., 0.]), True)

    References
    ----------
    Arora, Cohen and Hazan (2018), Theorem 1.
    """
    depth = _check.integer("depth", depth, least=1)
    risk = LogRisk(X, y, loss, depth)
    w = _check.vector("start", start, risk.dim) / risk.unit**depth
    if depth > 1 and not np.any(w):
        raise _check.fail("start", "non-zero", "the zero vector", "Zero is a critical point.")
    first = risk.start(w)
    goals = targets("neg_log_risks", neg_log_risks, first)
    field = PredictorField(risk, depth)
    begin = np.append(w, 0.0)
    least = min(1.0, float(np.max(np.abs(w)))) if depth > 1 else 1.0
    speed = float(field.velocity(0.0, begin)[-1])
    tolerances = Tolerances(method, rtol, atol, risk, depth, 1.0, least, speed)
    states = march(
        field.velocity,
        field.jacobian,
        begin,
        first,
        np.atleast_1d(goals),
        tolerances,
        progress,
    )
    reached = [risk.value(state[:-1]) for state in states]
    drift = float(np.max(np.abs(np.array(reached) - goals)))
    states = states.reshape(*goals.shape, -1)
    log_time = goals + log_scaled_time(states[..., -1], risk.unit)
    products = states[..., None, :-1] * risk.unit**depth
    return PredictorTrajectory(goals, log_time, products, drift)
