"""Domains of hypotheses, coordinate by coordinate, with the corners where claims break.

A continuous coordinate is a monotone map from [0, 1]; a discrete one is a list of options.  Both
name their *corners*: the extremes and the special values that a search must always visit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn.ledger.base import Case


def _check_ends(name: str, lo: float, hi: float) -> None:
    if not (math.isfinite(lo) and math.isfinite(hi) and lo < hi):
        raise ValueError(f"{name}: needs finite lo < hi; came {lo}, {hi}")


@dataclass(frozen=True, repr=False)
class Uniform:
    """A real number between ``lo`` and ``hi``."""

    lo: float
    hi: float

    def __post_init__(self) -> None:
        _check_ends("Uniform", self.lo, self.hi)

    def __repr__(self) -> str:
        return f"[{self.lo:.6g}, {self.hi:.6g}]"

    @property
    def corners(self) -> tuple[float, ...]:
        """Both ends, the middle, and 0 where it lies inside."""
        zero = (0.0,) if self.lo < 0 < self.hi else ()
        return (float(self.lo), float(self.hi), (self.lo + self.hi) / 2, *zero)

    def value(self, u: float) -> float:
        """The number at position ``u`` of the unit interval."""
        return float(self.hi) if u == 1 else float(self.lo + u * (self.hi - self.lo))

    def unit(self, value: float) -> float:
        """The position of ``value`` in the unit interval."""
        return min(1.0, max(0.0, (value - self.lo) / (self.hi - self.lo)))


@dataclass(frozen=True, repr=False)
class Log:
    """A positive number between ``lo`` and ``hi``, spread evenly over the decades."""

    lo: float
    hi: float

    def __post_init__(self) -> None:
        _check_ends("Log", self.lo, self.hi)
        if self.lo <= 0:
            raise ValueError(f"Log: needs lo > 0; came {self.lo}")

    def __repr__(self) -> str:
        return f"[{self.lo:.6g}, {self.hi:.6g}] (log)"

    @property
    def corners(self) -> tuple[float, ...]:
        """Both ends, and 1 where it lies inside."""
        one = (1.0,) if self.lo < 1 < self.hi else ()
        return (float(self.lo), float(self.hi), *one)

    def value(self, u: float) -> float:
        """The number at position ``u`` of the unit interval."""
        if u in (0, 1):
            return float(self.hi if u else self.lo)
        return math.exp(math.log(self.lo) + u * math.log(self.hi / self.lo))

    def unit(self, value: float) -> float:
        """The position of ``value`` in the unit interval."""
        return min(1.0, max(0.0, math.log(value / self.lo) / math.log(self.hi / self.lo)))


@dataclass(frozen=True, repr=False)
class Angle:
    """An angle in radians, spread over the decades of distance near both ends."""

    lo: float = 0.0
    hi: float = math.pi

    _EDGE = 0.25  # share of the unit interval given to each end
    _NEAR, _FAR = -9.0, -1.0  # decades of relative distance covered there

    def __post_init__(self) -> None:
        _check_ends("Angle", self.lo, self.hi)

    def __repr__(self) -> str:
        return f"[{self.lo:.6g}, {self.hi:.6g}]"

    @property
    def corners(self) -> tuple[float, ...]:
        """The ends and the right angle, each also missed by 1e-8."""
        near = 1e-8
        right = math.pi / 2
        values = [self.lo, self.lo + near, self.hi - near, self.hi]
        values += [right - near, right, right + near]
        return tuple(float(v) for v in values if self.lo <= v <= self.hi)

    def value(self, u: float) -> float:
        """The angle at position ``u`` of the unit interval."""
        if u in (0, 1):
            return float(self.hi if u else self.lo)
        return self.lo + (self.hi - self.lo) * self._share(u)

    def _share(self, u: float) -> float:
        if u > 0.5:
            return 1 - self._share(1 - u)
        if u < self._EDGE:
            return 10 ** (self._NEAR + (self._FAR - self._NEAR) * u / self._EDGE)
        start = 10**self._FAR
        return start + (0.5 - start) * (u - self._EDGE) / (0.5 - self._EDGE)

    def unit(self, value: float) -> float:
        """The position of ``value`` in the unit interval."""
        share = min(1.0, max(0.0, (value - self.lo) / (self.hi - self.lo)))
        return 1 - self._position(1 - share) if share > 0.5 else self._position(share)

    def _position(self, share: float) -> float:
        if share < 10**self._NEAR:
            return 0.0
        start = 10**self._FAR
        if share < start:
            return self._EDGE * (math.log10(share) - self._NEAR) / (self._FAR - self._NEAR)
        return self._EDGE + (0.5 - self._EDGE) * (share - start) / (0.5 - start)


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


Continuous = Uniform | Log | Angle
Discrete = Integer | Choice


class Domain:
    """A product of named coordinates: the hypotheses of a statement as a space to search.

    Examples
    --------
    >>> domain = Domain(norm=Log(1e-3, 1e3), depth=Integer(1, 4))
    >>> domain
    norm ∈ [0.001, 1000] (log), depth ∈ {1, …, 4}
    """

    def __init__(self, **coordinates: Continuous | Discrete) -> None:
        if not coordinates:
            raise ValueError("Domain: needs at least one coordinate")
        self.coordinates = coordinates
        self.continuous = {k: c for k, c in coordinates.items() if isinstance(c, Continuous)}
        self.discrete = {k: c for k, c in coordinates.items() if isinstance(c, Discrete)}

    def __repr__(self) -> str:
        return ", ".join(f"{name} ∈ {c!r}" for name, c in self.coordinates.items())

    @property
    def size(self) -> float:
        """How many cases there are; infinite with a continuous coordinate."""
        if self.continuous:
            return math.inf
        return math.prod(c.count for c in self.discrete.values())

    def case(self, units: Sequence[float], options: Case) -> Case:
        """The case at a point of the unit cube with the given discrete options."""
        real = {
            k: c.value(float(u)) for (k, c), u in zip(self.continuous.items(), units, strict=True)
        }
        return {k: options[k] if k in options else real[k] for k in self.coordinates}

    def units(self, case: Case) -> np.ndarray:
        """The continuous coordinates of a case as a point of the unit cube."""
        return np.array([c.unit(case[k]) for k, c in self.continuous.items()])

    def options(self, case: Case) -> Case:
        """The discrete coordinates of a case."""
        return {k: case[k] for k in self.discrete}

    def label(self, case: Case) -> Case:
        """The case in plain values, fit for JSON."""
        return {
            k: self.discrete[k].label(v) if k in self.discrete else float(v)
            for k, v in case.items()
        }

    def from_label(self, stored: Case) -> Case:
        """The case that :meth:`label` wrote down."""
        if set(stored) != set(self.coordinates):
            raise ValueError(f"stored case {stored} does not fit the domain {self!r}")
        return {
            k: self.discrete[k].from_label(stored[k]) if k in self.discrete else float(stored[k])
            for k in self.coordinates
        }

    def sample(self, count: int, rng: np.random.Generator) -> list[Case]:
        """``count`` cases: corners of each coordinate, corners of several, then a Latin square.

        Where every combination of options fits in, each occurs, and equally often.
        """
        grid = [(rng.permutation(count) + rng.random(count)) / count for _ in self.continuous]
        combinations = math.prod(c.count for c in self.discrete.values())
        if combinations <= count:
            options = self._enumerated()
            drawn = [options[i % combinations] for i in rng.permutation(count)]
            cornered: Mapping[str, Continuous | Discrete] = self.continuous
        else:
            drawn = [{k: c.draw(rng) for k, c in self.discrete.items()} for _ in range(count)]
            cornered = self.coordinates
        cases = [self.case([g[i] for g in grid], drawn[i]) for i in range(count)]
        singles = [(k, v) for k, c in cornered.items() for v in c.corners]
        for case, (name, value) in zip(cases, singles, strict=False):
            case[name] = value
        for case in cases[len(singles) : len(singles) + (count - len(singles)) // 2]:
            for name, coordinate in cornered.items():
                if rng.random() < 0.5:
                    corners = coordinate.corners
                    case[name] = corners[int(rng.integers(len(corners)))]
        return cases

    def _enumerated(self) -> list[Case]:
        indices = itertools.product(*(range(c.count) for c in self.discrete.values()))
        return [
            {k: c.option(i) for (k, c), i in zip(self.discrete.items(), row, strict=True)}
            for row in indices
        ]
