"""The hunt for the worst case: stratified samples, then descent from the worst of them.

Nothing here knows what is claimed.  The slack is a function of a case; the hunt looks for the case
with the smallest slack, in the unit cube of the continuous coordinates, while the discrete ones
are enumerated in the sample and mutated between descents.  The seed decides everything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import minimize

from lindyn.ledger.base import Case, CheckError, place
from lindyn.ledger.domain import Domain

OUTSIDE = 1e300  # what the optimiser sees where the hypotheses are not met
APART = 0.05  # cases closer than this in the unit cube count as the same start


class _Enough(Exception):
    """The hunt may stop: a case below the wanted level is found, or the budget is spent."""


@dataclass
class Hunt:
    """A hunt in progress and its record: every slack met, the worst cases first."""

    slack: Callable[..., float | None]
    domain: Domain
    budget: int
    stop_below: float = -math.inf
    met: list[tuple[float, Case]] = field(default_factory=list)
    evaluations: int = 0

    def evaluate(self, case: Case) -> float:
        """The slack at a case, OUTSIDE where the hypotheses are not met."""
        if self.left <= 0:
            raise _Enough
        self.evaluations += 1
        try:
            value = self.slack(**case)
        except Exception as error:
            where = place(self.domain.label(case))
            raise CheckError(f"{type(error).__name__}: {error} at {where}") from error
        if value is None:
            return OUTSIDE
        value = float(value)
        if math.isnan(value):
            raise CheckError(f"the slack is NaN at {place(self.domain.label(case))}")
        self.met.append((value, case))
        if value < self.stop_below:
            raise _Enough
        return value

    @property
    def left(self) -> int:
        """How many evaluations are left."""
        return self.budget - self.evaluations

    @property
    def worst(self) -> tuple[float, Case] | None:
        """The smallest slack and its case; None when the hypotheses were never met."""
        return min(self.met, key=_slack, default=None)

    def worst_apart(self, count: int, since: int = 0) -> list[tuple[float, Case]]:
        """The worst cases that differ in an option or by more than APART in the unit cube."""
        chosen: list[tuple[float, Case]] = []
        places: list[tuple[Case, np.ndarray]] = []
        for value, case in sorted(self.met[since:], key=_slack):
            options, units = self.domain.label(self.domain.options(case)), self.domain.units(case)
            if all(options != o or np.max(abs(units - u), initial=0) > APART for o, u in places):
                chosen.append((value, case))
                places.append((options, units))
                if len(chosen) == count:
                    break
        return chosen

    def descend(self, case: Case, evaluations: int) -> tuple[float, Case]:
        """Nelder–Mead over the continuous coordinates, the options of ``case`` held fixed."""
        options, start = self.domain.options(case), self.domain.units(case)
        if start.size == 0:
            return self.evaluate(case), case
        # A simplex that leans away from the walls, since worst cases like to sit on them.
        steps = np.where(start > 0.5, -0.08, 0.08)
        result = minimize(
            lambda units: self.evaluate(self.domain.case(np.clip(units, 0, 1), options)),
            start,
            method="Nelder-Mead",
            bounds=[(0, 1)] * start.size,
            options={
                "initial_simplex": np.vstack([start, start + np.diag(steps)]),
                "maxfev": evaluations,
                "xatol": 1e-12,
                "fatol": 0,
            },
        )
        return float(result.fun), self.domain.case(np.clip(result.x, 0, 1), options)

    def mutate(self, value: float, case: Case) -> tuple[float, Case]:
        """The best change of one discrete coordinate, or the case itself."""
        best = (value, case)
        for name, coordinate in self.domain.discrete.items():
            for option in coordinate.neighbours(case[name])[:8]:
                changed = {**case, name: option}
                found = self.evaluate(changed)
                if found < best[0]:
                    best = (found, changed)
        return best


def hunt(
    slack: Callable[..., float | None],
    domain: Domain,
    *,
    evaluations: int,
    seed: int,
    starts: Sequence[Case] = (),
    stop_below: float = -math.inf,
) -> Hunt:
    """Look for the case of ``domain`` with the smallest ``slack`` (None: hypotheses not met).

    Half of the evaluations go to a stratified sample, the rest to descents from the worst cases
    that lie apart, each followed by mutations of its discrete coordinates; what is left when the
    descents have converged goes to another pass.  The hunt ends early below ``stop_below``: one
    case is enough to refute.

    Raises
    ------
    CheckError
        Where the slack is NaN or raises; the message names the case.
    """
    rng = np.random.default_rng(seed)
    record = Hunt(slack, domain, evaluations + len(starts), stop_below)
    try:
        for case in starts:
            record.evaluate(case)
        while record.left > 0:
            _pass(record, rng)
            if domain.size <= record.evaluations:
                break  # finitely many cases, each of them tried
    except _Enough:
        pass
    return record


def _pass(record: Hunt, rng: np.random.Generator) -> None:
    """One pass: a stratified sample with half of what is left, descents with the other half."""
    since, half = len(record.met), max(1, record.left // 2)
    for case in record.domain.sample(int(min(half, record.domain.size)), rng):
        record.evaluate(case)
    starts = max(2, half // 200)
    for value, case in record.worst_apart(starts, since):
        for _ in range(3):
            reached = min((value, case), record.descend(case, max(20, half // starts)), key=_slack)
            value, case = record.mutate(*reached)
            if case is reached[1]:
                break


def _slack(pair: tuple[float, Case]) -> float:
    return pair[0]
