"""Figure 3 of Chen, Lin and Zhang (2022): the roadmap of Theorem 3.1, from the ledger's uses."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from lindyn.figures.picture import Panel, Picture
from lindyn.figures.style import BLUE, DASHED, GREEN, INK, ORANGE
from lindyn.ledger.html import VERDICTS, label
from lindyn.ledger.layout import layered
from lindyn.ledger.model import Verdict
from lindyn.ledger.register import rows

GOALS = ("clz-thm-3-1-i", "clz-thm-3-1-ii")
KINDS = ("prop", "lem", "thm")
ROOTS = ("clz-eq-3", "own-square-closed-form")  # the flow, and its solution
SHORT = {  # what each says, where its title is too long for a box
    "clz-eq-3": "flow of W",
    "own-square-closed-form": "of s, u and v",
    "clz-prop-2-2-1": "s stays positive",
    "clz-prop-2-2-2": "uᵀZv grows and converges",
    "clz-prop-2-2-4": "aᵢ + bᵢ keeps its sign",
    "clz-prop-2-2-5": "the first sum not 0 grows",
    "clz-lem-3-2": "s stays above 0",
    "clz-lem-3-5-a": "u, v come to rest along tₙ",
    "clz-lem-3-5-b": "uᵀZv → σₖ₊₁ along tₙ",
    "clz-lem-3-6": "then uvᵀ → uₖ₊₁vₖ₊₁ᵀ",
    "clz-thm-3-1-i": "W → σₖ₊₁uₖ₊₁vₖ₊₁ᵀ",
    "clz-thm-3-1-ii": "if all sums are 0, W → 0",
}

GAP = 0.2  # width of the way past a box
BOX = (0.94, 0.58)  # of the distance from box to box
LINE = 15  # letters
SIZE = (1.16, 1.0)  # inches: width of a column, height of a line
COLOURS = {Verdict.HOLDS: INK, Verdict.REPAIRED: ORANGE, Verdict.OPEN: BLUE}

Graph = dict[str, tuple[str, ...]]


def roadmap() -> Graph:
    """What each proposition, lemma and theorem on the way rests on, equations left out.

    An equation between two of them is replaced by what it rests on itself.
    """
    register = rows()

    def shown(id: str) -> bool:
        paper, kind, *_ = id.split("-")
        return id in ROOTS or (paper == "clz" and kind in KINDS)

    def premises(id: str) -> list[str]:
        found: list[str] = []
        for used in () if id in ROOTS else register[id].uses:
            found += [used] if shown(used) else premises(used)
        return list(dict.fromkeys(found))

    graph: Graph = {}
    waiting = list(GOALS)
    while waiting:
        id = waiting.pop(0)
        if id not in graph:
            graph[id] = tuple(premises(id))
            waiting += graph[id]
    return graph


def short_route(graph: Graph) -> list[tuple[str, str]]:
    """Direct uses of the closed form by the goals that longer ways would hide."""
    closed, drawn = ROOTS[1], layered(graph).edges
    return [
        (closed, goal) for goal in GOALS if closed in graph[goal] and (closed, goal) not in drawn
    ]


@dataclass(frozen=True)
class Map:
    """Place of each statement, and the points of each arrow, in columns and lines."""

    place: dict[str, tuple[float, float]]
    arrows: dict[tuple[str, str], list[tuple[float, float]]]


def arranged(graph: Graph) -> Map:
    """Statements in layers; an arrow that skips layers gets a gap in each of them."""
    first = layered(graph, width=len(graph))
    line = {id: number for id, (_, number) in first.place.items()}
    expanded: dict[str, list[str]] = {id: [] for id in graph}
    chains = {}
    for above, below in (*first.edges, *short_route(graph)):
        gaps = [f"{above} {below} {k}" for k in range(line[above] + 1, line[below])]
        chain = [above, *gaps, below]
        for used, using in zip(chain[:-1], chain[1:], strict=True):
            expanded.setdefault(using, []).append(used)
        chains[above, below] = chain
    at: dict[str, tuple[float, float]] = {}
    for number, layer in enumerate(layered(expanded, width=len(expanded)).lines):
        widths = [1.0 if id in graph else GAP for id in layer]
        ends = list(accumulate(widths))
        for id, end, width in zip(layer, ends, widths, strict=True):
            at[id] = (end - width / 2 - ends[-1] / 2, -float(number))
    half = BOX[1] / 2
    arrows = {}
    for edge, chain in chains.items():
        sides = [((x, y + half), (x, y - half)) for x, y in (at[id] for id in chain)]
        arrows[edge] = [point for pair in sides for point in pair][1:-1]
    return Map({id: at[id] for id in graph}, arrows)


def draw_fig_3(axes: Axes, graph: Graph) -> None:
    """A box for each statement, an arrow to each that rests on it."""
    placed, short = arranged(graph), short_route(graph)
    columns, lines = extent(placed)
    axes.set(xlim=(-columns / 2, columns / 2), ylim=(0.6 - lines, 0.4))
    axes.set_axis_off()
    for (above, below), points in placed.arrows.items():
        settings = {
            "color": GREEN if above in ROOTS else INK,
            "linestyle": DASHED if (above, below) in short else "solid",
            "linewidth": 1.1,
        }
        axes.plot(*zip(*points[:-1], strict=True), zorder=1, **settings)
        arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, **settings}
        axes.annotate("", points[-1], points[-2], arrowprops=arrow, zorder=1)
    for id, place in placed.place.items():
        _box(axes, id, place)


def extent(placed: Map) -> tuple[float, float]:
    """Columns and lines of the whole drawing."""
    points = [*placed.place.values(), *(point for way in placed.arrows.values() for point in way)]
    return 1.05 + 2 * max(abs(x) for x, _ in points), 1 - min(y for _, y in placed.place.values())


def _box(axes: Axes, id: str, place: tuple[float, float]) -> None:
    row = rows()[id]
    colour = GREEN if id in ROOTS else COLOURS.get(row.verdict, INK)
    (x, y), (width, height) = place, BOX
    outline = {"fill": False, "edgecolor": colour, "linewidth": 1.3}
    corner = (x - width / 2, y - height / 2)
    axes.add_patch(Rectangle(corner, width, height, zorder=2, **outline))
    sign, _ = VERDICTS[row.verdict]
    words = "\n".join(textwrap.wrap(caption(id), LINE))
    settings = {"ha": "center", "va": "center", "fontsize": 8.5}
    axes.text(x, y + 0.18, f"{sign} {name(id)}", fontweight="bold", color=colour, **settings)
    axes.text(x, y - 0.08, words, **settings)


def name(id: str) -> str:
    """Its short name, as in print."""
    return "Closed form" if id == ROOTS[1] else label(id)


def caption(id: str) -> str:
    """What it says, in a few words."""
    return SHORT.get(id, rows()[id].title.partition(": ")[2] or rows()[id].title)


def _alt_3(graph: Graph) -> str:
    placed = arranged(graph)
    downwards = sorted((id for id in graph if graph[id]), key=lambda id: -placed.place[id][1])
    words = [
        f"{name(id)} ({caption(id)}; {VERDICTS[rows()[id].verdict][1]}) rests on "
        f"{', '.join(name(used) for used in graph[id])}."
        for id in downwards
    ]
    return (
        f"Graph of {len(graph)} statements and {len(placed.arrows)} arrows, from the flow and its "
        f"closed form at the top to the two parts of Theorem 3.1 below. {' '.join(words)} Dashed: "
        "the short route, straight from the closed form."
    )


def fig_3() -> Picture:
    """Figure 3: the roadmap."""
    graph = roadmap()
    panel = Panel(partial(draw_fig_3, graph=graph), _alt_3(graph))
    columns, lines = extent(arranged(graph))
    size = (SIZE[0] * columns, SIZE[1] * lines)
    return Picture("clz-fig-3", (panel,), panel_size=size)


FIGURES: dict[str, Callable[[], Picture]] = {"clz-fig-3": fig_3}
