"""The five kinds of check, strongest first: symbolic, certified, searched, asymptotic, cited."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple

from lindyn.ledger import algebra
from lindyn.ledger.base import Check, CheckError, Effort, Found, moved
from lindyn.ledger.domain import Domain
from lindyn.ledger.search import Hunt, hunt

KEPT = 3  # worst cases a deep search leaves for the quick one
CONTROL_REACH = 0.05  # a control lies within 5 % of the sharp constant, where that is known


@dataclass(frozen=True)
class Symbolic(Check):
    """Identities that sympy proves: every residual simplifies to 0, no control expression does."""

    residuals: Callable[[], Sequence[Any]]
    control: Callable[[], Sequence[Any]] | None = None
    control_text: str = ""
    domain: str = "all values of the symbols"
    kind: ClassVar[str] = "symbolic"

    def run(self, effort: Effort) -> Found:
        """Simplify every residual; one that stays counts as slack −1."""
        residuals = list(self.residuals())
        for number, residual in enumerate(residuals):
            rest = algebra.simplest(residual)
            if rest != 0:
                return Found(-1.0, {"residual": number, "left": str(rest)[:200]}, len(residuals))
        return Found(0.0, {}, len(residuals))

    def refute_control(self, effort: Effort) -> Found | None:
        """Every control expression must differ from 0 at a point; the smallest value counts."""
        if self.control is None:
            return None
        expressions = list(self.control())
        values = [algebra.distance_from_zero(expression) for expression in expressions]
        return Found(-min(values, default=0.0), {}, len(values))

    @property
    def claim(self) -> Callable[..., Any]:
        """The function that states the claim."""
        return self.residuals

    @property
    def changed(self) -> str:
        """What the negative control changes."""
        return self.control_text

    @property
    def domain_text(self) -> str:
        """The domain in words."""
        return self.domain


class Enclosure(NamedTuple):
    """A proven enclosure of the smallest slack: ``lower`` ≤ infimum ≤ ``upper``."""

    lower: float
    upper: float
    where: dict[str, Any]
    boxes: int = 1


@dataclass(frozen=True)
class Certified(Check):
    """Ball arithmetic over the whole domain, tails included.

    ``slack(**constants)`` returns an :class:`Enclosure`, or a pair (lower bound, where).  With an
    enclosure the control is refuted when the *upper* end is negative, a proof in itself; with a
    pair when the same machinery no longer certifies it.
    """

    slack: Callable[..., Enclosure | tuple[float, dict[str, Any]]]
    domain: str
    constants: Mapping[str, float] = field(default_factory=dict)
    control: Mapping[str, float] = field(default_factory=dict)
    sharp: Callable[[], str] | None = None
    kind: ClassVar[str] = "certified"

    def _enclose(self, constants: Mapping[str, float]) -> Enclosure:
        result = self.slack(**constants)
        if isinstance(result, Enclosure):
            return result
        lower, where = result
        return Enclosure(lower, lower, where)

    def run(self, effort: Effort) -> Found:
        """The certified lower bound of the slack."""
        lower, _, where, boxes = self._enclose(self.constants)
        return Found(float(lower), where, boxes, self.sharp() if self.sharp else "")

    def refute_control(self, effort: Effort) -> Found | None:
        """The upper bound of the slack with the constants moved."""
        if not self.control:
            return None
        _, upper, where, boxes = self._enclose({**self.constants, **self.control})
        return Found(float(upper), where, boxes)

    @property
    def claim(self) -> Callable[..., Any]:
        """The function that states the claim."""
        return self.slack

    @property
    def changed(self) -> str:
        """What the negative control changes."""
        return moved(self.constants, self.control)

    @property
    def domain_text(self) -> str:
        """The domain in words."""
        return self.domain


@dataclass(frozen=True)
class Searched(Check):
    """The worst case hunted by an optimiser over the domain of the hypotheses.

    ``slack(**case, **constants)`` is at least ``-tolerance`` in every case, or None where the
    case does not meet the hypotheses.  The control moves constants (``control``) or drops a
    hypothesis (``control_slack``).  ``sharp_at`` names the best possible value of a constant;
    the control must then lie within 5 % of it.
    """

    slack: Callable[..., float | None]
    domain: Domain
    constants: Mapping[str, Any] = field(default_factory=dict)
    control: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = 0.0
    sharp: Callable[[], str] | None = None
    evaluations: int = 300
    control_slack: Callable[..., float | None] | None = None
    control_text: str = ""
    sharp_at: Mapping[str, float] = field(default_factory=dict)
    kind: ClassVar[str] = "searched"

    def __post_init__(self) -> None:
        for name, best in self.sharp_at.items():
            if name in self.control and abs(self.control[name] / best - 1) > CONTROL_REACH:
                raise ValueError(
                    f"control {name} = {self.control[name]} lies not within 5 % of {best}"
                )

    def hunt(self, effort: Effort) -> Hunt:
        """The hunt for the smallest slack of the claim."""
        return self._hunt(self.slack, self.constants, effort, effort.stored, -math.inf)

    def hunt_control(self, effort: Effort) -> Hunt:
        """The hunt for a case that refutes the control; it ends with the first."""
        stored = (effort.stored_control,) if effort.stored_control else ()
        return self._hunt(
            self.control_slack or self.slack,
            {**self.constants, **self.control},
            effort,
            stored + effort.stored,
            -self.tolerance,
        )

    def _hunt(
        self,
        slack: Callable[..., float | None],
        constants: Mapping[str, Any],
        effort: Effort,
        stored: Sequence[dict[str, Any]],
        stop_below: float,
    ) -> Hunt:
        return hunt(
            lambda **case: slack(**case, **constants),
            self.domain,
            evaluations=max(effort.evaluations, self.evaluations),
            seed=effort.seed,
            starts=[self.domain.from_label(case) for case in stored],
            stop_below=stop_below,
        )

    def found(self, record: Hunt) -> Found:
        """What a finished hunt found; never to have met the hypotheses is no check."""
        if record.worst is None:
            raise CheckError(f"the hypotheses were never met in {record.evaluations} evaluations")
        value, case = record.worst
        worst = tuple(self.domain.label(c) for _, c in record.worst_apart(KEPT))
        slack = value + self.tolerance
        return Found(slack, self.domain.label(case), len(record.met), worst=worst)

    def run(self, effort: Effort) -> Found:
        """The smallest slack that the hunt met."""
        found = self.found(self.hunt(effort))
        return replace(found, sharp=self.sharp() if self.sharp else "")

    def refute_control(self, effort: Effort) -> Found | None:
        """A case that refutes the control, if the same hunt meets one."""
        if not self.control and self.control_slack is None:
            return None
        return self.found(self.hunt_control(effort))

    @property
    def claim(self) -> Callable[..., Any]:
        """The function that states the claim."""
        return self.slack

    @property
    def changed(self) -> str:
        """What the negative control changes."""
        return self.control_text or moved(self.constants, self.control) or "a hypothesis is dropped"

    @property
    def domain_text(self) -> str:
        """The domain in words."""
        return str(self.domain)


@functools.lru_cache(maxsize=1)
def _measured(measure: Callable[[], float]) -> float:
    """One measurement serves the claim and its control."""
    return float(measure())


@dataclass(frozen=True)
class Asymptotic(Check):
    """A fitted exponent or limit within a stated band; the control is a wrong expected value."""

    measure: Callable[[], float]
    expected: float
    band: float
    control: float | None = None
    domain: str = ""
    kind: ClassVar[str] = "asymptotic"

    def run(self, effort: Effort) -> Found:
        """Band minus the distance of the measured from the expected value."""
        return self._compare(self.expected)

    def refute_control(self, effort: Effort) -> Found | None:
        """The same with the wrong expected value."""
        return None if self.control is None else self._compare(self.control)

    def _compare(self, expected: float) -> Found:
        measured = _measured(self.measure)
        return Found(self.band - abs(measured - expected), {"measured": measured})

    @property
    def claim(self) -> Callable[..., Any]:
        """The function that states the claim."""
        return self.measure

    @property
    def changed(self) -> str:
        """What the negative control changes."""
        return moved({"expected": self.expected}, {"expected": self.control})

    @property
    def domain_text(self) -> str:
        """The domain in words."""
        return self.domain


@dataclass(frozen=True)
class Cited(Check):
    """Nothing is run: the exact place in the literature where the proof stands."""

    reference: str
    kind: ClassVar[str] = "cited"

    def run(self, effort: Effort) -> Found:
        """A citation finds nothing."""
        raise CheckError("a citation cannot be run")

    def refute_control(self, effort: Effort) -> Found | None:
        """A citation has no control."""
        return None

    @property
    def changed(self) -> str:
        """Nothing."""
        return ""
