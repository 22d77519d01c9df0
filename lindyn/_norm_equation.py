r"""The equation of the norm along a spherical flow, solved on all panels at once.

Lengths are measured in units of 1/E|x₁|, so that the pull κ is ½.  With m = ln(norm), natural time
τ and s = ln(1 + τ/δ), a variable in which the solution is smooth over all decades,

.. math:: \frac{dm}{ds} = N(\tau+\delta)\,\bigl(\psi(e^m) - \tfrac{1}{1+e^{2\varphi}}\bigr),
   \qquad \varphi = \varphi_0 + \tau/2, \qquad
   \frac{dt}{ds} = (\tau+\delta)\,e^{(2/N-1)m}.

A rough march (``_norm_march``) chooses the panels and a first guess; Newton's method on Chebyshev
collocation, vectorised over all panels, gives round-off.  As ψ falls, the linearised equation is a
contraction and scalar: a Newton step is little more than two integrations.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from lindyn._chebyshev import basis, evaluate, powers
from lindyn._norm_march import SUBSTEPS, Done, March
from lindyn._radial import CURVATURE, PSI, Profile

Array = NDArray[np.float64]

POINTS = 24
STIFF = 6.0  # decay in a panel above which the integrating factor loses digits
LONGEST = 1e250  # t beyond which it is called infinite
TAIL = 1e-13  # of the last Chebyshev coefficients; integration divides by their degree


class NormEquation:
    """The norm as a function of natural time, continued on demand.

    Parameters
    ----------
    profile : means of the law.
    log_norm : m at time 0.
    phi : φ₀ = artanh cos θ₀, ±inf at angle 0 and π.
    depth : N.
    """

    def __init__(self, profile: Profile, log_norm: float, phi: float, depth: int) -> None:
        self.profile, self.depth, self.phi = profile, depth, phi
        self.delta = 2.0 / depth
        self.clock = 2.0 / depth - 1.0  # t' = norm ** clock
        self._march = March(profile, phi, depth, self.delta)
        self._edges = np.zeros(1)
        self._m_edges = np.array([log_norm])
        self._t_edges = np.zeros(1)
        self._m = np.empty((POINTS, 0))  # coefficients of m, and of (t − t_start)/(1 + x)
        self._q = np.empty((POINTS, 0))
        self._node_s = np.zeros(1)
        self._node_t = np.zeros(1)
        self._node_dt = np.array([self._gear(np.zeros(1), self._m_edges)[0]])

    # -- the equation ------------------------------------------------------------------------

    def drift(self, tau: Array, m: Array) -> Array:
        """ψ(e^m) − κ(1 − cos θ), whose sign is that of the change of the norm."""
        scale = self.profile.scale
        r = np.exp(np.clip(m, -690.0, 690.0)) / scale
        return self.profile.evaluate(r.ravel(), (PSI,))[0].reshape(m.shape) / scale - self._away(
            tau
        )

    def _away(self, tau: Array) -> Array:
        """κ(1 − cos θ)."""
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(2 * self.phi + tau))

    def _reach(self, s: Array) -> Array:
        """τ + δ."""
        return self.delta * np.exp(s)

    def _gear(self, s: Array, m: Array) -> Array:
        """dt/ds, kept below the largest float: see LONGEST."""
        return self.delta * np.exp(np.minimum(s + self.clock * m, 650.0))

    def tau(self, s: Array) -> Array:
        """Natural time at s."""
        return self.delta * np.expm1(s)

    def s_of_tau(self, tau: Array) -> Array:
        """The variable s at a natural time, continuing the solution as far as needed."""
        s = np.log1p(tau / self.delta)
        last = float(np.max(s, initial=0.0))
        top = self.delta * math.expm1(last) * (1 + 1e-12)
        while self._edges[-1] < last or not self._m.size:
            self.extend(lambda t, tau, m, slope: tau > top)
        return s

    # -- results -----------------------------------------------------------------------------

    @property
    def reached(self) -> tuple[float, float, float]:
        """t, τ and m at the end of the last panel."""
        end = self._edges[-1:]
        return float(self._t_edges[-1]), float(self.tau(end)[0]), float(self._m_edges[-1])

    def nodes(self) -> tuple[Array, Array]:
        """Values of s and m at the start and at all collocation points, in order."""
        points = powers(basis(POINTS).points, POINTS)
        return self._node_s, np.concatenate([self._m_edges[:1], (self._m.T @ points).ravel()])

    def log_norm(self, s: Array) -> Array:
        """Values of m at the vector ``s`` within the panels solved."""
        panel, from_start = self._locate(s)
        return evaluate(self._m, panel, powers(from_start - 1, POINTS))

    def time(self, s: Array) -> Array:
        """Values of t at the vector ``s`` within the panels solved."""
        panel, from_start = self._locate(s)
        q = evaluate(self._q, panel, powers(from_start - 1, POINTS))
        t = self._t_edges[panel] + from_start * q
        return np.where(t > LONGEST, np.inf, t)

    def s_of_t(self, t: Array) -> Array:
        """The variable s at the times of the vector ``t``."""
        last = float(np.max(t, initial=0.0))
        while self._t_edges[-1] < last or not self._m.size:
            self.extend(lambda reached, tau, m, slope: reached > 1.5 * last)
        # Cubic Hermite interpolation of s(t) between collocation points, then Newton.
        node = np.clip(np.searchsorted(self._node_t, t, side="right") - 1, 0, None)
        node = np.minimum(node, self._node_t.size - 2)
        step = self._node_t[node + 1] - self._node_t[node]
        u = (t - self._node_t[node]) / np.where(step > 0, step, 1.0)
        low, rise = self._node_s[node], self._node_s[node + 1] - self._node_s[node]
        left, right = step / self._node_dt[node], step / self._node_dt[node + 1]
        cubic = u * u * (3 - 2 * u) * rise + u * (1 - u) * ((1 - u) * left - u * right)
        s = low + np.clip(cubic, 0.0, rise)
        gear = self._gear(s, self.log_norm(s))
        for _ in range(60):
            with np.errstate(divide="ignore", invalid="ignore"):
                change = (t - self.time(s)) / gear
            change = np.where(np.isfinite(change), change, 0.0)
            s = np.clip(s + change, 0.0, self._edges[-1])
            if np.all(np.abs(change) <= 1e-8 * s):
                break
        return s

    def _locate(self, s: Array) -> tuple[NDArray[np.intp], Array]:
        panel = np.searchsorted(self._edges, s, side="right") - 1
        panel = np.clip(panel, 0, self._m.shape[1] - 1)
        start, end = self._edges[panel], self._edges[panel + 1]
        return panel, 2 * (s - start) / (end - start)

    # -- solution ----------------------------------------------------------------------------

    def extend(self, done: Done) -> None:
        """Continue the solution until ``done(t, τ, m, dm/ds)`` at the end of a panel."""
        b = basis(POINTS)
        t, _, m_end = self.reached
        edges, rough = self._march.run(float(self._edges[-1]), t, m_end, done)
        m = rough @ _through_substeps().T
        half = np.diff(edges)[:, None] / 2
        s = edges[:-1, None] + half * (1 + b.points)
        for _ in range(12):
            m, slope, unsettled = self._newton(s, half, m)
            gear = self._gear(s, m)
            noise = half * self.depth * self._reach(s) * self._away(self.tau(s))
            rough = unsettled | self._unresolved(slope * half, noise, m, gear)
            if not rough.any():
                self._append(edges, half, s, m, slope, gear)
                return
            # Halve the rough panels; the polynomials found are the next guess.
            coarse, found = edges, b.fit(m).T
            edges = np.sort(np.concatenate([edges, (edges[:-1] + half[:, 0])[rough]]))
            half = np.diff(edges)[:, None] / 2
            s = edges[:-1, None] + half * (1 + b.points)
            panel = np.searchsorted(coarse, s[:, :1].ravel(), side="right") - 1
            x = 2 * (s - coarse[panel, None]) / np.diff(coarse)[panel, None] - 1
            m = evaluate(found, panel.repeat(POINTS), powers(x.ravel(), POINTS)).reshape(s.shape)
        t, tau, _ = self.reached
        raise ArithmeticError(f"the norm is not resolved by panels after t = {t:g}, τ = {tau:g}")

    def _append(
        self, edges: Array, half: Array, s: Array, m: Array, slope: Array, gear: Array
    ) -> None:
        b = basis(POINTS)
        t_ends = np.cumsum(half[:, 0] * (gear @ b.total))
        t_edges = self._t_edges[-1] + np.concatenate([[0.0], t_ends])
        q = half * (gear @ b.integral.T)
        m_ends = np.cumsum(half[:, 0] * (slope @ b.total))
        t = t_edges[:-1, None] + (1 + b.points) * q
        self._m_edges = np.concatenate([self._m_edges, self._m_edges[-1] + m_ends])
        self._t_edges = np.concatenate([self._t_edges, t_edges[1:]])
        self._edges = np.concatenate([self._edges, edges[1:]])
        self._m = np.concatenate([self._m, b.fit(m).T], axis=1)
        self._q = np.concatenate([self._q, b.fit(q).T], axis=1)
        self._node_s = np.concatenate([self._node_s, s.ravel()])
        self._node_t = np.concatenate([self._node_t, t.ravel()])
        self._node_dt = np.concatenate([self._node_dt, gear.ravel()])

    def _newton(self, s: Array, half: Array, m: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Values of m and dm/ds at the collocation points from a guess of m, and bad panels."""
        b = basis(POINTS)
        integral = b.integral * (1 + b.points)[:, None]
        scale, start = self.profile.scale, self._m_edges[-1]
        gain = self.depth * self._reach(s)
        away = self._away(self.tau(s))
        size = 0.0
        for _ in range(20):
            r = np.exp(np.clip(m, -690.0, 690.0)) / scale
            psi, curvature = self.profile.evaluate(r.ravel(), (PSI, CURVATURE))
            slope = gain * (psi.reshape(m.shape) / scale - away)
            ends = half[:, 0] * (slope @ b.total)
            starts = start + np.concatenate([[0.0], np.cumsum(ends)[:-1]])
            picard = starts[:, None] + half * (slope @ integral.T)
            residual = m - picard
            rate = gain * (r * curvature.reshape(m.shape)) / scale
            change = self._linear(half, rate, residual)
            limit = 1 + 0.05 * np.abs(m)  # ψ is flat to the left and steep to the right
            change = np.clip(change, -limit, limit)
            unsettled = np.any(np.abs(change) > 1e-6 * (1 + np.abs(m)), axis=1)
            m = m + change
            # The next change, if convergence is at least superlinear.
            size, before = float(np.max(np.abs(change) / (1 + np.abs(m)))), size
            if size * size < 2e-14 * max(size, before):
                break
        return m, slope - rate * change, unsettled  # the slope at the new m, to second order

    @staticmethod
    def _linear(half: Array, rate: Array, residual: Array) -> Array:
        """The change of m with change + residual = −∫ rate·change: one Newton step.

        With u = change + residual this is u' = −rate·(u − residual), on each panel
        u = u_start·free + forced.
        """
        b = basis(POINTS)
        integral = b.integral * (1 + b.points)[:, None]
        fall = half * (rate @ integral.T)
        total = half[:, 0] * (rate @ b.total)
        soft = total < STIFF
        # Soft panels by the integrating factor, stiff ones by the collocation matrix.
        factor = np.exp(-np.minimum(fall, 2 * STIFF))
        push = rate * residual
        free, forced = factor, factor * (half * ((push / factor) @ integral.T))
        if not soft.all():
            h, k = half[~soft], rate[~soft]
            matrix = np.eye(POINTS) + (h * k)[:, None, :] * integral
            sides = np.stack([np.ones_like(k), h * (push[~soft] @ integral.T)], axis=2)
            solved = np.linalg.solve(matrix, sides)
            free[~soft], forced[~soft] = solved[..., 0], solved[..., 1]
        keep = 1 - half[:, 0] * ((rate * free) @ b.total)
        gain = half[:, 0] * ((push - rate * forced) @ b.total)
        start, starts = 0.0, []
        for kept, gained in zip(keep.tolist(), gain.tolist(), strict=True):
            starts.append(start)
            start = kept * start + gained
        return np.array(starts)[:, None] * free + forced - residual

    def _unresolved(self, slope: Array, noise: Array, m: Array, gear: Array) -> NDArray[np.bool_]:
        """Panels on which the last Chebyshev coefficients are not yet small.

        ``noise`` is what cancels in ``slope``; its rounding is damped as fast as it comes in.
        """
        last = basis(POINTS).to_chebyshev[-3:].T
        slope_size = np.maximum(1.0, np.maximum(np.abs(slope), noise).max(axis=1))
        exponent = np.abs(self.clock * m).max(axis=1)  # its rounding is the relative noise of gear
        gear_size = gear.max(axis=1) * np.maximum(1.0, exponent / 20)
        return np.asarray(
            (np.abs(slope @ last).max(axis=1) > TAIL * slope_size)
            | (np.abs(gear @ last).max(axis=1) > TAIL * gear_size) & (exponent < 600)
        )


@functools.cache
def _through_substeps() -> Array:
    """From values at the ends of the substeps to the polynomial through them, at the points."""
    ends = np.linspace(-1, 1, SUBSTEPS + 1)
    return np.vander(basis(POINTS).points, SUBSTEPS + 1) @ np.linalg.inv(np.vander(ends))
