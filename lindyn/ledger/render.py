"""A statement as a card: what print says, how it is proved, what its check found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from lindyn.ledger.base import number, place
from lindyn.ledger.code import code_href
from lindyn.ledger.html import PROOFS, escape, link, links, map_href, prose, verdict
from lindyn.ledger.model import Check, Cited, Row
from lindyn.ledger.register import OWN, rows, used_by
from lindyn.ledger.report import Report


class Shown(ABC):
    """Something a notebook shows: HTML, and plain text where HTML cannot be."""

    @abstractmethod
    def text(self) -> str:
        """The plain text."""

    @abstractmethod
    def _repr_html_(self) -> str:
        """The HTML."""

    def __repr__(self) -> str:
        return self.text()


@dataclass(frozen=True, repr=False)
class Card(Shown):
    """One row of the ledger with its report, as it stands at the statement in the book.

    ``trial`` names the constants of a run that is not the row's own; such a card has no verdict.
    """

    row: Row
    report: Report
    page: str
    trial: str = ""

    @property
    def entries(self) -> list[tuple[str, str, str]]:
        """Term, plain text and HTML of every line of the card."""
        return [(term, *_both(value)) for term, value in self._values() if value]

    def _values(self) -> list[tuple[str, str | tuple[str, str]]]:
        row, report = self.row, self.report
        found: list[tuple[str, str | tuple[str, str]]] = [
            ("Check", self._check()),
            ("Smallest slack", self._slack()),
            ("Sharp", report.sharp),
            ("Negative control", self._control()),
            ("Red", "; ".join(report.failures)),
        ]
        if self.trial:
            return [("Trial", f"{self.trial}: {'red' if report.failures else 'holds'}"), *found]
        return [
            ("Verdict" if row.paper == OWN else "In print", self._verdict()),
            ("Print refuted", self._refutation()),
            ("Proof", self._proof()),
            *found,
            ("Note", row.note),
            ("Uses", self._ids(row.uses)),
            ("Used by", self._ids(used_by(row.id))),
        ]

    def _verdict(self) -> str:
        sign, words = verdict(self.row, self.report.verdict)
        reason = self.row.unchecked or self.row.repair
        return f"{sign} {words}" + (f": {reason}" if reason else "")

    def _ids(self, ids: tuple[str, ...]) -> str | tuple[str, str]:
        return (", ".join(ids), links(ids, self.page)) if ids else ""

    def _refutation(self) -> str:
        printed, slack = self.row.printed, self.report.printed_slack
        if printed is None or slack is None:
            return ""
        return f"{printed.counterexample}: slack {number(slack)}"

    def _proof(self) -> str | tuple[str, str]:
        text, check = PROOFS[self.row.proof], self.row.check
        if self._run is None:  # a definition, an assumption, a figure
            return ""
        if isinstance(check, Cited):
            return f"{text}, {check.reference}"
        if self.row.page and self.row.page != self.page:
            return f"{text}, {self.row.page}", f"{text}, {link(self.row, self.page, self.row.page)}"
        return text

    @property
    def _run(self) -> Check | None:
        """The check that was run: the row's own, or the one that it shares."""
        shared = self.row.shares_check_of
        return rows()[shared].check if shared else self.row.check

    def _check(self) -> str | tuple[str, str]:
        shared, check = self.row.shares_check_of, self._run
        if check is None or isinstance(check, Cited):
            return ""
        counted = f", {self.report.cases} cases" if self.report.cases > 1 else ""
        text = f"{check.kind}{counted}" + (f"; {check.domain_text}" if check.domain_text else "")
        if shared is None:
            return text
        return f"{text} (check of {shared})", (
            f"{escape(text)} (check of {link(rows()[shared], self.page)})"
        )

    def _slack(self) -> str:
        slack, where = self.report.slack, place(self.report.where)
        if slack is None:
            return ""
        return number(slack) + (f" at {where}" if where else "")

    def _control(self) -> str:
        check = self._run
        if self.report.control is None:
            return f"none: {self.row.no_control}" if self.row.no_control else ""
        outcome = "refuted" if self.report.control else "NOT REFUTED"
        return f"{check.changed}: {outcome}" if check else outcome

    def text(self) -> str:
        """The card as plain lines."""
        head = f"{self.row.id}: {self.row.title}"
        return "\n".join([head, *(f"  {term}: {plain}" for term, plain, _ in self.entries)])

    def _repr_html_(self) -> str:
        sign, _ = verdict(self.row, self.report.verdict)
        state = "red" if self.report.failures else self.report.verdict.value
        items = "".join(f"<dt>{term}</dt><dd>{html}</dd>" for term, _, html in self.entries)
        return (
            f'<section class="ledger-card ledger-{state}"{self._anchor()} '
            f'aria-label="Ledger: {escape(self.row.id)}">'
            f'<p class="ledger-head"><span aria-hidden="true">{sign}</span> '
            f"<strong>{prose(self.row.title)}</strong> "
            f"{link(self.row, self.page)}{self._elsewhere()}</p>"
            f"<dl>{items}</dl></section>"
        )

    @property
    def _at_home(self) -> bool:
        """It stands at its statement, as the row's own card."""
        return self.page == self.row.page and not self.trial

    def _anchor(self) -> str:
        return f' id="check-{self.row.id}"' if self._at_home else ""

    def _elsewhere(self) -> str:
        """Links to the code of the check, and to the statement's place on the map."""
        places = {"code": code_href(self._run, self.page)}
        if self._at_home:
            places["map"] = map_href(self.row, self.page)
        return "".join(
            f' <a class="ledger-{name}" href="{escape(place)}">{name}</a>'
            for name, place in places.items()
            if place
        )


def _both(value: str | tuple[str, str]) -> tuple[str, str]:
    return value if isinstance(value, tuple) else (value, prose(value))


@dataclass(frozen=True, repr=False)
class Covered(Shown):
    """The statements of a page with their verdicts."""

    page: str
    reports: tuple[Report, ...]

    def text(self) -> str:
        """One statement a line."""
        return "\n".join(f"{r.id}: {verdict(rows()[r.id], r.verdict)[1]}" for r in self.reports)

    def _repr_html_(self) -> str:
        items = "".join(self._item(r) for r in self.reports)
        return f'<ul class="ledger-covered">{items}</ul>'

    def _item(self, report: Report) -> str:
        row = rows()[report.id]
        sign, words = verdict(row, report.verdict)
        return (
            f'<li><span aria-hidden="true">{sign}</span> {link(row, self.page)} '
            f"{prose(row.title)}: {escape(words)}</li>"
        )
