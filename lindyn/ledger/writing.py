"""How the modules of rows write rows: by page, and searches by the factor of a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lindyn.ledger.base import Check
from lindyn.ledger.checks import Asymptotic, Searched
from lindyn.ledger.domain import Domain
from lindyn.ledger.model import Proof, Row


@dataclass(frozen=True)
class Page:
    """A page of the book, named without ending as in ``lsz/turning``, where rows are proved.

    ``uses`` are the ids that a proof rests on; ``more`` are further fields of :class:`Row`.
    """

    name: str

    def row(
        self,
        id: str,
        title: str,
        check: Check | None,
        *uses: str,
        proof: Proof = Proof.FULL,
        **more: Any,
    ) -> Row:
        """A row with its own check, proved in full unless ``proof`` says otherwise."""
        return Row(id, title, self.name, proof, uses, check, **more)

    def shared(self, id: str, title: str, parent: str, *uses: str, **more: Any) -> Row:
        """A row that the check of ``parent`` covers."""
        return self.row(id, title, None, *uses, shares_check_of=parent, **more)

    def definition(self, id: str, title: str, *uses: str, note: str = "") -> Row:
        """A row with nothing to check, since it defines."""
        return self.row(id, title, None, *uses, no_control="a definition", note=note)

    def assumption(self, id: str, title: str, *uses: str, note: str = "") -> Row:
        """A row with nothing to check, since it assumes."""
        return self.row(id, title, None, *uses, no_control="an assumption", note=note)

    def figure(self, id: str, title: str, *uses: str, note: str = "") -> Row:
        """A row of a figure, which the tests of figures check."""
        reason = "a figure; its arrays are tested against frozen values"
        return self.row(id, title, None, *uses, no_control=reason, note=note)


def factor(
    slack: Callable[..., float | None],
    domain: Domain,
    control: float,
    sharp: str | Callable[[], str] = "",
    *,
    best: float | None = 1.0,
    **more: Any,
) -> Searched:
    """A search for a bound with the factor 1, which the control moves.

    ``sharp`` says where the factor ``best`` is met (None: only a bound of it is known); without
    ``sharp`` nothing is known of the best factor.
    """
    return Searched(
        slack,
        domain,
        {"factor": 1.0},
        {"factor": control},
        sharp=(sharp if callable(sharp) else lambda: sharp) if sharp else None,
        sharp_at={"factor": best} if sharp and best is not None else {},
        **more,
    )


def quotient(measure: Callable[[], float], band: float, domain: str) -> Asymptotic:
    """A measured quotient that tends to 1; the control expects 1.01."""
    return Asymptotic(measure, 1.0, band, 1.01, domain)


def farthest(quotients: Iterable[float]) -> float:
    """The quotient farthest from 1, for a measurement over several cases."""
    return max(map(float, quotients), key=lambda found: abs(found - 1))
