"""Input checks at the public boundary.

Every public function calls these first.  A message names the argument, what was required,
what came, and the cure, so that a reader can repair the call without reading the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class ShapeError(ValueError):
    """An array has the wrong shape; the message says which was required and which came."""


def fail(name: str, required: str, came: object, cure: str = "") -> ValueError:
    """The error every check raises: argument, requirement, what came, cure."""
    return ValueError(_message(name, required, came, cure))


def fail_shape(name: str, required: str, came: object, cure: str = "") -> ShapeError:
    """Like :func:`fail`, for a wrong shape."""
    return ShapeError(_message(name, required, came, cure))


def _message(name: str, required: str, came: object, cure: str) -> str:
    text = f"{name}: must be {required}; came {came}"
    return f"{text}. {cure}" if cure else text


def finite_array(name: str, value: Any, ndim: int | None = None) -> Array:
    """``value`` as a float array with finite entries and, if given, ``ndim`` axes."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise fail(name, "real numbers in a regular array", type(value).__name__) from error
    if ndim is not None and array.ndim != ndim:
        raise fail_shape(name, f"an array with {ndim} axes", f"shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise fail(name, "finite", "NaN or infinity", "Remove or replace such entries.")
    return array


def real(name: str, value: Any) -> float:
    """``value`` as one finite float."""
    return float(finite_array(name, value, ndim=0))


def positive(name: str, value: Any) -> float:
    """``value`` as one finite float greater than 0."""
    number = real(name, value)
    if number <= 0:
        raise fail(name, "positive", number)
    return number


def integer(name: str, value: Any, least: int = 0) -> int:
    """``value`` as an int not below ``least``; a float that is a whole number is refused."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise fail(name, f"an integer of at least {least}", repr(value))
    if value < least:
        raise fail(name, f"an integer of at least {least}", int(value))
    return int(value)


def vector(name: str, value: Any, size: int | None = None) -> Array:
    """``value`` as a finite vector; a row of shape (1, d) is accepted as (d,)."""
    array = finite_array(name, value)
    if array.ndim == 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 1 or array.size == 0:
        raise fail_shape(name, "a vector of shape (d,) or (1, d)", f"shape {array.shape}")
    if size is not None and array.size != size:
        raise fail_shape(name, f"a vector of {size} entries", f"{array.size} entries")
    return array


def unit_vector(name: str, value: Any, size: int | None = None) -> Array:
    """``value`` as a vector of norm 1; directions are normalised on entry, zero is refused."""
    array = vector(name, value, size)
    largest = np.max(np.abs(array))
    if largest == 0:
        raise fail(name, "non-zero", "the zero vector", "A direction needs a non-zero vector.")
    array = array / largest  # first, so that the norm neither overflows nor underflows
    return array / np.linalg.norm(array)


def matrix(name: str, value: Any, shape: tuple[int, int] | None = None) -> Array:
    """``value`` as a finite matrix, of the given shape if one is given."""
    array = finite_array(name, value, ndim=2)
    if shape is not None and array.shape != shape:
        raise fail_shape(name, f"a matrix of shape {shape}", f"shape {array.shape}")
    return array


def generator(name: str, value: Any) -> np.random.Generator:
    """``value`` if it is a NumPy generator; seeds are refused, so that no stream is restarted."""
    if not isinstance(value, np.random.Generator):
        raise fail(
            name,
            "a numpy random generator",
            type(value).__name__,
            "Use numpy.random.default_rng(seed).",
        )
    return value


def finite_result(name: str, value: Array) -> Array:
    """``value`` computed from the argument ``name``, if it did not leave the finite numbers."""
    if not np.all(np.isfinite(value)):
        raise fail(name, "small enough for double precision", "an overflow", "Rescale it.")
    return value


def times(name: str, value: Any) -> Array:
    """``value`` as non-negative, non-decreasing times; a scalar gives an array without axes."""
    array = finite_array(name, value)
    if array.ndim > 1:
        raise fail_shape(name, "one time or a vector of times", f"shape {array.shape}")
    if np.any(array < 0):
        raise fail(name, "non-negative", float(np.min(array)))
    if array.ndim == 1 and np.any(np.diff(array) < 0):
        raise fail(name, "sorted in non-decreasing order", "unsorted times", "Use numpy.sort.")
    return array


def weights_chain(name: str, value: Sequence[Any]) -> tuple[Array, ...]:
    """``value`` as weights W_1, …, W_N (input layer first) whose shapes chain."""
    if isinstance(value, np.ndarray) or not isinstance(value, Sequence) or len(value) == 0:
        raise fail(name, "a non-empty tuple of matrices, input layer first", type(value).__name__)
    layers = tuple(matrix(f"{name}[{k}]", layer) for k, layer in enumerate(value))
    for k in range(1, len(layers)):
        if layers[k].shape[1] != layers[k - 1].shape[0]:
            raise fail_shape(
                name,
                f"a chain: layer {k} needs {layers[k - 1].shape[0]} columns",
                f"shape {layers[k].shape} after {layers[k - 1].shape}",
                "Order the layers from the input to the output.",
            )
    return layers
