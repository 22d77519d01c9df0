"""What running a row gives: the numbers of its check, and every reason for which it is red."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lindyn._cache import cached
from lindyn.ledger import stored
from lindyn.ledger.base import Case, Effort, Found, number, place
from lindyn.ledger.checks import Cited, Searched
from lindyn.ledger.model import Proof, Row, Verdict
from lindyn.ledger.register import rows

DEEP = 10_000  # evaluations of a deep search, at least

JSON_KEYS = (
    "id",
    "paper",
    "page",
    "proof",
    "verdict",
    "kind",
    "slack",
    "where",
    "control",
    "seconds",
    "note",
)


@dataclass(frozen=True)
class Report:
    """One row after its run.  ``failures`` make it red; so does ``stale`` under verify."""

    id: str
    paper: str
    page: str | None
    proof: Proof
    verdict: Verdict
    kind: str | None = None
    slack: float | None = None
    where: Mapping[str, Any] | None = None
    control: bool | None = None
    seconds: float = 0.0
    note: str = ""
    cases: int = 0
    sharp: str = ""
    printed_slack: float | None = None
    failures: tuple[str, ...] = ()
    stale: str = ""
    worst: tuple[Case, ...] = field(default=(), repr=False)
    control_where: Case | None = field(default=None, repr=False)

    @property
    def open(self) -> bool:
        """Not done yet."""
        return self.proof is Proof.OPEN or self.verdict is Verdict.OPEN

    def as_json(self) -> dict[str, Any]:
        """The row in plain values, with exactly the keys of JSON_KEYS."""
        notes = [*self.failures, self.stale, self.note]
        plain = {
            "slack": None if self.slack is None or not math.isfinite(self.slack) else self.slack,
            "where": None if self.where is None else {k: _plain(v) for k, v in self.where.items()},
            "seconds": round(self.seconds, 3),
            "note": "; ".join(filter(None, notes)),
        }
        return {key: plain.get(key, getattr(self, key)) for key in JSON_KEYS}


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, (bool, int, float, str, type(None))) else str(value)


def examine(row: Row, effort: Effort, stale: str = "") -> Report:
    """Run the check of a row, its negative control and the refutation of the printed form."""
    started = time.perf_counter()
    failures: list[str] = []
    found = control = None
    if row.check is not None and not isinstance(row.check, Cited):
        found = _attempt("check", lambda: row.check.run(effort), failures)
        control = _attempt("control", lambda: row.check.refute_control(effort), failures)
        failures += _judge(row, found, control)
    printed = _attempt("printed form", row.printed.refutation, failures) if row.printed else None
    if printed is not None and not printed < 0:
        failures.append(f"the printed form is not refuted: slack {printed}")
    report = Report(
        row.id,
        row.paper,
        row.page,
        row.proof,
        Verdict.OPEN if failures else row.verdict,
        note=_note(row, printed),
        printed_slack=printed,
        failures=tuple(failures),
        stale=stale,
        kind=row.check.kind if row.check else None,
    )
    if found is not None:
        report = replace(
            report,
            slack=float(found.slack),
            where=dict(found.where),
            cases=found.cases,
            sharp=found.sharp,
            worst=found.worst,
            control=None if control is None else control.refutes,
            control_where=None if control is None else dict(control.where),
        )
    return replace(report, seconds=time.perf_counter() - started)


def _attempt(what: str, run: Any, failures: list[str]) -> Any:
    """What ``run`` returns; an exception or a warning is a failure and keeps its message."""
    try:
        with warnings.catch_warnings():
            for category in (RuntimeWarning, UserWarning):
                warnings.simplefilter("error", category)
            return run()
    except Exception as error:
        failures.append(f"{what}: {type(error).__name__}: {error}")
        return None


def _judge(row: Row, found: Found | None, control: Found | None) -> list[str]:
    failures = []
    if found is not None and found.cases == 0:
        failures.append("the hypotheses were never met")
    elif found is not None and not found.holds:
        failures.append(f"slack {number(found.slack)} at {place(found.where)}")
    if control is not None and not control.refutes:
        failures.append(f"negative control not refuted ({row.check.changed})")
    if found is not None and control is None and not row.no_control:
        failures.append("no negative control, and no reason given")
    return failures


def _note(row: Row, printed: float | None) -> str:
    parts = [f"not checked: {row.unchecked}" if row.unchecked else ""]
    if row.no_control:
        parts.append(f"no control: {row.no_control}")
    elif isinstance(row.check, Cited):
        parts.append(f"no control: cited, {row.check.reference}")
    elif row.check is None and row.shares_check_of is None:
        parts.append("no control: no check yet" if row.proof is Proof.OPEN else "")
    if printed is not None:
        parts.append(f"printed form refuted: slack {printed:.3g}")
    return "; ".join(filter(None, [*parts, row.note]))


def share(row: Row, own: Report, parent: Report) -> Report:
    """The report of a step or item whose check is its parent's."""
    failures = own.failures + tuple(f"{parent.id}: {f}" for f in parent.failures)
    reason = parent.note if parent.control is None else ""
    return replace(
        parent,
        id=row.id,
        paper=row.paper,
        page=row.page,
        proof=row.proof,
        verdict=Verdict.OPEN if failures else row.verdict,
        printed_slack=own.printed_slack,
        seconds=own.seconds,
        note="; ".join(filter(None, [f"check of {parent.id}", reason, own.note])),
        failures=failures,
    )


class _Red(Exception):
    """Carries a red report past the cache: only green ones are kept."""


def _short(id: str) -> Report:
    row = rows()[id]
    report = examine(row, stored.effort(id, row.check), stored.staleness(id, row.check))
    if report.failures:
        raise _Red(report)
    return report


_kept_short = cached(_short)


def alone(id: str, fresh: bool = False) -> Report:
    """The report of a row's own check, in the quick form: stored worst cases, short search."""
    computes = rows()[id].check is not None or rows()[id].printed is not None
    try:
        return _kept_short(id) if computes and not fresh else _short(id)
    except _Red as red:
        return red.args[0]


def quick(id: str) -> Report:
    """The report of a row in the quick form, with the check that it shares."""
    parent = rows()[id].shares_check_of
    return alone(id) if parent is None else share(rows()[id], alone(id), alone(parent))


def deep(id: str, evaluations: int = DEEP) -> tuple[Report, dict[str, Any] | None]:
    """The report of the deep search and, for a green searched row, the entry to store."""
    row = rows()[id]
    report = examine(row, stored.effort(id, row.check, evaluations))
    if report.failures or not isinstance(row.check, Searched):
        return report, None
    entry = {
        "stamp": stored.stamp(row.check),
        "slack": report.slack,
        "cases": report.cases,
        "worst": list(report.worst),
        "control": report.control_where,
    }
    return report, entry
