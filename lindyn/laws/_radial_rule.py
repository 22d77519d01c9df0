"""A quadrature rule for an arbitrary density of the norm R = ‖x‖.

Panels double in length away from the lower end of the support, so that the rule serves integrands
of every scale (see ``lindyn._radial``), and are halved where the density itself is rough.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn import _check
from lindyn._radial import doubling, gauss_panels

Array = NDArray[np.float64]

TOLERANCE = 1e-9  # on the integral of the density
NEGLIGIBLE = 1e-18
LOW, HIGH = -100, 250  # octaves of β searched for mass; further out densities underflow
HALVINGS = 50


class RadialRule:
    """Nodes and weights for expectations of functions of R.

    The panel variable β makes inverse square roots at the ends of the support smooth: the radius is
    lo + (hi − lo) sin²(β/2) on a bounded support and lo + β² on an unbounded one.
    """

    def __init__(self, density: Callable[[Array], Array], support: tuple[float, float]) -> None:
        if not callable(density):
            raise _check.fail("density", "a function of the radius", type(density).__name__)
        self.support = _interval(support)
        self._density = density
        radii, masses = self._masses(self._refine(self._octaves()))
        total = float(masses.sum())
        if abs(total - 1) > TOLERANCE:
            raise _not_one(total)
        masses = masses / total
        order = np.argsort(radii[:, 0])
        radii, masses = radii[order], masses[order]
        self.second_moment, self.order = self._tail(radii, masses)
        keep = masses.ravel() > 0
        self.nodes: Array = radii.ravel()[keep]
        self.weights: Array = masses.ravel()[keep]

    @property
    def fingerprint(self) -> str:
        """Short hash of the rule: equal for equal densities."""
        return hashlib.sha256(self.nodes.tobytes() + self.weights.tobytes()).hexdigest()[:16]

    def _near_zero(self) -> tuple[float, float]:
        """The density at two radii far below the scale of the law, ratio a million."""
        if self.support[0] > 0:
            return 0.0, 0.0
        scale = float(self.weights @ self.nodes)
        low, high = np.broadcast_to(self._density(scale * np.array([1e-36, 1e-30])), 2)
        return float(low), float(high)

    @property
    def inverse_moment(self) -> float:
        """E R⁻¹, infinite where the density does not vanish at R = 0."""
        low, high = self._near_zero()
        return float("inf") if low > 0.9 * high > 0 else float(self.weights @ (1 / self.nodes))

    @property
    def density_at_zero(self) -> float:
        """Limit of the density as R → 0; 0 or infinite where it keeps falling or rising."""
        low, high = self._near_zero()
        if low <= 0.9 * high:
            return 0.0
        return low if 0.9 * low < high else float("inf")

    def quantile(self, probability: Array) -> Array:
        """Radii at which the distribution function has the given values, to about 1e-4."""
        from scipy.interpolate import PchipInterpolator  # slow to import

        # Half of a node's mass lies below it: the midpoint form of the distribution function.
        counts = self.weights > 1e-17
        below = (np.cumsum(self.weights) - self.weights / 2)[counts]
        last = self.support[1] if np.isfinite(self.support[1]) else self.nodes[-1]
        levels = np.concatenate([[0.0], below, [1.0]])
        radii = np.concatenate([[self.support[0]], self.nodes[counts], [last]])
        rising = np.concatenate([[True], np.diff(levels) > 0])
        return np.asarray(PchipInterpolator(levels[rising], radii[rising])(probability))

    def _masses(self, panels: Array) -> tuple[Array, Array]:
        """Radii and masses of the nodes, one row a panel."""
        lo, hi = self.support
        beta, weights = gauss_panels(panels)
        if np.isinf(hi):
            radii, jacobian = lo + beta**2, 2 * beta
        else:
            radii = lo + (hi - lo) * np.sin(beta / 2) ** 2
            jacobian = (hi - lo) / 2 * np.sin(beta)
        with np.errstate(all="ignore"):
            values: Any = np.asarray(self._density(radii), dtype=float)
        if values.shape == ():
            values = np.full(radii.shape, float(values))
        if values.shape != radii.shape:
            raise _check.fail_shape(
                "density", "vectorised", f"shape {values.shape} for radii of {radii.shape}"
            )
        if not np.all(np.isfinite(values)):
            at = float(radii[~np.isfinite(values)][0])
            raise _check.fail("density", "finite inside its support", f"NaN or infinity at {at:g}")
        if np.any(values < 0):
            at = float(radii[values < 0][0])
            raise _check.fail("density", "non-negative", f"{values[values < 0][0]:g} at R = {at:g}")
        return radii, weights * jacobian * values

    def _octaves(self) -> Array:
        """Doubling panels that carry the mass, the first and a finite second moment."""
        lo, hi = self.support
        bounded = np.isfinite(hi)
        top = np.pi if bounded else 1.0
        # Near lo > 0 nothing varies on smaller scales than lo, and R − lo loses its digits.
        finest = 2.0**LOW if lo == 0 else 1e-3 * np.sqrt(lo / (hi - lo) if bounded else lo)
        inner = doubling(top, max(1, int(np.ceil(np.log2(top / finest)))))
        if bounded:
            return inner
        panels, parts = [inner], np.zeros(3)
        radii, masses = self._masses(inner)
        total = np.array([(masses * radii**p).sum() for p in range(3)])
        quiet = 0
        for k in range(HIGH):
            panel = np.array([[2.0**k, 2.0 ** (k + 1)]])
            panels.append(panel)
            radii, masses = self._masses(panel)
            with np.errstate(over="ignore", invalid="ignore"):  # 0 · inf far out, in a heavy tail
                powers = [masses, masses * radii, masses * radii * radii]
            before, parts = parts, np.array([power.sum() for power in powers])
            total += parts
            small = parts <= NEGLIGIBLE * total
            diverges = parts[2] > 0.99 * before[2] > 0  # the second moment may be infinite
            quiet = quiet + 1 if small[1] and (small[2] or diverges) and total[0] > 0.5 else 0
            if quiet == 3:
                return np.concatenate(panels)
        if abs(total[0] - 1) > TOLERANCE:
            raise _not_one(float(total[0]))
        raise _check.fail(
            "density",
            "a density with a finite first moment",
            f"a tail that has not died out at R = 2^{2 * HIGH}",
            "The theory needs a finite E‖x‖; truncate the law.",
        )

    def _refine(self, panels: Array) -> Array:
        """Halve panels until their moments of order 0 and 1 agree with those of the halves."""
        done: list[Array] = []
        ends = (panels[0, 0], panels[-1, 1] if np.isfinite(self.support[1]) else np.inf)
        total = self._two_moments(panels).sum(axis=0)
        for _ in range(HALVINGS):
            middle = panels.mean(axis=1, keepdims=True)
            halves = np.stack(
                [np.hstack([panels[:, :1], middle]), np.hstack([middle, panels[:, 1:]])], axis=1
            )
            finer = self._two_moments(halves.reshape(-1, 2)).reshape(-1, 2, 2).sum(axis=1)
            rough = np.any(np.abs(self._two_moments(panels) - finer) > 1e-15 * total, axis=1)
            # At an end of the support what is left is the rounding of R itself.
            length = panels[:, 1] - panels[:, 0]
            rough &= ~((panels[:, 1] == ends[1]) & (length < 0.8)) & (panels[:, 0] > ends[0])
            done.append(panels[~rough])
            panels = halves[rough].reshape(-1, 2)
            if not len(panels):
                break
        return np.concatenate([*done, panels])

    def _two_moments(self, panels: Array) -> Array:
        radii, masses = self._masses(panels)
        return np.stack([masses.sum(axis=1), (masses * radii).sum(axis=1)], axis=1)

    def _tail(self, radii: Array, masses: Array) -> tuple[float, float]:
        """E R², and the order of ψ at r = 0: 1 where E R² is finite, else from the tail."""
        with np.errstate(over="ignore", invalid="ignore"):
            first = (masses * radii).sum(axis=1)
            second = (masses * radii * radii).sum(axis=1)
        if np.isfinite(self.support[1]) or second[-1] <= 1e-15 * second.sum():
            return float(second.sum()), 1.0
        # The last panels double β, so the radius grows fourfold: R^(1 − order) a panel.
        fall = np.log2(first[-2] / first[-1]) / 2
        return float("inf"), float(np.clip(fall - 0.01, 0.05, 1.0))


def _not_one(integral: float) -> ValueError:
    return _check.fail(
        "density",
        "a density: its integral over the support must be 1",
        f"integral {integral:.12g}",
        "Divide the density by that number, or mend the support.",
    )


def _interval(support: Any) -> tuple[float, float]:
    try:
        lo, hi = (float(end) for end in support)
    except (TypeError, ValueError) as error:
        raise _check.fail("support", "a pair (lo, hi)", repr(support)) from error
    if not (0 <= lo < hi) or np.isinf(lo):
        raise _check.fail("support", "an interval with 0 ≤ lo < hi ≤ inf", (lo, hi))
    return lo, hi
