"""Discrete coordinates: lists of options, with their corners."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn.ledger.base import number


@dataclass(frozen=True, repr=False)
class Integer:
    """A whole number from ``lo`` to ``hi``, both included."""

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError(f"Integer: needs lo ≤ hi; came {self.lo}, {self.hi}")

    def __repr__(self) -> str:
        return f"{{{self.lo}, …, {self.hi}}}"

    def __str__(self) -> str:
        few = range(self.lo, self.hi + 1)
        return repr(self) if len(few) > 2 else f"{{{', '.join(map(str, few))}}}"

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return self.hi - self.lo + 1

    @property
    def corners(self) -> tuple[int, ...]:
        """The three smallest and the largest."""
        small = range(self.lo, min(self.lo + 3, self.hi + 1))
        return tuple(dict.fromkeys((*small, self.hi)))

    def option(self, index: int) -> int:
        """The number with the given index."""
        return self.lo + index

    def draw(self, rng: np.random.Generator) -> int:
        """A random number, spread over the decades of the distance to ``lo``."""
        if self.count <= 16:
            return int(rng.integers(self.lo, self.hi + 1))
        return (
            self.lo + int(math.exp(rng.random() * math.log(self.count))) - int(rng.random() < 0.1)
        )

    def neighbours(self, value: int) -> tuple[int, ...]:
        """Numbers one step away, twice and half as far from ``lo``, and the corners."""
        far = value - self.lo
        near = (value - 1, value + 1, self.lo + far // 2, self.lo + 2 * far, *self.corners)
        return tuple(dict.fromkeys(v for v in near if self.lo <= v <= self.hi and v != value))

    def label(self, value: int) -> Any:
        """The number itself."""
        return int(value)

    def from_label(self, label: Any) -> int:
        """The number itself."""
        return int(label)


class Choice:
    """One of finitely many options; an option that is no plain value is named by its repr."""

    def __init__(self, *options: Any) -> None:
        if not options:
            raise ValueError("Choice: needs at least one option")
        self.options = tuple(options)

    def __repr__(self) -> str:
        return f"{{{', '.join(str(self.label(o)) for o in self.options)}}}"

    def __str__(self) -> str:
        return f"{{{', '.join(number(self.label(o)) for o in self.options)}}}"

    @property
    def count(self) -> int:
        """How many options there are."""
        return len(self.options)

    @property
    def corners(self) -> tuple[Any, ...]:
        """Every option."""
        return self.options

    def option(self, index: int) -> Any:
        """The option with the given index."""
        return self.options[index]

    def draw(self, rng: np.random.Generator) -> Any:
        """A random option."""
        return self.options[int(rng.integers(self.count))]

    def neighbours(self, value: Any) -> tuple[Any, ...]:
        """All other options."""
        return tuple(
            o for o in self.options if o is not value and self.label(o) != self.label(value)
        )

    def label(self, value: Any) -> Any:
        """A plain value that stands for the option in files and tables."""
        plain = value is None or isinstance(value, (str, bool, int, float))
        return value if plain else getattr(value, "__name__", repr(value))

    def from_label(self, label: Any) -> Any:
        """The option with the given label."""
        label = tuple(label) if isinstance(label, list) else label
        for option in self.options:
            if self.label(option) == label:
                return option
        raise ValueError(f"Choice: {label!r} is none of {self!r}")


Discrete = Integer | Choice
