"""The logarithm of the risk of a linear predictor, where the risk itself underflows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.data import LabelledData
from lindyn.losses import Loss, loss_named
from lindyn.margins import max_margin

FARTHEST = 1e9  # largest −ln R: there margins carry an error of about 1e-7


class LogRisk:
    r"""f(w) = −ln R(w), with :math:`R(w) = \frac1n\sum_i\ell(\langle w, z_i\rangle)`.

    Its gradient is :math:`\sum_i c_i z_i` with :math:`c_i = |\ell'(m_i)|/(nR)`, which is of
    order 1 however small R is.

    Weights are counted in a ``unit``, a power of 2 such that the longest z_i times unit^N, by which
    they are replaced, is of order 1.  The margins are the same; so is the flow along −ln R, with
    t unit² for t.

    Parameters
    ----------
    X, y : separable data.
    loss : ``"exponential"``, ``"logistic"`` or a :class:`lindyn.losses.Loss`.
    depth : number of layers N.

    Raises
    ------
    ValueError
        If the data are not separable: their risk does not tend to 0.
    """

    def __init__(self, X: Any, y: Any, loss: str | Loss, depth: int) -> None:
        data = LabelledData(X, y)
        found = max_margin(data.X, data.y)
        self.unit = 2.0 ** round(-math.log2(float(np.max(np.abs(data.X)))) / depth)
        self.z = data.signed * self.unit**depth
        self.margin = found.margin * self.unit**depth
        self.loss = loss_named(loss)
        if not all(hasattr(self.loss, name) for name in ("log_value", "log_slope", "decay")):
            raise _check.fail(
                "loss", "a loss with log_value, log_slope and decay", type(loss).__name__
            )
        self._log_n = math.log(len(self.z))

    @property
    def dim(self) -> int:
        """Dimension of the predictors."""
        return int(self.z.shape[1])

    def value(self, w: Array) -> float:
        """F(w)."""
        return self._value(self.z @ w)

    def slopes(self, w: Array) -> tuple[Array, Array]:
        """The weights c_i, and the margins m_i, both of shape (n,)."""
        margins = self.z @ w
        return np.exp(self.loss.log_slope(margins) + (self._value(margins) - self._log_n)), margins

    def _value(self, margins: Array) -> float:
        logs = self.loss.log_value(margins)
        largest = float(logs.max())
        return self._log_n - largest - math.log(float(np.exp(logs - largest).sum()))

    def sizes(self, depth: int, value: float) -> tuple[float, float]:
        """About the norm of the product, and 1/‖V‖², of balanced aligned layers at u = ``value``.

        That is u/γ and (u/γ)^{2/N−2}/(Nγ²), from u = 1 on.
        """
        size = max(value, 1.0) / self.margin
        return size, size ** (2 / depth - 2) / (depth * self.margin**2)

    def start(self, w: Array) -> float:
        """F of a start, if that is finite."""
        with np.errstate(over="ignore", invalid="ignore"):
            value = self.value(w)
        if not math.isfinite(value):
            raise _check.fail("weights", "of finite logarithm of the risk", value, "Rescale them.")
        return value


def log_scaled_time(scaled: Array, unit: float) -> Array:
    """Log of t·e^{−u}, from q in units of the weights; −inf at the start, where t = 0."""
    with np.errstate(divide="ignore"):
        return np.log(scaled) + 2 * math.log(unit)


def targets(name: str, value: Any, start: float) -> Array:
    """Values of −ln R at which to report: sorted, and not before the start."""
    array = _check.finite_array(name, value)
    if array.ndim > 1:
        raise _check.fail_shape(name, "one value or a vector of values", f"shape {array.shape}")
    if array.size == 0:
        raise _check.fail_shape(name, "at least one value", "none")
    if array.ndim == 1 and np.any(np.diff(array) < 0):
        raise _check.fail(
            name, "sorted in non-decreasing order", "a decrease", "The risk only falls."
        )
    if float(np.min(array)) < start - 1e-12 * (1 + abs(start)):
        raise _check.fail(
            name,
            f"at least {start:.15g}, which is −ln of the risk of the start",
            float(np.min(array)),
            "The risk only falls; smaller risks are larger values.",
        )
    if float(np.max(array)) > FARTHEST:
        raise _check.fail(
            name,
            f"at most {FARTHEST:.0e}",
            float(np.max(array)),
            "Beyond, the rounding of the margins is no longer small.",
        )
    return np.where(np.abs(array - start) <= 1e-14 * abs(start), start, array)
