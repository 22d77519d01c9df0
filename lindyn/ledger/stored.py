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
def load() -> dict[str, dict[str, Any]]:
    """Stamp, worst cases and refuting case of every searched row."""
    if not WORST_CASES.exists():
        return {}
    return json.loads(WORST_CASES.read_text(encoding="utf-8"))


def write(entries: dict[str, dict[str, Any]]) -> None:
    """Replace the given entries, and keep the others as they stand in the file now."""
    load.cache_clear()
    merged = {**load(), **entries}
    text = json.dumps(dict(sorted(merged.items())), indent=1, ensure_ascii=False) + "\n"
    folder = WORST_CASES.parent
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, WORST_CASES)
    load.cache_clear()


def stamp(check: Searched) -> str:
    """Hash of the slack's source with the helpers it calls, its constants and its domain."""
    parts = [repr(sorted(check.constants.items())), repr(sorted(check.control.items()))]
    parts += [repr(check.domain), repr(check.tolerance)]
    for function in (check.slack, check.control_slack):
        if function is not None:
            parts += _sources(function, set())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def staleness(id: str, check: Check | None) -> str:
    """Why the stored worst cases of a row cannot be used; empty if they can."""
    if not isinstance(check, Searched):
        return ""
    entry = load().get(id)
    if entry is None:
        return "no stored worst cases: run verify --deep"
    if entry["stamp"] != stamp(check):
        return "the check changed since its worst cases were stored: run verify --deep"
    return ""


def effort(id: str, check: Check | None, evaluations: int = 0) -> Effort:
    """The seed of the id and, where their stamp is right, the stored worst cases."""
    seed = Effort.seed_of(id)
    if not isinstance(check, Searched) or staleness(id, check):
        return Effort(seed, evaluations)
    entry = load()[id]
    return Effort(seed, evaluations, tuple(entry["worst"]), entry["control"])


def _sources(function: Callable[..., Any], seen: set[int]) -> Iterator[str]:
    """The source of a function, and of what it refers to in the modules of checks."""
    if isinstance(function, functools.partial):
        yield repr((function.args, sorted(function.keywords.items())))
        function = function.func
    function = inspect.unwrap(function)
    if not inspect.isfunction(function) or id(function) in seen:
        return
    seen.add(id(function))
    yield inspect.getsource(function)
    for name, value in sorted(_referred(function).items()):
        if isinstance(value, _PLAIN):
            yield f"{name} = {value!r}"
        elif callable(value) and _is_check_code(value, function):
            yield from _sources(value, seen)


def _is_check_code(value: Any, function: Callable[..., Any]) -> bool:
    """Code of the checks; the mathematics under test may change without a new hunt."""
    module = getattr(inspect.unwrap(getattr(value, "func", value)), "__module__", "") or ""
    return module == function.__module__ or module.startswith("lindyn.ledger.")


def _referred(function: Callable[..., Any]) -> dict[str, Any]:
    closure = inspect.getclosurevars(function)
    nested = {
        n: function.__globals__[n] for n in _names(function.__code__) & set(function.__globals__)
    }
    return {**closure.nonlocals, **nested}


def _names(code: CodeType) -> set[str]:
    inner = (_names(c) for c in code.co_consts if isinstance(c, CodeType))
    return set(code.co_names).union(*inner)
