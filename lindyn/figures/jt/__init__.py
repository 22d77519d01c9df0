"""Figures of Ji and Telgarsky (2019), in print and our own."""

from __future__ import annotations

from collections.abc import Callable

from lindyn.figures.jt import (
    alignment_rates,
    margin_rates,
    nonlinear,
    off_span,
    one_direction,
    through_layers,
)
from lindyn.figures.picture import Picture

FIGURES: dict[str, Callable[[], Picture]] = {
    **one_direction.FIGURES,
    **through_layers.FIGURES,
    **alignment_rates.FIGURES,
    **margin_rates.FIGURES,
    **off_span.FIGURES,
    **nonlinear.FIGURES,
}
