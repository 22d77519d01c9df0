"""Integration along the clock u = −ln R, to given values of u."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.flows import LEAST_RTOL, IntegrationError, progress_bar
from lindyn.risk_clock._log_risk import LogRisk

METHODS = ("LSODA", "DOP853", "Radau", "BDF")

STAGES = (1.0, *(10.0**k for k in range(3, 300)))  # ends, in u, of what is integrated in one go
ROUNDING = 0.04  # of 1e-15: least absolute tolerance of weights, in units of their layer's norm
CLOCK = 1e4  # of 1e-15: least relative tolerance of q = t·e^{−u}; ln t needs no more digits

Field = Callable[[float, Array], Array]


@dataclass(frozen=True)
class Accuracy:
    """Method and tolerances of the integrator."""

    method: str
    rtol: float
    atol: float

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise _check.fail("method", f"one of {', '.join(METHODS)}", repr(self.method))
        if _check.positive("rtol", self.rtol) < LEAST_RTOL:
            raise _check.fail(
                "rtol", f"at least {LEAST_RTOL:.1e}", self.rtol, "Doubles carry no more."
            )
        _check.positive("atol", self.atol)


@dataclass(frozen=True)
class Scales:
    """Factors of the absolute tolerance, for the weights and q, on a stage that ends at u.

    Rounding grows with the weights and with u, and no tolerance may be below it: the integrator
    would shorten its steps without end.

    Attributes
    ----------
    risk, depth : the flow; of balanced layers its sizes are known beforehand.
    power : size of an entry of the state as a power of that of the product.
    least : size of the smallest part of the start, at most 1.
    speed : 1/‖V‖² at the start.
    """

    risk: LogRisk
    depth: int
    power: float
    least: float
    speed: float

    def __call__(self, first: float, passed: float, count: int) -> Array:
        """Factors for ``count`` numbers and q until u = ``first`` + ``passed``."""
        product, clock = self.risk.sizes(self.depth, first + passed)
        floor = 0.0 if passed <= STAGES[0] else ROUNDING * product**self.power
        scales = np.full(count + 1, max(self.least, floor))
        scales[-1] = min(self.speed, clock) * max(CLOCK, first + passed)
        return scales


def march(
    velocity: Field,
    jacobian: Field,
    start: Array,
    first: float,
    goals: Array,
    accuracy: Accuracy,
    scales: Scales,
    progress: bool,
) -> Array:
    """States at the sorted values ``goals`` of u, from ``start`` at u = ``first``.

    The integration variable is u − ``first``, so that a start near a critical point, where much
    happens within little u, keeps its digits.
    """
    wanted = np.maximum(goals - first, 0.0)
    states = np.empty((wanted.size, start.size))
    done = int(np.searchsorted(wanted, 0.0, side="right"))
    states[:done] = start
    end, now = float(wanted[-1]), 0.0
    with np.errstate(all="ignore"), progress_bar(end, progress, "of −ln R") as bar:
        while done < wanted.size:
            stop = next((stage for stage in STAGES if now < stage < end), end)
            tolerances = accuracy.rtol, accuracy.atol * scales(first, stop, start.size - 1)
            solver = _solver(accuracy.method, velocity, jacobian, now, start, stop, tolerances)
            while solver.status == "running":
                message = _step(solver)
                if message:
                    raise IntegrationError(
                        f"{message} (reached −ln R = {first + solver.t:.15g} of {goals[-1]:g}; "
                        "the flow may be near a critical point)"
                    )
                passed = int(np.searchsorted(wanted, solver.t, side="right"))
                if passed > done:
                    states[done:passed] = solver.dense_output()(wanted[done:passed]).T
                    done = passed
                bar.update(solver.t - bar.n)
            now, start = solver.t, solver.y
    return states


def _solver(
    method: str,
    velocity: Field,
    jacobian: Field,
    now: float,
    state: Array,
    stop: float,
    tolerances: tuple[float, Array],
) -> Any:
    """SciPy's integrator of that name."""
    from scipy import integrate  # slow to import

    options = {} if method == "DOP853" else {"jac": jacobian}
    rtol, atol = tolerances
    return getattr(integrate, method)(velocity, now, state, stop, rtol=rtol, atol=atol, **options)


def _step(solver: Any) -> str | None:
    """One step; None, or why it failed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LSODA warns of what it then reports
        try:
            message = solver.step()
        except (ValueError, np.linalg.LinAlgError, FloatingPointError) as error:
            return str(error)
    if solver.status == "failed":
        return str(message)
    if not np.all(np.isfinite(solver.y)):
        return "The solution left the finite numbers."
    return None
