"""RankOneFlow on ensembles of starts, against integrators of the equations of a, b and s.

The peers get the equations in the singular bases of the target, 2d + 1 numbers a start, and their
usual tolerances; each row tells the error that was reached.  Peers that go start by start are timed
on a few starts and scaled; so is diffrax, on at most a hundred (it loses by more).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn.natural import RankOneFlow

Array = NDArray[np.float64]
MOST = 100  # starts that diffrax gets at once
SHOWN = 3  # starts of which errors are taken, and which slow peers do


@dataclass(frozen=True)
class Ensemble:
    """Random starts for the target diag(5, …, 1): s at 20 times until ``horizon``.

    Integrators cannot have s without a and b, RankOneFlow can; what it needs for all is told too.
    """

    starts: int
    dim: int
    depth: int
    horizon: float = 20.0

    @property
    def sigma(self) -> Array:
        """Singular values of the target."""
        return np.linspace(5.0, 1.0, self.dim)

    @property
    def times(self) -> Array:
        """The times."""
        return np.linspace(0.0, self.horizon, 21)[1:]

    def state(self, starts: int) -> Array:
        """The first few starts, shape (starts, 2d + 1)."""
        rng = np.random.default_rng(0)
        u, v = rng.standard_normal((2, self.starts, self.dim))
        s = rng.uniform(0.1, 3.0, self.starts)
        unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (u, v)]
        return np.concatenate([*unit, s[:, None]], axis=1)[:starts]

    def own(self, directions: bool = False) -> Callable[[], Array]:
        """By RankOneFlow, construction included: s of shape (T, B), or all, (T, B, 2d + 1)."""
        state, d, target = self.state(self.starts), self.dim, np.diag(self.sigma)

        def run() -> Array:
            flow = RankOneFlow(target, state[:, :d], state[:, d:-1], state[:, -1], self.depth)
            record = flow.at(self.times)
            if not directions:
                return np.asarray(record.s)
            return np.concatenate([record.u, record.v, record.s[..., None]], axis=-1)

        return run

    def velocity(self) -> Callable[[float, Array], Array]:
        """The right side for one start."""
        sigma, d, n = self.sigma, self.dim, self.depth
        out = np.empty(2 * d + 1)

        def velocity(_: float, y: Array) -> Array:
            a, b, s = y[:d], y[d:-1], y[-1]
            drive = sigma * b
            pull = float(a @ drive)
            gear = s ** (1 - 2 / n)
            out[:d] = gear * (drive - pull * a)
            out[d:-1] = gear * (sigma * a - pull * b)
            out[-1] = n * gear * s * (pull - s)
            return out.copy()

        return velocity


def scipy_peer(job: Ensemble, method: str, rtol: float, starts: int) -> Array:
    """An integrator of SciPy, start by start."""
    from scipy.integrate import solve_ivp

    found = []
    for start in job.state(starts):
        run = solve_ivp(
            job.velocity(),
            (0.0, job.horizon),
            start,
            method=method,
            t_eval=job.times,
            rtol=rtol,
            atol=rtol * 1e-2,
        )
        if not run.success:
            raise ArithmeticError(run.message)
        found.append(run.y.T)
    return np.stack(found, axis=1)


def heyoka_peer(job: Ensemble, tol: float = 1e-12) -> Callable[[], Array] | None:
    """The Taylor integrator heyoka on batches as wide as the processor's registers.

    Compiled outside the measured time; None if it is not installed.
    """
    try:
        import heyoka
    except ImportError:
        return None
    d, n, wide = job.dim, job.depth, heyoka.recommended_simd_size()
    names = [f"a{k}" for k in range(d)] + [f"b{k}" for k in range(d)] + ["s"]
    y = heyoka.make_vars(*names)
    a, b, s = y[:d], y[d:-1], y[-1]
    pull = heyoka.sum([float(r) * p * q for r, p, q in zip(job.sigma, a, b, strict=True)])
    gear = s ** (1 - 2 / n) if n > 2 else 1.0
    right = [gear * (float(r) * q - pull * p) for r, p, q in zip(job.sigma, a, b, strict=True)]
    right += [gear * (float(r) * p - pull * q) for r, p, q in zip(job.sigma, a, b, strict=True)]
    right.append(float(n) * gear * s * (pull - s))
    system = list(zip(y, right, strict=True))
    begin = np.zeros((2 * d + 1, wide)) + 0.5
    solver = heyoka.taylor_adaptive_batch(system, begin, tol=tol, compact_mode=True)
    state = job.state(job.starts)
    filled = np.concatenate([state, state[: -state.shape[0] % wide]])
    if filled.shape[0] % wide:
        filled = np.repeat(state[:1], wide, axis=0)
    grid = np.repeat(np.concatenate([[0.0], job.times])[:, None], wide, axis=1)

    def run() -> Array:
        found = []
        for begin in range(0, filled.shape[0], wide):
            solver.set_time(0.0)
            solver.state[:] = filled[begin : begin + wide].T
            found.append(np.moveaxis(solver.propagate_grid(grid)[-1][1:], 2, 1))
        return np.concatenate(found, axis=1)[:, : job.starts]

    return run


def diffrax_peer(job: Ensemble, rtol: float = 1e-10) -> Callable[[], Array] | None:
    """Dopri8 of diffrax on up to MOST starts at once, compiled before; None if not installed."""
    try:
        import diffrax
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    sigma, d, n = jnp.asarray(job.sigma), job.dim, job.depth

    def velocity(_: Any, y: Any, __: Any) -> Any:
        a, b, s = y[:d], y[d:-1], y[-1]
        pull = jnp.sum(sigma * a * b)
        gear = s ** (1 - 2 / n)
        rest = (n * gear * s * (pull - s))[None]
        return jnp.concatenate([gear * (sigma * b - pull * a), gear * (sigma * a - pull * b), rest])

    def solve(start: Any) -> Any:
        return diffrax.diffeqsolve(
            diffrax.ODETerm(velocity),
            diffrax.Dopri8(),
            0.0,
            job.horizon,
            None,
            start,
            saveat=diffrax.SaveAt(ts=jnp.asarray(job.times)),
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=rtol * 1e-2),
            max_steps=100_000,
        ).ys

    compiled = jax.jit(jax.vmap(solve, out_axes=1))
    state = jnp.asarray(job.state(MOST))

    def run() -> Array:
        return np.asarray(compiled(state))

    run()
    return run


def seconds(task: Callable[[], object], repeats: int = 3) -> float:
    """Least processor seconds of one call, after one that is not counted if it is short."""
    found = []
    for _ in range(repeats + 1):
        start = time.process_time()
        task()
        found.append(time.process_time() - start)
        if found[-1] > 3.0:
            break
    return min(found)


def reference(job: Ensemble, starts: int) -> Array:
    """Values of s of a few starts, shape (T, starts): DOP853 in ln s, a + b and a − b.

    In these variables nothing that grows comes out of a cancellation.
    """
    from scipy.integrate import solve_ivp

    sigma, d, n = job.sigma, job.dim, job.depth
    rates = np.concatenate([sigma, -sigma])

    def velocity(_: float, y: Array) -> Array:
        modes, s = y[:-1], np.exp(y[-1])
        pull = rates @ modes**2 / 2
        gear = s ** (1 - 2 / n)
        return np.append(gear * (rates - pull) * modes, n * gear * (pull - s))

    found = []
    for state in job.state(starts):
        a, b = state[:d], state[d:-1]
        start = np.concatenate([(a + b) / 2**0.5, (a - b) / 2**0.5, [np.log(state[-1])]])
        now, sizes = 0.0, []
        for t in job.times:  # one by one: between its steps the integrator only interpolates
            run = solve_ivp(velocity, (now, t), start, method="DOP853", rtol=3e-14, atol=1e-16)
            now, start = t, run.y[:, -1]
            sizes.append(np.exp(start[-1]))
        found.append(np.array(sizes))
    return np.stack(found, axis=1)


def compare(job: Ensemble, repeats: int = 3) -> list[dict[str, Any]]:
    """Rows of one ensemble: seconds and largest relative error of s, of each side."""
    few = min(SHOWN, job.starts)
    expected = reference(job, few)

    def error(s: Array) -> float:
        return float(np.max(np.abs(s[:, :few] / expected - 1)))

    own = job.own()
    head = {"starts": job.starts, "dim": job.dim, "depth": job.depth}
    mine = {
        "seconds": seconds(own, repeats),
        "seconds_all": seconds(job.own(directions=True), repeats),
        "error": error(own()),
    }
    rows = []

    def add(peer: str, elapsed: float, found: Array) -> None:
        theirs = {
            "peer": peer,
            "peer_seconds": elapsed,
            "peer_error": error(found[..., -1]),
            "ratio": elapsed / mine["seconds"],
        }
        rows.append({**head, **mine, **theirs})

    for method, rtol in (("DOP853", 1e-10), ("LSODA", 1e-8)):
        elapsed = seconds(lambda m=method, r=rtol: scipy_peer(job, m, r, few), 1)  # type: ignore[misc]
        found = scipy_peer(job, method, rtol, few)
        add(f"{method} ({rtol:.0e})", elapsed * job.starts / few, found)
    for name, peer in (("heyoka (SIMD batch)", heyoka_peer), ("diffrax (batch)", diffrax_peer)):
        solve = peer(job)  # type: ignore[operator]
        if solve is not None:
            found = solve()
            add(name, seconds(solve, repeats) * job.starts / found.shape[1], found)
    return rows


def late(job: Ensemble, repeats: int = 3) -> dict[str, Any]:
    """What it costs to go to T = 1e12 instead of T = 20."""
    far = Ensemble(job.starts, job.dim, job.depth, 1e12)
    near, other = seconds(job.own(), repeats), seconds(far.own(), repeats)
    return {
        "starts": job.starts,
        "dim": job.dim,
        "depth": job.depth,
        "seconds": near,
        "late_seconds": other,
        "ratio": other / near,
    }


def ensembles() -> list[Ensemble]:
    """The ensembles of the table."""
    return [
        Ensemble(starts, dim, depth)
        for starts in (1, 100, 10_000)
        for dim in (5, 20)
        for depth in (2, 3, 4)
    ]


def measure(chosen: Sequence[Ensemble], repeats: int = 3) -> dict[str, Any]:
    """All rows, as they are written to the file."""
    from tqdm import tqdm

    rows: list[dict[str, Any]] = []
    far = []
    for job in tqdm(chosen, desc="ensembles", unit="ensemble"):
        rows += compare(job, repeats)
        far.append(late(job, repeats))
    return {"rows": rows, "late": far}
