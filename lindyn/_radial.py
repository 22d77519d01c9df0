"""Expectations of the logistic loss under a spherically symmetric law, to round-off.

Everything the population loss needs is a mean over a = |x₁| of one of four functions of r·a:

* ``PSI``       E[a / (1 + e^{ra})]
* ``RESIDUAL``  E[ln(1 + e^{−ra})]
* ``SLOPE``     E[(a/2) tanh(ra/2)]
* ``CURVATURE`` E[(a²/4) / cosh²(ra/2)]

Their nearest singularities lie at a = ±iπ/r, so Gauss–Legendre panels that double in length from
a = 0 onwards are accurate for *every* r at once.  The four means are analytic in the half-plane
Re r > 0; a table of polynomials on the octaves of r, filled where it is asked, makes them cheap.
An octave is read off the binary exponent, so the argument of its polynomial is exact.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lindyn._chebyshev import basis, evaluate, powers

Array = NDArray[np.float64]

PSI, RESIDUAL, SLOPE, CURVATURE = range(4)

OCTAVES = 64  # panels below the scale of the law: good for r up to about 1e16 / scale
NODES = 20
POINTS = 22
REACH = 52  # the table covers r·E|x₁| up to 2^REACH, and down to where ψ = κ to round-off


def gauss_panels(panels: Array) -> tuple[Array, Array]:
    """Nodes and weights of the Gauss–Legendre rule on each row (start, end) of ``panels``."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    half = (panels[:, 1:] - panels[:, :1]) / 2
    middle = (panels[:, 1:] + panels[:, :1]) / 2
    return middle + half * x, half * w


def doubling(top: float, octaves: int = OCTAVES) -> Array:
    """The panels between 0, top·2^{−octaves}, …, top/2, top: shape (octaves + 1, 2)."""
    edges = np.concatenate([[0.0], top * 2.0 ** -np.arange(octaves, -1.0, -1.0)])
    return np.stack([edges[:-1], edges[1:]], axis=1)


class Profile(ABC):
    """The four means of one law, as functions of r > 0.

    ``scale`` is E|x₁|, and κ − ψ(r) vanishes at r = 0 at least like r^``order`` (1 where the second
    moment is finite).  Where |x₁| is bounded away from 0 the means fall exponentially, which no
    table in octaves of r can follow: such profiles set ``tabulated`` to false.
    """

    tabulated = True

    def __init__(self, scale: float, order: float = 1.0) -> None:
        self.scale, self.order = scale, order
        octaves = REACH + int(np.ceil(REACH / order))
        self.lowest = REACH - octaves - int(np.frexp(scale)[1])
        self._filled = np.zeros(octaves, dtype=bool)
        self._lists: dict[tuple[int, int], list[float]] = {}
        self._coefficients = np.zeros((4, POINTS, octaves))

    @abstractmethod
    def direct(self, r: Array) -> Array:
        """The four means at the 1-D array ``r > 0``, by quadrature: shape (4, len(r))."""

    def evaluate(self, r: Array, kinds: Sequence[int]) -> Array:
        """The means named by ``kinds`` at the 1-D array ``r > 0``: shape (len(kinds), len(r))."""
        if not self.tabulated:
            return self.direct(r)[list(kinds)]
        mantissa, exponent = np.frexp(r)
        panel = exponent - self.lowest
        if not self._filled.take(panel, mode="clip").all() or self._leaves(panel):
            inside = (panel >= 0) & (panel < self._filled.size)
            if not inside.all():
                out = np.empty((len(kinds), r.size))
                out[:, inside] = self.evaluate(r[inside], kinds)
                out[:, ~inside] = self._beyond(r[~inside], kinds)
                return out
            self._fill(np.unique(panel[~self._filled[panel]]))
        x_powers = powers(4 * mantissa - 3, POINTS)
        return np.stack([evaluate(self._coefficients[kind], panel, x_powers) for kind in kinds])

    def scalar(self, r: float, kind: int) -> float:
        """One mean at one ``r > 0``: as :meth:`evaluate`, without the cost of arrays."""
        mantissa, exponent = math.frexp(r)
        octave = exponent - self.lowest
        if not (self.tabulated and 0 <= octave < self._filled.size):
            return float(self.evaluate(np.array([r]), (kind,))[0, 0])
        if (kind, octave) not in self._lists:
            self.evaluate(np.array([r]), (kind,))
            self._lists[kind, octave] = self._coefficients[kind, ::-1, octave].tolist()
        x, value = 4 * mantissa - 3, 0.0
        for coefficient in self._lists[kind, octave]:
            value = value * x + coefficient
        return value

    @functools.cached_property
    def rough(self) -> list[float]:
        """Values of ln ψ at r = 2^{k/4}, from k = 4·lowest on: for rough work."""
        count = 4 * self._filled.size + 1
        with np.errstate(divide="ignore"):
            logs = np.log(self.direct(np.exp2(self.lowest + np.arange(count) / 4))[PSI])
        return np.maximum(logs, -1e4).tolist()

    def _leaves(self, panel: NDArray[np.intp]) -> bool:
        return panel.size > 0 and bool(panel.min() < 0 or panel.max() >= self._filled.size)

    def _beyond(self, r: Array, kinds: Sequence[int]) -> Array:
        """The means outside the table."""
        return self.direct(r)[list(kinds)]

    def _fill(self, panels: NDArray[np.intp]) -> None:
        fit = basis(POINTS)
        for panel in panels:
            r = np.ldexp((fit.points + 3) / 4, panel + self.lowest)
            self._coefficients[:, :, panel] = fit.fit(self.direct(r))
            self._filled[panel] = True


