"""Links of the published book: between pages, to code, and to the very statement that is named."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from docutils import nodes
from lindyn_code import page_of_code, pages_of_code
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

_LINK = re.compile(r"""href=(["'])(?![a-z]+:|#|/)([^"'#]*?)\.(ipynb|py)(#[^"']*)?\1""")
# "Lemma 3.3", "equation (C.6)", "Theorem 4.4 (b)"
_NAMED = re.compile(
    r"\b(?P<kind>Theorem|Lemma|Proposition|Corollary|Remark|Assumption|Definition|[Ee]quation)"
    r" \(?(?P<letter>[A-D])?\.?(?P<number>\d+(?:\.\d+)?)\)?(?: \((?P<part>[a-z]+)\))?"
)
_KINDS = {
    "Theorem": "thm",
    "Lemma": "lem",
    "Proposition": "prop",
    "Corollary": "cor",
    "Remark": "rem",
    "Assumption": "asm",
    "Definition": "def",
    "Equation": "eq",
}


def link_pages(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn links to notebooks and to code in computed HTML into links to their pages."""
    if app.builder.format != "html":
        return
    here = posixpath.dirname(docname)

    def page(match: re.Match[str]) -> str:
        quote, path, kind, anchor = match[1], match[2], match[3], match[4] or ""
        target = posixpath.normpath(posixpath.join(here, path))
        target = page_of_code(target) if kind == "py" else target
        if target not in app.env.all_docs and target not in pages_of_code():
            logger.warning("a cell prints a link to %s.%s, no page of the book", path, kind)
        uri = app.builder.get_relative_uri(docname, target) if target != docname else ""
        return f"href={quote}{uri}{anchor}{quote}"

    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "") and _LINK.search(raw.astext()):
            raw.children = [nodes.Text(_LINK.sub(page, raw.astext()))]


def link_statements(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn the id of a statement, where it is written as code, into a link to the statement."""
    from lindyn import ledger

    for literal in list(doctree.findall(nodes.literal)):
        row = ledger.rows().get(literal.astext())
        target = f"book/{row.page}" if row and row.page else None
        if target not in app.env.all_docs or isinstance(literal.parent, nodes.reference):
            continue
        uri = app.builder.get_relative_uri(docname, target) if target != docname else ""
        literal.replace_self(
            nodes.reference("", "", literal.deepcopy(), refuri=f"{uri}#{row.id}", internal=True)
        )


def named_statement(text: str, page: str) -> str | None:
    """The id of the statement of a page that a text names; its first part, if it has parts.

    >>> named_statement("by Theorem 4.4 (b)", "eft/rates")
    'eft-thm-4-4-b'
    """
    from lindyn import ledger

    named = _NAMED.search(text)
    if named is None:
        return None
    number = named["number"].replace(".", "-")
    letters = {named["letter"].lower(), f"{named['letter'].lower()}-"} if named["letter"] else {""}
    paper = page.partition("/")[0]
    stems = [f"{paper}-{_KINDS[named['kind'].capitalize()]}-{letter}{number}" for letter in letters]
    found = [
        row.id
        for row in ledger.rows().values()
        if row.page == page and any(f"{row.id}-".startswith(f"{stem}-") for stem in stems)
    ]
    exact = [id for id in found if any(id == f"{stem}-{named['part']}" for stem in stems)]
    return next(iter([*exact, *found]), None)


def link_named(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Lead links to pages on to the statement that their text names."""
    if app.builder.format != "html":
        return
    for link in doctree.findall(nodes.reference):
        uri = link.get("refuri", "")
        if not link.get("internal") or "#" in uri:
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), uri))
        page = target.removesuffix(app.builder.out_suffix)
        if page in app.env.titles and link.astext() == app.env.titles[page].astext():
            continue  # the whole page is meant
        if id := named_statement(link.astext(), page.removeprefix("book/")):
            link["refuri"] = f"{uri}#{id}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    for handler in (link_statements, link_pages, link_named):
        app.connect("doctree-resolved", handler)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
