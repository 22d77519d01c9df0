"""Settings of the widgets' controls that the tests go through, and what tables hold there."""

from __future__ import annotations

import itertools

import numpy as np

from lindyn.explore import table
from lindyn.explore.spec import Arrays, Exploration


def settings(exploration: Exploration) -> list[tuple[int, ...]]:
    """Every stop of every control while the others are at their start, and all corners."""
    start = exploration.start
    found = set()
    for k, control in enumerate(exploration.controls):
        for place in range(len(control.stops)):
            found.add((*start[:k], place, *start[k + 1 :]))
    ends = [(0, len(control.stops) - 1) for control in exploration.controls]
    return sorted(found | set(itertools.product(*ends)))


def stored_rows(exploration: Exploration) -> list[tuple[dict[str, float], Arrays]]:
    """Values of the tabulated controls and arrays of every row of the table, float32 as it is."""
    numbers = np.frombuffer(table.table(exploration.name), "<f4").astype(float)
    places = table.stops(exploration)
    return [
        (
            {
                control.name: control.value(position)
                for control, position in zip(exploration.controls, positions, strict=True)
                if control.tabulated
            },
            table.unpack(exploration, row),
        )
        for positions, row in zip(places, numbers.reshape(len(places), -1), strict=True)
    ]
