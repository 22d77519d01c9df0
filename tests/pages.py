"""The pages of the book, for the tests: their sources and the built site."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
SITE = ROOT / "_build" / "html"
OWN = ("synthesis/phase", "synthesis/off", "synthesis/infinite")
CHAPTERS = ("foundations/", "lsz/", "eft/", "clz/", "jt/", *OWN)
"""How the pages begin that are chapters: they state, prove and set exercises."""


@functools.cache
def toc() -> tuple[str, ...]:
    """Every page in reading order, as in _toc.yml (``book/lsz/setting``)."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    return (contents["root"], *chapters)


def source(page: str) -> Path:
    """The file of a page."""
    notebook = ROOT / f"{page}.ipynb"
    return notebook if notebook.exists() else ROOT / f"{page}.md"


def notebooks() -> tuple[str, ...]:
    """The pages that are notebooks."""
    return tuple(page for page in toc() if source(page).suffix == ".ipynb")


def chapters() -> tuple[str, ...]:
    """The pages that state and prove."""
    return tuple(page for page in toc() if page.removeprefix("book/").startswith(CHAPTERS))


@functools.cache
def notebook(page: str) -> Any:
    """A page's notebook."""
    return nbformat.read(source(page), as_version=nbformat.NO_CONVERT)


def cells(page: str, kind: str) -> list[Any]:
    """The cells of one kind."""
    return [cell for cell in notebook(page).cells if cell.cell_type == kind]


@functools.cache
def text(page: str) -> str:
    """All the Markdown of a page."""
    if source(page).suffix == ".md":
        return source(page).read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in cells(page, "markdown"))


def labels(page: str) -> list[str]:
    """Labels of directives and targets on a page, in order."""
    found = re.findall(r"^\s*:label: (\S+)\s*$|^\s*\(([^()\s]+)\)=\s*$", text(page), re.MULTILINE)
    return [directive or target for directive, target in found]


def html(page: str) -> Path:
    """A page of the built site."""
    path = SITE / f"{page}.html"
    assert path.exists(), f"{path.relative_to(ROOT)} is not there: run `make book`"
    return path


@functools.cache
def widgets() -> tuple[tuple[str, str], ...]:
    """(widget, page) for every widget on every built page; empty where nothing is built."""
    slot = re.compile(r'class="lm-widget" data-model-id="lindyn-(\w+)-\d+"')
    built = (page for page in notebooks() if (SITE / f"{page}.html").exists())
    return tuple(
        (name, page)
        for page in built
        for name in slot.findall(html(page).read_text(encoding="utf-8"))
    )
