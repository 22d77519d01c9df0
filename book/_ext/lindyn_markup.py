"""HTML that code cells print (cards, tables, errata), as nodes that any builder can write.

Only what the package prints is known: paragraphs, headings, lists, tables, folds, mathematics and
links between notebooks.  Controls, scripts and drawings are left out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, NavigableString, Tag
from docutils import nodes

LEFT_OUT = {"form", "script", "style", "svg", "canvas", "small", "summary"}
# The large map says nothing on paper that the lists of its parts do not say.
LEFT_OUT_CLASSES = {"canvas", "ledger-atlas", "ledger-code", "ledger-legend", "ledger-map"}
HEADINGS = {"h2": r"\lmheading{", "h3": r"\lmsubheading{"}
INLINE: dict[str, type[nodes.TextElement]] = {
    "strong": nodes.strong,
    "b": nodes.strong,
    "em": nodes.emphasis,
    "i": nodes.emphasis,
    "code": nodes.literal,
    "sub": nodes.subscript,
    "sup": nodes.superscript,
}
# Shares of the line for the columns of the widest tables.
WIDTHS = {"ledger-table": (53, 23, 8, 9, 7)}


class printed(nodes.General, nodes.TextElement):  # noqa: N801  (docutils names its nodes like this)
    """What LaTeX writes between the strings ``before`` and ``after``."""


def between(before: str, after: str, *children: nodes.Node) -> printed:
    """The children between two strings of LaTeX."""
    return printed("", "", *children, before=before, after=after)


def from_html(markup: str, page: str) -> list[nodes.Node]:
    """Nodes for the HTML that a cell of ``page`` printed."""
    return list(_blocks(BeautifulSoup(markup, "html.parser"), page))


def _classes(tag: Tag) -> set[str]:
    return set(tag.get("class") or ())


def _blocks(tag: Tag, page: str) -> Iterator[nodes.Node]:
    loose: list[Tag | NavigableString] = []
    for child in tag.children:
        if isinstance(child, NavigableString) or child.name in {*INLINE, "a", "span"}:
            loose.append(child)
            continue
        yield from _loose(loose, page)
        loose = []
        if isinstance(child, Tag) and not _left_out(child):
            yield from _block(child, page)
    yield from _loose(loose, page)


def _left_out(tag: Tag) -> bool:
    return tag.name in LEFT_OUT or bool(_classes(tag) & LEFT_OUT_CLASSES)


def _loose(found: list[Tag | NavigableString], page: str) -> Iterator[nodes.Node]:
    """Text outside of paragraphs."""
    inline = [node for child in found for node in _inline(child, page)]
    if any(node.astext().strip() for node in inline):
        yield nodes.paragraph("", "", *inline)


def _block(tag: Tag, page: str) -> Iterator[nodes.Node]:
    if tag.name == "p":
        yield nodes.paragraph("", "", *_inside(tag, page))
    elif tag.name in HEADINGS:
        yield between(HEADINGS[tag.name], "}\n", *_inside(tag, page))
    elif tag.name in {"ul", "ol"}:
        own = tag.find_all("li", recursive=False)
        items = (nodes.list_item("", *_blocks(li, page)) for li in own)
        yield between("{\\lmlist\n", "}\n", nodes.bullet_list("", *items))
    elif tag.name == "dl":
        for term, text in zip(tag.find_all("dt"), tag.find_all("dd"), strict=True):
            name = between("{", "}", *_inside(term, page))
            yield between(r"\lmentry", "\n", name, between("{", "}", *_inside(text, page)))
    elif tag.name == "table":
        yield between("{\\footnotesize\n", "}\n", _table(tag, page))
    elif "ledger-card" in _classes(tag):
        head = tag.find("p", class_="ledger-head")
        heading = between("{", "}\n", *_inside(head, page))
        head.extract()
        yield between("\n\\begin{lmcard}", "\\end{lmcard}\n", heading, *_blocks(tag, page))
    else:
        yield from _blocks(tag, page)


def _table(tag: Tag, page: str) -> nodes.table:
    lines = [line.find_all(["th", "td"]) for line in tag.find_all("tr")]
    widths = next((WIDTHS[name] for name in _classes(tag) if name in WIDTHS), None)
    group = nodes.tgroup(cols=len(lines[0]))
    for width in widths or [1] * len(lines[0]):
        group += nodes.colspec(colwidth=width)
    head = len(tag.find("thead").find_all("tr")) if tag.find("thead") else 0
    for part, found in ((nodes.thead(), lines[:head]), (nodes.tbody(), lines[head:])):
        for line in found:
            entries = (nodes.entry("", *_blocks(cell, page)) for cell in line)
            part += nodes.row("", *entries)
        group += part
    table = nodes.table("", classes=["longtable", "colwidths-given"] if widths else [])
    if tag.find("caption"):
        table += nodes.title("", "", *_inside(tag.find("caption"), page))
    table += group
    return table


def _inside(tag: Tag, page: str) -> list[nodes.Node]:
    return [node for child in tag.children for node in _inline(child, page)]


def _inline(child: Tag | NavigableString, page: str) -> list[nodes.Node]:
    if isinstance(child, NavigableString):
        return [nodes.Text(re.sub(r"\s+", " ", str(child)))]
    if _left_out(child):
        return []
    if child.name == "br":
        return [nodes.Text(" ")]
    if "math" in _classes(child):
        formula = child.get_text().removeprefix(r"\(").removesuffix(r"\)")
        return [nodes.math(formula, formula)]
    inside = _inside(child, page)
    if child.name == "a":
        # Cards of checks, and places on the map, are no places of their own in print.
        if re.search(r"#(check|at)-", child["href"]):
            return inside
        return [_reference(child["href"], page, inside)]
    if child.name in INLINE:
        return [INLINE[child.name]("", "", *inside)]
    return inside


def _reference(target: str, page: str, inside: list[nodes.Node]) -> nodes.reference:
    path, _, anchor = target.partition("#")
    if ":" in path:
        return nodes.reference("", "", *inside, refuri=target)
    document = page
    if path:
        relative = path.removesuffix(".ipynb")
        document = posixpath.normpath(posixpath.join(posixpath.dirname(page), relative))
    # LaTeX labels are the same in the whole book: the page, a colon, the id (":doc" for the page).
    uri = f"%{document}#{anchor}" if anchor else f"%{document}"
    return nodes.reference("", "", *inside, refuri=uri, internal=True)
