"""What is wrong in print: the smallest counterexample, the correction, what depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lindyn.ledger.base import number
from lindyn.ledger.html import PAPERS, VERDICTS, escape, link, links, prose
from lindyn.ledger.model import Verdict
from lindyn.ledger.register import rows, used_by
from lindyn.ledger.render import Shown
from lindyn.ledger.report import Report

WEIGHTS = {
    3: "Others build on it",
    2: "Changes a statement",
    1: "Harmless slips",
}


@dataclass(frozen=True, repr=False)
class Errata(Shown):
    """Every printed form that differs from the true one, every printed proof with a gap."""

    reports: tuple[Report, ...]
    page: str = "errata"

    def by_weight(self, weight: int) -> list[Report]:
        """The rows of one weight whose printed form is wrong."""
        printed = ((r, rows()[r.id].printed) for r in self.reports)
        return [r for r, p in printed if p is not None and p.weight == weight]

    @property
    def repaired(self) -> list[Report]:
        """The true statements whose printed proof has a gap."""
        return [r for r in self.reports if r.verdict is Verdict.REPAIRED]

    @property
    def unchecked(self) -> list[Report]:
        """The statements that cannot be checked here."""
        return [r for r in self.reports if r.verdict is Verdict.UNCHECKED]

    def text(self) -> str:
        """Every erratum in a few lines."""
        lines = []
        for weight, name in WEIGHTS.items():
            for report in self.by_weight(weight):
                row = rows()[report.id]
                lines.append(f"{row.id} ({PAPERS[row.paper]}): {row.title}  [{name}]")
                lines += [f"  {term}: {text}" for term, text in self._entries(report)]
        for report in self.repaired:
            lines.append(f"{report.id}: proof repaired: {rows()[report.id].repair}")
        for report in self.unchecked:
            lines.append(f"{report.id}: not checked: {rows()[report.id].unchecked}")
        return "\n".join(lines)

    @staticmethod
    def _entries(report: Report) -> list[tuple[str, str]]:
        printed, slack = rows()[report.id].printed, report.printed_slack
        measured = "not refuted" if slack is None else f"slack of the printed form {number(slack)}"
        return [
            ("Print says", printed.print_says),
            ("What is true", printed.truth),
            ("Why", printed.why),
            ("Counterexample", f"{printed.counterexample} ({measured})"),
            ("What depends on it", printed.consequence),
        ]

    def _repr_html_(self) -> str:
        parts = [
            _section(name, [self._erratum(report) for report in self.by_weight(weight)])
            for weight, name in WEIGHTS.items()
        ]
        repaired = [self._reason(r, rows()[r.id].repair) for r in self.repaired]
        parts.append(_section("True, with a gap in the printed proof", repaired))
        unchecked = [self._reason(r, rows()[r.id].unchecked) for r in self.unchecked]
        parts.append(_section("Not checked", unchecked))
        return f'<div class="ledger-errata">{"".join(parts)}</div>'

    def _erratum(self, report: Report) -> str:
        row = rows()[report.id]
        sign, words = VERDICTS[report.verdict]
        items = "".join(f"<dt>{t}</dt><dd>{prose(text)}</dd>" for t, text in self._entries(report))
        items += f"<dt>Used by</dt><dd>{links(used_by(row.id), self.page)}</dd>"
        proof = link(row, self.page, "the corrected statement with its proof")
        return (
            f"<article><h3>{escape(PAPERS[row.paper])}, {prose(row.title)}</h3>"
            f"<p>{sign} {escape(words)}; {proof} (<code>{row.id}</code>)</p>"
            f"<dl>{items}</dl></article>"
        )

    def _reason(self, report: Report, reason: str) -> str:
        row = rows()[report.id]
        return (
            f"<article><h3>{escape(PAPERS[row.paper])}, {prose(row.title)}</h3>"
            f"<p>{prose(reason)} ({link(row, self.page)})</p></article>"
        )


def _section(name: str, articles: Sequence[str]) -> str:
    if not articles:
        return ""
    return f"<section><h2>{escape(name)} ({len(articles)})</h2>{''.join(articles)}</section>"
