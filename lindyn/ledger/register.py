"""The register: every listed id has one row, and the graph of uses has no circle.

Rows come from the modules ``lsz_*``, ``eft_*``, ``clz_*``, ``jt_*`` and ``own_*`` of this package;
an id of ``statements.yml`` without a row stands as open.
"""

from __future__ import annotations

import functools
import graphlib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lindyn.ledger.model import Proof, Row

PAPERS = ("lsz", "eft", "clz", "jt")
OWN = "own"
_MODULE = re.compile(rf"({'|'.join(PAPERS)}|{OWN})_\w+")
_ID = re.compile(r"[a-z]+-[a-z]+(-[a-z0-9]+)*|own(-[a-z0-9]+)+")


class RegisterError(Exception):
    """The rows do not form a ledger; the message names every row at fault."""


@functools.cache
def statements() -> dict[str, dict[str, Any]]:
    """Every listed id with its kind and its place in the paper."""
    import yaml

    text = (Path(__file__).parent / "statements.yml").read_text(encoding="utf-8")
    papers = yaml.safe_load(text)
    return {entry["id"]: entry for entries in papers.values() for entry in entries}


@functools.cache
def rows() -> Mapping[str, Row]:
    """All rows by id: the listed ones in the order of the papers, then our own."""
    return assemble(_discovered(), statements())


def _discovered() -> list[Row]:
    package = importlib.import_module("lindyn.ledger")
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if _MODULE.match(m.name))
    found: list[Row] = []
    for name in names:  # a module of helpers has no rows
        found.extend(getattr(importlib.import_module(f"lindyn.ledger.{name}"), "ROWS", ()))
    return found


def assemble(given: Iterable[Row], listed: Mapping[str, Mapping[str, Any]]) -> dict[str, Row]:
    """The register made of ``given`` rows and open rows for the other ``listed`` ids.

    Raises
    ------
    RegisterError
        For unknown or duplicate ids, uses of unknown ids, circles among the uses, closed rows
        without a page or without a check or a reason, and shared checks that do not exist.
    """
    given = list(given)
    faults = [f"{row.id}: duplicate id" for row in _repeated(given)]
    by_id = {row.id: row for row in given}
    faults += [f"{id}: unknown id" for id in by_id if not _known(id, listed)]
    order = {id: place for place, id in enumerate(listed)}
    everything = {id: by_id.get(id) or _open(id, entry) for id, entry in listed.items()}
    everything |= by_id
    for row in everything.values():
        faults += _faults(row, everything)
    faults += _circles(everything)
    if faults:
        raise RegisterError("; ".join(faults))
    ranked = sorted(everything, key=lambda id: _parent_place(id, order))
    return {id: everything[id] for id in ranked}


def used_by(id: str, register: Mapping[str, Row] | None = None) -> tuple[str, ...]:
    """The ids of the statements that rest directly on ``id``."""
    register = rows() if register is None else register
    return tuple(row.id for row in register.values() if id in row.uses)


def _repeated(given: list[Row]) -> list[Row]:
    seen: set[str] = set()
    return [row for row in given if row.id in seen or seen.add(row.id)]  # type: ignore[func-returns-value]


def _known(id: str, listed: Mapping[str, Any]) -> bool:
    """Listed, our own, or a part (-i, -a) split off a listed id."""
    if not _ID.fullmatch(id):
        return False
    return id.startswith(f"{OWN}-") or any(_ancestors(id, listed))


def _ancestors(id: str, listed: Mapping[str, Any]) -> list[str]:
    parts = id.split("-")
    heads = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
    return [head for head in heads if head in listed]


def _parent_place(id: str, order: Mapping[str, int]) -> int:
    return next((order[head] for head in _ancestors(id, order)), len(order))


def _open(id: str, entry: Mapping[str, Any]) -> Row:
    return Row(id, str(entry.get("where") or readable(id, str(entry["kind"]))), None, Proof.OPEN)


def readable(id: str, kind: str) -> str:
    """A title made of kind and number: ``lemma 2.4 a``."""
    number, parts = [], id.split("-")[2:]
    while parts and parts[0].isdigit():
        number.append(parts.pop(0))
    return " ".join(filter(None, [kind, ".".join(number), *parts]))


def _faults(row: Row, register: Mapping[str, Row]) -> list[str]:
    faults = [f"{row.id}: uses unknown id {used}" for used in row.uses if used not in register]
    closed = row.proof is not Proof.OPEN
    if closed and not row.page:
        faults.append(f"{row.id}: page missing")
    if row.shares_check_of is not None:
        parent = register.get(row.shares_check_of)
        if parent is None or parent.check is None:
            faults.append(f"{row.id}: shares a check of {row.shares_check_of}, which has none")
    elif closed and row.check is None and not (row.no_control or row.unchecked):
        faults.append(f"{row.id}: closed without a check, a shared check or a reason")
    return faults


def _circles(register: Mapping[str, Row]) -> list[str]:
    graph = {row.id: [u for u in row.uses if u in register] for row in register.values()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [f"circle of uses: {' → '.join(error.args[1])}"]
    return []