class RuleProfile(Profile):
    """A law given by nodes and weights of a rule for |x₁|."""

    def __init__(
        self, nodes: Array, weights: Array, tabulated: bool = True, order: float = 1.0
    ) -> None:
        weights = weights / weights.sum()
        keep = weights > 0
        self._nodes, self._weights = nodes[keep], weights[keep]
        self.tabulated = tabulated
        super().__init__(float(self._weights @ self._nodes), order)

    def direct(self, r: Array) -> Array:
        out = np.empty((4, r.size))
        step = max(1, 400_000 // self._nodes.size)  # bounds the memory
        for start in range(0, r.size, step):
            chunk = slice(start, start + step)
            out[:, chunk] = self._means(r[chunk])
        return out

    def _means(self, r: Array) -> Array:
        a, w = self._nodes, self._weights
        with np.errstate(under="ignore", over="ignore"):
            x = r[:, None] * a
            e = np.exp(-x)
            half = a / (1 + e)
            psi = (half * e) @ w
            residual = np.log1p(e) @ w
            slope = (half * -np.expm1(-x)) @ w / 2
            curvature = (half * half * e) @ w
        return np.stack([psi, residual, slope, curvature])

    def _beyond(self, r: Array, kinds: Sequence[int]) -> Array:
        # Outside the table the limiting powers hold to round-off; for slope and curvature of a
        # heavy tail below it relative to the largest slope only.
        ends = np.ldexp(0.75, self.lowest + np.array([0, self._filled.size - 1]))
        at_ends = self.direct(ends)
        low = r < ends[0]
        ratio = r / np.where(low, ends[0], ends[1])
        powers = np.where(low, [[0], [0], [1], [0]], [[-2], [-1], [0], [-3]])
        return (np.where(low, at_ends[:, :1], at_ends[:, 1:]) * ratio**powers)[list(kinds)]


class MixtureProfile(Profile):
    """x = R·(uniform on the sphere), with nodes and weights of a rule for R."""

    def __init__(self, sphere: Profile, radii: Array, weights: Array, order: float) -> None:
        # The means grow at most like R² and fall at most like 1/R: other nodes do not count.
        least, most = weights / radii, weights * radii**2
        keep = (least > 1e-20 * least.sum()) | (most > 1e-20 * most.sum())
        self._sphere, self._radii, self._weights = sphere, radii[keep], weights[keep]
        super().__init__(sphere.scale * float(weights @ radii), order)

    def direct(self, r: Array) -> Array:
        radii, w = self._radii, self._weights
        powers = np.stack([radii, np.ones_like(radii), radii, radii**2])
        out = np.empty((4, r.size))
        for i, value in enumerate(r):
            means = self._sphere.evaluate(value * radii, range(4))
            out[:, i] = (means * powers) @ w
        return out


@functools.cache
def cosine_profile(power: int) -> Profile:
    """|x₁| = sin α with density ∝ cos^power α on (0, π/2).

    The unit sphere of dimension d ≥ 2 has power d − 2, the unit ball of dimension d has power d.
    """
    alpha, weights = gauss_panels(doubling(np.pi / 2))
    with np.errstate(under="ignore"):
        density = np.cos(alpha) ** power
    return RuleProfile(np.sin(alpha).ravel(), (weights * density).ravel())


@functools.cache
def sphere_profile(dim: int) -> Profile:
    """|x₁| of the uniform law on the unit sphere; a = 1 in dimension 1."""
    if dim == 1:
        return RuleProfile(np.ones(1), np.ones(1), tabulated=False)
    return cosine_profile(dim - 2)


@functools.cache
def normal_profile() -> Profile:
    """|x₁| of a standard normal variable."""
    a, weights = gauss_panels(doubling(40.0))
    return RuleProfile(a.ravel(), (weights * np.exp(-(a**2) / 2)).ravel())


@functools.cache
def student_profile(freedom: float) -> Profile:
    """|x₁| of Student's t; the panels reach so far that the mean beyond them is below 1e-18."""
    above = int(np.ceil(60 / min(freedom - 1, 10))) + 8
    a, weights = gauss_panels(doubling(2.0**above, OCTAVES + above))
    with np.errstate(under="ignore"):
        # ln(1 + a²/freedom), where a² may overflow.
        rise = np.logaddexp(0.0, 2 * np.log(a) - np.log(freedom))
        density = np.exp(-(freedom + 1) / 2 * rise)
    return RuleProfile(a.ravel(), (weights * density).ravel(), order=min(freedom - 1, 1.0))
