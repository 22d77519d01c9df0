"""Freeze the arrays of every figure: ``python tests/reference/figures/make.py [ID…]``.

Run it only after a change that is meant to change a figure, and look at the figure afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lindyn import figures

FROZEN = Path(__file__).parent

COMPUTED: dict[str, Callable[[], dict[str, Any]]] = {
    "clz-fig-1": figures.clz.saddles.compute_fig_1,
    "clz-fig-1-cause": figures.clz.escapes.compute_cause,
    "clz-fig-2": figures.clz.stages.compute_fig_2,
    "clz-fig-4": figures.clz.aligned.compute_fig_4,
    "eft-fig-1": figures.eft.distance_by_depth.compute_fig_1,
    "eft-fig-1-scales": figures.eft.distance_rescaled.compute_scales,
    "eft-saddle-plane": figures.eft.saddle_plane.compute_saddle_plane,
    "eft-stable-set": figures.eft.stable_set.compute_stable_set,
    "eft-spectra": figures.eft.spectra.compute_spectra,
    "jt-fig-3": figures.jt.nonlinear.compute_fig_3,
    "jt-fig-1": figures.jt.one_direction.compute_fig_1,
    "eft-rates": figures.eft.two_phases.compute_rates,
    "jt-fig-2": figures.jt.through_layers.compute_fig_2,
    "jt-alignment-rates": figures.jt.alignment_rates.compute_alignment_rates,
    "jt-margin-rates": figures.jt.margin_rates.compute_margin_rates,
    "jt-off-span": figures.jt.off_span.compute_off_span,
    "lsz-fig-1a": figures.lsz.one_layer.compute_fig_1a,
    "lsz-fig-1b": figures.lsz.four_layers.compute_fig_1b,
    "lsz-fig-2": figures.lsz.norm_growth.compute_fig_2,
    "own-beyond-law": figures.lsz.without_symmetry.compute_beyond_law,
    "own-beyond-balance": figures.lsz.without_balance.compute_beyond_balance,
    "own-beyond-sample": figures.lsz.finite_samples.compute_beyond_sample,
    "own-late-law": figures.lsz.late_times.compute_late_law,
    "own-turn-near-opposite": figures.lsz.near_opposite.compute_turn_near_opposite,
    "own-turning-norm": figures.lsz.turning_norm.compute_turning_norm,
    "own-off-balance": figures.synthesis.near_balance.compute_balance,
    "own-off-infinite": figures.synthesis.infinite_depth.compute_infinite,
    "own-off-steps": figures.synthesis.largest_steps.compute_steps,
    "own-phase": figures.synthesis.phase_plane.compute_phase,
    "own-phase-torus": figures.synthesis.phase_torus.compute_torus,
    "own-fig-first-run": figures.foundations.first_run.compute_first_run,
    "own-fig-conserved": figures.foundations.conserved.compute_conserved,
    "own-fig-induced": figures.foundations.induced_flow.compute_induced,
    "own-fig-clock-and-gear": figures.foundations.clock_and_gear.compute_clock_and_gear,
}


def main(ids: list[str]) -> None:
    """Write one file a figure, in single precision: seven digits tell a changed figure."""
    for id in ids or COMPUTED:
        arrays = {name: np.asarray(array, np.float32) for name, array in COMPUTED[id]().items()}
        np.savez_compressed(FROZEN / f"{id}.npz", **arrays)


if __name__ == "__main__":
    main(sys.argv[1:])
