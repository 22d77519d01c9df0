"""The product of named coordinates: what a search goes through."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from lindyn.ledger.base import Case, word
from lindyn.ledger.domain.continuous import Continuous
from lindyn.ledger.domain.discrete import Discrete


class Domain:
    """A product of named coordinates: the hypotheses of a statement as a space to search.

    Examples
    --------
    >>> from lindyn.ledger.domain import Domain, Integer, Log
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

    def __str__(self) -> str:
        return ", ".join(f"{word(name)} ∈ {c}" for name, c in self.coordinates.items())

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
