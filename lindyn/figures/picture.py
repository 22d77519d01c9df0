"""A figure as an output: inline SVG for pages, PDF for print, words for everybody else."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lindyn._check import Array
from lindyn.figures import style

Arrays = dict[str, Array]

PANEL_SIZE = (3.4, 2.65)  # inches; on a phone one panel fills the width at its natural size


@dataclass(frozen=True)
class Panel:
    """One panel: how it is drawn on axes, and what it shows, in words with numbers."""

    draw: Callable[[Axes], None]
    alt: str


@dataclass(frozen=True)
class Picture:
    """A figure of one or more panels.

    On a page each panel is an inline SVG of its own, so that panels stand side by side on a wide
    screen and below each other on a phone; ``svg``, ``pdf`` and ``png`` hold the whole figure.

    Examples
    --------
    >>> panel = Panel(lambda axes: axes.plot([0, 1], [0, 1]), alt="A line from 0 to 1.")
    >>> picture = Picture("example", (panel,))
    >>> picture
    A line from 0 to 1.
    >>> sorted(picture._repr_mimebundle_())
    ['application/pdf', 'text/html', 'text/plain']
    """

    id: str
    panels: tuple[Panel, ...]
    columns: int = 2
    panel_size: tuple[float, float] = PANEL_SIZE

    @property
    def alt(self) -> str:
        """What the figure shows, in words."""
        return " ".join(panel.alt for panel in self.panels)

    def figure(self) -> Figure:
        """The whole figure, drawn anew."""
        return _drawn(self.panels, self.columns, self.panel_size)

    @cached_property
    def svg(self) -> str:
        """The whole figure as one SVG."""
        return to_svg(self.figure(), self.id, self.alt)

    @cached_property
    def png(self) -> bytes:
        """The whole figure as PNG on white, at twice the screen's resolution."""
        return to_png(self.figure())

    @cached_property
    def pdf(self) -> bytes:
        """The whole figure as PDF."""
        return to_pdf(self.figure())

    @cached_property
    def html(self) -> str:
        """The panels as inline SVG that flow with the width of the page."""
        width, _ = self.panel_size
        cell = f"flex:1 1 {width * 5.4:.4g}rem;min-width:0;max-width:{width * 6.9:.4g}rem"
        drawings = []
        for number, panel in enumerate(self.panels, start=1):
            drawn = _drawn((panel,), 1, self.panel_size)
            drawing = to_svg(drawn, f"{self.id}-{number}", panel.alt)
            drawings.append(f'<div style="{cell}">{drawing}</div>')
        frame = "display:flex;flex-wrap:wrap;gap:0.8rem 1rem;justify-content:center"
        return f'<div class="lindyn-figure" style="{frame}">{"".join(drawings)}</div>'

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {
            "text/html": self.html,
            "application/pdf": base64.b64encode(self.pdf).decode(),
            "text/plain": self.alt,
        }


def assemble(
    id: str,
    data: Arrays,
    drawers: Sequence[Callable[..., None]],
    words: Sequence[str],
    columns: int = 2,
    panel_size: tuple[float, float] = PANEL_SIZE,
) -> Picture:
    """The figure whose panels are drawn by ``drawers(axes, data=data)``, with their words."""
    panels = (
        Panel(partial(draw, data=data), alt) for draw, alt in zip(drawers, words, strict=True)
    )
    return Picture(id, tuple(panels), columns, panel_size)


def _drawn(panels: tuple[Panel, ...], columns: int, size: tuple[float, float]) -> Figure:
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    with style.applied():
        figure = Figure(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
        for number, panel in enumerate(panels, start=1):
            panel.draw(figure.add_subplot(rows, columns, number))
    return figure


def to_png(figure: Figure) -> bytes:
    """The figure as PNG on white."""
    file = io.BytesIO()
    with style.applied():
        figure.savefig(file, format="png", dpi=200, metadata={"Software": None})
    return file.getvalue()


def to_pdf(figure: Figure) -> bytes:
    """The figure as PDF, without the time at which it was drawn."""
    file = io.BytesIO()
    with style.applied():
        figure.savefig(file, format="pdf", transparent=True, metadata={"CreationDate": None})
    return file.getvalue()


def to_svg(figure: Figure, name: str, alt: str) -> str:
    """The figure as inline SVG: transparent, black follows the page's text, ids prefixed."""
    file = io.StringIO()
    with style.applied(**{"svg.hashsalt": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = text.replace("#000000", "currentColor")
    # A style element inside inline SVG would speak to the whole page.
    text = re.sub(r"<(metadata|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r'<g id="[A-Za-z]+[\w.]*_\d+">', "<g>", text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#| id=")', rf"\g<1>{name}-", text)
    # Where nothing is said SVG fills with black: glyphs get the colour of the text.
    opening = (
        f'<svg role="img" aria-label="{html.escape(alt)}" fill="currentColor" '
        'stroke-linejoin="round" style="display:block;width:100%;height:auto" '
    )
    text = re.sub(r'<svg (.*?)(width="[^"]*") ', rf"{opening}\g<1>", text, count=1, flags=re.DOTALL)
    text = re.sub(r' height="[\d.]+pt"', "", text, count=1)
    return re.sub(r"\s*\n\s*", "\n", text)
