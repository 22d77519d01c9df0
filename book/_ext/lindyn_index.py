"""The index of symbols on the notation page: every symbol, and the pages on which it stands.

It is made when the book is built, for the published site; elsewhere its section is left out.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from docutils import nodes
from lindyn_words import NOTATION, SILENT, Symbol, meanings, readable, symbols
from sphinx.application import Sphinx

SECTION = "index-of-symbols"
HEAD = {"symbol": 14, "what it is": 42, "pages": 44}  # with the widths
MANY = 10  # a symbol of more pages is "all over the book"

Entry = tuple[str, tuple[Symbol, ...]]  # a symbol's TeX, and its meanings


def find_uses(app: Sphinx, known: dict[str, list[Symbol]]) -> dict[Entry, list[str]]:
    """The pages of every symbol that stands alone somewhere, in reading order."""
    found: dict[Entry, list[str]] = {}
    first = app.config.root_doc
    for page in (first, *app.env.toctree_includes[first]):
        if page in SILENT:
            continue
        for math in app.env.get_doctree(page).findall(nodes.math):
            meant = tuple(meanings(known, math.astext(), page.removeprefix("book/")))
            pages = found.setdefault((math.astext(), meant), []) if meant else [page]
            if page not in pages:
                pages.append(page)
    return found


def place_in_alphabet(entry: Entry) -> tuple[int, str, str]:
    """Latin letters first, then Greek ones, then signs."""
    text = readable(entry[0]).lstrip("‖|⟨")
    letter = next((sign for sign in text if sign.isalpha()), "")
    kind = unicodedata.name(letter, "").partition(" ")[0]
    return ({"LATIN": 0, "GREEK": 1}.get(kind, 2), text.casefold(), entry[1][0].words)


def cell(*content: nodes.Node) -> nodes.entry:
    """A cell of the table."""
    return nodes.entry("", nodes.paragraph("", "", *content))


def typeset(meant: tuple[Symbol, ...]) -> list[nodes.Node]:
    """The meanings as the tables above state them."""
    found: list[nodes.Node] = []
    for symbol in meant:
        found += [nodes.Text("; or "), *(part.deepcopy() for part in symbol.content)]
    return found[1:]


def links(app: Sphinx, pages: list[str]) -> list[nodes.Node]:
    """Links to pages, by their titles."""
    if len(pages) > MANY:
        return [nodes.Text(f"all over the book, {len(pages)} pages")]
    found: list[nodes.Node] = []
    for page in pages:
        title = nodes.Text(app.env.titles[page].astext())
        uri = app.builder.get_relative_uri(NOTATION, page)
        found += [nodes.Text("; "), nodes.reference("", "", title, refuri=uri, internal=True)]
    return found[1:]


def table(app: Sphinx, found: dict[Entry, list[str]]) -> nodes.table:
    """The index as a table."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=w) for w in HEAD.values()), cols=len(HEAD))
    group += nodes.thead("", nodes.row("", *(cell(nodes.Text(word)) for word in HEAD)))
    group += nodes.tbody(
        "",
        *(
            nodes.row(
                "",
                cell(nodes.math(entry[0], entry[0])),
                cell(*typeset(entry[1])),
                cell(*links(app, found[entry])),
            )
            for entry in sorted(found, key=place_in_alphabet)
        ),
    )
    return nodes.table("", group)


def fill_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the index into its section of the notation page."""
    for section in list(doctree.findall(nodes.section)):
        if SECTION not in section["ids"]:
            continue
        if app.builder.format == "html" and docname == NOTATION:
            section += table(app, find_uses(app, symbols(doctree)))
        else:
            section.parent.remove(section)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("doctree-resolved", fill_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
