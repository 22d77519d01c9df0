"""A path of the flow of scalar layers, all but the last one equal: :class:`ScalarPath`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq


class ScalarPath:
    """Flow of ½(1 − x^{N−1}z)² in the plane of x, the value of N − 1 layers, and z, of the last.

    As z² − x² is conserved, one coordinate says where the flow is: the one that passes through 0
    or tends to it.  So a start whose path ends at a saddle ends there, whatever the rounding.

    Parameters
    ----------
    depth
        Number of layers.
    angle
        Angle of the start to the line z = −x, in degrees, above −45 and below 135.
    size
        Distance of the start from the origin.
    """

    def __init__(self, depth: float, angle: float, size: float) -> None:
        self.depth = int(depth)
        turn = np.deg2rad(angle)
        x, z = size * np.cos(turn - np.pi / 4), size * np.sin(turn - np.pi / 4)
        self.start = (float(x), float(z))
        self.conserved = -float(size**2 * np.sin(2 * turn))  # z² − x²
        self.by_x = self.conserved > 0
        self._first = self.start[0 if self.by_x else 1]
        self._sign = -1.0 if self.by_x and z < 0 else 1.0

    def point(self, q: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """X and z where the chosen coordinate is q."""
        other = self._sign * np.sqrt(q * q + abs(self.conserved))
        return (q, other) if self.by_x else (other, q)

    def product(self, q: NDArray[np.float64]) -> NDArray[np.float64]:
        """The product of all layers."""
        x, z = self.point(q)
        return np.asarray(x ** (self.depth - 1) * z)

    def rate(self, _: float, q: NDArray[np.float64]) -> NDArray[np.float64]:
        """Velocity of q."""
        x, z = self.point(q)
        others = x ** (self.depth - 2) * z if self.by_x else x ** (self.depth - 1)
        return np.asarray((1 - x ** (self.depth - 1) * z) * others)

    @property
    def stays(self) -> bool:
        """Whether the flow ends at a saddle."""
        if self.start[1] >= 0:
            return False
        return self.conserved == 0 or (self.by_x and self.depth % 2 == 1)

    @property
    def last(self) -> float:
        """The coordinate in the limit: 0 at a saddle, else where the product is 1."""
        if self.stays:
            return 0.0
        away = self._sign if self.by_x else 1.0
        return float(brentq(lambda q: self.product(q) - 1, 0.0, 10.0 * away, xtol=1e-14))

    @property
    def nearest(self) -> float:
        """The coordinate where the path is nearest to the origin."""
        return 0.0 if self._first * self.last <= 0 else min(self._first, self.last, key=abs)


def second_order(path: ScalarPath, since: NDArray[np.float64]) -> NDArray[np.float64]:
    """Product of the layers on the flow of the loss's expansion to second order at the origin.

    It goes through the point of the path nearest to the origin, at ``since`` = 0.  At depth 2 the
    expansion is ½ − xz; at greater depth it is constant.
    """
    x, z = path.point(np.array(path.nearest))
    if path.depth > 2:
        return np.full(since.shape, float(path.product(np.array(path.nearest))))
    phase = np.clip(2 * since, -300, 300)
    return np.asarray(x * z * np.cosh(phase) + (x * x + z * z) / 2 * np.sinh(phase))
