"""Gradient flow on all weights, and the flow it induces on the end-to-end matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.networks import Weights, balanced, chain_rule, end_to_end, multiply
from lindyn.risks import Risk, as_product

METHODS = ("DOP853", "RK45", "RK23", "Radau", "BDF", "LSODA")
LEAST_RTOL = 100 * np.finfo(float).eps  # below, SciPy would quietly use another one

Event = Callable[[float, Weights], float]


class IntegrationError(RuntimeError):
    """The integrator gave up; the message holds its own words and the time it had reached."""


@dataclass(frozen=True)
class WeightTrajectory:
    """A trajectory of all weights; the time axis comes first, a scalar time has none.

    ``weights[k]`` has shape (T, d_{k+1}, d_k), ``product`` (T, d_N, d_0), ``risk`` (T,).
    ``events`` holds, for each event function, the times at which it vanished.
    """

    t: Array
    weights: Weights
    product: Array
    risk: Array
    events: tuple[Array, ...] = ()


@dataclass(frozen=True)
class ProductTrajectory:
    """A trajectory of the end-to-end matrix: ``product`` (T, d_N, d_0), ``risk`` (T,)."""

    t: Array
    product: Array
    risk: Array


def gradient_flow(
    risk: Risk,
    weights: Sequence[Array],
    times: Any,
    rtol: float = 1e-10,
    atol: float = 1e-12,
    method: str = "DOP853",
    events: Event | Sequence[Event] | None = None,
    progress: bool = False,
) -> WeightTrajectory:
    r"""Gradient flow of the risk on all weights of the network.

    Equation: :math:`\dot W_k = -\partial R/\partial W_k`, k = 1, …, N.

    Parameters
    ----------
    risk : risk of the end-to-end matrix (:mod:`lindyn.risks`).
    weights : weights at time 0, input layer first.
    times : non-negative, sorted times at which to report; a scalar gives records without
        the time axis.
    rtol, atol : tolerances of the integrator; ``rtol`` at least 2.3e-14.
    method : ``"DOP853"``, or ``"LSODA"``, ``"Radau"``, … of :func:`scipy.integrate.solve_ivp`
        where the flow is stiff.
    events : function, or functions, of (t, weights) whose zeros are reported.  An attribute
        ``direction`` is honoured; ``terminal`` is not, every run reports all its times.
    progress : show a progress bar.

    Returns
    -------
    WeightTrajectory

    Raises
    ------
    ValueError
        For times that are negative or unsorted, tolerances that cannot be met, an unknown method.
    ShapeError
        If the weights do not chain or do not fit the risk.
    IntegrationError
        If the integrator fails; the message names the time reached.

    Statements
    ----------
    ``own-energy``, ``own-conservation``, ``lsz-def-gd``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> run = gradient_flow(WhitenedSquare([[1.0]]), (np.array([[0.0]]),), times=[0.0, 1.0])
    >>> bool(np.isclose(run.product[-1, 0, 0], 1 - np.exp(-1), rtol=1e-9))
    True
    """
    layers = _check.weights_chain("weights", weights)
    check_start(risk, layers)
    shapes = [layer.shape for layer in layers]

    def velocity(_: float, flat: Array) -> Array:
        current = unflatten(flat, shapes)
        product = multiply(current)
        if not np.all(np.isfinite(product)):
            return np.full_like(flat, np.nan)  # a trial step too far: the integrator shortens it
        return -flatten(chain_rule(current, risk.gradient(product)))

    def on_weights(event: Event) -> Callable[[float, Array], float]:
        def watched(t: float, flat: Array) -> float:
            return event(t, unflatten(flat, shapes))

        watched.direction = getattr(event, "direction", 0.0)  # type: ignore[attr-defined]
        return watched

    listed = [] if events is None else [events] if callable(events) else list(events)
    for k, event in enumerate(listed):
        if not callable(event):
            raise _check.fail(f"events[{k}]", "a function of (t, weights)", repr(event))
    t, flat, found = integrate(
        velocity,
        flatten(layers),
        times,
        rtol=rtol,
        atol=atol,
        method=method,
        events=[on_weights(event) for event in listed],
        progress=progress,
    )
    run_weights, product, values = records(risk, flat, shapes)
    return WeightTrajectory(t, run_weights, product, values, found)


def induced_flow(
    risk: Risk,
    W0: Any,
    depth: int,
    times: Any,
    rtol: float = 1e-10,
    atol: float = 1e-12,
    method: str = "DOP853",
) -> ProductTrajectory:
    r"""The flow that balanced weights of the given depth induce on their product.

    Equation: :math:`\dot W = -\sum_{j=1}^N (WW^\top)^{(N-j)/N}\,\nabla R(W)\,
    (W^\top W)^{(j-1)/N}`.

    The powers are only Hölder continuous where W loses rank, so balanced factors whose hidden
    widths equal the rank are integrated instead; their product solves this equation.

    Parameters
    ----------
    risk : risk of the end-to-end matrix.
    W0 : end-to-end matrix at time 0, shape (d_N, d_0); a vector for d_N = 1.
    depth : int, at least 1.
    times, rtol, atol, method : as in :func:`gradient_flow`.

    Returns
    -------
    ProductTrajectory

    Raises
    ------
    ValueError, ShapeError, IntegrationError
        As in :func:`gradient_flow`.

    Statements
    ----------
    ``own-induced-flow``, ``clz-eq-3``, ``lsz-eq-14``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> run = induced_flow(WhitenedSquare([[2.0]]), [[1.0]], depth=2, times=[0.0, 40.0])
    >>> run.product[-1].round(9)
    array([[2.]])

    References
    ----------
    Arora, Cohen and Hazan (2018), Theorem 1.
    """
    start = as_product(risk, W0, "W0")
    run = gradient_flow(risk, balanced(start, depth), times, rtol=rtol, atol=atol, method=method)
    return ProductTrajectory(run.t, run.product, run.risk)


def check_start(risk: Risk, layers: Weights) -> None:
    """Refuse weights that do not fit the risk, and a risk whose gradient does not fit them."""
    product = as_product(risk, end_to_end(layers), "product of weights")
    with np.errstate(over="ignore", invalid="ignore"):
        gradient = np.asarray(risk.gradient(product))
    if gradient.shape != product.shape:
        raise _check.fail_shape(
            "risk", f"a risk whose gradient has shape {product.shape}", f"shape {gradient.shape}"
        )
    _check.finite_result("weights (gradient of the risk at the start)", gradient)


def flatten(layers: Sequence[Array]) -> Array:
    """All entries of all layers as one vector."""
    return np.concatenate([layer.ravel() for layer in layers])


def unflatten(flat: Array, shapes: Sequence[tuple[int, ...]]) -> Weights:
    """Inverse of :func:`flatten`; leading axes of ``flat`` are kept."""
    layers, start = [], 0
    for rows, columns in shapes:
        end = start + rows * columns
        layers.append(flat[..., start:end].reshape(*flat.shape[:-1], rows, columns))
        start = end
    return tuple(layers)


def records(
    risk: Risk, flat: Array, shapes: Sequence[tuple[int, ...]]
) -> tuple[Weights, Array, Array]:
    """Weights, product and risk along flattened states of shape (T, n), or (n,) at one time."""
    weights = unflatten(flat, shapes)
    product = multiply(weights)
    rows = product.reshape(-1, *product.shape[-2:])
    values = np.array([risk.value(row) for row in rows]).reshape(product.shape[:-2])
    return weights, product, values


def integrate(
    velocity: Callable[[float, Array], Array],
    start: Array,
    times: Any,
    *,
    rtol: float,
    atol: float,
    method: str,
    events: Sequence[Callable[[float, Array], float]] = (),
    progress: bool = False,
) -> tuple[Array, Array, tuple[Array, ...]]:
    """States at ``times`` of the initial value problem, with SciPy; failures raise."""
    from scipy.integrate import solve_ivp  # slow to import

    t = _check.times("times", times)
    if t.size == 0:
        raise _check.fail_shape("times", "at least one time", "none")
    if _check.positive("rtol", rtol) < LEAST_RTOL:
        raise _check.fail("rtol", f"at least {LEAST_RTOL:.1e}", rtol, "Doubles carry no more.")
    _check.positive("atol", atol)
    if method not in METHODS:
        raise _check.fail("method", f"one of {', '.join(METHODS)}", repr(method))
    end = float(np.max(t))
    if end == 0.0:
        states = np.broadcast_to(start, (*t.shape, start.size)).copy()
        return t, states, tuple(np.empty(0) for _ in events)

    reached = 0.0
    with progress_bar(1.0, progress, "of the time") as bar:

        def watch(now: float, state: Array) -> float:
            """Note the time of every accepted step; an event that never happens."""
            nonlocal reached
            if not np.all(np.isfinite(state)):
                raise FloatingPointError("The solution left the finite numbers.")
            reached = max(reached, now)
            bar.update(reached / end - bar.n)
            return 1.0

        moments = np.unique(t)
        try:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                solution = solve_ivp(
                    velocity,
                    (0.0, end),
                    start,
                    method=method,
                    t_eval=moments,
                    rtol=rtol,
                    atol=atol,
                    events=[watch, *events],
                )
        except (ValueError, FloatingPointError, np.linalg.LinAlgError) as error:
            raise IntegrationError(f"{error} (reached time {reached:g} of {end:g})") from error
    if solution.status < 0 or solution.t.size != moments.size:
        raise IntegrationError(f"{solution.message} (reached time {reached:g} of {end:g})")
    states = solution.y.T[np.searchsorted(moments, t)]
    return t, states, tuple(np.asarray(found) for found in solution.t_events[1:])


def progress_bar(total: float, shown: bool, unit: str) -> Any:
    """A bar of tqdm, imported only when one is made, as it is slow to import."""
    from tqdm.auto import tqdm

    return tqdm(total=total, disable=not shown, unit=unit)
