"""Terms and symbols explain themselves: the right words, on the right pages, once."""

from __future__ import annotations

import functools
import posixpath
import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup, Tag
from lindyn_words import SILENT, Symbol, meaning, readable

import pages


@functools.cache
def article(page: str) -> Tag:
    found = BeautifulSoup(pages.html(page).read_text(encoding="utf-8"), "html.parser")
    return found.find("article")


@functools.cache
def definitions() -> dict[str, str]:
    """The first paragraph of every entry of the glossary, by the place of its terms."""
    found = {}
    for term in article("book/glossary").select("dl.glossary dt"):
        entry = term.find_next_sibling("dd")
        found[term["id"]] = " ".join(entry.find("p").get_text().split())
    return found


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"W_{k+1}^{\top}W_{k+1}-W_kW_k^{\top}", "Wₖ₊₁ᵀWₖ₊₁-WₖWₖᵀ"),
        (r"\lVert w\rVert", "‖w‖"),
        (r"\gamma\bar u", "γū"),
        (r"\frac12\mathbb E\lvert x_1\rvert", "1/2 𝔼|x₁|"),
        (r"d\tau = s^{1-2/N}dt", "dτ = s^(1-2/N)dt"),
        (r"\begin{pmatrix}0&Z\\Z^{\top}&0\end{pmatrix}", "(0 Z; Zᵀ 0)"),
        (r"\operatorname{artanh}\cos\theta", "artanh cos θ"),
    ],
)
def test_short_tex_can_be_read(tex: str, plain: str) -> None:
    assert readable(tex) == plain


def test_a_part_has_its_own_meanings() -> None:
    known = {r"\bar\gamma": [Symbol("any", ()), Symbol("margin", ("jt/",))]}
    assert meaning(known, r"\bar \gamma", "jt/setting") == "margin"
    assert meaning(known, r"\bar\gamma", "clz/rates") == "any"
    assert meaning(known, r"\bar\gamma^2", "clz/rates") == ""
    everywhere = {"x": [Symbol("one", ()), Symbol("two", ())]}
    assert meaning(everywhere, "x", "clz/rates") == "one; or two"


@pytest.mark.parametrize("page", pages.toc())
def test_terms_lead_to_their_entries_once(page: str) -> None:
    links = article(page).select("a.lm-term")
    if page in SILENT:
        assert links == []
    for link in links:
        assert link["title"] == definitions()[link["href"].partition("#")[2]]
        assert link.find_parent(["h1", "h2", "h3", "h4", "a", "code", "pre"]) is None
    counts = Counter(link["title"] for link in links)
    assert [words for words, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("page", pages.toc())
def test_symbols_are_explained_in_words(page: str) -> None:
    for symbol in article(page).select("abbr.lm-symbol"):
        assert symbol["title"].strip()
        assert not re.search(r"[\\{}$]", symbol["title"]), symbol["title"]
        assert [tag["class"][0] for tag in symbol.find_all(recursive=False)] == ["math"]
        assert symbol.find_parent(["h1", "h2", "h3", "a"]) is None


@pytest.mark.parametrize(
    ("page", "tex", "words"),
    [
        ("book/lsz/turning", r"\theta", "angle between w and v⋆"),
        ("book/eft/rates", r"\theta", "time at which s comes down to √6 σ₁ (page on rates)"),
        ("book/clz/setting", r"\lambda", "uᵀZv"),
        ("book/clz/setting", "s", "singular value of a rank-one W"),
        ("book/synthesis/infinite-depth", r"\gamma", "margin of separable data"),
        ("book/lsz/setting", "s", None),  # a number between 0 and 1 in a proof
        ("book/foundations/certainty", r"\theta", None),
    ],
)
def test_a_symbol_means_what_it_means_there(page: str, tex: str, words: str | None) -> None:
    spans = article(page).select("span.math")
    found = {span.parent.get("title") for span in spans if span.get_text() == rf"\({tex}\)"}
    assert found == {words}


def test_the_glossary_is_used() -> None:
    linked = {link["title"] for page in pages.toc() for link in article(page).select("a.lm-term")}
    entries = definitions()
    assert len(set(entries.values())) >= 20
    # "Gain" alone is also a common word, so that no page links it.
    spoken = {words for place, words in entries.items() if place != "term-Gain-of-a-predictor"}
    assert spoken - linked == set(), "entries that no page uses"


def tex_of(formula: Tag) -> str:
    return formula.get_text().strip().removeprefix(r"\(").removesuffix(r"\)")


@functools.cache
def index_of_symbols() -> dict[tuple[str, str], set[str]]:
    """Pages by symbol and meaning; none for a symbol that stands all over the book."""
    found = {}
    for row in article("book/notation").select("#index-of-symbols tbody tr"):
        sign, words, places = row.find_all("td")
        links = {posixpath.normpath(f"book/{link['href']}") for link in places.find_all("a")}
        for formula in words.select("span.math"):
            formula.replace_with(readable(tex_of(formula)))
        said = " ".join(words.get_text().split())
        found[tex_of(sign), said] = {link.removesuffix(".html") for link in links}
    return found


@pytest.mark.parametrize("page", pages.toc())
def test_the_index_knows_every_symbol_of_the_page(page: str) -> None:
    for symbol in article(page).select("abbr.lm-symbol"):
        tex = tex_of(symbol.find(class_="math"))
        listed = index_of_symbols()[tex, " ".join(symbol["title"].split())]
        assert not listed or page in listed, f"{tex} on {page} is not in the index"


def test_the_index_leads_to_pages_that_have_the_symbol() -> None:
    assert len(index_of_symbols()) >= 50
    for (tex, _), places in index_of_symbols().items():
        for page in places:
            formulas = {span.get_text() for span in article(page).select("span.math")}
            assert rf"\({tex}\)" in formulas, f"{tex} is not on {page}"
