"""The built site: pictures have words, links lead somewhere, nothing comes from elsewhere."""

from __future__ import annotations

import functools
import posixpath
import re
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from lindyn_links import named_statement

import pages

ALT_LENGTH = 20
LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "audio": "src",
    "video": "src",
    "embed": "src",
    "object": "data",
    "use": "href",
    "image": "href",
}
LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest"}
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")
MARKUP_LEFT = re.compile(r"\{(?:ref|prf:ref|eq|cite(?::[pt])?|doc)\}`|^:label:|\]\(#", re.MULTILINE)
ID = re.compile(r'<[^<>]*?\sid="([^"]*)"')
EXTRA = ("index", "genindex", "search")


@functools.cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@functools.cache
def anchors(path: Path) -> frozenset[str]:
    # Not by parsing: a page of code has ten thousand tags.
    return frozenset(unescape(id) for id in ID.findall(path.read_text(encoding="utf-8")))


def article(page: str) -> Tag:
    found = soup(pages.html(page)).find("article")
    assert isinstance(found, Tag)
    return found


def foreign(url: str) -> bool:
    return bool(urlsplit(url).netloc) or url.startswith("//")


@pytest.mark.parametrize("page", pages.toc())
def test_page_is_newer_than_its_source(page: str) -> None:
    built = pages.html(page).stat().st_mtime
    assert built >= pages.source(page).stat().st_mtime, "the page has changed: run `make book`"


@pytest.mark.parametrize("page", pages.toc())
def test_pictures_have_words(page: str) -> None:
    for picture in article(page).find_all("img"):
        alt = picture.get("alt", "")
        assert len(alt) >= ALT_LENGTH, f"{picture.get('src')} says only {alt!r}"
        assert not alt.startswith(("../", "_images")), f"{picture.get('src')}: alt is a path"
    for drawing in article(page).find_all("svg"):
        if drawing.get("aria-hidden") == "true" or drawing.find_parent("svg"):
            continue
        assert drawing.get("role") in {"img", "group", "graphics-document"}, str(drawing)[:200]
        title = drawing.find("title", recursive=False)
        words = drawing.get("aria-label") or (title.get_text() if title else "")
        named = drawing.get("aria-labelledby") or ""
        words = words or " ".join(
            tag.get_text() for name in named.split() if (tag := article(page).find(id=name))
        )
        assert len(words) >= ALT_LENGTH, f"a drawing says only {words!r}"


