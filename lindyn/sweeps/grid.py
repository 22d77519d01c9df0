"""Grids of parameters: named axes, or a list of points."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn import _check

Point = Mapping[str, Any]


@dataclass(frozen=True)
class Grid:
    """Points in order, with the shape that results take: one axis a parameter, or one for a list.

    Parameters
    ----------
    axes : the values of each parameter, or None for a list.
    listed : the points of a list, or None for axes.
    """

    axes: Mapping[str, tuple[Any, ...]] | None
    listed: tuple[Point, ...] | None

    @classmethod
    def of(cls, given: Any) -> Grid:
        """From a mapping of sequences (all combinations) or a sequence of mappings (as it is)."""
        if isinstance(given, Mapping):
            axes = {str(name): _axis(str(name), values) for name, values in given.items()}
            if not axes:
                raise _check.fail("grid", "at least one parameter", "an empty mapping")
            return cls(axes, None)
        if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
            if not given or not all(isinstance(point, Mapping) for point in given):
                raise _check.fail("grid", "mappings of parameters, at least one", repr(given)[:80])
            return cls(None, tuple(dict(point) for point in given))
        raise _check.fail(
            "grid", "a mapping from names to values, or a list of mappings", type(given).__name__
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """Axes of the results before those of a single result."""
        if self.axes is not None:
            return tuple(len(values) for values in self.axes.values())
        return (len(self.listed or ()),)

    def __len__(self) -> int:
        return math.prod(self.shape)

    def __iter__(self) -> Iterator[Point]:
        if self.axes is None:
            yield from self.listed or ()
            return
        for values in itertools.product(*self.axes.values()):
            yield dict(zip(self.axes, values, strict=True))


def _axis(name: str, values: Any) -> tuple[Any, ...]:
    if isinstance(values, (str, bytes)) or not isinstance(values, (Sequence, np.ndarray)):
        raise _check.fail(f"grid[{name!r}]", "a sequence of values", repr(values)[:80])
    entries = tuple(values.tolist() if isinstance(values, np.ndarray) else values)
    if not entries:
        raise _check.fail(f"grid[{name!r}]", "at least one value", "none")
    return entries


def point_key(point: Point) -> str:
    """A name of the point that depends on its parameters alone, not on the grid around it."""
    content = repr([(name, _canonical(name, point[name])) for name in sorted(point)])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _canonical(name: str, value: Any) -> Any:
    """Plain Python values whose repr is the value: 3 and 3.0 are different points."""
    if isinstance(value, np.ndarray):
        return ("array", value.shape, value.dtype.str, value.tobytes().hex())
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):
        return tuple(_canonical(name, entry) for entry in value)
    raise _check.fail(
        f"grid[{name!r}]",
        "numbers, strings, arrays, or tuples of them",
        type(value).__name__,
        "Pass a name, and make the object inside the function.",
    )


def point_generator(seed: int, key: str) -> np.random.Generator:
    """The random generator of a point: the same on every worker and in every order."""
    return np.random.default_rng([seed, int(key, 16)])
