"""The graph of statements and uses of one part, as a picture that can be walked through."""

from __future__ import annotations

from dataclasses import dataclass

from lindyn.ledger.html import (
    VERDICTS,
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
from lindyn.ledger.layout import Layout, ancestors, layered
from lindyn.ledger.model import Row, Verdict
from lindyn.ledger.register import rows
from lindyn.ledger.render import Shown

NODE = (124, 30)  # width and height of a node
STEP = (136, 64)  # from node to node, from line to line
MARGIN = 12

SIGNS = "; ".join(f"{sign} {words}" for v, (sign, words) in VERDICTS.items() if v != Verdict.OPEN)
LEGEND = f'<p class="ledger-legend">{SIGNS}. Dashed: stands in another part.</p>'


@dataclass(frozen=True, repr=False)
class Graph(Shown):
    """Statements of a part (with what they use elsewhere) and the uses between them."""

    part: str
    page: str = "map"

    @property
    def members(self) -> list[Row]:
        """The closed rows whose id or page belongs to the part."""
        return [
            row
            for row in rows().values()
            if row.page is not None
            and (row.paper == self.part or row.page.startswith(f"{self.part}/"))
        ]

    @property
    def uses(self) -> dict[str, tuple[str, ...]]:
        """The uses of the members; what they use from other parts stands in it as premises."""
        inside = {row.id: row.uses for row in self.members}
        outside = {used: () for uses in inside.values() for used in uses if used not in inside}
        return {**outside, **inside}

    @property
    def connected(self) -> dict[str, tuple[str, ...]]:
        """The uses without the statements that neither use nor are used."""
        used = {premise for premises in self.uses.values() for premise in premises}
        return {id: premises for id, premises in self.uses.items() if premises or id in used}

    def text(self) -> str:
        """Every statement of the part with what it uses."""
        return "\n".join(
            f"{id}" + (f" uses {', '.join(premises)}" if premises else "")
            for id, premises in self.uses.items()
        )

    def _repr_html_(self) -> str:
        layout = layered(self.connected)
        return (
            f'<div class="ledger-graph" id="ledger-graph-{self.part}">'
            f"{self._picture(layout)}{LEGEND}{self._list()}"
            f"{script('graph.js', PART=self.part)}</div>"
        )

    def _picture(self, layout: Layout) -> str:
        columns = max((len(line) for line in layout.lines), default=1)
        width = columns * STEP[0] - (STEP[0] - NODE[0]) + 2 * MARGIN
        height = len(layout.lines) * STEP[1] - (STEP[1] - NODE[1]) + 2 * MARGIN
        at = {
            id: (width / 2 + x * STEP[0], MARGIN + NODE[1] / 2 + line * STEP[1])
            for id, (x, line) in layout.place.items()
        }
        above = ancestors(self.connected)
        edges = "".join(_edge(a, b, at) for a, b in layout.edges)
        nodes = "".join(self._node(id, *at[id], above[id]) for line in layout.lines for id in line)
        name = f"Graph of {len(at)} statements and {len(layout.edges)} uses; listed below"
        # Nodes are links of HTML over a drawing of the edges: JupyterLab breaks on links in SVG.
        return (
            '<div class="ledger-scroll" role="region" tabindex="0" '
            f'aria-label="{name}">'
            f'{style("graph.css")}<div class="canvas" style="width:{width:.0f}px;'
            f'height:{height:.0f}px"><svg width="{width:.0f}" height="{height:.0f}" fill="none" '
            f'stroke="currentColor" aria-hidden="true">{edges}</svg>{nodes}</div></div>'
        )

    def _node(self, id: str, x: float, y: float, above: frozenset[str]) -> str:
        row = rows()[id]
        sign, words = verdict(row, row.verdict)
        target = href(row, self.page)
        foreign = "" if row in self.members else " foreign"
        attributes = (
            f'class="node {row.verdict}{foreign}" data-id="{id}" '
            f'data-above="{" ".join(sorted(above))}" title="{escape(f"{row.title} ({words})")}" '
            f'style="left:{x - NODE[0] / 2:.1f}px;top:{y - NODE[1] / 2:.1f}px;'
            f'width:{NODE[0]}px;height:{NODE[1]}px"'
        )
        text = f"{sign} {escape(label(id))}"
        if target is None:
            return f"<span {attributes}>{text}</span>"
        return f'<a href="{escape(target)}" {attributes}>{text}</a>'

    def _list(self) -> str:
        """The same in words."""
        items = []
        for id, premises in self.uses.items():
            row = rows()[id]
            sign, words = verdict(row, row.verdict)
            using = f"; uses {links(premises, self.page)}" if premises else ""
            items.append(
                f"<li>{link(row, self.page)}: {prose(row.title)} ({escape(words)}){using}</li>"
            )
        return (
            f"<details><summary>The same as a list: {len(items)} statements, what each uses"
            f"</summary><ul>{''.join(items)}</ul></details>"
        )


def _edge(a: str, b: str, at: dict[str, tuple[float, float]]) -> str:
    (x0, y0), (x1, y1) = at[a], at[b]
    y0, y1 = y0 + NODE[1] / 2, y1 - NODE[1] / 2
    bend = max(18.0, (y1 - y0) / 2)
    return (
        f'<path data-from="{a}" data-to="{b}" '
        f'd="M{x0:.1f} {y0:.1f}C{x0:.1f} {y0 + bend:.1f} '
        f'{x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}"/>'
    )
