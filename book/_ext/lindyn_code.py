"""The code of the package as pages of the book: every module, with a place for each line.

Entries of the API page and cards of the ledger link to the lines at which their code begins.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(importlib.import_module("lindyn").__file__ or "").parent.parent
API = "book/api"


def page_of_code(file: str) -> str:
    """The page of a file of the repository, as ``lindyn/descent.py``."""
    return f"code/{file.removesuffix('.py')}"


@functools.cache
def pages_of_code() -> dict[str, Path]:
    """Every page of code with its file."""
    files = sorted((ROOT / "lindyn").rglob("*.py"))
    return {page_of_code(file.relative_to(ROOT).as_posix()): file for file in files}


def make_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The pages, highlighted as all code of the book is."""
    for page, file in pages_of_code().items():
        listing = app.builder.highlighter.highlight_block(
            file.read_text(encoding="utf-8"),
            "python",
            linenos="inline",
            lineanchors="L",
        )
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        package = app.builder.get_relative_uri(page, API)
        body = f'<h1>{name}</h1><p>A module of the <a href="{package}">package</a>.</p>{listing}'
        yield page, {"title": name, "body": body}, "page.html"


def source_of(domain: str, info: dict[str, str]) -> str | None:
    """The code of an entry of the API page, seen from there."""
    from lindyn.ledger.code import line_of

    found: Any = importlib.import_module(info["module"])
    for name in info["fullname"].split("."):
        found = getattr(found, name, None)
    if isinstance(found, property | functools.cached_property):
        found = found.fget if isinstance(found, property) else found.func
    found = inspect.unwrap(found)
    if not (inspect.isclass(found) or inspect.isfunction(found)):  # an attribute
        return None
    place = line_of(found)
    if place is None:
        return None
    file, line = place
    return f"{posixpath.relpath(page_of_code(file), posixpath.dirname(API))}.html#L-{line}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.setup_extension("sphinx.ext.linkcode")
    app.connect("config-inited", lambda _, config: setattr(config, "linkcode_resolve", source_of))
    app.connect("html-collect-pages", make_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
