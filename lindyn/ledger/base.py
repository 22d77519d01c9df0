"""What every check has in common: how hard it looks, what it finds, what it must refute."""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

Case = dict[str, Any]


@dataclass(frozen=True)
class Effort:
    """How hard a check looks.

    A seed, a number of evaluations (the check's own number, if that is larger), and the cases
    that were worst before.
    """

    seed: int = 0
    evaluations: int = 0
    stored: tuple[Case, ...] = ()
    stored_control: Case | None = None

    @staticmethod
    def seed_of(id: str) -> int:
        """The seed that belongs to a ledger id, the same on every machine."""
        return int.from_bytes(hashlib.sha256(id.encode()).digest()[:6], "big")


@dataclass(frozen=True)
class Found:
    """What one run found.

    The claim is true where ``slack`` is at least 0; a rounding allowance, if the check has one,
    is already added, as the slack of a residual is tolerance − |residual|.  ``worst`` are the few
    worst cases that lie apart.
    """

    slack: float
    where: Mapping[str, Any] = field(default_factory=dict)
    cases: int = 1
    sharp: str = ""
    worst: tuple[Case, ...] = ()

    @property
    def holds(self) -> bool:
        """The hypotheses were met at least once and the slack never fell below 0."""
        return self.cases > 0 and not math.isnan(self.slack) and self.slack >= 0

    @property
    def refutes(self) -> bool:
        """A case was found in which the claim fails (a NaN refutes nothing)."""
        return self.cases > 0 and self.slack < 0


class CheckError(Exception):
    """A check could not be carried out; the message names the case."""


class Check(ABC):
    """A claim as code, with a nearby false version that the same code must refute."""

    kind: ClassVar[str]

    @abstractmethod
    def run(self, effort: Effort) -> Found:
        """Look for the smallest slack of the claim."""

    @abstractmethod
    def refute_control(self, effort: Effort) -> Found | None:
        """Look for a case in which the negative control fails; None if there is no control."""

    @property
    def claim(self) -> Callable[..., Any] | None:
        """The function that states the claim; None where nothing is run."""
        return None

    @property
    @abstractmethod
    def changed(self) -> str:
        """What the negative control changes, in words."""

    @property
    def domain_text(self) -> str:
        """The domain of the hypotheses that is covered, in words."""
        return ""


def number(value: Any, digits: int = 3) -> str:
    """A number short enough to read."""
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def word(name: str) -> str:
    """A parameter's name for a reader: Python keeps ``moment_`` apart from a function."""
    return name.rstrip("_")


def place(where: Mapping[str, Any] | None) -> str:
    """A case in words: ``theta = 1.57, norm = 1e-06``."""
    return ", ".join(f"{word(name)} = {number(value)}" for name, value in (where or {}).items())


def moved(constants: Mapping[str, Any], control: Mapping[str, Any]) -> str:
    """The constants that a control moves, as text: ``gain 0.3 → 0.28``."""
    return ", ".join(
        f"{k} {number(constants.get(k, '–'), 6)} → {number(control[k], 6)}" for k in control
    )
