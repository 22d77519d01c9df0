"""The book in print: every page is in it, nothing is lost, nothing sticks out of the page."""

from __future__ import annotations

import functools
import re
import subprocess

import pytest

import pages

PDF = pages.ROOT / "_build" / "deep-linear-networks.pdf"
LOG = pages.ROOT / "_build" / "latex" / "lindyn.log"
# A line may be this much too wide (in TeX points, about 3 mm) and still stay on the paper's margin.
WIDEST = 9.0
# A page of the book fills some pages of paper, and not hundreds.
PAPER_PAGES = (4, 25)


@functools.cache
def log() -> str:
    assert LOG.exists(), "the book is not printed: run `make pdf`"
    return LOG.read_text(encoding="utf-8", errors="replace")


def asked(tool: str, *options: str) -> str:
    assert PDF.exists(), "the book is not printed: run `make pdf`"
    return subprocess.run(
        [tool, *options], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


@functools.cache
def words() -> str:
    """All letters and digits of the book, in reading order, words apart."""
    return plain(asked("pdftotext", str(PDF), "-"))


def plain(text: str) -> str:
    # A word that is broken at the end of a line is one word.
    return " ".join(re.findall(r"[a-z0-9]+", text.replace("-\n", "").lower()))


def title(page: str) -> str:
    heading = re.search(r"^# (.+)$", pages.text(page), re.MULTILINE)
    assert heading, f"{page} has no title"
    return plain(re.sub(r"\$[^$]*\$|\{[a-z:]+\}", " ", heading[1]))


def chapters() -> str:
    """The titles of the chapters as LaTeX has collected them."""
    contents = (LOG.with_suffix(".toc")).read_text(encoding="utf-8")
    contents = re.sub(r"\\sphinxhyphen *\{\}", "-", contents)
    lines = re.findall(r"\\contentsline \{chapter\}(.*)", contents)
    return "\n".join(plain(line) for line in lines)


def test_the_number_of_pages_is_plausible() -> None:
    found = re.search(r"^Pages:\s+(\d+)$", asked("pdfinfo", str(PDF)), re.MULTILINE)
    assert found
    low, high = PAPER_PAGES
    assert low * len(pages.toc()) < int(found[1]) < high * len(pages.toc())


def test_the_book_is_newer_than_the_pages() -> None:
    newest = max(pages.source(page).stat().st_mtime for page in pages.toc())
    assert PDF.exists() and PDF.stat().st_mtime >= newest, "pages have changed: run `make pdf`"


@pytest.mark.parametrize("page", pages.toc()[1:])
def test_every_page_is_a_chapter(page: str) -> None:
    assert title(page) in chapters()


def test_the_title_of_the_book_is_on_it() -> None:
    assert words().startswith(title(pages.toc()[0]))


def test_every_statement_with_a_page_has_its_card() -> None:
    from lindyn import ledger

    printed = asked("pdftotext", str(PDF), "-").replace("-\n", "-").replace("\n", " ")
    missing = [id for id, row in ledger.rows().items() if row.page and id not in printed]
    assert missing == []


def test_no_reference_is_undefined() -> None:
    assert re.findall(r".*[Rr]eference.* undefined.*|.*undefined references.*", log()) == []


def test_no_character_is_lost() -> None:
    assert sorted(set(re.findall(r"Missing character.*", log()))) == []
    assert "�" not in asked("pdftotext", str(PDF), "-")


def test_nothing_sticks_out_of_the_page() -> None:
    wide = re.findall(r"(Overfull \\hbox \(([\d.]+)pt too wide\).*)", log())
    assert [line for line, excess in wide if float(excess) > WIDEST] == []


def test_nothing_is_shrunk_until_it_cannot_be_read() -> None:
    assert re.findall(r"Formula shrunk to .*", log()) == []


def test_fonts_are_embedded() -> None:
    lines = asked("pdffonts", str(PDF)).splitlines()[2:]
    assert lines
    for line in lines:
        embedded = line.split()[-5]
        assert embedded == "yes", line
