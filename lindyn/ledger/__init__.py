"""The ledger: every statement of the papers, its proof, its check and what the check found.

A row (:class:`~lindyn.ledger.model.Row`) holds a statement; a check states the claim as a slack
(true where the slack is at least 0) and has a negative control, a nearby false version that the
same check must refute.  ``python -m lindyn verify`` runs them all.
"""

from __future__ import annotations

from dataclasses import replace

from lindyn.ledger.atlas import Atlas
from lindyn.ledger.base import Effort, place
from lindyn.ledger.errata import Errata
from lindyn.ledger.graph import Graph
from lindyn.ledger.register import rows, used_by
from lindyn.ledger.render import Card, Covered
from lindyn.ledger.report import examine, quick
from lindyn.ledger.table import Table

__all__ = [
    "atlas",
    "card",
    "check",
    "covered",
    "errata",
    "graph",
    "rows",
    "table",
    "trial",
    "used_by",
]


def check(id: str, page: str | None = None) -> Card:
    """Run the check of a statement in its quick form, with its negative control.

    Parameters
    ----------
    id
        The id of the statement, such as ``"lsz-thm-1-i"``.
    page
        The page on which the card stands, by default the page of the statement.

    Returns
    -------
    Card
        What the check found.

    Raises
    ------
    AssertionError
        If the claim, its control or the refutation of the printed form is red.
    """
    shown = card(id, page)
    row = shown.row
    if row.check is None and row.shares_check_of is None and row.printed is None:
        raise ValueError(f"{id}: has no check; use ledger.card to show it")
    assert not shown.report.failures, f"{id}: {'; '.join(shown.report.failures)}"
    return shown


def trial(id: str, page: str = "ledger", **constants: float) -> Card:
    """Run the check of a statement with other constants, to see what it then says.

    Parameters
    ----------
    id
        A statement whose check has constants.
    page
        The page on which the card stands.
    **constants
        New values of some of them.

    Returns
    -------
    Card
        Red where the claim with these constants is false, or where its control is not refuted.
    """
    row = card(id).row
    known = getattr(row.check, "constants", {})
    unknown = sorted(set(constants) - set(known))
    if unknown or not constants:
        names = ", ".join(known) or "none"
        raise ValueError(f"constants: must be among those of {id} ({names}); came {unknown}")
    changed = replace(row, check=replace(row.check, constants={**known, **constants}))
    report = examine(changed, Effort(Effort.seed_of(id)))
    return Card(changed, report, page, trial=place(constants))


def card(id: str, page: str | None = None) -> Card:
    """Give the card of a statement without asserting anything, for definitions and figures."""
    if id not in rows():
        raise ValueError(f"id: must be a row of the ledger; came {id!r}. See ledger.rows().")
    row = rows()[id]
    return Card(row, quick(id), page or row.page or "ledger")


def covered(page: str) -> Covered:
    """Give the statements that stand on a page (``"lsz/turning"``), with their verdicts."""
    ids = [row.id for row in rows().values() if row.page == page]
    if not ids:
        raise ValueError(f"page: must be a page with statements; came {page!r}")
    return Covered(page, tuple(quick(id) for id in ids))


def table() -> Table:
    """Give the whole ledger, each row with what its check found."""
    return Table(tuple(quick(id) for id in rows()))


def errata() -> Errata:
    """Give what is wrong in print, with counterexamples, corrections and consequences."""
    chosen = [r for r in rows().values() if r.printed or r.repair or r.unchecked]
    return Errata(tuple(quick(row.id) for row in chosen))


def atlas() -> Atlas:
    """Give the map: all statements page by page, their uses, filters and a search."""
    return Atlas()


def graph(part: str) -> Graph:
    """Give the statements of a part (``"lsz"``, ``"foundations"``) and what each uses."""
    picture = Graph(part)
    if not picture.members:
        raise ValueError(f"part: must be a part of the book with statements; came {part!r}")
    return picture
