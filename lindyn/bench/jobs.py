"""The jobs that are timed, and those who do them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn import laws
from lindyn.flows import induced_flow
from lindyn.natural import SphericalFlow
from lindyn.risks import SphericalLogistic

Array = NDArray[np.float64]
Solver = Callable[["Job", float], Array]

START, TEACHER = np.array([0.6, -0.8]), np.array([0.0, 1.0])


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


def package_solver(job: Job, rtol: float) -> Array:
    """The package's own induced_flow, which is general: DOP853 on balanced factors."""
    risk = SphericalLogistic(job.law, TEACHER)
    run = induced_flow(risk, START, job.depth, job.times, rtol=rtol, atol=rtol * 1e-3)
    return run.product[:, 0, :]


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


def log_polar(job: Job, rtol: float) -> Array:
    """DOP853 in (ln ρ, ln tan(θ/2)): what an expert does, the stiffness is gone."""
    from scipy.integrate import solve_ivp

    kappa, slope, n = job.law.kappa, job.law.dPhi, job.depth

    def velocity(_: float, state: Array) -> list[float]:
        log_rho, q = state.tolist()
        rho, square = math.exp(log_rho), math.exp(2 * q)
        gear = rho ** (1 - 2 / n)
        return [-n * gear * (slope(rho) - kappa * (1 - square) / (1 + square)), -gear * kappa]

    angle = math.atan2(START[0], START[1])
    begin = [math.log(math.hypot(*START)), math.log(math.tan(angle / 2))]
    run = solve_ivp(
        velocity,
        (0.0, job.horizon),
        begin,
        method="DOP853",
        t_eval=job.times,
        rtol=rtol,
        atol=rtol / 10,
    )
    rho, theta = np.exp(run.y[0]), 2 * np.arctan(np.exp(run.y[1]))
    return np.stack([rho * np.sin(theta), rho * np.cos(theta)], axis=1)


def heyoka_solver() -> Solver | None:
    """The Taylor integrator heyoka, compiled outside the measured time; None if not installed."""
    try:
        import heyoka
    except ImportError:
        return None
    compiled: dict[tuple[Job, float], Any] = {}

    def solve(job: Job, rtol: float) -> Array:
        if (job, rtol) not in compiled:
            compiled[job, rtol] = _taylor(heyoka, job, rtol)
        integrator = compiled[job, rtol]
        integrator.time = 0.0
        integrator.state[:] = START
        return np.asarray(integrator.propagate_grid(job.times)[-1])

    return solve


def _taylor(heyoka: Any, job: Job, rtol: float) -> Any:
    # heyoka needs Φ' as a formula: for the circle Gauss's rule on doubling panels, for ρ to 1e3.
    if job.law != laws.UniformSphere(2):
        raise ValueError("the formula for heyoka is that of the circle")
    nodes, weights = np.polynomial.legendre.leggauss(12)
    edges = np.pi / 2 * np.concatenate([[0.0], 2.0 ** np.arange(-8, 1)])
    half = np.diff(edges)[:, None] / 2
    a = np.sin(edges[:-1, None] + half * (1 + nodes)).ravel()
    weights = (half * weights).ravel() / (np.pi / 2)
    x, y = heyoka.make_vars("x", "y")
    rho = heyoka.sqrt(x * x + y * y)
    terms = [w * s / 2 * heyoka.tanh(rho * (s / 2)) for s, w in zip(a, weights, strict=True)]
    phi = heyoka.sum(terms)
    ux, uy, n = x / rho, y / rho, job.depth
    gx, gy = phi * ux, phi * uy - job.law.kappa
    along = (n - 1) * (ux * gx + uy * gy)
    speed = -(rho ** (2 - 2 / n)) if n > 1 else -1.0
    system = [(x, speed * (gx + along * ux)), (y, speed * (gy + along * uy))]
    return heyoka.taylor_adaptive(system, START.tolist(), tol=rtol, compact_mode=True)


PEERS: dict[str, Solver] = {
    "induced_flow (DOP853)": package_solver,
    "DOP853": scipy_solver("DOP853", plain=True),
    "DOP853, scalar code": scipy_solver("DOP853"),
    "LSODA, scalar code": scipy_solver("LSODA"),
    "DOP853, log-polar": log_polar,
}


def jobs() -> list[Job]:
    """The trajectories of the table."""
    circle = laws.UniformSphere(2)
    rows = [Job(circle, n, horizon) for horizon in (10.0, 1000.0) for n in (1, 2, 3, 4)]
    others = (laws.Gaussian(2), laws.UniformBall(2), laws.StudentT(2, 1.5))
    return rows + [Job(law, n, 1000.0) for law in others for n in (1, 3)]
