"""The whole ledger as a table: complete without scripts, filtered where scripts run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lindyn.ledger.base import number, place
from lindyn.ledger.html import PAPERS, PROOFS, VERDICTS, escape, link, prose, script, verdict
from lindyn.ledger.model import Proof
from lindyn.ledger.register import OWN, rows
from lindyn.ledger.render import Shown
from lindyn.ledger.report import Report
from lindyn.ledger.verify import table as plain_table

COLUMNS = ("Statement, and where it is tightest", "In print", "Check", "Slack", "Control")


@dataclass(frozen=True, repr=False)
class Table(Shown):
    """Every row: the closed ones in one table, the open ones folded, paper by paper."""

    reports: tuple[Report, ...]
    page: str = "ledger"

    @property
    def closed(self) -> list[Report]:
        """The rows that are done, or red."""
        return [r for r in self.reports if not r.open or r.failures]

    @property
    def still_open(self) -> dict[str, list[Report]]:
        """The open rows of each paper."""
        opened: dict[str, list[Report]] = {}
        for report in self.reports:
            if report.open and not report.failures:
                opened.setdefault(report.paper, []).append(report)
        return opened

    def text(self) -> str:
        """The closed rows as an aligned table, then how many are open."""
        counts = [f"{PAPERS[p]}: {len(found)} open" for p, found in self.still_open.items()]
        return "\n".join([plain_table(self.closed), *counts])

    def _repr_html_(self) -> str:
        return (
            '<div class="ledger-whole" id="ledger-whole">'
            f"{self._summary()}{self._filters()}{self._rows()}"
            f"{''.join(self._folded(p, found) for p, found in self.still_open.items())}"
            f"{script('filter.js')}</div>"
        )

    def _summary(self) -> str:
        counts = Counter(verdict(rows()[r.id], r.verdict)[1] for r in self.closed)
        parts = "; ".join(f"{words}: {count}" for words, count in counts.most_common())
        return f"<p>{len(self.closed)} statements closed. {escape(parts.capitalize())}.</p>"

    def _filters(self) -> str:
        """Controls that stay hidden until the script shows them."""
        papers = {r.paper: PAPERS[r.paper] for r in self.closed}
        kinds = {r.kind: r.kind for r in self.closed if r.kind}
        verdicts = {r.verdict.value: VERDICTS[r.verdict][1] for r in self.closed}
        selects = "".join(
            f'<label>{name} <select name="{key}"><option value="">all</option>'
            + "".join(
                f'<option value="{escape(v)}">{escape(t)}</option>' for v, t in options.items()
            )
            + "</select></label> "
            for name, key, options in (
                ("Paper", "paper", papers),
                ("Check", "kind", kinds),
                ("Verdict", "verdict", verdicts),
            )
        )
        search = '<label>Contains <input name="text" type="search" autocomplete="off"></label>'
        return (
            f'<form class="ledger-filter" hidden aria-label="Filter the ledger">{selects}{search} '
            '<output aria-live="polite"></output></form>'
        )

    def _rows(self) -> str:
        head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS)
        body = "".join(self._row(report) for report in self.closed)
        return (
            '<div class="ledger-scroll" role="region" tabindex="0" aria-label="Closed statements">'
            f'<table class="ledger-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
            "</table></div>"
        )

    def _row(self, report: Report) -> str:
        row = rows()[report.id]
        sign, words = verdict(row, report.verdict)
        short = words if row.paper == OWN else report.verdict.value
        outcome = {True: "refuted", False: "NOT REFUTED", None: "–"}[report.control]
        where = f"<br><small>at {escape(place(report.where))}</small>" if report.where else ""
        proof = "" if row.proof is Proof.FULL else f" (proof {PROOFS[row.proof]})"
        red = " <strong>RED</strong>" if report.failures else ""
        cells = (
            f"{sign} {escape(short + proof)}{red}",
            escape(report.kind or "–"),
            "–" if report.slack is None else number(report.slack),
            outcome,
        )
        return (
            f'<tr data-paper="{report.paper}" data-kind="{report.kind or ""}" '
            f'data-verdict="{report.verdict.value}"><th scope="row">{prose(row.title)} '
            f"{link(row, self.page)}{where}</th>"
            + "".join(f"<td>{cell}</td>" for cell in cells)
            + "</tr>"
        )

    def _folded(self, paper: str, found: Iterable[Report]) -> str:
        items = [f"<li>{escape(r.id)}: {prose(rows()[r.id].title)}</li>" for r in found]
        return (
            f'<details class="ledger-open"><summary>{PAPERS[paper]}: {len(items)} statements '
            f"still open</summary><ul>{''.join(items)}</ul></details>"
        )
