"""Widget: how the layers of a network align on separable data, with Lemma 2.6 of JT."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lindyn import networks
from lindyn.bounds import BOUNDS
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.networks import Weights, balanced, end_to_end
from lindyn.risk_clock import margin_flow

INPUTS = ((0.9, 0.2), (0.5, -0.6), (0.8, 0.5))
"""Of three examples, all with label 1."""

WIDTH = 3
"""Of every hidden layer."""

END = 300 * np.log(10)
"""The flow is followed to this ln(1/R), that is to risk 1e-300."""

_FIRST = 0.1
_POINTS = 60
_SEED = 3


def start_layers(depth: int, imbalance: float, size: float) -> Weights:
    """Layers between balanced ones of norm ``size`` and normal ones of the same scale.

    Entries of a normal layer with fan-in f have standard deviation size/√f.  The sign of the last
    layer is such that the network is right on average.
    """
    rng = np.random.default_rng(_SEED)
    w = size**depth * np.array([[0.6, 0.8]])
    aligned = balanced(w, depth, [WIDTH] * (depth - 1), rng)
    layers = [
        (1 - imbalance) * layer
        + imbalance * size / np.sqrt(layer.shape[1]) * rng.standard_normal(layer.shape)
        for layer in aligned
    ]
    layers[-1] *= np.sign(np.mean(INPUTS @ end_to_end(layers)[0]))
    return tuple(layers)


def conserved(layers: Weights) -> dict[str, float]:
    """What the bounds of layer 1 take from the start, by the names they have there."""
    gaps = networks.imbalance(layers)
    excess = [float(np.linalg.eigvalsh(gap)[-1] - np.trace(gap)) for gap in gaps]
    spectral = [float(np.linalg.norm(layer, 2)) for layer in layers]
    norms = [float(np.linalg.norm(layer)) for layer in layers]
    sizes = [float(np.linalg.norm(gap, 2)) for gap in gaps]
    return {
        "D": float(BOUNDS["jt-def-d"](F_max=max(norms), F_N=norms[-1], S=sum(sizes))),
        "E_k": max(sum(excess), 0.0),
        "E_k+1": max(sum(excess[1:]), 0.0),
        "d_k": sizes[0],
        "b_k": spectral[0],
        "b_k+1": spectral[1],
    }


def _below_one(missing: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 − q, from 1 − q² without cancellation; where that is 1 or more nothing is said: 0."""
    return np.where(missing < 1, missing / (1 + np.sqrt(np.maximum(1 - missing, 0))), 0.0)


