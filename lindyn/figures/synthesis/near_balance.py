"""Nearly balanced starts: what a defect does to the results on the square loss and to JT's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import BLUE, CYCLE, DASHED, INK, ORANGE, PINK, dress, label
from lindyn.flows import gradient_flow
from lindyn.natural import RankOneFlow
from lindyn.networks import Weights, alignment, balanced, imbalance
from lindyn.risk_clock import margin_flow
from lindyn.risks import WhitenedSquare

SIGMA = (1.0, 0.4)
TARGET = np.diag(SIGMA)
U, V, SIZE = np.array([0.6, 0.8]), np.array([-0.28, 0.96]), 0.3
DEPTHS = (2, 3, 5)
DEFECTS = np.geomspace(1e-4, 0.3, 8)
END = {2: 40.0, 3: 60.0, 5: 150.0}

WIDE = {2: np.geomspace(1e-8, 1e-1, 8), 3: np.geomspace(1e-3, 1e-1, 5)}  # depth: defects
PATIENCE = {2: 80.0, 3: 3e4}
SEEDS = 3

DATA = np.array([[0.9, 0.2], [0.5, -0.6], [0.8, 0.5]])
MARGIN_DEFECTS = np.geomspace(1e-3, 0.3, 6)
NEG_LOG_RISK = 100.0


def largest(weights: Weights) -> float:
    """Largest norm of an imbalance."""
    return max(float(np.linalg.norm(gap, 2)) for gap in imbalance(weights))


def narrow(depth: int, defect: float) -> Weights:
    """Layers of width one with this product and defect: the first longer, the last shorter."""
    size = SIZE ** (1 / depth)
    # Neighbours differ most at an end: |size² − size²e^{±2x}|.
    x = np.arcsinh(defect / (2 * size**2)) / 2 if depth == 2 else np.log1p(defect / size**2) / 2
    middle = [np.array([[size]])] * (depth - 2)
    return (size * np.exp(x) * V[None, :], *middle, size * np.exp(-x) * U[:, None])


def perturbed(weights: Weights, defect: float, seed: int) -> Weights:
    """Layers plus noise of such a size that the largest imbalance is about the defect."""
    rng = np.random.default_rng(seed)
    noise = [rng.standard_normal(layer.shape) for layer in weights]
    small = [layer + 1e-9 * change for layer, change in zip(weights, noise, strict=True)]
    size = 1e-9 * defect / largest(small)
    return tuple(layer + size * change for layer, change in zip(weights, noise, strict=True))


def _narrow_runs() -> Arrays:
    found = {name: np.empty((len(DEPTHS), DEFECTS.size)) for name in ("off", "first", "end")}
    for row, depth in enumerate(DEPTHS):
        times = np.linspace(0.0, END[depth], 401)
        exact = RankOneFlow(TARGET, U, V, SIZE, depth).at(times)
        for column, defect in enumerate(DEFECTS):
            start = narrow(depth, float(defect))
            run = gradient_flow(WhitenedSquare(TARGET), start, times, rtol=1e-11, atol=1e-13)
            sizes = np.linalg.norm(run.product, axis=(1, 2))
            overlap = exact.a[:, 0] * exact.b[:, 0]
            off = np.linalg.norm(run.product - exact.W, axis=(1, 2))
            found["off"][row, column] = off.max()
            found["first"][row, column] = np.max(np.abs(run.product[:, 0, 0] / sizes - overlap))
            found["end"][row, column] = np.linalg.norm(run.product[-1] - np.diag([1.0, 0.0]))
    return found


def leaving_time(depth: int, defect: float, seed: int) -> float:
    """When the second singular value of the product reaches σ₂/2, in layers of width two."""
    whole = balanced(SIZE * np.outer(U, V), depth, [2] * (depth - 1))
    times = np.concatenate([[0.0], np.geomspace(0.1, PATIENCE[depth], 1201)])
    run = gradient_flow(
        WhitenedSquare(TARGET),
        perturbed(whole, defect, seed),
        times,
        rtol=1e-9,
        atol=1e-14,
        method="LSODA",
    )
    second = np.linalg.svd(run.product, compute_uv=False)[:, 1]
    after = int(np.argmax(second > SIGMA[1] / 2))
    return float(
        np.interp(SIGMA[1] / 2, second[after - 1 : after + 1], times[after - 1 : after + 1])
    )


def _margin_runs() -> Arrays:
    whole = balanced(np.array([[0.6, -0.1]]), 3, [2, 2])
    rank, turn = [], []
    for defect in MARGIN_DEFECTS:
        start = perturbed(whole, float(defect), 1)
        run = margin_flow(DATA, np.ones(3), start, neg_log_risks=[NEG_LOG_RISK])
        shape = alignment([layer[-1] for layer in run.weights])
        rank.append(np.max(1 - shape.ratios**2))
        turn.append(np.max(1 - shape.inner**2))
    return {"rank": np.array(rank), "turn": np.array(turn)}


@cached
def compute_balance() -> Arrays:
    """Runs from nearly balanced starts, against the balanced one.

    Returns
    -------
    dict
        ``off``: largest distance of the product, ``first``: of a₁b₁, from the balanced flow,
        ``end``: distance to Z₁ at the end, shape (depths, defects), layers of width one;
        ``leave_N``: times at which layers of width two leave rank one, shape (defects, seeds);
        ``rank``: largest 1 − σ²/F² of a layer, ``turn``: largest 1 − ⟨u, v⟩², of JT's flow at
        −ln R = 100.

    Statements
    ----------
    ``own-square-closed-form``, ``own-alignment-rates``, ``own-inner-rate``
    """
    leave = {
        f"leave_{n}": np.array([[leaving_time(n, d, k) for k in range(SEEDS)] for d in defects])
        for n, defects in WIDE.items()
    }
    return _narrow_runs() | leave | _margin_runs()


def slope(defects: Array, values: Array, count: int = 5) -> float:
    """Measured order in the defect, over the smallest ones."""
    return float(np.polyfit(np.log(defects[:count]), np.log(values[:count]), 1)[0])


def draw_narrow(axes: Axes, data: Arrays) -> None:
    """Largest distance from the balanced flow against the defect."""
    dress(axes, "width 1: distance from the balanced flow", "defect δ", xscale="log", yscale="log")
    axes.minorticks_off()
    for row, (depth, colour) in enumerate(zip(DEPTHS, CYCLE, strict=False)):
        axes.plot(DEFECTS, data["off"][row], color=colour, marker="o", markersize=3.5)
        label(axes, f"N = {depth}", (1.3e-4, 0.5 / 2.4**row), colour)
    axes.plot(DEFECTS, DEFECTS, color=INK, linestyle=DASHED, linewidth=1)


def draw_wide(axes: Axes, data: Arrays) -> None:
    """Time at which rank one is left, against the defect."""
    dress(axes, "width 2: time to leave rank one", "defect δ", xscale="log", yscale="log")
    axes.set(xlim=(5e-9, 0.2))
    axes.minorticks_off()
    for (depth, defects), colour in zip(WIDE.items(), (BLUE, ORANGE), strict=True):
        for values in data[f"leave_{depth}"].T:
            axes.plot(defects, values, color=colour, marker="o", markersize=3, linewidth=1)
    label(axes, "N = 2", (1e-8, 80), BLUE)
    label(axes, "N = 3", (6e-4, 8e3), ORANGE, ha="right")


def draw_margin(axes: Axes, data: Arrays) -> None:
    """Departure from rank one and alignment in JT's flow against the defect."""
    dress(axes, "JT: layers at −ln R = 100", "defect δ", xscale="log", yscale="log")
    axes.minorticks_off()
    axes.plot(MARGIN_DEFECTS, data["rank"], color=BLUE, marker="o", markersize=3.5)
    axes.plot(MARGIN_DEFECTS, data["turn"], color=PINK, marker="o", markersize=3.5)
    label(axes, "1 − σ²/F²", (1.2e-3, 20 * data["rank"][0]), BLUE)
    label(axes, "1 − ⟨u, v⟩²", (1.5e-2, 0.25 * data["turn"][2]), PINK)


