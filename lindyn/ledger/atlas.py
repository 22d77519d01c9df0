"""The map of all statements: every page a box, every statement a link in it, every use a line.

The boxes and a list of the same in words are plain HTML, complete without scripts.  The script
draws the lines, filters, and shows beside the map what is known about the chosen statement.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lindyn.ledger.html import (
    KINDS,
    PAPERS,
    VERDICTS,
    check_link,
    escape,
    href,
    label,
    link,
    links,
    prose,
    script,
    style,
    verdict,
)
from lindyn.ledger.model import Row
from lindyn.ledger.register import OWN, rows, used_by
from lindyn.ledger.render import Shown

# The parts of the book in reading order, by the folder of their pages.
PARTS = {
    "foundations": "Foundations",
    "lsz": "LSZ: spherical data, logistic loss",
    "eft": "EFT: landscape and stable set",
    "clz": "CLZ: every balanced start",
    "jt": "JT: alignment and margin",
    "synthesis": "Synthesis",
}
OWN_SORT = "our own result"


def part(row: Row) -> str:
    """The part of the book in which a statement stands, its paper while it has no page."""
    return row.paper if row.page is None else row.page.partition("/")[0]


def sort(row: Row) -> str:
    """What a statement is: a theorem, a lemma, one of our own results."""
    return OWN_SORT if row.paper == OWN else KINDS[row.id.split("-")[1]].lower()


def kind(row: Row) -> str:
    """The kind of its check, also where the check is shared; ``none`` for a definition."""
    source = rows()[row.shares_check_of] if row.shares_check_of else row
    return "none" if source.check is None else source.check.kind


def page_name(page: str | None) -> str:
    """A page's name made of its path: ``Gradient flow``."""
    return "Not written yet" if page is None else page.split("/")[-1].replace("-", " ").capitalize()


def pages_by_part(register: Mapping[str, Row]) -> dict[str, dict[str | None, list[Row]]]:
    """The statements by part and page, pages in the order in which the papers come to them."""
    place = {id: number for number, id in enumerate(register)}
    found: dict[str, dict[str | None, list[Row]]] = {}
    for row in register.values():
        found.setdefault(part(row), {}).setdefault(row.page, []).append(row)

    def middle(entry: tuple[str | None, list[Row]]) -> float:
        return statistics.median(place[row.id] for row in entry[1])

    known = list(PARTS)
    ranked = sorted(found, key=lambda name: known.index(name) if name in known else len(known))
    return {name: dict(sorted(found[name].items(), key=middle)) for name in ranked}


