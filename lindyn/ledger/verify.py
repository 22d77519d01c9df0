"""``python -m lindyn verify``: run rows on several processes, print a table, say what is red."""

from __future__ import annotations

import fnmatch
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from tqdm import tqdm

from lindyn.ledger import report, stored
from lindyn.ledger.base import number, place
from lindyn.ledger.register import rows
from lindyn.ledger.report import Report

HEADER = ("id", "kind", "cases", "slack", "where", "control", "seconds")


class UnknownId(ValueError):
    """An id or pattern that names no row."""


def select(patterns: Sequence[str]) -> list[str]:
    """The ids that the given ids or patterns (``lsz-*``) name; all without any.

    Raises
    ------
    UnknownId
        For a pattern that names no row.
    """
    known = list(rows())
    if not patterns:
        return known
    chosen: dict[str, None] = {}
    for pattern in patterns:
        named = fnmatch.filter(known, pattern)
        if not named:
            raise UnknownId(f"{pattern} names no row of the ledger")
        chosen.update(dict.fromkeys(named))
    return list(chosen)


def run(ids: Sequence[str], *, deep: int = 0, jobs: int = 2, fresh: bool = False) -> list[Report]:
    """The reports of the given rows, in their order.

    With ``deep`` evaluations for each search the worst cases that it meets are stored.
    """
    parents = {id: rows()[id].shares_check_of for id in ids}
    needed = dict.fromkeys([*ids, *filter(None, parents.values())])
    reports: dict[str, Report] = {}
    results = _results([id for id in needed if _computes(id)], deep, fresh, jobs)
    for id, (found, entry) in results:
        reports[id] = found
        if entry is not None:
            stored.write({id: entry})
    for id in needed.keys() - reports.keys():
        reports[id] = report.alone(id)
    return [
        report.share(rows()[id], reports[id], reports[parent]) if parent else reports[id]
        for id, parent in parents.items()
    ]


def _computes(id: str) -> bool:
    return rows()[id].check is not None or rows()[id].printed is not None


def _results(
    ids: Sequence[str], deep: int, fresh: bool, jobs: int
) -> Iterator[tuple[str, tuple[Report, Any]]]:
    """The results as they arrive, with a progress bar."""
    bar = tqdm(total=len(ids), unit="row", desc="verify", leave=False, disable=not ids)
    with bar:
        for result in _computed(ids, deep, fresh, jobs):
            bar.update()
            yield result


def _computed(
    ids: Sequence[str], deep: int, fresh: bool, jobs: int
) -> Iterator[tuple[str, tuple[Report, Any]]]:
    if jobs == 1 or len(ids) < 2:
        yield from ((id, _work(id, deep, fresh)) for id in ids)
        return
    # Fresh interpreters: a worker must load numpy with one thread, or two workers fight for cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=jobs, mp_context=context) as pool:
        futures = {pool.submit(_work, id, deep, fresh): id for id in ids}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _work(id: str, deep: int, fresh: bool) -> tuple[Report, Any]:
    return report.deep(id, deep) if deep else (report.alone(id, fresh), None)


def red(found: Report, complete: bool = False) -> list[str]:
    """Every reason for which a row is red; an open row is red only where all must be complete."""
    reasons = list(found.failures)
    if found.stale:
        reasons.append(found.stale)
    if found.control is False and not found.failures:
        reasons.append("negative control not refuted")
    if complete and found.open and not reasons:
        reasons.append("open")
    return reasons


def table(found: Sequence[Report], complete: bool = False) -> str:
    """The rows as an aligned table, red ones marked, with a count at the end."""
    lines = [HEADER, *(_cells(r) for r in found)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEADER))]
    text = ["     " + "  ".join(h.ljust(w) for h, w in zip(HEADER, widths, strict=True)).rstrip()]
    for row, cells in zip(found, lines[1:], strict=True):
        mark = "RED  " if red(row, complete) else "open " if row.open else "ok   "
        text.append(
            mark + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip()
        )
    return "\n".join(text)


def _cells(found: Report) -> tuple[str, ...]:
    control = {True: "refuted", False: "NOT REFUTED", None: "–"}[found.control]
    return (
        found.id,
        found.kind or "–",
        str(found.cases or "–"),
        "–" if found.slack is None else number(found.slack),
        _shorten(place(found.where)) or "–",
        control,
        f"{found.seconds:.2f}",
    )


def _shorten(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def main(
    patterns: Sequence[str] = (),
    *,
    as_json: bool = False,
    deep: int = 0,
    complete: bool = False,
    jobs: int = 2,
    fresh: bool = False,
) -> int:
    """Run, print, and return the exit status: 1 with any red row, else 0.

    ``deep`` is the number of evaluations of a deep search; 0 runs the quick form.
    """
    found = run(select(patterns), deep=deep, jobs=jobs, fresh=fresh)
    if as_json:
        print(json.dumps([r.as_json() for r in found], indent=1, ensure_ascii=False))
    else:
        shown = found if patterns or complete else [r for r in found if not r.open or r.failures]
        print(table(shown, complete))
    reasons = {r.id: red(r, complete) for r in found if red(r, complete)}
    for id, why in reasons.items():
        print(f"RED {id}: {'; '.join(why)}", file=sys.stderr)
    opened = sum(r.open and not red(r, complete) for r in found)
    closed = len(found) - opened - len(reasons)
    print(f"{closed} closed, {opened} open, {len(reasons)} red", file=sys.stderr)
    return 1 if reasons else 0
