"""Figures of the synthesis: off the assumptions, and the phase diagram."""

from __future__ import annotations

from collections.abc import Callable

from lindyn.figures.picture import Picture
from lindyn.figures.synthesis import (
    infinite_depth,
    largest_steps,
    near_balance,
    phase_plane,
    phase_torus,
)

FIGURES: dict[str, Callable[[], Picture]] = {
    **near_balance.FIGURES,
    **infinite_depth.FIGURES,
    **phase_plane.FIGURES,
    **largest_steps.FIGURES,
    **phase_torus.FIGURES,
}
