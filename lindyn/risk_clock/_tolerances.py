"""Tolerances of the integration along u = −ln R: as small as asked, never below rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.flows import LEAST_RTOL
from lindyn.risk_clock._log_risk import LogRisk

METHODS = ("LSODA", "DOP853", "Radau", "BDF")
STAGES = tuple(10.0**k for k in (*range(-300, 4, 3), *range(4, 300)))  # ends of what is one go
RTOL, ATOL = 3e-14, 3e-16  # what callers get who do not ask
LATE_RTOL = 1e-13  # least relative tolerance beyond u = 1000; grows with u beyond 1e6
ROUNDING = 1e-16  # least absolute tolerance, in units of the norm of the layers
CLOCK = 1e-12  # absolute tolerance of ln(t·e^{−u}) in units of u, of which ln t is the sum


@dataclass(frozen=True)
class Tolerances:
    """Method and tolerances, stage by stage.

    Rounding in the margins grows with u, that in the weights with the weights.  Below it an
    integrator shortens its steps without end, so the tolerances grow from stage to stage.

    Attributes
    ----------
    method, rtol, atol : as the caller asked.
    risk, depth : the flow, of which the sizes of balanced aligned layers are known beforehand.
    power : size of an entry of the state as a power of that of the product.
    least : size of the smallest part of the start, at most 1; it multiplies ``atol``.
    speed : 1/‖V‖² at the start.
    """

    method: str
    rtol: float
    atol: float
    risk: LogRisk
    depth: int
    power: float
    least: float
    speed: float

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise _check.fail("method", f"one of {', '.join(METHODS)}", repr(self.method))
        if _check.positive("rtol", self.rtol) < LEAST_RTOL:
            raise _check.fail(
                "rtol", f"at least {LEAST_RTOL:.1e}", self.rtol, "Doubles carry no more."
            )
        _check.positive("atol", self.atol)

    def stage_end(self, now: float, end: float) -> float:
        """Where the stage that begins at u − first = ``now`` ends, at most at ``end``.

        From a start of size ε^{1/N} the product has grown to the size of u − first after about ε.
        """
        begin = max(now, self.least**self.depth * (1 - 1e-9))
        return next((stage for stage in STAGES if begin < stage < end), end)

    def on_stage(self, first: float, passed: float, count: int) -> tuple[float, Array]:
        """Relative and absolute tolerance of ``count`` weights and q until u = first + passed."""
        product, clock = self.risk.sizes(self.depth, first + passed)
        rounding = ROUNDING * (product * min(1.0, passed)) ** self.power
        absolute = np.full(count + 1, max(self.least * self.atol, rounding))
        absolute[-1] = min(self.speed, clock) * CLOCK * max(10.0, first + passed)
        late = LATE_RTOL * max(1.0, passed / 1e6) if passed > 1e3 else 0.0
        return max(self.rtol, late), absolute
