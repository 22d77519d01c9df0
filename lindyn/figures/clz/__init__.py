"""Figures of Chen, Lin and Zhang (2022), in print and our own."""

from __future__ import annotations

from collections.abc import Callable

from lindyn.figures.clz import aligned, escapes, roadmap, saddles, stages
from lindyn.figures.picture import Picture

FIGURES: dict[str, Callable[[], Picture]] = {
    **saddles.FIGURES,
    **escapes.FIGURES,
    **stages.FIGURES,
    **aligned.FIGURES,
    **roadmap.FIGURES,
}
