"""How fast layers align with the risk, at each depth: the flow, exact laws, and proved bounds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.bounds.jt import BOUNDS
from lindyn.figures.jt.panels import dress_risk, listed
from lindyn.figures.jt.runs import clusters, descend, random_layers
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import CYCLE, DASHED, DOTTED, INK, ORANGE, PINK, label, name_ends
from lindyn.margins import max_margin
from lindyn.networks import Weights, imbalance

DEPTHS = (2, 3, 4)
WIDTH = 6
SEED = 4
BOUNDED = 3  # the depth of the last two panels


def layers(depth: int) -> Weights:
    """The unbalanced start of this depth."""
    return random_layers(clusters(), (2, *[WIDTH] * (depth - 1), 1), 1.0, SEED)


def leading(W: Array) -> tuple[Array, float, Array]:
    """Leading singular triple u, σ, v."""
    left, sizes, right = np.linalg.svd(W)
    return left[:, 0], float(sizes[0]), right[0]


def misalignment(weights: Weights) -> tuple[float, float]:
    """1 − ‖W_1‖₂/‖W_1‖_F and 1 − ⟨v_2, u_1⟩ up to sign, without cancellation."""
    sizes = np.linalg.svd(weights[0], compute_uv=False)
    rest, whole = float(np.sum(sizes[1:] ** 2)), float(np.linalg.norm(weights[0]))
    u, _, _ = leading(weights[0])
    _, _, v = leading(weights[1])
    sine = float(np.linalg.norm(u - (u @ v) * v))
    cosine = np.sqrt(max(1 - sine**2, 0.0))
    return rest / (whole * (whole + sizes[0])), sine**2 / (1 + cosine)


def laws(start: Weights, last: Weights) -> tuple[float, float]:
    r"""What ‖W_1‖_F² − ‖W_1‖₂² tends to, and the factor of σ⁻⁴ in 1 − ⟨v_2, u_1⟩.

    Equations: :math:`\sum_j(v_{j+1}^\top D_jv_{j+1} - \mathrm{tr}\,D_j)` and
    :math:`\tfrac12\lVert(I - v_2v_2^\top)D_1v_2\rVert^2` with the conserved
    :math:`D_j = W_{j+1}^\top W_{j+1} - W_jW_j^\top` and the singular vectors in the end.
    """
    kept = imbalance(start)
    vectors = [leading(W)[2] for W in last[1:]]
    residual = sum(v @ D @ v - np.trace(D) for v, D in zip(vectors, kept, strict=True))
    turned = kept[0] @ vectors[0]
    return float(residual), float(np.sum(turned**2) - (vectors[0] @ turned) ** 2) / 2


@cached
def compute_alignment_rates() -> Arrays:
    """Misalignment of the first two layers to risk 1e-300, its laws, and bounds at depth 3.

    Returns
    -------
    dict
        For each depth L ``digits_L`` (−log₁₀ R), ``ratio_L`` (1 − ‖W₁‖₂/‖W₁‖_F), ``inner_L``
        (1 − ⟨v₂, u₁⟩ up to sign), ``ratio_law_L`` and ``inner_law_L``; at depth 3
        ``ratio_print`` (Lemma 2.6-i), ``ratio_own`` (in the risk alone; NaN where it says
        nothing), ``inner_print`` (Lemma 2.6-ii) and ``inner_own``.

    Statements
    ----------
    ``jt-thm-2-2-iii``, ``jt-thm-2-2-iv``, ``jt-lem-2-6-i``, ``jt-lem-2-6-ii``,
    ``own-alignment-rates``, ``own-inner-rate``
    """
    data = clusters()
    margin, arrays = max_margin(data.X, data.y).margin, {}
    for depth in DEPTHS:
        start = layers(depth)
        shown, run = descend(data, start, count=121)
        path = list(zip(*run.weights, strict=True))
        ratio, inner = np.array([misalignment(weights) for weights in path]).T
        residual, factor = laws(start, path[-1])
        scale = (margin / (shown * np.log(10))) ** (2 / depth)
        arrays |= {
            f"digits_{depth}": shown,
            f"ratio_{depth}": ratio,
            f"inner_{depth}": inner,
            f"ratio_law_{depth}": residual / 2 * scale,
            f"inner_law_{depth}": factor * scale**2,
        }
        if depth == BOUNDED:
            arrays |= bounds(start, path, shown, margin, len(data.y))
    return arrays


def bounds(
    start: Weights, path: list[Weights], shown: Array, margin: float, examples: int
) -> Arrays:
    """Printed bounds and ours of 1 − ratio and 1 − inner product, for layers 1 and 2."""
    depth, kept = len(start), imbalance(start)
    frobenius = np.array([np.linalg.norm(W) for W in start]) ** 2
    spectral = [leading(W)[1] for W in start]
    norms = [float(np.linalg.norm(D, 2)) for D in kept]
    excess = [float(np.linalg.eigvalsh(D)[-1] - np.trace(D)) for D in kept]
    D = float(
        BOUNDS["jt-def-d"](F_max=np.sqrt(frobenius.max()), F_N=np.sqrt(frobenius[-1]), S=sum(norms))
    )
    F = np.array([np.sum(weights[0] ** 2) for weights in path])
    sigma = np.array([[leading(W)[1] for W in weights[:2]] for weights in path])
    smoothed = shown * np.log(10) - np.log(examples)
    squared = {
        "ratio_print": BOUNDS["jt-lem-2-6-i"](D=D) / F,
        "ratio_own": BOUNDS["own-alignment-rates"](
            **{"E_k": sum(excess), "M": np.maximum(smoothed, 1e-9), "gamma": margin, "N": depth},
            Delta=float(frobenius.max() - frobenius[0]),
        ),
        "inner_print": 1
        - BOUNDS["jt-lem-2-6-ii"](
            **{"D": D, "b_k": spectral[0], "b_k+1": spectral[1], "sigma_k+1": sigma[:, 1]}
        ),
        "inner_own": BOUNDS["own-inner-rate"](
            **{"d_k": norms[0], "E_k+1": sum(excess[1:]), "sigma_k": sigma[:, 0]}
        )
        ** 2,
    }
    # From 1 − x² ≤ b to 1 − x ≤ 1 − √(1 − b); where b is no bound of it, nothing is said.
    return {
        name: np.where((b > 0) & (b < 1), 1 - np.sqrt(1 - np.clip(b, 0, 1)), np.nan)
        for name, b in squared.items()
    }


TITLES = {
    "ratio": r"$1-\Vert W_1\Vert_2/\Vert W_1\Vert_F$",
    "inner": r"$1-|\langle v_2,u_1\rangle|$",
}


def draw_depths(axes: Axes, data: Arrays, name: str) -> None:
    """One misalignment at all depths over its laws."""
    reach = {"ratio": (1e-4, 1), "inner": (1e-8, 1)}[name]
    dress_risk(axes, TITLES[name], yscale="log", ylim=reach)
    axes.set_yticks([10.0**k for k in range(round(np.log10(reach[0])), 1, 1 + (name == "inner"))])
    axes.minorticks_off()
    for depth, colour in zip(DEPTHS, CYCLE, strict=False):
        shown = data[f"digits_{depth}"]
        axes.plot(shown, data[f"{name}_{depth}"], color=colour)
        axes.plot(shown, data[f"{name}_law_{depth}"], color=colour, linestyle=DOTTED, linewidth=1.6)
    name_ends(axes, DEPTHS, [float(data[f"{name}_{n}"][-1]) for n in DEPTHS], heading="N")


def draw_bounds(axes: Axes, data: Arrays, name: str) -> None:
    """One misalignment at depth 3 below the printed bound and ours."""
    reach = {"ratio": (1e-3, 1), "inner": (1e-6, 1)}[name]
    dress_risk(axes, f"{TITLES[name]}, N = {BOUNDED}", yscale="log", ylim=reach)
    axes.set_yticks([10.0**k for k in range(round(np.log10(reach[0])), 1, 1 + (name == "inner"))])
    axes.minorticks_off()
    shown = data[f"digits_{BOUNDED}"]
    axes.plot(shown, data[f"{name}_{BOUNDED}"], color=INK)
    axes.plot(shown, data[f"{name}_print"], color=ORANGE, linestyle=DASHED)
    axes.plot(shown, data[f"{name}_own"], color=PINK)
    places = {
        "ratio": {"Lemma 2.6": (0.62, 0.9), "ours": (0.55, 0.56), "flow": (0.3, 0.5)},
        "inner": {"Lemma 2.6": (0.71, 0.93), "ours": (0.62, 0.7), "flow": (0.3, 0.66)},
    }
    for (text, place), colour in zip(places[name].items(), (ORANGE, PINK, INK), strict=True):
        label(axes, text, place, colour, xycoords="axes fraction")


def _words(data: Arrays) -> tuple[str, ...]:
    def last(name: str) -> str:
        return listed(np.array([data[f"{name}_{depth}"][-1] for depth in DEPTHS]), ".1e")

    def slopes(name: str) -> str:
        found = [
            np.log(data[f"{name}_{depth}"][-1] / data[f"{name}_{depth}"][-16])
            / np.log(data[f"digits_{depth}"][-1] / data[f"digits_{depth}"][-16])
            for depth in DEPTHS
        ]
        return listed(np.array(found), ".2f")

    off = max(
        abs(data[f"{name}_{depth}"][-1] / data[f"{name}_law_{depth}"][-1] - 1)
        for name in ("ratio", "inner")
        for depth in DEPTHS
    )
    words = []
    for name, what in (
        ("ratio", "One minus the ratio of spectral to Frobenius norm of the first layer"),
        ("inner", "One minus the inner product of v₂ and u₁"),
    ):
        words.append(
            f"{what} against the risk to 1e-300, both logarithmic, depths 2, 3, 4: at 1e-300 it is "
            f"{last(name)}; there it falls as ln(1/R) to the powers {slopes(name)}, the slower the "
            f"deeper. Dotted: the laws, off by at most {100 * off:.0f} % in the end."
        )
    for name, what in (("ratio", "ratio"), ("inner", "inner product")):
        ends = [data[f"{name}_{kind}"][-1] for kind in (BOUNDED, "own", "print")]
        flow, own, printed = (listed(np.array([end]), ".1e") for end in ends)
        words.append(
            f"One minus the {what} at depth {BOUNDED} with bounds: at risk 1e-300 the flow has "
            f"{flow}, our bound is {own}, that of Lemma 2.6 {printed}."
        )
    return tuple(words)


def alignment_rates() -> Picture:
    """Misalignment at all depths, and its bounds at depth 3."""
    data = compute_alignment_rates()
    drawers = [partial(draw, name=name) for draw in (draw_depths, draw_bounds) for name in TITLES]
    return assemble("jt-alignment-rates", data, drawers, _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"jt-alignment-rates": alignment_rates}
