"""Freeze the arrays of every figure: ``python tests/reference/figures/make.py``.

Run it only after a change that is meant to change a figure, and look at the figure afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lindyn.figures import foundations, lsz

HERE = Path(__file__).parent

COMPUTED: dict[str, Callable[[], dict[str, Any]]] = {
    "lsz-fig-1a": lsz.compute_fig_1a,
    "lsz-fig-2": lsz.compute_fig_2,
    "own-fig-first-run": foundations.compute_first_run,
    "own-fig-conserved": foundations.compute_conserved,
    "own-fig-induced": foundations.compute_induced,
    "own-fig-clock-and-gear": foundations.compute_clock_and_gear,
}


def main() -> None:
    """Write one file a figure, in single precision: seven digits tell a changed figure."""
    for id, compute in COMPUTED.items():
        arrays = {name: np.asarray(array, np.float32) for name, array in compute().items()}
        np.savez_compressed(HERE / f"{id}.npz", **arrays)


if __name__ == "__main__":
    main()
