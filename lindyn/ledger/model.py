"""A row of the ledger: one statement, how it is proved, what print says, which check it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lindyn.ledger.base import Check, CheckError, Effort, Found
from lindyn.ledger.checks import Asymptotic, Certified, Cited, Enclosure, Searched, Symbolic
from lindyn.ledger.domain import Angle, Choice, Domain, Integer, Log, Uniform

__all__ = [
    "Angle",
    "Asymptotic",
    "Certified",
    "Check",
    "CheckError",
    "Choice",
    "Cited",
    "Domain",
    "Effort",
    "Enclosure",
    "Found",
    "Integer",
    "Log",
    "Printed",
    "Proof",
    "Row",
    "Searched",
    "Symbolic",
    "Uniform",
    "Verdict",
]


class Proof(StrEnum):
    """How the book proves a statement."""

    FULL = "full"
    CITED = "cited"
    OPEN = "open"


class Verdict(StrEnum):
    """What the book says about the form in print."""

    HOLDS = "holds"
    REPAIRED = "repaired"
    MISPRINT = "misprint"
    FALSE = "false"
    UNCHECKED = "unchecked"
    OPEN = "open"


@dataclass(frozen=True)
class Printed:
    """The form in print, where it differs from the true one, with the case that refutes it.

    ``refutation()`` is the slack of the printed form at the counterexample and must be negative.
    ``weight`` runs from 1 (harmless) to 3 (others build on it).
    """

    nature: Verdict
    print_says: str
    truth: str
    why: str
    refutation: Callable[[], float]
    counterexample: str
    consequence: str
    weight: int = 1

    def __post_init__(self) -> None:
        if self.nature not in (Verdict.MISPRINT, Verdict.FALSE):
            raise ValueError(f"Printed.nature: must be MISPRINT or FALSE; came {self.nature!r}")
        if self.weight not in (1, 2, 3):
            raise ValueError(f"Printed.weight: must be 1, 2 or 3; came {self.weight!r}")


@dataclass(frozen=True)
class Row:
    """One statement of the ledger.

    ``page`` is the page without ending, as in ``lsz/turning``.  ``repair`` says what fails in the
    printed proof of a true claim; ``unchecked`` why a statement cannot be checked; ``no_control``
    why there is no negative control (a definition, a figure).
    """

    id: str
    title: str
    page: str | None
    proof: Proof
    uses: tuple[str, ...] = ()
    check: Check | None = None
    shares_check_of: str | None = None
    printed: Printed | None = None
    repair: str = ""
    unchecked: str = ""
    no_control: str = ""
    note: str = ""

    @property
    def paper(self) -> str:
        """The key of the paper, or ``own``."""
        return self.id.partition("-")[0]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the form in print, from what the row records."""
        if self.unchecked:
            return Verdict.UNCHECKED
        if self.printed is not None:
            return self.printed.nature
        if self.proof is Proof.OPEN:
            return Verdict.OPEN
        return Verdict.REPAIRED if self.repair else Verdict.HOLDS
