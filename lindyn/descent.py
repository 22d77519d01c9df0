"""Gradient descent and mini-batch stochastic gradient descent on all weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.flows import check_start, flatten, progress_bar, records
from lindyn.networks import Weights, chain_rule, multiply
from lindyn.risks import Risk


class StepPolicy(Protocol):
    """Step sizes that depend on the weights, such as :class:`lindyn.GrowingBall`."""

    def begin(self, layers: Weights) -> Callable[[Weights], float]:
        """What gives η from the weights, for one run; it is called once at every step."""
        ...


StepRule = float | Sequence[float] | Callable[[int], float] | StepPolicy


@dataclass(frozen=True)
class DescentRun:
    """Recorded iterates, the step axis first.

    ``step_index`` holds the recorded n, ``t`` the elapsed time Σ_{i<n} η_i, ``weights[k]`` has
    shape (T, d_{k+1}, d_k), ``product`` (T, d_N, d_0), ``risk`` (T,) is the risk itself, also
    where the steps were stochastic; ``step_size`` holds every η_n, also of steps not recorded.
    """

    t: Array
    step_index: np.ndarray
    weights: Weights
    product: Array
    risk: Array
    step_size: Array


class DivergenceError(RuntimeError):
    """The iterates left the finite numbers; the message names the step."""


def gradient_descent(
    risk: Risk,
    weights: Sequence[Array],
    step: StepRule,
    steps: int,
    rng: np.random.Generator | None = None,
    batch: int | None = None,
    record_every: int = 1,
    progress: bool = False,
) -> DescentRun:
    r"""Gradient descent on all weights, or stochastic gradient descent with mini-batches.

    Equation: :math:`W_k(n+1) = W_k(n) - \eta_n\,\partial R/\partial W_k(n)`; with ``batch`` the
    gradient is that of the mean over fresh examples.

    Parameters
    ----------
    risk : risk of the end-to-end matrix; for mini-batches one with ``minibatch_gradient``.
    weights : weights at step 0, input layer first.
    step : step size η: a positive number, a sequence of ``steps`` numbers, a function n ↦ η_n, or
        a :class:`lindyn.GrowingBall` or other object whose ``begin`` gives a function W ↦ η.
    steps : number of steps.
    rng, batch : generator and batch size, both or neither; equal seeds give equal runs.
    record_every : keep every such step; step 0 and the last are always kept.
    progress : show a progress bar.

    Returns
    -------
    DescentRun

    Raises
    ------
    ValueError
        For a step size that is not positive, or ``batch`` without ``rng``.
    ShapeError
        If the weights do not chain or do not fit the risk.
    DivergenceError
        If the weights or their product leave the finite numbers; the message names the step.

    Statements
    ----------
    ``lsz-def-gd``, ``own-imbalance-descent``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn.risks import WhitenedSquare
    >>> run = gradient_descent(WhitenedSquare([[1.0]]), (np.array([[0.0]]),), step=0.5, steps=2)
    >>> run.product[:, 0, 0]
    array([0.  , 0.5 , 0.75])
    """
    layers = _check.weights_chain("weights", weights)
    check_start(risk, layers)
    steps = _check.integer("steps", steps)
    record_every = _check.integer("record_every", record_every, least=1)
    size_at, sizes = _step_sizes(step, steps, layers)
    gradient = _gradient_oracle(risk, rng, batch)

    recorded, states = [0], [flatten(layers)]
    product = multiply(layers)
    with progress_bar(steps, progress, "step") as bar, np.errstate(all="ignore"):
        for n in range(1, steps + 1):
            if size_at is not None:
                sizes[n - 1] = _check.positive("step", size_at(layers))
            size = sizes[n - 1]
            changes = chain_rule(layers, gradient(product))
            layers = tuple(
                layer - size * change for layer, change in zip(layers, changes, strict=True)
            )
            product = multiply(layers)
            if not np.isfinite(product).all():
                raise DivergenceError(f"weights overflow at step {n} of {steps}: use smaller steps")
            if n % record_every == 0 or n == steps:
                recorded.append(n)
                states.append(flatten(layers))
            bar.update()
    index = np.array(recorded)
    elapsed = np.concatenate([[0.0], np.cumsum(sizes)])[index]
    run_weights, products, values = records(
        risk, np.array(states), [layer.shape for layer in layers]
    )
    return DescentRun(elapsed, index, run_weights, products, values, sizes)


def _step_sizes(
    step: StepRule, steps: int, layers: Weights
) -> tuple[Callable[[Weights], float] | None, Array]:
    """What gives η from the weights, if anything does, and the sizes known beforehand."""
    if hasattr(step, "begin"):
        return step.begin(layers), np.empty(steps)
    if callable(step):
        sizes = np.array([_check.real(f"step({n})", step(n)) for n in range(steps)], dtype=float)
    elif np.ndim(step) == 0:
        sizes = np.full(steps, _check.positive("step", step))
    else:
        sizes = _check.finite_array("step", step, ndim=1)
        if sizes.size != steps:
            raise _check.fail_shape("step", f"{steps} step sizes", f"{sizes.size}")
    if np.any(sizes <= 0):
        raise _check.fail("step", "positive at every step", float(np.min(sizes)))
    return None, sizes


def _gradient_oracle(
    risk: Any, rng: np.random.Generator | None, batch: int | None
) -> Callable[[Array], Array]:
    if batch is None and rng is None:
        return risk.gradient
    if batch is None or rng is None:
        raise _check.fail(
            "rng, batch",
            "given both or neither",
            f"rng={rng!r}, batch={batch!r}",
            "Pass rng=numpy.random.default_rng(seed) and a batch size.",
        )
    rng = _check.generator("rng", rng)
    size = _check.integer("batch", batch, least=1)
    if not hasattr(risk, "minibatch_gradient"):
        raise _check.fail(
            "risk", "one that can be sampled (minibatch_gradient)", type(risk).__name__
        )
    return lambda product: risk.minibatch_gradient(product, size, rng)
