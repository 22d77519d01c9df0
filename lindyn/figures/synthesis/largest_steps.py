"""The largest constant step up to which what is monotone along the flow stays so, by scanning."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.descent import gradient_descent
from lindyn.figures.picture import Arrays, Panel, Picture
from lindyn.figures.style import CYCLE, DASHED, INK, dress, label
from lindyn.networks import balanced
from lindyn.risks import Risk, Separable, WhitenedSquare

# Square loss: the statements along the flow, and starts of three sizes, layers of width one.
SIGMA = (1.0, 0.4)
U, V = np.array([0.6, 0.8]), np.array([-0.28, 0.96])
SIZES = (0.1, 1.0, 3.0)
DEPTHS = (2, 3, 5)
SQUARE = {
    "loss": "loss falls",
    "first": "a₁b₁ rises (CLZ, EFT)",
    "pull": "uᵀZv rises (CLZ)",
    "turn": "s falls, then rises (CLZ)",
    "bound": "s ≤ max(s(0), σ₁) (CLZ)",
}
SQUARE_STEPS, COUNT = 400, 45
FACTORS = np.geomspace(0.05, 4.0, COUNT)  # of 1/H, H = Nσ₁^{2−2/N} the largest curvature at Z₁

# Separable data, logistic loss.
DATA = np.array([[0.9, 0.3], [0.8, 0.4], [0.9, 0.4], [0.8, 0.3], [-0.5, 0.3]])
START = np.array([[0.3, -0.2]])
MARGIN_DEPTHS = (1, 2, 3, 5)
MARGIN = {"loss": "risk falls (JT)", "margin": "M/Fᴺ rises (ours)"}
MARGIN_STEPS = 600
STEPS = np.geomspace(0.1, 100.0, COUNT)
ROUNDING = 1e-10


def rises(values: Array) -> bool:
    """Whether a sequence never falls by more than rounding."""
    return bool(np.all(np.diff(values) >= -ROUNDING * np.abs(values[:-1]) - 1e-13))


def square_statements(step: float, size: float, depth: int) -> dict[str, bool]:
    """Which of the statements about the square loss hold along one run."""
    factor = size ** (1 / depth)
    layers = (factor * V[None, :], *[np.array([[factor]])] * (depth - 2), factor * U[:, None])
    risk = WhitenedSquare(np.diag(SIGMA))
    try:
        run = gradient_descent(risk, layers, step=step, steps=SQUARE_STEPS)
    except (ValueError, RuntimeError, FloatingPointError, OverflowError):
        return dict.fromkeys(SQUARE, False)
    s = np.linalg.norm(run.product, axis=(1, 2))
    first, second = run.product[:, 0, 0] / s, run.product[:, 1, 1] / s
    turn = int(np.argmin(s))
    return {
        "loss": rises(-run.risk),
        "first": rises(first),
        "pull": rises(SIGMA[0] * first + SIGMA[1] * second),
        "turn": rises(-s[: turn + 1]) and rises(s[turn:]),
        "bound": bool(np.all(s <= max(size, SIGMA[0]) * (1 + ROUNDING))),
    }


def margin_statements(step: float, depth: int) -> dict[str, bool]:
    """Which of the statements about separable data hold along one run."""
    risk: Risk = Separable(DATA, np.ones(len(DATA)), loss="logistic")
    layers = balanced(START, depth)
    try:
        run = gradient_descent(risk, layers, step=step, steps=MARGIN_STEPS)
    except (ValueError, RuntimeError, FloatingPointError, OverflowError):
        return dict.fromkeys(MARGIN, False)
    total = len(DATA) * run.risk
    fitted = (total < np.log(2.0)) & (total > 0)
    size = np.sqrt(sum(np.sum(layer[fitted] ** 2, axis=(1, 2)) for layer in run.weights))
    smoothed = -np.log(np.expm1(total[fitted])) / size**depth
    return {"loss": rises(-run.risk), "margin": rises(smoothed)}


def largest(kept: Array, steps: Array) -> Array:
    """The largest step up to which all steps tried keep a statement, over axis 0; 0 if none."""
    count = np.argmin(np.concatenate([kept, np.zeros_like(kept[:1])]), axis=0)
    return np.where(count > 0, steps[count - 1], 0.0)


@cached
def compute_steps() -> Arrays:
    """Largest constant steps for which each statement holds in the examples.

    Returns
    -------
    dict
        ``square``, shape (statements, depths, sizes), in units of 1/(Nσ₁^{2−2/N});
        ``margin``, shape (statements, depths).  Steps are tried in ratios of about 1.1 and 1.2.

    Statements
    ----------
    ``clz-lem-4-2-i-b``, ``clz-lem-4-2-ii``, ``clz-thm-4-4-ub``, ``own-smoothed-margin``
    """
    square = np.empty((len(SQUARE), len(DEPTHS), len(SIZES)))
    for row, depth in enumerate(DEPTHS):
        for column, size in enumerate(SIZES):
            runs = [square_statements(x / depth, size, depth) for x in FACTORS]
            kept = np.array([[run[name] for name in SQUARE] for run in runs])
            square[:, row, column] = largest(kept, FACTORS)
    margin = np.empty((len(MARGIN), len(MARGIN_DEPTHS)))
    for row, depth in enumerate(MARGIN_DEPTHS):
        tried = [margin_statements(x, depth) for x in STEPS]
        kept = np.array([[run[name] for name in MARGIN] for run in tried])
        margin[:, row] = largest(kept, STEPS)
    return {"square": square, "margin": margin}


def draw_square(axes: Axes, data: Arrays, row: int) -> None:
    """Largest steps at one depth, a row a statement, a mark a size."""
    dress(axes, f"square loss, N = {DEPTHS[row]}", "step · Nσ₁^(2 − 2/N)", xscale="log")
    axes.set(xlim=(0.04, 5), ylim=(len(SQUARE) - 0.4, -0.8), yticks=range(len(SQUARE)))
    axes.set_yticklabels(list(SQUARE.values()))
    axes.set_xticks([0.05, 0.2, 1, 4], ["0.05", "0.2", "1", "4"])
    axes.minorticks_off()
    axes.axvline(1.0, color=INK, linestyle=DASHED, linewidth=1)
    axes.axvline(2.0, color=INK, linestyle=DASHED, linewidth=1)
    for column, (size, colour, marker) in enumerate(zip(SIZES, CYCLE, "osD", strict=False)):
        values = np.maximum(data["square"][:, row, column], 0.045)
        places = np.arange(len(SQUARE)) + 0.16 * (column - 1)
        axes.plot(values, places, color=colour, marker=marker, markersize=5, linestyle="")
        label(axes, f"s(0) = {size:g}", (0.05, 0.2 + 0.45 * column), colour, fontsize=8)


def draw_margin(axes: Axes, data: Arrays) -> None:
    """Largest steps for separable data against depth."""
    dress(axes, "JT, logistic loss: largest step", "depth N", yscale="log")
    axes.set(xlim=(0.7, 5.3), ylim=(0.5, 200), xticks=list(MARGIN_DEPTHS))
    axes.minorticks_off()
    places = ((2.6, 1.5), (2.6, 30.0))
    for values, words, colour, marker, place in zip(
        data["margin"], MARGIN.values(), CYCLE, "os", places, strict=False
    ):
        axes.plot(
            MARGIN_DEPTHS, np.maximum(values, 0.55), color=colour, marker=marker, markersize=5
        )
        label(axes, words, place, colour)


def _listed(values: Array) -> str:
    return ", ".join("none" if x == 0 else f"{x:.2g}" for x in values)


def _words_square(data: Arrays, row: int) -> str:
    said = [
        f"“{words}” {_listed(values)}"
        for words, values in zip(SQUARE.values(), data["square"][:, row], strict=True)
    ]
    return (
        f"Square loss, N = {DEPTHS[row]}: largest steps, in units of the inverse of the largest "
        "curvature at the minimum, up to which a statement holds along the whole run, from sizes "
        f"0.1, 1 and 3: {'; '.join(said)}. Lines mark 1 and 2."
    )


def _words_margin(data: Arrays) -> str:
    said = [
        f"“{words}” {_listed(values)}"
        for words, values in zip(MARGIN.values(), data["margin"], strict=True)
    ]
    return (
        "Separable data, logistic loss: largest steps up to which a statement holds along the "
        f"first {MARGIN_STEPS} steps, for N = 1, 2, 3 and 5: {'; '.join(said)}."
    )


def off_steps() -> Picture:
    """Largest steps in the examples."""
    data = compute_steps()
    panels = [
        Panel(partial(draw_square, data=data, row=row), _words_square(data, row))
        for row in range(len(DEPTHS))
    ]
    panels.append(Panel(partial(draw_margin, data=data), _words_margin(data)))
    return Picture("own-off-steps", tuple(panels), panel_size=(4.6, 2.8))


FIGURES: dict[str, Callable[[], Picture]] = {"own-off-steps": off_steps}
