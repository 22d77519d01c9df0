"""What a risk is, and how it takes its argument."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from lindyn import _check
from lindyn._check import Array


class Risk(Protocol):
    """A differentiable function of the end-to-end matrix."""

    @property
    def shape(self) -> tuple[int, int]:
        """(d_out, d_in) of the matrices it takes."""
        ...

    def value(self, W: Array) -> float:
        """R(W)."""
        ...

    def gradient(self, W: Array) -> Array:
        """∇R(W), of the shape of W."""
        ...


class CurvedRisk(Risk, Protocol):
    """A risk with a second derivative."""

    def second_derivative(self, W: Array, direction: Array) -> Array:
        """∇²R(W)[D] for a direction D: the derivative of the gradient, in the shape of W."""
        ...


class StochasticRisk(Risk, Protocol):
    """A risk that is an expectation and can be sampled."""

    def minibatch_gradient(self, W: Array, batch: int, rng: np.random.Generator) -> Array:
        """Gradient of the mean over ``batch`` fresh examples."""
        ...


def as_product(risk: Risk, W: Any, name: str = "W") -> Array:
    """``W`` as a matrix of the risk's shape; a vector stands for one row."""
    if not all(hasattr(risk, needed) for needed in ("shape", "value", "gradient")):
        raise _check.fail(
            "risk",
            "a risk, with .shape, .value(W) and .gradient(W)",
            type(risk).__name__,
            "See lindyn.risks.",
        )
    array = _check.finite_array(name, W)
    if array.ndim == 1 and risk.shape[0] == 1:
        array = array[None, :]
    return _check.matrix(name, array, risk.shape)