@dataclass(frozen=True, repr=False)
class Atlas(Shown):
    """All statements of the ledger and the uses between them."""

    page: str = "map"

    def text(self) -> str:
        """Every statement under its page, with what it uses."""
        lines = []
        for pages in pages_by_part(rows()).values():
            for page, members in pages.items():
                lines.append(page or page_name(page))
                lines += [
                    f"  {row.id}" + (f" uses {', '.join(row.uses)}" if row.uses else "")
                    for row in members
                ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = pages_by_part(rows())
        uses = sum(len(row.uses) for row in rows().values())
        name = f"Map of {len(rows())} statements and {uses} uses; listed below"
        boxes = "".join(self._part(part, pages) for part, pages in parts.items())
        return (
            f'{style("atlas.css")}<div class="ledger-atlas" id="ledger-atlas">{self._form(parts)}'
            f'<div class="canvas" role="group" aria-label="{name}" '
            'data-lm-suppress-shortcuts="true">'
            f'<svg fill="none" stroke="currentColor" aria-hidden="true"></svg>{boxes}</div>'
            f'<section class="chosen" aria-label="The chosen statement" tabindex="-1" hidden>'
            f'</section><p class="ledger-legend">{_legend()}</p>{self._list(parts)}'
            f"{script('atlas.js')}</div>"
        )

    def _form(self, parts: Mapping[str, Mapping[str | None, list[Row]]]) -> str:
        """Controls that stay hidden until the script shows them."""
        register = rows().values()
        papers = {row.paper: PAPERS[row.paper] for row in register}
        verdicts = {row.verdict.value: VERDICTS[row.verdict][1] for row in register}
        groups = "".join(
            f'<optgroup label="{escape(PARTS.get(part, part))}">'
            + "".join(_option(_key(part, page), page_name(page)) for page in pages)
            + "</optgroup>"
            for part, pages in parts.items()
        )
        selects = [
            _select("Paper", "paper", _options(papers)),
            _select("Page", "page", groups),
            _select("Statement", "sort", _options({s: s for s in map(sort, register)})),
            _select("Check", "kind", _options({k: k for k in map(kind, register)})),
            _select("Verdict", "verdict", _options(verdicts)),
        ]
        return (
            '<form class="ledger-filter" hidden aria-label="Filter the map">'
            '<label>Find <input name="text" type="search" autocomplete="off"></label>'
            f"{''.join(selects)}"
            '<label>Lines <select name="lines"><option value="pages">between pages</option>'
            '<option value="all">all</option><option value="chosen">of the chosen one</option>'
            "</select></label>"
            '<label>Size <input name="size" type="range" min="4" max="16" value="10"></label>'
            '<button type="reset">Show all</button> <output aria-live="polite"></output></form>'
        )

    def _part(self, part: str, pages: Mapping[str | None, list[Row]]) -> str:
        boxes = "".join(self._box(part, page, members) for page, members in pages.items())
        name = escape(PARTS.get(part, part.capitalize()))
        return (
            f'<div class="part" role="group" aria-label="{name}"><p class="part-name">{name}</p>'
            f'<div class="boxes">{boxes}</div></div>'
        )

    def _box(self, part: str, page: str | None, members: list[Row]) -> str:
        nodes = "".join(f"<li>{self._node(row)}</li>" for row in members)
        return (
            f'<div class="box" data-page="{_key(part, page)}" style="--n:{len(members)}">'
            f"<p>{escape(page_name(page))}</p><ul>{nodes}</ul></div>"
        )

    def _node(self, row: Row) -> str:
        sign, words = verdict(row, row.verdict)
        target = href(row, self.page)
        known = f' data-uses="{" ".join(row.uses)}"' if row.uses else ""
        attributes = (
            f'class="node {row.verdict} {row.paper}" id="at-{row.id}" data-paper="{row.paper}" '
            f'data-sort="{sort(row)}" data-kind="{kind(row)}" data-verdict="{row.verdict}"{known} '
            f'title="{escape(f"{row.title} ({words})")}"'
        )
        text = f"{sign} {escape(label(row.id))}"
        if target is None:
            return f'<a role="link" aria-disabled="true" {attributes}>{text}</a>'
        return f'<a href="{escape(target)}" {attributes}>{text}</a>'

    def _list(self, parts: Mapping[str, Mapping[str | None, list[Row]]]) -> str:
        """The same in words, page by page."""
        pages = [(page, members) for pages in parts.values() for page, members in pages.items()]
        items = "".join(
            f"<li>{escape(page or page_name(page))}<ul>"
            + "".join(self._entry(row) for row in members)
            + "</ul></li>"
            for page, members in pages
        )
        return (
            f"<details><summary>The same as a list: {len(rows())} statements, where each stands, "
            f"what it uses and what uses it</summary><ul>{items}</ul></details>"
        )

    def _entry(self, row: Row) -> str:
        sign, words = verdict(row, row.verdict)
        checked, users = check_link(row, self.page), used_by(row.id)
        pieces = [
            f"{link(row, self.page)}: {prose(row.title)} ({sign} {escape(words)})",
            f"check: {checked}" if checked else "",
            f"uses {links(row.uses, self.page)}" if row.uses else "",
            f"used by {links(users, self.page)}" if users else "",
        ]
        return f'<li data-id="{row.id}">{"; ".join(filter(None, pieces))}</li>'


def _key(part: str, page: str | None) -> str:
    return page or f"{part}/"


def _option(value: str, text: str) -> str:
    return f'<option value="{escape(value)}">{escape(text)}</option>'


def _options(choices: Mapping[str, str]) -> str:
    return "".join(_option(value, text) for value, text in choices.items())


def _select(name: str, key: str, options: str) -> str:
    return (
        f'<label>{name} <select name="{key}"><option value="">all</option>{options}</select>'
        "</label>"
    )


def _legend() -> str:
    found = {row.verdict for row in rows().values()}
    signs: Iterable[str] = (f"{s} {words}" for v, (s, words) in VERDICTS.items() if v in found)
    return f"{'; '.join(signs)}. In italics: our own results."
