"""Gradient flow on all weights, and the flow it induces on the end-to-end matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from tqdm.auto import tqdm

from lindyn import _check
from lindyn._check import Array
from lindyn.networks import Weights, balanced, chain_rule, end_to_end, multiply
from lindyn.risks import Risk, as_product


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
    events: Sequence[Callable[[float, Weights], float]] = (),
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
    rtol, atol : tolerances of the integrator.
    method : ``"DOP853"``, ``"LSODA"``, ``"Radau"``, … of :func:`scipy.integrate.solve_ivp`.
    events : functions of (t, weights) whose zeros are reported.
    progress : show a progress bar.

    Returns
    -------
    WeightTrajectory

    Raises
    ------
    ValueError
        For times that are negative or unsorted, or tolerances that are not positive.
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
    as_product(risk, end_to_end(layers), "the end-to-end matrix of weights")
    shapes = [layer.shape for layer in layers]

    def velocity(_: float, flat: Array) -> Array:
        current = unflatten(flat, shapes)
        gradient = risk.gradient(multiply(current))
        return -flatten(chain_rule(current, gradient))

    def on_weights(event: Callable[[float, Weights], float]) -> Callable[[float, Array], float]:
        return lambda t, flat: event(t, unflatten(flat, shapes))

    t, flat, found = integrate(
        velocity,
        flatten(layers),
        times,
        rtol=rtol,
        atol=atol,
        method=method,
        events=[on_weights(event) for event in events],
        progress=progress,
    )
    return weight_trajectory(risk, t, flat, shapes, found)


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


def flatten(layers: Sequence[Array]) -> Array:
    """All entries of all layers as one vector."""
    return np.concatenate([layer.ravel() for layer in layers])


def unflatten(flat: Array, shapes: Sequence[tuple[int, ...]]) -> Weights:
    """Inverse of :func:`flatten`; leading axes of ``flat`` are kept."""
    sizes = [int(np.prod(shape)) for shape in shapes]
    pieces = np.split(flat, np.cumsum(sizes)[:-1], axis=-1)
    return tuple(
        piece.reshape(*flat.shape[:-1], *shape) for piece, shape in zip(pieces, shapes, strict=True)
    )


def weight_trajectory(
    risk: Risk,
    t: Array,
    flat: Array,
    shapes: Sequence[tuple[int, ...]],
    events: tuple[Array, ...] = (),
) -> WeightTrajectory:
    """The record of a run from its flattened states (shape (T, n), or (n,) at one time)."""
    weights = unflatten(flat, shapes)
    product = weights[0]
    for layer in weights[1:]:
        product = layer @ product
    rows = product.reshape(-1, *product.shape[-2:])
    values = np.array([risk.value(row) for row in rows]).reshape(product.shape[:-2])
    return WeightTrajectory(t, weights, product, values, events)


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
    t = _check.times("times", times)
    _check.positive("rtol", rtol)
    _check.positive("atol", atol)
    end = float(np.max(t, initial=0.0))
    if end == 0.0:
        states = np.broadcast_to(start, (*t.shape, start.size)).copy()
        return t, states, tuple(np.empty(0) for _ in events)
    with tqdm(total=1.0, disable=not progress, unit="run") as bar:

        def watched(now: float, state: Array) -> Array:
            bar.update(max(0.0, now / end - bar.n))
            return velocity(now, state)

        solution = solve_ivp(
            watched if progress else velocity,
            (0.0, end),
            start,
            method=method,
            t_eval=np.unique(t),
            rtol=rtol,
            atol=atol,
            events=list(events) or None,
        )
    if solution.status < 0 or solution.t.size != np.unique(t).size:
        reached = solution.t[-1] if solution.t.size else 0.0
        raise IntegrationError(f"{solution.message} (last reported time {reached:g} of {end:g})")
    states = solution.y.T[np.searchsorted(solution.t, t)]
    if not np.all(np.isfinite(states)):
        raise IntegrationError(f"the solution is not finite before time {end:g}")
    return t, states, tuple(np.asarray(found) for found in solution.t_events or ())
