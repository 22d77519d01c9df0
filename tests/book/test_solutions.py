"""Exercises: the instructors' table lists them all, and a book without solutions has none."""

from __future__ import annotations

import importlib.util
import json
import re
from types import ModuleType

import pytest

import pages

EXERCISE = re.compile(r"^[`:]{3,}\{exercise\}", re.MULTILINE)


@pytest.fixture(scope="module")
def extension() -> ModuleType:
    path = pages.BOOK / "_ext" / "lindyn_solutions.py"
    spec = importlib.util.spec_from_file_location("lindyn_solutions", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exercises(page: str) -> int:
    return len(EXERCISE.findall(pages.text(page)))


@pytest.mark.parametrize("page", [page for page in pages.notebooks() if exercises(page)])
def test_without_solutions_the_exercises_stay(extension: ModuleType, page: str) -> None:
    stored = pages.source(page).read_text(encoding="utf-8")
    left = json.loads(extension.without_solutions(stored))
    words = "\n".join(cell["source"] for cell in left["cells"] if cell["cell_type"] == "markdown")
    assert "{solution" in pages.text(page)
    assert "{solution" not in words
    assert len(EXERCISE.findall(words)) == exercises(page)
    tags = [tag for cell in left["cells"] for tag in cell["metadata"].get("tags", ())]
    assert "hide-cell" not in tags
    # Nothing else is lost: what is left out are solutions and hidden cells.
    before = json.loads(stored)["cells"]
    hidden = [cell for cell in before if "hide-cell" in cell["metadata"].get("tags", ())]
    shown = [cell for cell in before if cell["cell_type"] == "code" and cell not in hidden]
    assert [c["source"] for c in left["cells"] if c["cell_type"] == "code"] == [
        "".join(cell["source"]) for cell in shown
    ]


def test_the_switch_is_on_or_off(extension: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOLUTIONS", raising=False)
    assert extension.wanted()
    monkeypatch.setenv("SOLUTIONS", "off")
    assert not extension.wanted()
    monkeypatch.setenv("SOLUTIONS", "maybe")
    with pytest.raises(ValueError, match="on or off"):
        extension.wanted()


def test_the_instructors_table_is_complete() -> None:
    words = pages.text("book/instructors")
    listed = {
        f"book/{path}": int(count)
        for path, count in re.findall(r"^\| \[[^\]]+\]\(([^)]+)\.ipynb\) \| (\d+) \|$", words, re.M)
    }
    assert listed == {page: exercises(page) for page in pages.toc() if exercises(page)}
    assert f"{sum(listed.values())} in all" in words
