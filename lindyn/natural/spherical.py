r"""Trajectories in closed form, or as good as: natural time.

For balanced weights whose product has rank one, :math:`d\tau = \rho^{1-2/N}dt` takes the depth out
of the direction: the clock :math:`t(\tau)` and the gear N in front of the norm are all it does.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn._norm_equation import LONGEST, NormEquation
from lindyn.laws import SphericalLaw
from lindyn.natural.spherical_record import SphericalRecord


class SphericalFlow:
    r"""Gradient flow of the logistic population loss under a spherically symmetric law.

    Balanced layers of depth N whose product is w (a linear predictor for N = 1), labels
    :math:`\operatorname{sign}(v^\top x)`.  With :math:`\rho = \lVert w\rVert`,
    :math:`\theta = \angle(w, v)` and natural time :math:`d\tau = \rho^{1-2/N}dt`,

    .. math::
       &\cos\theta(\tau) = \tanh(\operatorname{artanh}\cos\theta_0 + \kappa\tau),\\
       &\frac{d\rho}{d\tau} = N\bigl(\kappa\rho\cos\theta - \rho\,\Phi'(\rho)\bigr),\\
       &\frac{dt}{d\tau} = \rho^{2/N-1}.

    The direction is exact; the norm is one scalar equation, solved to round-off wherever it is
    first asked.  The cost depends on neither the dimension of the data nor the widths.

    Parameters
    ----------
    law : spherically symmetric law of the data, of dimension d (:mod:`lindyn.laws`).
    direction : teacher v, shape (d,); normalised on entry.
    start : w(0), shape (d,), not zero.
    depth : number N ≥ 1 of layers.

    Attributes
    ----------
    turning_time, turning_tau : float
        When the norm stops falling: 0 where it never falls, inf where it never stops.  (For depth 1
        and a start opposite to v it stops at 0: ``turning_time`` is ``end_time``, τ is inf.)
    turning_norm : float
        The least norm (0 where the norm never turns).
    end_time : float
        Where the norm reaches 0 at a finite time: only for N = 1 and a start opposite to v.  There
        natural time ends, and the flow of w runs through 0 and on along v.  Otherwise inf.

    Raises
    ------
    ValueError
        If the start or the direction is zero or not finite, or the depth is not a positive integer.
    ShapeError
        If start or direction do not have the dimension of the law.

    Notes
    -----
    Relative errors of norm, 1 − cos θ and loss are below 1e-11 at given τ; at given t times
    max(1, abs(t d ln(·)/dt)).  Times that exceed floating point (turning times of starts almost
    opposite to v at large depth) are inf; natural time serves there.

    Statements
    ----------
    ``own-spherical-angle``, ``own-spherical-norm``, ``own-depth-free``, ``own-natural-time``

    Examples
    --------
    >>> from lindyn import SphericalFlow, UniformSphere
    >>> flow = SphericalFlow(UniformSphere(2), direction=[0, 1], start=[0.6, -0.8], depth=1)
    >>> round(flow.turning_time, 6)
    2.448666
    >>> flow.at([0.0, 100.0]).one_minus_cos.round(6)
    array([1.8, 0. ])

    References
    ----------
    Lin, Sun, Zhang (2021).
    """

    def __init__(self, law: SphericalLaw, direction: Any, start: Any, depth: int) -> None:
        if not isinstance(law, SphericalLaw):
            raise _check.fail(
                "law", "a spherically symmetric law", type(law).__name__, "See lindyn.laws."
            )
        teacher = _check.vector("direction", direction, size=law.dim)
        self.direction = _check.unit_vector("direction", teacher)
        self.start = _check.vector("start", start, size=law.dim)
        if not np.any(self.start):
            raise _check.fail(
                "start", "non-zero", "the zero vector", "At w = 0 the direction is undefined."
            )
        self.law = law
        self.depth = _check.integer("depth", depth, least=1)
        log_norm, self._phi, across = _polar(self.start, teacher)
        self._plane = self.direction, across
        self._unit = 2 * law.kappa  # lengths are in units of its inverse, see NormEquation
        self._equation = NormEquation(
            law._profile, log_norm + math.log(self._unit), self._phi, self.depth
        )

    # -- clocks ------------------------------------------------------------------------------

    @cached_property
    def _clock_unit(self) -> float:
        """One unit of the equation's t, in the caller's."""
        return float(self._unit ** (-2 / self.depth))

    @cached_property
    def end_time(self) -> float:
        """Where natural time ends; finite only for depth 1 and a start opposite to v."""
        if self.depth > 1 or self._phi != -math.inf:
            return math.inf
        low = self._equation.reached[2] - 50.0
        while self._equation.reached[2] > min(low, -50.0):
            self._equation.extend(lambda t, tau, m, slope: m < min(low, -50.0))
        t, _, m = self._equation.reached
        return (t + 2 * math.exp(m)) * self._clock_unit  # there the norm falls at the rate κ

    def _s_of_t(self, t: Array) -> Array:
        if self.end_time < math.inf and np.any(t >= self.end_time):
            raise _check.fail(
                "t",
                f"before {self.end_time:.17g}, where the norm reaches 0 and natural time ends",
                float(np.max(t)),
                "Past it w moves along the direction: start a new flow there.",
            )
        reach = t / self._clock_unit
        if np.any(reach > LONGEST):
            raise _check.fail(
                "t",
                f"at most {LONGEST * self._clock_unit:g}",
                float(np.max(t)),
                "Use natural time.",
            )
        if self.end_time < math.inf:
            reach = np.minimum(reach, self._equation.reached[0])
        if self.depth == 2:
            return self._equation.s_of_tau(reach)
        return self._equation.s_of_t(reach)

    def natural_time(self, t: Any) -> Any:
        """Natural time at the time ``t``, a number or a sorted vector."""
        times = _check.times("t", t)
        tau = self._equation.tau(self._s_of_t(np.atleast_1d(times))) / self._unit
        return float(tau[0]) if times.ndim == 0 else tau

    def time(self, tau: Any) -> Any:
        """Time at the natural time ``tau``, a number or a sorted vector."""
        naturals = _check.times("tau", tau)
        s = self._equation.s_of_tau(np.atleast_1d(naturals) * self._unit)
        t = self._equation.time(s) * self._clock_unit
        return float(t[0]) if naturals.ndim == 0 else t

    # -- trajectory --------------------------------------------------------------------------

    def at(self, t: Any) -> SphericalRecord:
        """The trajectory at the time ``t``, a number or a sorted vector."""
        times = _check.times("t", t)
        s = self._s_of_t(np.atleast_1d(times))
        return self._record(s, self._equation.tau(s) / self._unit, np.atleast_1d(times), times.ndim)

    def at_natural_time(self, tau: Any) -> SphericalRecord:
        """The trajectory at the natural time ``tau``, a number or a sorted vector."""
        naturals = _check.times("tau", tau)
        s = self._equation.s_of_tau(np.atleast_1d(naturals) * self._unit)
        return self._record(s, np.atleast_1d(naturals), None, naturals.ndim)

    def _record(self, s: Array, tau: Array, t: Array | None, ndim: int) -> SphericalRecord:
        if t is None:
            t = self._equation.time(s) * self._clock_unit
        m = self._equation.log_norm(s)
        with np.errstate(over="ignore", under="ignore"):
            norm = np.exp(m) / self._unit
            phi = self._phi + self.law.kappa * tau
            one_minus_cos = 2 / (1 + np.exp(2 * phi))
            angle = 2 * np.arctan(np.exp(-phi))
        columns = (t, tau, norm, angle, one_minus_cos, phi)
        if ndim == 0:
            columns = tuple(float(column[0]) for column in columns)
        return SphericalRecord(*columns, self._plane, self.law)

    # -- the turn ----------------------------------------------------------------------------

    @cached_property
    def _turn(self) -> tuple[float, float, float]:
        """τ, t and norm at the turn."""
        from scipy.optimize import brentq  # slow to import

        equation = self._equation
        start = np.array([equation.nodes()[1][0]])
        if equation.drift(np.zeros(1), start)[0] >= 0:
            return 0.0, 0.0, float(np.exp(start[0])) / self._unit
        if self._phi == -math.inf:
            return math.inf, self.end_time, 0.0
        while True:
            s, m = equation.nodes()
            up = np.flatnonzero(equation.drift(equation.tau(s), m) >= 0)
            if up.size:
                break
            equation.extend(lambda t, tau, m, slope: slope > 0)

        def drift(x: float) -> float:
            at = np.array([x])
            return float(equation.drift(equation.tau(at), equation.log_norm(at))[0])

        root = brentq(drift, s[up[0] - 1], s[up[0]], xtol=1e-300, rtol=1e-15)
        at = np.array([root])
        tau, t = float(equation.tau(at)[0]), float(equation.time(at)[0])
        norm = math.exp(float(equation.log_norm(at)[0]))
        return tau / self._unit, t * self._clock_unit, norm / self._unit

    @property
    def turning_tau(self) -> float:
        """Natural time of the least norm."""
        return self._turn[0]

    @property
    def turning_time(self) -> float:
        """Time of the least norm; 0 where the norm never falls, inf where it never turns."""
        return self._turn[1]

    @property
    def turning_norm(self) -> float:
        """The least norm; 0 where the norm never turns."""
        return self._turn[2]


def _polar(start: Array, teacher: Array) -> tuple[float, float, Array]:
    """The numbers ln ‖start‖ and φ = artanh cos θ, and the unit vector across the teacher.

    The part of the start across the teacher is formed with exact products, so that φ is accurate
    for starts almost parallel and almost opposite to the teacher too.
    """
    # Scaled by powers of two, which round nothing.
    w_exponent, v_exponent = (int(np.frexp(np.max(np.abs(x)))[1]) for x in (start, teacher))
    w, v = np.ldexp(start, -w_exponent), np.ldexp(teacher, -v_exponent)
    square = float(v @ v)
    along = float(w @ v) / square
    product = along * v
    across = (w - product) - _product_error(along, v, product)
    across = across - (float(across @ v) / square) * v
    height = float(np.linalg.norm(across))
    base = along * math.sqrt(square)
    length = math.hypot(base, height)
    log_norm = math.log(length) + w_exponent * math.log(2)
    if height == 0.0:
        return log_norm, math.copysign(math.inf, base), np.zeros_like(v)
    # e^φ = cot(θ/2) = (length + base)/height = height/(length − base).
    phi = math.log(length + abs(base)) - math.log(height)
    return log_norm, math.copysign(phi, base), across / height


def _product_error(a: float, b: Array, product: Array) -> Array:
    """a·b − fl(a·b), exactly (Dekker's splitting)."""
    split = 134217729.0
    a_high = split * a - (split * a - a)
    b_high = split * b - (split * b - b)
    a_low, b_low = a - a_high, b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