def _words(data: Arrays) -> tuple[str, ...]:
    slopes = [slope(DEFECTS, values) for values in data["off"]]
    firsts = [slope(DEFECTS, values) for values in data["first"]]
    factors = data["off"][:, 0] / DEFECTS[0]
    two, three = (np.median(data[f"leave_{n}"], axis=1) for n in WIDE)
    gain = np.polyfit(-np.log(WIDE[2][:6]), two[:6], 1)[0]
    return (
        "Largest distance of the product from the balanced flow against the defect δ, layers of "
        "width one, N = 2, 3 and 5, both logarithmic: straight lines of orders "
        f"{', '.join(f'{x:.2f}' for x in slopes)} with factors "
        f"{', '.join(f'{x:.2f}' for x in factors)}; for the overlap a₁b₁ the orders are "
        f"{', '.join(f'{x:.2f}' for x in firsts)}. The distance to Z₁ at the end is at most "
        f"{data['end'].max():.0e}, whatever the defect.",
        "Time until layers of width two leave rank one against δ: for N = 2 it grows by "
        f"{gain:.2f} for each unit of ln(1/δ) (1/σ₂ is {1 / SIGMA[1]:.2f}), to {two[0]:.0f} at "
        f"δ = 1e-8; for N = 3 as a power of order {slope(WIDE[3], three):.2f}, to {three[0]:.0f} "
        "at δ = 0.001.",
        "Largest 1 − σ²/F² of a layer and largest 1 − ⟨u, v⟩² of neighbours at −ln R = 100, "
        f"against δ, both logarithmic: orders {slope(MARGIN_DEFECTS, data['rank'], 4):.2f} and "
        f"{slope(MARGIN_DEFECTS, data['turn'], 4):.2f}.",
    )


def off_balance() -> Picture:
    """Nearly balanced starts."""
    data = compute_balance()
    return assemble("own-off-balance", data, (draw_narrow, draw_wide, draw_margin), _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"own-off-balance": off_balance}
