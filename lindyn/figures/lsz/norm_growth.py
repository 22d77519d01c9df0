"""Figure 2 of Lin, Sun and Zhang (2021): where the norm of a linear predictor grows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from scipy.special import expit

from lindyn._cache import cached
from lindyn.figures.lsz.runs import SEED
from lindyn.figures.picture import Arrays, Panel, Picture
from lindyn.figures.style import BLUE, INK, ORANGE, arrow, dress, label
from lindyn.laws import UniformSphere

# What the paper states.
SAMPLES = 1000

# What it leaves open: our choice.
GRID = 91
FIRST = (-2.7, 2.7)  # range of w_1
SECOND = (-1.2, 4.2)  # range of w_2


@cached
def compute_fig_2() -> Arrays:
    """Sign of g(w) = −w·∇L(w) from 1000 samples a point, and where it really changes.

    Returns
    -------
    dict
        ``first``, ``second``: the grid; ``estimate``: g estimated at (w_2, w_1); ``exact``: g;
        ``norm`` and ``angle`` of the exact boundary Φ′(ρ) = κ cos θ.

    Statements
    ----------
    ``lsz-fig-2``, ``lsz-lem-2-eq5``
    """
    law, rng = UniformSphere(2), np.random.default_rng(SEED)
    first, second = np.linspace(*FIRST, GRID), np.linspace(*SECOND, GRID)
    estimate = np.empty((GRID, GRID))
    for row, w_2 in enumerate(second):
        for column, w_1 in enumerate(first):
            x = law.sample(SAMPLES, rng)
            margins = np.sign(x[:, 1]) * (x @ (w_1, w_2))
            estimate[row, column] = np.mean(margins * expit(-margins))
    norms = np.hypot(*np.meshgrid(first, second))
    exact = law.kappa * second[:, None] - norms * law.dPhi(norms)
    radii = np.concatenate([[0.0], np.geomspace(1e-3, 8.0, 300)])
    return {
        "first": first,
        "second": second,
        "estimate": estimate,
        "exact": exact,
        "norm": radii,
        "angle": np.arccos(law.dPhi(radii) / law.kappa),
    }


def draw_fig_2(axes: Axes, data: Arrays) -> None:
    """Sign of the estimated g, one cell a grid point, with the exact boundary."""
    # Where g > 0 a tint, elsewhere nothing: a picture of two tones that suits any background.
    tint = np.zeros((GRID, GRID, 4))
    tint[..., :3] = tuple(int(ORANGE[k : k + 2], 16) / 255 for k in (1, 3, 5))
    tint[..., 3] = np.where(data["estimate"] > 0, 0.55, 0.0)
    half = (FIRST[1] - FIRST[0]) / (GRID - 1) / 2
    reach = (FIRST[0] - half, FIRST[1] + half, SECOND[0] - half, SECOND[1] + half)
    axes.imshow(tint, origin="lower", extent=reach, interpolation="nearest", zorder=1)
    dress(axes, "sign of g(w), from 1000 samples a point", "w₁", aspect="equal")
    axes.set_ylabel("w₂", rotation=0, labelpad=8)
    axes.set_xticks([-2, -1, 0, 1, 2])
    axes.set_yticks([-1, 0, 1, 2, 3, 4])
    for side in (-1, 1):
        across = side * data["norm"] * np.sin(data["angle"])
        axes.plot(across, data["norm"] * np.cos(data["angle"]), color=BLUE, linewidth=2)
    axes.set(xlim=reach[:2], ylim=reach[2:])
    arrow(axes, (0, 0), (0, 1), INK, width=1.0)
    label(axes, "v⋆", (0.1, 0.55))
    label(axes, "g > 0:\nnorm grows", (0, 1.65), ha="center")
    label(axes, "g < 0: norm falls", (0, -0.75), ha="center")
    label(axes, "Φ′(ρ) = κ cos θ", (0.95, 0.0), BLUE)


def _alt(data: Arrays) -> str:
    wrong = (data["estimate"] > 0) != (data["exact"] > 0)
    across = data["norm"] * np.sin(data["angle"])
    return (
        f"Map of the sign of g over {GRID} × {GRID} weight vectors. It is positive in a region "
        "shaped like a finger: it touches the horizontal axis at the origin, opens upwards around "
        f"the direction v⋆ = (0, 1) to a half width of at most {np.max(across):.2f}, and runs on "
        "as a strip. It is negative elsewhere, below the axis and on both sides. The "
        "exact boundary Φ′(ρ) = κ cos θ separates the two; the estimate has the wrong sign at "
        f"{100 * np.mean(wrong):.1f} % of the points, all where |g| is below "
        f"{np.max(np.abs(data['exact'][wrong]), initial=0.0):.3f}."
    )


def fig_2() -> Picture:
    """Figure 2."""
    data = compute_fig_2()
    panel = Panel(lambda axes: draw_fig_2(axes, data), _alt(data))
    return Picture("lsz-fig-2", (panel,), panel_size=(3.9, 3.9))


FIGURES: dict[str, Callable[[], Picture]] = {"lsz-fig-2": fig_2}
