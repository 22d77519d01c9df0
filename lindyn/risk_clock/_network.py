"""Velocity of all weights along the clock u = −ln R, and its Jacobian."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lindyn._check import Array
from lindyn.flows import flatten, unflatten
from lindyn.networks import Weights, chain_rule, multiply
from lindyn.risk_clock._log_risk import LogRisk


class NetworkField:
    r"""The flow of all weights, W and q = t·e^{−u} in one vector.

    Equations: with :math:`V = \nabla_W(-\ln R)` and :math:`s = \lVert V\rVert^2`,

    .. math:: \frac{dW}{du} = \frac{V}{s}, \qquad \frac{dq}{du} = \frac1s - q .

    Parameters
    ----------
    risk : the logarithm of the risk.
    shapes : shapes of the layers, input layer first.
    """

    def __init__(self, risk: LogRisk, shapes: Sequence[tuple[int, ...]]) -> None:
        self.risk = risk
        self.shapes = [tuple(shape) for shape in shapes]
        sizes = [rows * columns for rows, columns in self.shapes]
        self.ends = np.concatenate([[0], np.cumsum(sizes)])
        self.size = int(self.ends[-1])

    def layers(self, state: Array) -> Weights:
        """The layers in a state; leading axes are kept."""
        return unflatten(state[..., : self.size], self.shapes)

    def ascent(self, layers: Weights) -> Array:
        """V, the gradient of −ln R with respect to all weights, as one vector."""
        slopes, _ = self.risk.slopes(multiply(layers)[0])
        return flatten(chain_rule(layers, (slopes @ self.risk.z)[None, :]))

    def velocity(self, _: float, state: Array) -> Array:
        """d(W, q)/du."""
        ascent = self.ascent(self.layers(state))
        speed = 1.0 / float(ascent @ ascent)
        return np.append(ascent * speed, speed - state[-1])

    def jacobian(self, _: float, state: Array) -> Array:
        """Derivative of the velocity with respect to the state."""
        hessian, ascent = self._hessian(self.layers(state))
        square = float(ascent @ ascent)
        turned = hessian @ ascent
        found = np.zeros((self.size + 1, self.size + 1))
        found[:-1, :-1] = (hessian - np.outer(ascent, turned * (2 / square))) / square
        found[-1, :-1] = turned * (-2 / square**2)
        found[-1, -1] = -1.0
        return found

    def _hessian(self, layers: Weights) -> tuple[Array, Array]:
        r"""Hessian of −ln R with respect to all weights, and V.

        With J the derivative of the margins, it is
        :math:`VV^\top - J^\top\mathrm{diag}(c_i\ell''/|\ell'|)J` and the second derivatives of
        the product: in W_k[p, q] and W_j[r, s], j < k,
        :math:`(W_L\cdots W_{k+1})_p\,(W_{k-1}\cdots W_{j+1})_{qr}\,(W_{j-1}\cdots W_1 g)_s`.
        """
        count, ends, z = len(layers), self.ends, self.risk.z
        slopes, margins = self.risk.slopes(multiply(layers)[0])
        above = [np.ones(1)]  # the rows W_L ⋯ W_{k+1}
        for layer in layers[:0:-1]:
            above.insert(0, above[0] @ layer)
        below = [z]  # W_{k-1} ⋯ W_1 z_i, a row for each example
        for layer in layers[:-1]:
            below.append(below[-1] @ layer.T)
        pulled = [slopes @ rows for rows in below]
        ascent = np.concatenate(
            [np.outer(a, b).ravel() for a, b in zip(above, pulled, strict=True)]
        )
        margin_slopes = np.concatenate(
            [
                (a[None, :, None] * b[:, None, :]).reshape(len(z), -1)
                for a, b in zip(above, below, strict=True)
            ],
            axis=1,
        )
        decay = np.sqrt(slopes * self.risk.loss.decay(margins))[:, None] * margin_slopes
        hessian = np.outer(ascent, ascent) - decay.T @ decay
        for j in range(count):
            between = np.eye(self.shapes[j][0])
            for k in range(j + 1, count):
                block = np.multiply.outer(np.multiply.outer(above[k], between), pulled[j])
                block = block.reshape(ends[k + 1] - ends[k], ends[j + 1] - ends[j])
                rows, columns = slice(ends[k], ends[k + 1]), slice(ends[j], ends[j + 1])
                hessian[rows, columns] += block
                hessian[columns, rows] += block.T
                between = layers[k] @ between
        return hessian, ascent
