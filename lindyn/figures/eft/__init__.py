"""Figures of Eftekhari (2020), in print and our own."""

from __future__ import annotations

from collections.abc import Callable

from lindyn.figures.eft import (
    distance_by_depth,
    distance_rescaled,
    saddle_plane,
    spectra,
    stable_set,
    two_phases,
)
from lindyn.figures.picture import Picture

FIGURES: dict[str, Callable[[], Picture]] = {
    **distance_by_depth.FIGURES,
    **distance_rescaled.FIGURES,
    **spectra.FIGURES,
    **two_phases.FIGURES,
    **saddle_plane.FIGURES,
    **stable_set.FIGURES,
}
