"""A ledger made of synthetic rows, in place of the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lindyn.ledger import register, stored
from lindyn.ledger.model import Row


@pytest.fixture
def ledger_of(monkeypatch, tmp_path) -> Iterator[Callable[..., dict[str, Row]]]:
    """Replace all rows; reports and stored worst cases go to a folder of the test."""
    monkeypatch.setenv("LINDYN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(stored, "WORST_CASES", tmp_path / "worst_cases.json")

    def replace(*rows: Row) -> dict[str, Row]:
        monkeypatch.setattr(register, "_discovered", lambda: list(rows))
        register.rows.cache_clear()
        stored.load.cache_clear()
        return dict(register.rows())

    yield replace
    monkeypatch.undo()
    register.rows.cache_clear()
    stored.load.cache_clear()
