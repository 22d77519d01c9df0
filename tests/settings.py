"""Settings of the widgets' controls that the tests go through."""

from __future__ import annotations

import itertools

from lindyn.explore.spec import Exploration


def settings(exploration: Exploration) -> list[tuple[int, ...]]:
    """Every stop of every control while the others are at their start, and all corners."""
    start = exploration.start
    found = set()
    for k, control in enumerate(exploration.controls):
        for place in range(len(control.stops)):
            found.add((*start[:k], place, *start[k + 1 :]))
    ends = [(0, len(control.stops) - 1) for control in exploration.controls]
    return sorted(found | set(itertools.product(*ends)))
