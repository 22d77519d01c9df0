"""Links from statements to the lines of their checks."""

from __future__ import annotations

import functools
import posixpath
from urllib.parse import urlsplit

import pytest

import pages
from lindyn import ledger
from lindyn.ledger.code import code_href, line_of
from lindyn.ledger.model import Cited

CHECKED = {id: row for id, row in ledger.rows().items() if row.check and row.check.claim}


def test_every_check_that_runs_leads_to_its_code() -> None:
    assert len(CHECKED) > 300
    for id, row in CHECKED.items():
        link = urlsplit(code_href(row.check, row.page) or "")
        file = pages.ROOT / posixpath.normpath(posixpath.join("book", row.page, "..", link.path))
        line = file.read_text(encoding="utf-8").splitlines()[int(link.fragment[2:]) - 1]
        assert "def " in line or "lambda" in line, f"{id}: {link.path}, {line!r}"


def test_the_line_is_that_of_the_function() -> None:
    file, line = line_of(functools.partial(line_of, None))
    source = (pages.ROOT / file).read_text(encoding="utf-8").splitlines()
    assert source[line - 1 : line + 1] == [
        "@functools.cache",
        "def line_of(claim: Callable[..., Any]) -> tuple[str, int] | None:",
    ]


@pytest.mark.parametrize("check", [None, Cited("a book")])
def test_what_is_not_run_has_no_code(check) -> None:
    assert code_href(check, "lsz/turning") is None


def test_code_of_a_notebook_has_no_page() -> None:
    assert line_of(test_code_of_a_notebook_has_no_page) is None


def test_a_card_has_the_link() -> None:
    id, row = next(iter(CHECKED.items()))
    assert (
        f'href="{code_href(row.check, row.page)}">code</a>'
        in ledger.card(id, row.page)._repr_html_()
    )
