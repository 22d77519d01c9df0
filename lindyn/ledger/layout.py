"""A layered drawing of a graph without circles: what is used stands above what uses it."""

from __future__ import annotations

import graphlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Graph = Mapping[str, Sequence[str]]


def ancestors(graph: Graph) -> dict[str, frozenset[str]]:
    """For each node everything that it rests on, directly or not."""
    above: dict[str, frozenset[str]] = {}
    for node in graphlib.TopologicalSorter(graph).static_order():
        direct = graph.get(node, ())
        above[node] = frozenset(direct).union(*(above[parent] for parent in direct))
    return above


def reduced(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The graph without the edges that follow from longer paths (transitive reduction)."""
    above = ancestors(graph)
    return {
        node: tuple(p for p in parents if not any(p in above[q] for q in parents if q != p))
        for node, parents in graph.items()
    }


@dataclass(frozen=True)
class Layout:
    """Column and line of each node in rows of at most ``width`` nodes, and the edges drawn."""

    lines: tuple[tuple[str, ...], ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def place(self) -> dict[str, tuple[float, int]]:
        """Horizontal offset from the middle, in nodes, and the number of the line."""
        return {
            node: (column - (len(line) - 1) / 2, number)
            for number, line in enumerate(self.lines)
            for column, node in enumerate(line)
        }


def layered(graph: Graph, width: int = 5, sweeps: int = 12) -> Layout:
    """Longest-path layers, ordered by the mean place of their neighbours, then cut into lines."""
    edges = reduced(graph)
    depth: dict[str, int] = {}
    for node in graphlib.TopologicalSorter(edges).static_order():
        depth[node] = 1 + max((depth[parent] for parent in edges.get(node, ())), default=-1)
    children: dict[str, list[str]] = {node: [] for node in depth}
    for node, parents in edges.items():
        for parent in parents:
            children[parent].append(node)
    _pull_down(depth, edges, children)
    layers = [
        [n for n in graph if depth[n] == d] for d in range(1 + max(depth.values(), default=-1))
    ]
    for sweep in range(sweeps):
        down = sweep % 2 == 0
        for layer in layers if down else layers[::-1]:
            _order(layer, edges if down else children, layers)
    lines = [line for layer in layers for line in _cut(layer, width)]
    drawn = tuple((parent, node) for node, parents in edges.items() for parent in parents)
    return Layout(tuple(lines), drawn)


def _pull_down(depth: dict[str, int], edges: Graph, children: Graph) -> None:
    """Move a node without parents to the line just above the first that uses it."""
    for node, users in children.items():
        if users and not edges.get(node):
            depth[node] = min(depth[user] for user in users) - 1


def _order(layer: list[str], neighbours: Graph, layers: list[list[str]]) -> None:
    place = {n: i - (len(line) - 1) / 2 for line in layers for i, n in enumerate(line)}

    def mean(node: str) -> float:
        near = [place[n] for n in neighbours.get(node, ()) if n in place]
        return sum(near) / len(near) if near else place[node]

    layer.sort(key=mean)


def _cut(layer: list[str], width: int) -> list[tuple[str, ...]]:
    """A layer as lines of nearly equal length, dealt out so that neighbours stay near."""
    count = -(-len(layer) // width)
    return [tuple(layer[k::count]) for k in range(count)]
