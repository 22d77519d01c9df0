"""Sphinx extension: a book without solutions, for a class (``make book SOLUTIONS=off``).

Solutions and the hidden cells that compute them are left out, of the pages and of the notebooks
that readers can download.  Exercises stay.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

SOLUTION = re.compile(r"^(`{3,})\{solution\}.*?^\1\s*$\n?", re.MULTILINE | re.DOTALL)
COMPUTED = "hide-cell"


def wanted() -> bool:
    """Whether solutions are shown: unless SOLUTIONS says off.

    Raises
    ------
    ValueError
        If SOLUTIONS is neither on nor off.
    """
    said = os.environ.get("SOLUTIONS", "on").lower()
    if said not in ("on", "off"):
        raise ValueError(f"SOLUTIONS: must be on or off; came {said!r}")
    return said == "on"


def without_solutions(notebook: str) -> str:
    """The text of a notebook without its solutions and the cells that compute them."""
    content = json.loads(notebook)
    kept = []
    for cell in content["cells"]:
        words = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            words = SOLUTION.sub("", words).strip()
        elif COMPUTED in cell["metadata"].get("tags", ()):
            words = ""
        if words:
            kept.append({**cell, "source": words})
    return json.dumps({**content, "cells": kept}, ensure_ascii=False, indent=1) + "\n"


def leave_out(app: Sphinx, docname: str, source: list[str]) -> None:
    """Before a page is read."""
    if Path(app.env.doc2path(docname)).suffix == ".ipynb":
        source[0] = without_solutions(source[0])


def leave_out_of_downloads(app: Sphinx, failure: Exception | None) -> None:
    """The notebooks behind the download button are copies of the files."""
    for notebook in (Path(app.outdir) / "_sources").rglob("*.ipynb"):
        notebook.write_text(
            without_solutions(notebook.read_text(encoding="utf-8")), encoding="utf-8"
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    if not wanted():
        app.connect("source-read", leave_out)
        app.connect("build-finished", leave_out_of_downloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
