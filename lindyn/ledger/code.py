"""Where the code of a check stands, as a link from a page to a line."""

from __future__ import annotations

import functools
import inspect
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lindyn.ledger.base import Check

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOT_FROM_BOOK = ".."


@functools.cache
def line_of(claim: Callable[..., Any]) -> tuple[str, int] | None:
    """The file, as ``lindyn/ledger/lsz_turning.py``, and the line at which a claim is stated.

    None outside of the package.
    """
    while isinstance(claim, functools.partial):
        claim = claim.func
    claim = inspect.unwrap(claim)
    path = Path(inspect.getsourcefile(claim) or "")
    if not path.is_relative_to(_PACKAGE):
        return None
    line = inspect.getsourcelines(claim)[1]
    return path.relative_to(_PACKAGE.parent).as_posix(), line


def code_href(check: Check | None, page: str) -> str | None:
    """The link from a page, as ``lsz/turning``, to the code of a check, if it has any.

    JupyterLab opens the file; on the published site the file is a page with a place for each line.
    """
    place = line_of(check.claim) if check is not None and check.claim else None
    if place is None:
        return None
    path, line = place
    folder = posixpath.dirname(page) or "."
    return f"{posixpath.relpath(posixpath.join(_ROOT_FROM_BOOK, path), folder)}#L-{line}"
