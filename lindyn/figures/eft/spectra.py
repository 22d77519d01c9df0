"""Hessian spectra at all balanced critical points of rank one, for two, three and four layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.picture import Arrays, Panel, Picture
from lindyn.figures.style import BLUE, INK, ORANGE, dress, label
from lindyn.landscape import PointKind, critical_point
from lindyn.networks import Weights
from lindyn.risks import WhitenedSquare

SIGMA = (2.0, 1.0, 0.5)
WIDTHS = {2: (4, 1, 3), 3: (4, 2, 1, 3), 4: (4, 2, 1, 2, 3)}  # d_0, …, d_N
POINTS = ("Z₁", "σ₂u₂v₂ᵀ", "σ₃u₃v₃ᵀ", "0")
KINDS = (PointKind.MINIMISER, PointKind.STRICT_SADDLE, PointKind.FLAT_SADDLE)
WORDS = ("min.", "strict", "flat")  # short for the kinds
SEED = 3
ZERO = 1e-9  # below, an eigenvalue is drawn as 0


def target() -> Array:
    """Z in its singular bases, shape (3, 4)."""
    return np.eye(3, 4) * np.array(SIGMA)[:, None]


def point(depth: int, j: int) -> Weights:
    """Balanced layers σ_j^{1/N} h_{k+1}h_kᵀ with random hidden h_k; all zero for j = 3."""
    widths, rng = WIDTHS[depth], np.random.default_rng(SEED)
    if j == len(SIGMA):
        return tuple(np.zeros((d, e)) for e, d in zip(widths[:-1], widths[1:], strict=True))
    hidden = [rng.standard_normal(width) for width in widths[1:-1]]
    h = [np.eye(4)[j], *(vector / np.linalg.norm(vector) for vector in hidden), np.eye(3)[j]]
    root = SIGMA[j] ** (1 / depth)
    return tuple(root * np.outer(above, below) for below, above in zip(h[:-1], h[1:], strict=True))


def predicted(depth: int, j: int) -> Array:
    """Eigenvalues by formula, without the zeros."""
    sigma = np.array(SIGMA)
    if j == len(SIGMA):
        return np.sort(np.concatenate([sigma, -sigma])) if depth == 2 else np.empty(0)
    own, others = SIGMA[j], np.delete(sigma, j)
    gear = own ** (1 - 2 / depth)
    norm = [depth * own * gear]
    outside = [own * gear] * (WIDTHS[depth][0] - WIDTHS[depth][-1])
    return np.sort(np.concatenate([norm, outside, gear * (own - others), gear * (own + others)]))


@cached
def compute_spectra() -> Arrays:
    """Hessian spectra at the balanced critical points, as computed and as predicted.

    Returns
    -------
    dict
        For each depth N and point j (Z₁, σ₂u₂v₂ᵀ, σ₃u₃v₃ᵀ, 0) ``spectrum_N_j``: all eigenvalues,
        ``formula_N_j``: those that a formula says are not 0; ``kind_N``: 0 for a minimiser, 1 for
        a strict and 2 for a non-strict saddle.

    Statements
    ----------
    ``own-critical-spectrum``, ``eft-rem-2-8-zero``, ``eft-txt-sec3-strict-saddle``
    """
    risk, arrays = WhitenedSquare(target()), {}
    for depth in WIDTHS:
        found = [critical_point(risk, point(depth, j)) for j in range(len(POINTS))]
        for j, here in enumerate(found):
            arrays[f"spectrum_{depth}_{j}"] = here.spectrum
            arrays[f"formula_{depth}_{j}"] = predicted(depth, j)
        arrays[f"kind_{depth}"] = np.array([float(KINDS.index(here.kind)) for here in found])
    return arrays


def draw_spectra(axes: Axes, data: Arrays, depth: int) -> None:
    """Eigenvalues at the four points: dots as computed, over bars by formula."""
    dress(axes, f"eigenvalues of the Hessian, N = {depth}", xlim=(-0.5, 3.6))
    axes.set_yscale("symlog", linthresh=0.3, linscale=0.4)
    axes.set(ylim=(-3.5, 30))
    ticks = [-2, -1, -0.5, 0, 0.5, 1, 2, 5, 10]
    axes.set_yticks(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks])
    axes.set_xticks(range(len(POINTS)), POINTS)
    axes.minorticks_off()
    axes.axhline(0, color=INK, linewidth=0.8)
    for j, kind in enumerate(data[f"kind_{depth}"].astype(int)):
        values = data[f"spectrum_{depth}_{j}"]
        axes.hlines(
            data[f"formula_{depth}_{j}"], j - 0.3, j + 0.3, color=INK, alpha=0.5, linewidth=1.4
        )
        for sign, colour, marker in ((1, BLUE, "o"), (-1, ORANGE, "v")):
            some = values[sign * values > ZERO]
            axes.plot(
                np.full(some.size, j),
                some,
                color=colour,
                marker=marker,
                linestyle="",
                markersize=4.5,
            )
        zeros = int(np.sum(np.abs(values) <= ZERO))
        axes.plot(j, 0, "o", color="none", markeredgecolor=INK, markersize=7)
        label(axes, f" ×{zeros}", (j + 0.1, 0), INK, va="bottom", fontsize=8)
        label(axes, WORDS[kind], (j, 18), (BLUE, ORANGE, INK)[kind], ha="center")


def _words(data: Arrays, depth: int) -> str:
    parts = []
    for j, kind in enumerate(data[f"kind_{depth}"].astype(int)):
        values = data[f"spectrum_{depth}_{j}"]
        below, above = values[values < -ZERO], values[values > ZERO]
        zeros = values.size - below.size - above.size
        signs = [f"{zeros} zero"]
        if above.size:
            signs.insert(0, f"{above.size} positive, from {above[0]:.3f} to {above[-1]:.3f}")
        if below.size:
            signs.append(f"{below.size} negative, the lowest {below[0]:.3f}".replace("-", "−"))
        meaning = ("a minimum", "a strict saddle", "a flat saddle, not strict")[kind]
        parts.append(f"at {POINTS[j]} {', '.join(signs)}: {meaning}")
    off = max(
        np.max(
            np.abs(np.sort(values[np.abs(values) > ZERO]) - data[f"formula_{depth}_{j}"]), initial=0
        )
        for j in range(len(POINTS))
        for values in [data[f"spectrum_{depth}_{j}"]]
    )
    return (
        f"Eigenvalues of the Hessian of {depth} layers, widths "
        f"{', '.join(map(str, WIDTHS[depth]))}, singular values 2, 1, 0.5, at the balanced "
        f"critical points of rank one and at 0: {'; '.join(parts)}. The formula gives "
        f"the same within {max(off, 1e-14):.0e}."
    )


def spectra() -> Picture:
    """Spectra for two, three and four layers."""
    data = compute_spectra()
    panels = tuple(
        Panel(partial(draw_spectra, data=data, depth=depth), _words(data, depth))
        for depth in WIDTHS
    )
    return Picture("eft-spectra", panels, columns=3, panel_size=(3.4, 3.1))


FIGURES: dict[str, Callable[[], Picture]] = {"eft-spectra": spectra}
