"""The book in print: every page is in it, nothing is lost, nothing sticks out, links lead on."""

from __future__ import annotations

import functools
import re
import subprocess
import zlib

import pytest

import pages
from lindyn import ledger

PDF = pages.ROOT / "_build" / "deep-linear-networks.pdf"
LOG = pages.ROOT / "_build" / "latex" / "lindyn.log"
SOURCE = LOG.with_suffix(".tex")
# A line may be this much too wide (in TeX points, about 3 mm) and still stay on the paper's margin.
WIDEST = 9.0
# A page may be this much too high: its margin at the bottom is five times as high.
HIGHEST = 15.0
# A number of its own before a title that is numbered already.
TWICE = re.compile(r"\\numberline *\{[\d.]+\} *\d+[.)] ")
# A page of the book fills some pages of paper, and not hundreds.
PAPER_PAGES = (4, 25)


@functools.cache
def log() -> str:
    assert LOG.exists(), "the book is not printed: run `make pdf`"
    return LOG.read_text(encoding="utf-8", errors="replace")


@functools.cache
def source() -> str:
    """The LaTeX of the book, with plain hyphens."""
    assert SOURCE.exists(), "the book is not printed: run `make pdf`"
    return re.sub(r"\\sphinxhyphen *\{\}", "-", SOURCE.read_text(encoding="utf-8"))


@functools.cache
def code() -> str:
    """The code of all pages."""
    cells = (cell for page in pages.notebooks() for cell in pages.cells(page, "code"))
    return "\n".join(cell.source for cell in cells)


@functools.cache
def objects() -> bytes:
    """The objects of the file, those that are packed as well."""
    assert PDF.exists(), "the book is not printed: run `make pdf`"
    data = PDF.read_bytes()
    packed = re.finditer(rb"/Type */ObjStm.*?stream\r?\n", data, re.DOTALL)
    parts = (zlib.decompressobj().decompress(memoryview(data)[m.end() :]) for m in packed)
    return data + b"".join(parts)


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


def test_the_file_says_what_it_is() -> None:
    told = asked("pdfinfo", str(PDF))
    assert re.search(r"^Title: +Dynamics of Deep Linear Networks$", told, re.MULTILINE)
    assert re.search(r"^Author: +The lindyn authors$", told, re.MULTILINE)
    assert b"/Lang(en)" in objects()


def test_every_chapter_has_a_bookmark() -> None:
    outline = LOG.with_suffix(".out").read_text(encoding="utf-8")
    assert len(re.findall(r"\]\{chapter\.\d+\}", outline)) == len(pages.toc())


def test_no_heading_is_numbered_twice() -> None:
    contents = LOG.with_suffix(".toc").read_text(encoding="utf-8")
    assert TWICE.findall(contents) == []


def test_every_statement_with_a_page_stands_there() -> None:
    stated = set(re.findall(r"\\label\{\\detokenize\{([^}]*)\}\}", source()))
    places = {f"book/{row.page}:{id}" for id, row in ledger.rows().items() if row.page}
    assert places - stated == set()


def test_every_check_has_its_card() -> None:
    _, *cards = source().split(r"\begin{lmcard}")
    heads = "".join(card.partition(r"\lmentry")[0] for card in cards)
    checked = set(re.findall(r'ledger\.check\("([^"]+)"', code()))
    assert len(checked) > 100
    assert checked - set(re.findall(r"\{([a-z0-9-]+)\}", heads)) == set()


def test_no_part_of_the_map_lists_a_statement_twice() -> None:
    _, _, after = source().partition(r"\chapter{The map}")
    parts = after.partition(r"\chapter{")[0].split(r"\subsection{")[1:]
    assert len(parts) == 5
    for part in parts:
        items = re.findall(r"\\item \{\} *\n\\sphinxAtStartPar\n(.*)", part)
        assert len(items) > 10
        assert len(items) == len(set(items))


def test_pictures_are_drawn_not_made_of_pixels() -> None:
    kinds = re.findall(r"\\sphinxincludegraphics(?:\[[^]]*\])?\{\{[^}]*\}\.(\w+)\}", source())
    shown = re.findall(r"^(?:figures\.show|explore\.\w+)\(", code(), re.MULTILINE)
    assert len(kinds) >= len(shown) > 50
    assert set(kinds) == {"pdf"}


def test_every_link_leads_somewhere() -> None:
    named = rb"\(((?:[^()\\]|\\.)*)\)"
    aims = set(re.findall(rb"/GoTo */D *" + named, objects()))
    tables = b" ".join(re.findall(rb"/Names *\[([^\]]*)\]", objects()))
    assert len(aims) > len(pages.toc())
    assert aims - set(re.findall(named + rb" *\d+ 0 R", tables)) == set()


def test_nothing_is_marked_as_not_understood() -> None:
    assert re.findall(r".*problematic.*", source()) == []


def test_no_reference_is_undefined() -> None:
    assert re.findall(r".*[Rr]eference.* undefined.*|.*undefined references.*", log()) == []


def test_no_character_is_lost() -> None:
    assert sorted(set(re.findall(r"Missing character.*", log()))) == []
    assert "�" not in asked("pdftotext", str(PDF), "-")


def test_nothing_sticks_out_of_the_page() -> None:
    for excess, most in (("wide", WIDEST), ("high", HIGHEST)):
        found = re.findall(rf"(Overfull \\[hv]box \(([\d.]+)pt too {excess}\).*)", log())
        assert [line for line, points in found if float(points) > most] == []


def test_nothing_is_shrunk_until_it_cannot_be_read() -> None:
    assert re.findall(r"Formula shrunk to .*", log()) == []


def test_fonts_are_embedded() -> None:
    lines = asked("pdffonts", str(PDF)).splitlines()[2:]
    assert lines
    for line in lines:
        embedded = line.split()[-5]
        assert embedded == "yes", line
