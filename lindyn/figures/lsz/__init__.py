"""Figures of Lin, Sun and Zhang (2021), in print and our own."""

from __future__ import annotations

from collections.abc import Callable

from lindyn.figures.lsz import (
    finite_samples,
    four_layers,
    late_times,
    near_opposite,
    norm_growth,
    one_layer,
    turning_norm,
    without_balance,
    without_symmetry,
)
from lindyn.figures.picture import Picture

FIGURES: dict[str, Callable[[], Picture]] = {
    **one_layer.FIGURES,
    **norm_growth.FIGURES,
    **four_layers.FIGURES,
    **late_times.FIGURES,
    **near_opposite.FIGURES,
    **turning_norm.FIGURES,
    **without_symmetry.FIGURES,
    **without_balance.FIGURES,
    **finite_samples.FIGURES,
}