def _bound(name: str, known: dict[str, float], **sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """A bound of :mod:`lindyn.bounds`, of what it takes from the start and from the flow."""
    bound = BOUNDS[name]
    given = known | sizes
    return bound(**{argument: given[argument] for argument in bound.arguments})


def compute(depth: float, imbalance: float, size: float) -> Arrays:
    """The flow of all layers to risk 1e-300, and how far layers 1 and 2 are from aligned.

    Parameters
    ----------
    depth
        Number of layers, at least 2.
    imbalance
        0 for balanced layers, 1 for normal ones, between for a mixture.
    size
        Scale of the layers at the start, positive.

    Returns
    -------
    dict
        ``u``: ln(1/R); ``ratio``: 1 − ‖W₁‖₂/‖W₁‖_F, below ``ratio_D`` of Lemma 2.6 (i) and
        ``ratio_E`` with our constant for D; ``inner``: 1 − |⟨v₂, u₁⟩|, below ``inner_D`` of
        Lemma 2.6 (ii) and ``inner_E`` of our rate (0 where a bound says nothing, and where a
        value is rounding alone); the same names with ``_end``: at risk 1e-300; ``sentence``.
    """
    layers = start_layers(int(depth), imbalance, size)
    risk = float(np.mean(np.exp(-np.array(INPUTS) @ end_to_end(layers)[0])))
    clock = np.geomspace(max(_FIRST, -np.log(risk) * (1 + 1e-9)), END, _POINTS)
    run = margin_flow(INPUTS, [1.0] * len(INPUTS), layers, neg_log_risks=clock)
    left, first, _ = np.linalg.svd(run.weights[0], full_matrices=False)
    _, second, right = np.linalg.svd(run.weights[1], full_matrices=False)
    u, v = left[:, :, 0], right[:, 0]
    across = u - v * np.sum(u * v, axis=1, keepdims=True)
    squares = np.sum(first**2, axis=1)
    known = conserved(layers)
    sizes = {"sigma_k": first[:, 0], "sigma_k+1": second[:, 0]}
    sine = _bound("own-inner-rate", known, **sizes)
    beyond = first[:, 0] ** 2 > known["E_k+1"]  # else the rate says nothing
    missing = {
        "ratio": np.sum(first[:, 1:] ** 2, axis=1) / squares,
        "ratio_D": _bound("jt-lem-2-6-i", known) / squares,
        "ratio_E": _bound("own-sharp-d", known) / squares,
        "inner": np.sum(across**2, axis=1),
        "inner_D": 1 - _bound("jt-lem-2-6-ii", known, **sizes),
        "inner_E": np.where(beyond, sine**2, 1.0),
    }
    curves = {name: _below_one(values) for name, values in missing.items()}
    if imbalance == 0:
        curves |= {name: np.zeros(_POINTS) for name in curves if name != "inner_D"}
    ends = {f"{name}_end": values[-1:] for name, values in curves.items()}
    return curves | ends | {"u": clock, "sentence": np.array([float(imbalance == 0)])}


_CURVES = ("ratio", "ratio_D", "ratio_E", "inner", "inner_D", "inner_E")
_CLOCK = Axis("ln(1/R)", "log", (_FIRST, END))


def _panel(title: str, name: str, words: str, part: str, least: float) -> Panel:
    return Panel(
        title,
        f"{words} against ln(1/R), to risk 1e-300, below Lemma 2.6 ({part}) and our bound.",
        _CLOCK,
        Axis("", "log", (least, 1.0)),
        (
            Series("u", f"{name}_D", "bound", f"2.6 ({part})", 0.9, "upper right"),
            Series("u", f"{name}_E", "guide", "ours", 0.55, "lower left"),
            Series("u", name, "exact", "flow", 0.9, "lower left"),
        ),
    )


EXPLORATION = register(
    Exploration(
        name="alignment_explorer",
        title="Layers align",
        claim="Layers come to rank one, and neighbours align, with powers of ln(1/R) that fall "
        "with the depth. Lemma 2.6 has the power right for the first, half of it for the second.",
        controls=(
            Control("depth", "Depth N", (2, 3, 4), 1, "choice"),
            Control("imbalance", "Imbalance of the start", (0, 0.05, 0.2, 0.5, 1), 3, "linear"),
            Control("size", "Size of the start", (0.3, 0.6, 1.2), 1, "log"),
        ),
        fields=(
            ("u", _POINTS),
            *((name, _POINTS) for name in _CURVES),
            *((f"{name}_end", 1) for name in _CURVES),
            ("sentence", 1),
        ),
        compute=compute,
        panels=(
            _panel(
                "1 − spectral/Frobenius norm of W₁",
                "ratio",
                "What the first layer lacks of rank one",
                "i",
                1e-8,
            ),
            _panel(
                "1 − |⟨v₂, u₁⟩|",
                "inner",
                "What the first two layers lack of alignment",
                "ii",
                1e-11,
            ),
        ),
        sentences=(
            "At risk 10⁻³⁰⁰ the first layer lacks {ratio_end}, of at most {ratio_D_end} by Lemma "
            "2.6 (i) and {ratio_E_end} by our constant; the inner product lacks {inner_end}, of at "
            "most {inner_D_end} by Lemma 2.6 (ii) and {inner_E_end} by our rate.",
            "Balanced layers have rank one and are aligned at all times; Lemma 2.6 (ii) allows the "
            "inner product to lack {inner_D_end} at risk 10⁻³⁰⁰.",
        ),
    )
)


@shows(EXPLORATION)
def alignment_explorer(
    depth: int | None = None, imbalance: float | None = None, size: float | None = None
) -> Explorer:
    """How far the first layers are from rank one and aligned, with Lemma 2.6 of JT.

    Parameters
    ----------
    depth
        Number of layers.
    imbalance
        0 for a balanced start, 1 for normal layers.
    size
        Scale of the layers at the start.

    Examples
    --------
    >>> alignment_explorer(depth=2)
    explore.alignment_explorer(depth=2, imbalance=0.5, size=0.6)
    """
