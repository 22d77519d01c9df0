"""Figures of the foundations."""

from __future__ import annotations

from collections.abc import Callable

from lindyn.figures.foundations import clock_and_gear, conserved, first_run, induced_flow
from lindyn.figures.picture import Picture

FIGURES: dict[str, Callable[[], Picture]] = {
    **first_run.FIGURES,
    **conserved.FIGURES,
    **induced_flow.FIGURES,
    **clock_and_gear.FIGURES,
}
