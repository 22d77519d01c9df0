"""Population risks in the plane whose law is not spherically symmetric, for measurements only.

The teacher is (0, 1), the label of x is the sign of x₂, the loss is logistic.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from lindyn._check import Array
from lindyn.laws import Gaussian

GRADES = (0.0, 1e-4, 1e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)  # towards the line of the labels
ORDER = 12


class EllipticalLogistic:
    r"""Normal inputs with any covariance, exactly.

    Equation: with :math:`r = \sqrt{w^\top\Sigma w}`, :math:`L(w) = \Phi(r) - \kappa\,
    v^\top\Sigma w/\sqrt{v^\top\Sigma v}`; Φ and κ are those of the standard normal law, since
    :math:`x = \Sigma^{1/2}z` turns the problem into the spherical one.  An expectation.

    Parameters
    ----------
    covariance : array Σ of shape (2, 2), positive definite.
    """

    shape = (1, 2)

    def __init__(self, covariance: Array) -> None:
        self.law = Gaussian(2)
        self.covariance = covariance
        self.pull = self.law.kappa * covariance[1] / np.sqrt(covariance[1, 1])

    def _size(self, W: Array) -> tuple[Array, float]:
        w = W.reshape(2)
        return w, float(np.sqrt(w @ self.covariance @ w))

    def value(self, W: Array) -> float:
        """L(w)."""
        w, size = self._size(W)
        return float(self.law.Phi(size) - w @ self.pull)

    def gradient(self, W: Array) -> Array:
        """Σw Φ′(r)/r − the pull, in the shape of W."""
        w, size = self._size(W)
        slope = self.law.dPhi(size) / size
        return (slope * (self.covariance @ w) - self.pull).reshape(W.shape)


class SquareLogistic:
    """Inputs uniform on the square of side 2, turned by an angle: a fixed rule of Gauss points.

    Panels in polar coordinates, broken at the corners and graded towards the line of the labels:
    24,480 points and weights, with which the gradient is exact to about 1e-14 for norms to
    100.  A mean with these weights.

    Parameters
    ----------
    tilt : angle by which the square is turned, radians.
    """

    shape = (1, 2)

    def __init__(self, tilt: float) -> None:
        corners = tilt + np.pi / 4 + np.pi / 2 * np.arange(4)
        graded = [line + side * g for line in (0, np.pi) for side in (1, -1) for g in GRADES]
        breaks = np.unique(np.mod(np.concatenate([corners, graded]), 2 * np.pi).round(14))
        angle, across = _panels(np.append(breaks, breaks[0] + 2 * np.pi))
        share, along = _panels(np.array([0.0, 0.01, 0.05, 0.2, 0.5, 1.0]))
        reach = 1 / np.maximum(np.abs(np.cos(angle - tilt)), np.abs(np.sin(angle - tilt)))
        radius = np.outer(reach, share)
        weights = np.outer(across * reach**2, along * share).ravel()
        x = np.stack([(radius.T * np.cos(angle)).T, (radius.T * np.sin(angle)).T], axis=-1)
        points = x.reshape(-1, 2)
        self.signed = np.where(points[:, 1:] >= 0, 1.0, -1.0) * points
        self.weights = weights / weights.sum()

    def value(self, W: Array) -> float:
        """L(w)."""
        return float(self.weights @ np.logaddexp(0.0, -(self.signed @ W.reshape(2))))

    def gradient(self, W: Array) -> Array:
        """∇L(w), in the shape of W."""
        pulls = self.weights * expit(-(self.signed @ W.reshape(2)))
        return -(pulls @ self.signed).reshape(W.shape)


def _panels(breaks: Array) -> tuple[Any, Any]:
    """Gauss points and weights on the panels between rising breaks."""
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    half = np.diff(breaks)[:, None] / 2
    middle = (breaks[:-1] + breaks[1:])[:, None] / 2
    return (middle + half * nodes).ravel(), (half * weights).ravel()