@pytest.mark.parametrize("page", pages.toc())
def test_ids_are_unique(page: str) -> None:
    counts = Counter(tag["id"] for tag in soup(pages.html(page)).find_all(id=True))
    assert [id for id, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("page", pages.toc())
def test_links_lead_somewhere(page: str) -> None:
    here = pages.html(page)
    for link in soup(here).find_all("a", href=True):
        url = urlsplit(link["href"])
        if url.scheme or url.netloc:
            continue
        target = (here.parent / unquote(url.path)).resolve() if url.path else here
        assert target.is_relative_to(pages.SITE.resolve()), f"{link['href']} leaves the site"
        assert target.is_file(), f"{link['href']} leads nowhere"
        if url.fragment and target.suffix == ".html":
            assert unquote(url.fragment) in anchors(target), f"{link['href']}: no such place"
        downloads = "_sources" in url.path
        assert downloads or target.suffix != ".ipynb", f"{link['href']} is a notebook, not a page"


@pytest.mark.parametrize(
    ("text", "page", "id"),
    [
        ("by Theorem 4.4 (b)", "eft/rates", "eft-thm-4-4-b"),
        ("Theorem 4.4", "eft/rates", "eft-thm-4-4-a"),
        ("equation (C.6)", "jt/descent", "jt-eq-c6"),
        ("Theorem D.1", "clz/rates", "clz-thm-d-1-a"),
        ("Lemma 3.30", "eft/flow", None),
        ("Lemma 3.3", "eft/problem", None),
        ("the proof", "eft/flow", None),
    ],
)
def test_a_text_names_a_statement(text: str, page: str, id: str | None) -> None:
    assert named_statement(text, page) == id


def test_links_lead_to_the_statement_that_they_name() -> None:
    found = 0
    for page in pages.toc():
        for link in article(page).select("a.reference.internal[href]"):
            path, _, place = link["href"].partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
            name = target.removeprefix("book/").removesuffix(".html")
            if path and named_statement(link.get_text(), name):
                title = article(f"book/{name}").h1.find(string=True)
                if link.get_text() == title:
                    assert not place, f"{page}: {title} is a page"
                    continue
                assert place, f"{page}: {link.get_text()} leads to the page only"
                found += 1
    assert found >= 60


@pytest.mark.parametrize("page", (*pages.toc(), *EXTRA))
def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    path = pages.html(page)
    urls = [
        tag[attribute]
        for name, attribute in LOADS.items()
        for tag in soup(path).find_all(name)
        if tag.get(attribute)
    ]
    for link in soup(path).find_all("link", href=True):
        if LOADING_LINKS & set(link.get("rel", ())):
            urls.append(link["href"])
    for style in soup(path).find_all("style"):
        urls += [first or second for first, second in CSS_URL.findall(style.get_text())]
    for tag in soup(path).find_all(style=True):
        urls += [first or second for first, second in CSS_URL.findall(tag["style"])]
    assert [url for url in urls if foreign(url)] == []
    for url in urls:
        local = urlsplit(url)
        if local.path and not local.scheme:
            assert (path.parent / unquote(local.path)).is_file(), f"{url} is not there"


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    sheets = list((pages.SITE / "_static").rglob("*.css"))
    assert sheets
    for sheet in sheets:
        found = CSS_URL.findall(sheet.read_text(encoding="utf-8"))
        assert [url for pair in found for url in pair if foreign(url)] == [], sheet.name


@pytest.mark.parametrize("page", pages.toc())
def test_no_error_and_no_markup_left(page: str) -> None:
    for output in article(page).select(".output.stderr, .output.traceback"):
        pytest.fail(f"a cell complains: {output.get_text()[:200]}")
    words = BeautifulSoup(str(article(page)), "html.parser")
    for tag in words.find_all(["code", "pre", "script"]):
        tag.decompose()
    left = MARKUP_LEFT.search(words.get_text())
    assert left is None, f"raw markup: {words.get_text()[left.start() - 40 : left.end() + 40]}"


def test_next_leads_through_the_whole_book() -> None:
    visited = []
    path: Path | None = pages.html(pages.toc()[0])
    while path is not None:
        visited.append(str(path.relative_to(pages.SITE).with_suffix("")))
        following = soup(path).find("link", rel="next")
        path = (path.parent / following["href"]).resolve() if following else None
        assert len(visited) <= len(pages.toc())
    assert visited == list(pages.toc())


def test_every_statement_can_be_reached_by_its_id() -> None:
    from lindyn import ledger

    for id, row in ledger.rows().items():
        if row.page:
            assert id in anchors(pages.html(f"book/{row.page}")), f"{id} has no anchor"


@pytest.mark.parametrize("page", pages.toc())
def test_a_formula_keeps_its_comma(page: str) -> None:
    loose = []
    for formula in soup(pages.html(page)).select("article span.math"):
        shown = formula.parent if formula.parent.name == "abbr" else formula
        after = shown.next_sibling
        parted = isinstance(after, NavigableString) and after[:1] in tuple(".,;:!?)]”")
        if parted and shown.find_parent(class_="lm-together") is None:
            loose.append(f"{formula.get_text()}{after[:20]}")
    assert loose == []


def test_no_property_takes_the_start_of_its_description_for_a_type() -> None:
    # In the first line of a property's docstring what stands before a colon is read as its type.
    fields = {field.get_text() for field in soup(pages.html("book/api")).select("dl.field-list dt")}
    assert "Parameters:" in fields and "Type:" not in fields


def test_nothing_large_holds_up_a_widget() -> None:
    # Icons are fonts: no script draws them anew. The index of the search is not waited for.
    assert list((pages.SITE / "_static").rglob("fa-solid-900.woff2"))
    for page in ("book/index", "book/lsz/steps", "genindex", "code/lindyn/descent"):
        scripts = {s["src"]: s for s in soup(pages.html(page)).find_all("script", src=True)}
        assert [src for src in scripts if "fontawesome" in src] == []
        large = [s for src, s in scripts.items() if "searchindex.js" in src or "mathjax/" in src]
        assert large and all(script.has_attr("defer") for script in large)


def test_code_has_a_place_for_every_line() -> None:
    file = pages.ROOT / "lindyn" / "ledger" / "base.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert {f"L-{n}" for n in range(1, len(lines) + 1)} <= anchors(
        pages.html("code/lindyn/ledger/base")
    )


def test_entries_of_the_api_lead_to_their_code() -> None:
    entries = article("book/api").select("dl.py.function > dt, dl.py.class > dt")
    assert entries
    for entry in entries:
        link = entry.select_one("a.external:has(.viewcode-link)")
        assert link, f"{entry['id']} has no code"
        file, _, line = link["href"].partition("#L-")
        module = pages.ROOT / unquote(file).removeprefix("../code/").replace(".html", ".py")
        code = module.read_text(encoding="utf-8").splitlines()[int(line) - 1 :]
        name = entry["id"].rpartition(".")[2]
        first = next(text for text in code if re.match(r"(def|class) ", text))
        assert re.match(rf"(def|class) {name}\b", first), entry["id"]


def test_every_public_name_has_an_entry() -> None:
    import lindyn
    from lindyn import ledger

    names = {f"lindyn.{name}" for name in lindyn.__all__}
    names |= {f"lindyn.ledger.{name}" for name in ledger.__all__}
    assert names - anchors(pages.html("book/api")) == set()
