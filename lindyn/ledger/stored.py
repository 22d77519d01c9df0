"""The stored worst cases, each stamped with the hash of the check that met them."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

from lindyn.ledger.base import Check, Effort
from lindyn.ledger.checks import Searched

WORST_CASES = Path(__file__).parent / "worst_cases.json"
_PLAIN = (int, float, complex, str, tuple, frozenset)


@functools.cache
def load(path: Path = WORST_CASES) -> dict[str, dict[str, Any]]:
    """Stamp, worst cases and refuting case of every searched row."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(entries: dict[str, dict[str, Any]], path: Path = WORST_CASES) -> None:
    """Replace the given entries, and keep the others as they stand in the file now."""
    load.cache_clear()
    merged = {**load(path), **entries}
    text = json.dumps(dict(sorted(merged.items())), indent=1, ensure_ascii=False) + "\n"
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
    load.cache_clear()


def stamp(check: Searched) -> str:
    """Hash of the slack's source with the helpers it calls, its constants and its domain."""
    parts = [repr(sorted(check.constants.items())), repr(sorted(check.control.items()))]
    parts += [repr(check.domain), repr(check.tolerance)]
    for function in (check.slack, check.control_slack):
        if function is not None:
            parts += _sources(function, set())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def staleness(id: str, check: Check | None, path: Path = WORST_CASES) -> str:
    """Why the stored worst cases of a row cannot be used; empty if they can."""
    if not isinstance(check, Searched):
        return ""
    entry = load(path).get(id)
    if entry is None:
        return "no stored worst cases: run verify --deep"
    if entry["stamp"] != stamp(check):
        return "the check changed since its worst cases were stored: run verify --deep"
    return ""


def effort(id: str, check: Check | None, deep: bool = False, path: Path = WORST_CASES) -> Effort:
    """The seed of the id and, where their stamp is right, the stored worst cases."""
    seed = Effort.seed_of(id)
    if not isinstance(check, Searched) or staleness(id, check, path):
        return Effort(seed, deep)
    entry = load(path)[id]
    return Effort(seed, deep, tuple(entry["worst"]), entry["control"])


def _sources(function: Callable[..., Any], seen: set[int]) -> Iterator[str]:
    """The source of a function, and of what it refers to in the modules of checks."""
    if isinstance(function, functools.partial):
        yield repr((function.args, sorted(function.keywords.items())))
        function = function.func
    function = inspect.unwrap(function)
    if id(function) in seen or not inspect.isfunction(function):
        return
    seen.add(id(function))
    yield inspect.getsource(function)
    for name, value in sorted(_referred(function).items()):
        if inspect.isfunction(value) or isinstance(value, functools.partial):
            if getattr(value, "__module__", function.__module__) == function.__module__:
                yield from _sources(value, seen)
        elif isinstance(value, _PLAIN):
            yield f"{name} = {value!r}"


def _referred(function: Callable[..., Any]) -> dict[str, Any]:
    closure = inspect.getclosurevars(function)
    nested = {
        n: function.__globals__[n] for n in _names(function.__code__) & set(function.__globals__)
    }
    return {**closure.nonlocals, **nested}


def _names(code: CodeType) -> set[str]:
    inner = (_names(c) for c in code.co_consts if isinstance(c, CodeType))
    return set(code.co_names).union(*inner)
