"""The table of a widget: its arrays at every stop of its controls, for pages without a kernel."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from lindyn._cache import cached
from lindyn.explore.spec import Arrays, Exploration

_EXPLORATIONS: dict[str, Exploration] = {}


def register(exploration: Exploration) -> Exploration:
    """Make a widget's content known by name, which is what the cache of tables is keyed by."""
    _EXPLORATIONS[exploration.name] = exploration
    return exploration


def explorations() -> tuple[Exploration, ...]:
    """Every registered widget's content."""
    return tuple(_EXPLORATIONS.values())


def pack(exploration: Exploration, arrays: Arrays) -> NDArray[np.float64]:
    """The arrays one after another, in the order of the fields."""
    return np.concatenate([arrays[name] for name, _ in exploration.fields])


def unpack(
    exploration: Exploration, numbers: NDArray[np.floating]
) -> dict[str, NDArray[np.floating]]:
    """Inverse of :func:`pack`."""
    ends = np.cumsum([length for _, length in exploration.fields])
    parts = np.split(numbers, ends[:-1])
    return dict(zip((name for name, _ in exploration.fields), parts, strict=True))


def stops(exploration: Exploration) -> list[tuple[int, ...]]:
    """Positions of every node, the last tabulated control running fastest.

    Controls that are not tabulated stay at their start.
    """
    ranges = [
        range(len(control.stops)) if control.tabulated else (control.start,)
        for control in exploration.controls
    ]
    return list(itertools.product(*ranges))


@cached
def table(name: str) -> bytes:
    """The table of the widget ``name``: float32, little-endian, one row a node."""
    exploration = _EXPLORATIONS[name]
    rows = [pack(exploration, exploration.at(positions)) for positions in stops(exploration)]
    return np.array(rows).astype("<f4").tobytes()
