r"""The square loss from balanced starts of rank one: :class:`RankOneFlow`."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.natural._clock import March
from lindyn.natural._crossing import time_of_return
from lindyn.natural._ladder import EscapeTimes, ladder, time_of_alignment
from lindyn.natural._late import LateLaw, exponents, late_law, limit
from lindyn.natural._modes import exponential, logarithm
from lindyn.natural._pair import size_of_two_layers
from lindyn.natural._start import Start, from_amplitudes, from_vectors
from lindyn.natural._trajectory import Trajectory
from lindyn.natural.rank_one_record import RankOneRecord


class RankOneFlow:
    r"""Gradient flow of ½‖W − Z‖² from a balanced start of rank one, in natural time.

    The end-to-end matrix of N balanced layers stays :math:`W = s\,uv^\top`.  With the singular
    values :math:`\sigma_i` of Z, :math:`a_i = u_i^\top u`, :math:`b_i = v_i^\top v` and natural
    time :math:`d\tau = s^{1-2/N}dt`,

    .. math::
       &(a_i\pm b_i)(\tau) = \frac{e^{\pm\sigma_i\tau}}{\nu(\tau)}(a_i\pm b_i)(0),\\
       &s(\tau) = \frac{\nu^N}{1/s_0 + N\int_0^\tau\nu^N},\\
       &\frac{dt}{d\tau} = s^{2/N-1},

    with :math:`\nu` such that u and v have norm 1; parts of u and v outside the singular vectors
    only shrink by :math:`1/\nu`.  Directions are exact at every time, s is exact at N = 2, and
    else an integral computed to round-off wherever it is first asked.

    Parameters
    ----------
    target : Z, shape (d_N, d_0), or (d_0,) for one output.
    u, v : singular vectors at time 0, shapes (d_N,) and (d_0,), or (B, d_N) and (B, d_0) for a
        batch of B starts; normalised on entry.
    s : norm of W at time 0, positive; a number or shape (B,).
    depth : N, a real number of at least 2; or 1 where d_N = 1 or d_0 = 1.
    scale : factor of the gradient.  Times are divided by it.

    Attributes
    ----------
    end_time : when s reaches 0; finite only at depth 1 and for a start opposite to the target.
        There natural time ends; the flow of W runs through 0 and on.
    t1, t2 : first times with a₁b₁ ≥ 0 and with uᵀZv ≥ s; inf where never.  If the largest
        singular value is not simple, a₁b₁ is summed over its singular vectors.
    limit : the end-to-end matrix that the flow tends to, up to ``end_time``.
    escape_times : when the flow leaves the saddles on its way.
    late_law : exponent and constant with which the flow tends to its limit.

    Raises
    ------
    ValueError
        If an argument is not finite, u, v or s is zero or negative, or the depth is below 2 (but
        for vectors and depth 1).
    ShapeError
        If the vectors do not fit the target, or the batches each other.

    Notes
    -----
    Relative error of s about 1e-13 at given τ (beyond depth 50 times N/50, the rounding of ν^N),
    at given t times max(1, abs(t d ln s/dt)), for the modal amplitudes given; those of vectors
    carry the rounding of a + b and of the singular value decomposition.  Singular values equal to
    rounding are made equal, those of the size of rounding zero.  Times beyond 1e290 are inf;
    natural time serves there.

    Statements
    ----------
    ``own-oja``, ``own-square-closed-form``, ``own-natural-time``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn import RankOneFlow
    >>> flow = RankOneFlow(np.diag([2.0, 1.0]), u=[0.6, 0.8], v=[0.8, -0.6], s=0.1, depth=3)
    >>> flow.at([0.0, 1.0, 50.0]).s.round(6)
    array([0.1   , 0.8227, 2.    ])
    >>> flow.limit.round(12)
    array([[2., 0.],
           [0., 0.]])

    References
    ----------
    Chen, Lin, Zhang (2022); Eftekhari (2020).
    """

    def __init__(
        self, target: Any, u: Any, v: Any, s: Any, depth: float, scale: float = 1.0
    ) -> None:
        Z = _check.finite_array("target", target)
        Z = Z[None, :] if Z.ndim == 1 else Z
        if Z.ndim != 2 or Z.size == 0:
            raise _check.fail_shape("target", "a matrix or a vector", f"shape {Z.shape}")
        start, batch = from_vectors(Z, u, v)
        self._set(start, batch, s, depth, scale, vectors=1 in Z.shape)

    @classmethod
    def from_modes(
        cls, singular_values: Any, plus: Any, minus: Any, s: Any, depth: float, scale: float = 1.0
    ) -> RankOneFlow:
        """The flow from modal amplitudes; u, v and W are then in the singular bases.

        Parameters
        ----------
        singular_values : σ of the target in falling order, shape (k,); zeros are allowed.
        plus, minus : (a + b)/√2 and (a − b)/√2, shape (k,) or (B, k), of any size from 1e-300;
            scaled by a common factor so that u and v have norm 1.  They must be orthogonal.
        s, depth, scale : as in the class.
        """
        flow = cls.__new__(cls)
        start, batch = from_amplitudes(singular_values, plus, minus)
        flow._set(start, batch, s, depth, scale, vectors=start.sigma.size == 1)
        return flow

    def _set(
        self, start: Start, batch: bool, s: Any, depth: Any, scale: Any, vectors: bool
    ) -> None:
        self.depth = _check.real("depth", depth)
        if self.depth < 2 and not (self.depth == 1 and vectors):
            raise _check.fail(
                "depth",
                "a number of at least 2, or 1 where the product is a vector",
                depth,
                "One layer does not keep the rank of a matrix.",
            )
        self.scale = _check.positive("scale", scale)
        s0 = _check.finite_array("s", s)
        if s0.ndim > 1 or s0.size == 0:
            raise _check.fail_shape("s", "a number or a vector of shape (B,)", f"shape {s0.shape}")
        if np.any(s0 <= 0):
            raise _check.fail("s", "positive", float(s0.min()), "At s = 0 nothing moves.")
        size = start.plus.shape[0]
        if s0.ndim and s0.size != size and size > 1:
            raise _check.fail_shape("s", f"a number or shape ({size},)", f"shape {s0.shape}")
        self._batch = batch or s0.ndim == 1
        count = max(size, s0.size)
        if count > size:
            start = start.repeated(count)
        self._start, self._s0 = start, np.broadcast_to(s0, (count,)).astype(float)
        self._modes = start.modes()

    @cached_property
    def _trajectory(self) -> Trajectory:
        return Trajectory(March(self._modes, *logarithm(self._s0), self.depth))

    # -- clocks ------------------------------------------------------------------------------

    def _columns(self, name: str, value: Any) -> tuple[Array, int]:
        """Sorted times as they run inside, shape (T, B), and their number of axes."""
        times = _check.times(name, value)
        if times.size == 0:
            raise _check.fail_shape(name, "at least one time", "none")
        column = np.atleast_1d(times)[:, None] * self.scale
        return np.broadcast_to(column, (column.shape[0], self._s0.size)), times.ndim

    def _drop(self, ndim: int) -> tuple[int, ...]:
        return tuple(axis for axis, keep in enumerate((ndim == 1, self._batch)) if not keep)

    def _shaped(self, values: Array, ndim: int) -> Any:
        out = values.squeeze(axis=self._drop(ndim))
        return float(out) if out.ndim == 0 else out

    @property
    def end_time(self) -> Any:
        """When s reaches 0, at depth 1; else inf."""
        return self._one(self._end)

    @cached_property
    def _end(self) -> Array:
        if self.depth > 1:
            return np.full(self._s0.shape, np.inf)
        return self._trajectory.end_time / self.scale

    def _natural_of(self, t: Array) -> tuple[Array, Array, Array]:
        """Natural times and ln s as a sum of two, at depths other than 2."""
        if self.depth == 1 and np.any(t >= self._end * self.scale):
            raise _check.fail(
                "t",
                f"before {float(np.min(self._end)):.17g}, where s reaches 0 and natural time ends",
                float(np.max(t)) / self.scale,
                "Past it W moves along the target: start a new flow there.",
            )
        tau, high, low = self._trajectory.natural_time(t)
        if not np.all(np.isfinite(tau)):
            last = float(t[:, 0][np.isfinite(tau).all(axis=1)].max(initial=0.0)) / self.scale
            raise _check.fail(
                "t",
                f"at most about {last:g}, where natural time leaves floating point",
                float(np.max(t)) / self.scale,
                "Without a target s = s₀e^{−t} at depth 1.",
            )
        return tau, high, low

    def _time_of(self, tau: Array) -> Array:
        return tau if self.depth == 2 else self._trajectory.time(tau)

    def natural_time(self, t: Any) -> Any:
        """Natural times at the time ``t``, a number or a sorted vector."""
        times, ndim = self._columns("t", t)
        tau = times if self.depth == 2 else self._natural_of(times)[0]
        return self._shaped(tau / self.scale, ndim)

    def time(self, tau: Any) -> Any:
        """Times at the natural time ``tau``, a number or a sorted vector."""
        naturals, ndim = self._columns("tau", tau)
        return self._shaped(self._time_of(naturals) / self.scale, ndim)

    # -- trajectory --------------------------------------------------------------------------

    def at(self, t: Any) -> RankOneRecord:
        """The trajectory at the time ``t``, a number or a sorted vector."""
        times, ndim = self._columns("t", t)
        if self.depth == 2:
            return self._record(times, times, *self._sizes(times), ndim)
        tau, high, low = self._natural_of(times)
        return self._record(times, tau, exponential(high, low), high + low, ndim)

    def at_natural_time(self, tau: Any) -> RankOneRecord:
        """The trajectory at the natural time ``tau``, a number or a sorted vector."""
        naturals, ndim = self._columns("tau", tau)
        t = self._time_of(naturals)
        return self._record(t, naturals, *self._sizes(naturals), ndim)

    def _sizes(self, tau: Array) -> tuple[Array, Array]:
        """Values of s and ln s."""
        if self.depth == 2:
            return size_of_two_layers(self._modes, self._s0, tau)
        high, low = self._trajectory.log_s(tau)
        return exponential(high, low), high + low

    def _record(self, t: Array, tau: Array, s: Array, log_s: Array, ndim: int) -> RankOneRecord:
        columns = (t / self.scale, tau / self.scale, s, log_s)
        shaped = (self._shaped(column, ndim) for column in columns)
        return RankOneRecord(*shaped, tau, self._start, self._modes, self._drop(ndim))

    # -- stages ------------------------------------------------------------------------------

    def _one(self, values: Array) -> Any:
        return values if self._batch else float(values[0])

    def _times_at(self, tau: Array) -> Array:
        """Times at natural times of shape (B,), some of them infinite."""
        finite = np.isfinite(tau)
        t = self._time_of(np.where(finite, tau, 0.0)[None, :])[0]
        return np.where(finite, t, np.inf)

    @cached_property
    def t1(self) -> Any:
        """First time with a₁b₁ ≥ 0 (summed where σ₁ is not simple); inf where never."""
        tau = time_of_alignment(self._start.sigma, self._modes)
        return self._one(self._times_at(tau) / self.scale)

    @cached_property
    def t2(self) -> Any:
        """First time with uᵀZv ≥ s, from which on s does not fall; inf where never."""
        march = self._trajectory.march
        return self._one(self._times_at(time_of_return(march, self._s0)) / self.scale)

    @cached_property
    def limit(self) -> Array:
        """The end-to-end matrix that the flow tends to, shape (d_N, d_0) or (B, d_N, d_0)."""
        W = limit(self._start)
        return W if self._batch else np.asarray(W[0])

    @cached_property
    def escape_times(self) -> EscapeTimes:
        r"""When the flow leaves the saddles on its way.

        While :math:`|a_j+b_j|e^{\sigma_j\tau}` is the largest of these the flow is near the saddle
        :math:`\sigma_ju_jv_j^\top`; it leaves when it is overtaken by the next, of larger
        :math:`\sigma`.  Given are these crossings, in natural time and in time, and who leads.
        """
        tau, leader = ladder(self._start.sigma, self._modes)
        t = np.empty_like(tau)
        for column in range(tau.shape[1]):
            t[:, column] = self._times_at(tau[:, column])
        found = (tau / self.scale, t / self.scale, leader)
        return EscapeTimes(*(found if self._batch else (part[0] for part in found)))

    @cached_property
    def late_law(self) -> LateLaw:
        r"""Exponent and constant with which W tends to its limit, exactly.

        Equation: :math:`\lVert W(t)-W(\infty)\rVert_F\sim\sigma e^{-\kappa(t-d)}`.  With the
        leading :math:`\sigma` and the next exponent :math:`\mu<\sigma` of the modes that are there,
        :math:`\kappa=(\sigma-\mu)\sigma^{1-2/N}`, and :math:`N\sigma^{2-2/N}` where no other
        mode is there; d holds the sizes of these two modes and the integral of
        :math:`s^{2/N-1}-\sigma^{2/N-1}` over natural time.

        Raises
        ------
        ValueError
            If the limit is zero: there s, and not the direction, decides.

        Statements
        ----------
        ``own-nearby-rate``, ``own-nearby-rate-scalar``, ``own-nearby-rate-aligned``

        Examples
        --------
        >>> from lindyn import RankOneFlow
        >>> flow = RankOneFlow([3.0, 4.0], [1.0], [1.0, 0.0], s=50.0, depth=3)
        >>> law = flow.late_law
        >>> # 5^{4/3}, and 10·tan(θ₀/2)·e^{5D}
        >>> round(float(law.rate), 6), round(float(law.constant), 6)
        (8.54988, 4.674749)
        >>> bool(abs(law.distance(3.0) - abs(flow.at(3.0).W - [[3.0, 4.0]]).max()) < 1e-9)
        True
        """
        lead = exponents(self._modes)[0]
        if np.any(lead <= 0):
            raise _check.fail(
                "start",
                "one whose limit is not zero",
                "one whose amplitudes a_i + b_i vanish wherever σ_i > 0",
            )
        if self.depth == 1:  # W − Z shrinks like e^{−t}, all of it
            gap = np.linalg.norm(self.at(0.0).W - self.limit, axis=(-2, -1))
            with np.errstate(divide="ignore"):
                law = LateLaw(1.0 + 0 * lead, lead, np.log(gap / lead))
        else:
            law = late_law(
                self._modes,
                self._s0,
                self.depth,
                lambda tau: sum(self._trajectory.log_s(tau[None, :]))[0],
                lambda tau: self._time_of(tau[None, :])[0],
            )
        parts = (law.rate * self.scale, law.size, law.delay / self.scale)
        return LateLaw(*(self._one(np.atleast_1d(part)) for part in parts))
