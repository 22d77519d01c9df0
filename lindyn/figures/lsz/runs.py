"""The runs of Lin, Sun and Zhang's Figure 1: what one layer and four have in common."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from lindyn.figures.picture import Arrays
from lindyn.figures.style import BLUE, INK

# What the paper states.
TEACHER = (0.0, 1.0)
START = (0.6, -0.8)
STEP = 1e-3
BATCH = 1000

# What it leaves open: our choice.
SEED = 2021


def run_over_flow(axes: Axes, data: Arrays, name: str) -> None:
    """SGD, thin, over the exact flow, broad."""
    axes.plot(data["n"], data[f"flow_{name}"], color=BLUE, linewidth=5, alpha=0.45)
    axes.plot(data["n"], data[f"sgd_{name}"], color=INK, linewidth=1.1)


def at_step(data: Arrays, name: str, n: int) -> float:
    """The recorded value at step n."""
    return float(data[name][np.searchsorted(data["n"], n)])
