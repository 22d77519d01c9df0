"""Integration along the clock u = −ln R, to given values of u."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from lindyn._check import Array
from lindyn.flows import IntegrationError, progress_bar
from lindyn.risk_clock._tolerances import Tolerances

Field = Callable[[float, Array], Array]


def march(
    velocity: Field,
    jacobian: Field,
    start: Array,
    first: float,
    goals: Array,
    tolerances: Tolerances,
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
            stop = tolerances.stage_end(now, end)
            rtol, atol = tolerances.on_stage(first, stop, start.size - 1)
            solver = _solver(tolerances.method, velocity, jacobian, now, start, stop, rtol, atol)
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
    rtol: float,
    atol: Array,
) -> Any:
    """SciPy's integrator of that name."""
    from scipy import integrate  # slow to import

    options = {} if method == "DOP853" else {"jac": jacobian}
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
