"""Freeze the arrays of every figure: ``python tests/reference/figures/make.py [ID…]``.

Run it only after a change that is meant to change a figure, and look at the figure afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lindyn.figures import (
    clz,
    clz_aligned,
    clz_cause,
    clz_stages,
    eft,
    eft_landscape,
    eft_rates,
    eft_saddles,
    eft_scales,
    eft_starts,
    foundations,
    jt,
    jt_alignment,
    jt_layers,
    jt_margin,
    jt_nonlinear,
    lsz,
    lsz_beyond,
    lsz_deep,
    lsz_own,
    synthesis_balance,
    synthesis_infinite,
    synthesis_phase,
    synthesis_steps,
    synthesis_torus,
)

HERE = Path(__file__).parent

COMPUTED: dict[str, Callable[[], dict[str, Any]]] = {
    "clz-fig-1": clz.compute_fig_1,
    "clz-fig-1-cause": clz_cause.compute_cause,
    "clz-fig-2": clz_stages.compute_fig_2,
    "clz-fig-4": clz_aligned.compute_fig_4,
    "eft-fig-1": eft.compute_fig_1,
    "eft-fig-1-scales": eft_scales.compute_scales,
    "eft-saddle-plane": eft_saddles.compute_saddle_plane,
    "eft-stable-set": eft_starts.compute_stable_set,
    "eft-spectra": eft_landscape.compute_spectra,
    "jt-fig-3": jt_nonlinear.compute_fig_3,
    "jt-fig-1": jt.compute_fig_1,
    "eft-rates": eft_rates.compute_rates,
    "jt-fig-2": jt_layers.compute_fig_2,
    "jt-alignment-rates": jt_alignment.compute_alignment_rates,
    "jt-margin-rates": jt_margin.compute_margin_rates,
    "jt-off-span": jt_margin.compute_off_span,
    "lsz-fig-1a": lsz.compute_fig_1a,
    "lsz-fig-1b": lsz_deep.compute_fig_1b,
    "lsz-fig-2": lsz.compute_fig_2,
    "own-beyond-law": lsz_beyond.compute_beyond_law,
    "own-beyond-balance": lsz_beyond.compute_beyond_balance,
    "own-beyond-sample": lsz_beyond.compute_beyond_sample,
    "own-late-law": lsz_own.compute_late_law,
    "own-turn-near-opposite": lsz_own.compute_turn_near_opposite,
    "own-turning-norm": lsz_own.compute_turning_norm,
    "own-off-balance": synthesis_balance.compute_balance,
    "own-off-infinite": synthesis_infinite.compute_infinite,
    "own-off-steps": synthesis_steps.compute_steps,
    "own-phase": synthesis_phase.compute_phase,
    "own-phase-torus": synthesis_torus.compute_torus,
    "own-fig-first-run": foundations.compute_first_run,
    "own-fig-conserved": foundations.compute_conserved,
    "own-fig-induced": foundations.compute_induced,
    "own-fig-clock-and-gear": foundations.compute_clock_and_gear,
}


def main(ids: list[str]) -> None:
    """Write one file a figure, in single precision: seven digits tell a changed figure."""
    for id in ids or COMPUTED:
        arrays = {name: np.asarray(array, np.float32) for name, array in COMPUTED[id]().items()}
        np.savez_compressed(HERE / f"{id}.npz", **arrays)


if __name__ == "__main__":
    main(sys.argv[1:])
