"""``python -m lindyn bench``: SphericalFlow against general integrators, at equal accuracy.

Every row is one job done by both sides in this process: the law, the start, the depth, the times.
The integrators solve the two-dimensional flow that balanced layers induce on w; the loosest of a
ladder of tolerances with which they reach the accuracy asked is the one that is timed.  Times are
processor seconds, so a busy machine disturbs them little; a row shows the median of repeats.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn import laws
from lindyn.natural import SphericalFlow

Array = NDArray[np.float64]
Solver = Callable[["Job", float], Array]

RESULTS = Path(__file__).with_name("bench_results.json")
ACCURACY = 1e-10  # largest relative error of w at any of the times
LADDER = tuple(10.0 ** (-k / 2) for k in range(14, 27))  # relative tolerances 1e-7 … 1e-13
START, TEACHER = np.array([0.6, -0.8]), np.array([0.0, 1.0])
GIVE_UP = 20.0  # processor seconds of one integration


@dataclass(frozen=True)
class Job:
    """One trajectory: w at 1,000 times evenly spread over (0, horizon]."""

    law: laws.SphericalLaw
    depth: int
    horizon: float

    @property
    def times(self) -> Array:
        """The times."""
        return np.linspace(0.0, self.horizon, 1000)

    def own(self) -> Array:
        """By SphericalFlow, construction included: shape (1000, 2)."""
        return SphericalFlow(self.law, TEACHER, START, self.depth).at(self.times).w

    def velocity(self) -> Callable[[float, Array], list[float]]:
        """The induced flow in the plane, in plain floats: the fastest form for SciPy."""
        kappa, slope, n = self.law.kappa, self.law.dPhi, self.depth
        power = 2 - 2 / n

        def velocity(_: float, w: Array) -> list[float]:
            x, y = w.tolist()
            rho = math.hypot(x, y)
            ux, uy = x / rho, y / rho
            phi = slope(rho)
            gx, gy = phi * ux, phi * uy - kappa
            along = (n - 1) * (ux * gx + uy * gy)
            speed = -(rho**power)
            return [speed * (gx + along * ux), speed * (gy + along * uy)]

        return velocity

    def plain_velocity(self) -> Callable[[float, Array], Array]:
        """The same with NumPy vectors, as one writes it first."""
        kappa, slope, n = self.law.kappa, self.law.dPhi, self.depth

        def velocity(_: float, w: Array) -> Array:
            rho = float(np.linalg.norm(w))
            unit = w / rho
            gradient = slope(rho) * unit - kappa * TEACHER
            return -(rho ** (2 - 2 / n)) * (gradient + (n - 1) * (unit @ gradient) * unit)

        return velocity

    def reference(self) -> Array:
        """w by DOP853 at the tightest tolerance, in (ln ρ, ln tan(θ/2)): about 1e-12."""
        from scipy.integrate import solve_ivp

        kappa, slope, n = self.law.kappa, self.law.dPhi, self.depth

        def velocity(_: float, state: Array) -> list[float]:
            log_rho, q = state.tolist()
            rho, square = math.exp(log_rho), math.exp(2 * q)
            gear = rho ** (1 - 2 / n)
            return [
                -n * gear * (slope(rho) - kappa * (1 - square) / (1 + square)),
                -gear * kappa,
            ]

        angle = math.atan2(START[0], START[1])
        begin = [math.log(math.hypot(*START)), math.log(math.tan(angle / 2))]
        run = solve_ivp(
            velocity,
            (0.0, self.horizon),
            begin,
            method="LSODA" if self.horizon > 1e4 else "DOP853",
            t_eval=self.times,
            rtol=3e-14,
            atol=1e-14,
        )
        rho, theta = np.exp(run.y[0]), 2 * np.arctan(np.exp(run.y[1]))
        return np.stack([rho * np.sin(theta), rho * np.cos(theta)], axis=1)


def scipy_solver(method: str, plain: bool = False) -> Solver:
    """An integrator of SciPy on the induced flow."""

    def solve(job: Job, rtol: float) -> Array:
        from scipy.integrate import solve_ivp

        run = solve_ivp(
            job.plain_velocity() if plain else job.velocity(),
            (0.0, job.horizon),
            START,
            method=method,
            t_eval=job.times,
            rtol=rtol,
            atol=rtol * 1e-3,
        )
        if not run.success:
            raise ArithmeticError(run.message)
        return np.asarray(run.y.T)

    return solve
