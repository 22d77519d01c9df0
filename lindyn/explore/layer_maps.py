"""Widget: data on their way through three layers, in their principal axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lindyn.bounds import BOUNDS
from lindyn.explore.alignment_explorer import conserved
from lindyn.explore.shows import shows
from lindyn.explore.spec import Arrays, Axis, Control, Exploration, Mark, Panel, Series
from lindyn.explore.table import register
from lindyn.explore.widget import Explorer
from lindyn.networks import Weights, end_to_end
from lindyn.risk_clock import margin_flow

DATA = ("circles", "clusters", "bars", "a far circle")
LAYERS = ("none", "W₁", "W₂W₁")
WIDTHS = (2, 4, 4, 1)
SIZE = 0.6
"""Entries of a layer with fan-in f are normal at the start, with standard deviation SIZE/√f."""

RISKS = (0.5, 0.1, 1e-3, 1e-10, 1e-30, 1e-100, 1e-300)

_EACH = 20  # examples of a label
_CLOCK = np.geomspace(-np.log(RISKS[0]), -np.log(RISKS[-1]), 40)
_SEED = 2


def examples(data: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Inputs, the first half with label 1 and the others with −1, and the labels."""
    turn = 2 * np.pi * np.arange(_EACH) / _EACH
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    rng = np.random.default_rng(_SEED)
    way = np.linspace(-1, 1, _EACH)[:, None]
    first, second = (
        (
            [0.55, 0.25] + 0.35 * circle,
            [-0.55, -0.25] + 0.35 * circle,
        ),
        (
            [0.5, 0.1] + 0.15 * rng.standard_normal((_EACH, 2)) * [1, 2],
            [-0.5, -0.1] + 0.15 * rng.standard_normal((_EACH, 2)) * [1, 2],
        ),
        (
            [0.3, 0.2] + way * [0.15, 0.7],
            [-0.3, -0.2] + way * [0.15, 0.7],
        ),
        (
            [0.3, -0.1] + 0.2 * circle,
            [-0.75, -0.2] + 0.2 * circle,
        ),
    )[round(data)]
    labels = np.repeat([1.0, -1.0], _EACH)
    return np.concatenate([first, second]), labels


def start_layers(inputs: NDArray[np.float64], labels: NDArray[np.float64]) -> Weights:
    """Normal layers; the sign of the last one is such that the network is right on average."""
    rng = np.random.default_rng(_SEED)
    layers = [
        SIZE / np.sqrt(inner) * rng.standard_normal((outer, inner))
        for inner, outer in zip(WIDTHS[:-1], WIDTHS[1:], strict=True)
    ]
    layers[-1] *= np.sign(np.mean(labels * (inputs @ end_to_end(layers)[0])))
    return tuple(layers)


def picture(
    mapped: NDArray[np.float64], leading: NDArray[np.float64], inputs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Data and the next layer's leading direction in the two principal axes of the data.

    Coordinates are in units of the largest one.  The first axis points from the label −1 to the
    label 1, the second one as it must for the map from the inputs to keep its orientation.

    Parameters
    ----------
    mapped
        Data after some layers, shape (n, width); their first half has label 1.
    leading
        The leading right singular vector of the next layer, shape (width,).
    inputs
        The data before all layers, shape (n, 2).
    """
    axes = np.linalg.svd(mapped, full_matrices=False)[2][:2]
    axes[0] *= np.sign(np.mean((mapped @ axes[0])[:_EACH]))
    axes[1] *= np.sign(np.linalg.det(np.linalg.lstsq(inputs, mapped @ axes.T)[0]))
    points = mapped @ axes.T
    line = axes @ leading
    return points / np.max(np.abs(points)), line * (np.sign(line[0]) or 1.0)


def compute(data: float, risk: float) -> Arrays:
    """The flow of three layers, and the data after none, one and two of them.

    Parameters
    ----------
    data
        Index into ``DATA``.
    risk
        Risk at which the data are shown, between 0.5 and 1e-300.

    Returns
    -------
    dict
        ``u``: values of ln(1/R), and ``now``, that of ``risk``.  For k layers ``x_k``, ``y_k``,
        the data of label 1, and ``x_k_minus``, ``y_k_minus``, those of −1, in their principal
        axes; ``v_x_k``, ``v_y_k``, the line along v_{k+1}; ``thin_k``: extent along the second
        axis over that along the first, below ``bound_k`` of Lemma 2.6 (i).  In the order of
        k: ``thin``, ``bound`` and ``along`` at ``risk``, the last |cos| of v_{k+1} to the first
        axis; ``sentence``.
    """
    inputs, labels = examples(data)
    layers = start_layers(inputs, labels)
    now = -np.log(risk)
    place = int(np.searchsorted(_CLOCK, now))
    run = margin_flow(inputs, labels, layers, neg_log_risks=np.insert(_CLOCK, place, now))
    mapped = [inputs[None].repeat(_CLOCK.size + 1, axis=0)]
    for weights in run.weights[:-1]:
        mapped.append(mapped[-1] @ np.swapaxes(weights, 1, 2))
    extents = [np.linalg.svd(points, compute_uv=False)[:, :2] for points in mapped]
    # The two leading singular values of a product are, multiplied, at most those of its factors.
    residual = float(BOUNDS["jt-lem-2-6-i"](D=conserved(layers)["D"]))
    area = np.prod(extents[0], axis=1)
    arrays: Arrays = {"u": _CLOCK, "now": np.array([now])}
    numbers: dict[str, list[float]] = {"thin": [], "bound": [], "along": []}
    for k, (points, extent) in enumerate(zip(mapped, extents, strict=True)):
        if k > 0:
            area = area * np.linalg.norm(run.weights[k - 1], 2, axis=(1, 2)) * np.sqrt(residual)
        bound, thin = area / extent[:, 0] ** 2, extent[:, 1] / extent[:, 0]
        leading = np.linalg.svd(run.weights[k][place])[2][0]
        shown, line = picture(points[place], leading, inputs)
        for sign, part in (("", shown[:_EACH]), ("_minus", shown[_EACH:])):
            arrays |= {f"x_{k}{sign}": part[:, 0], f"y_{k}{sign}": part[:, 1]}
        arrays |= {f"v_x_{k}": np.array([0.0, line[0]]), f"v_y_{k}": np.array([0.0, line[1]])}
        arrays[f"thin_{k}"] = np.delete(thin, place)
        arrays[f"bound_{k}"] = np.delete(bound, place)
        for name, value in (("thin", thin[place]), ("bound", bound[place]), ("along", line[0])):
            numbers[name].append(float(value))
    arrays |= {name: np.array(values) for name, values in numbers.items()}
    return arrays | {"sentence": np.array([0.0, 1.0, 1.0])}


def _fields() -> tuple[tuple[str, int], ...]:
    data = [f"{side}_{k}{sign}" for k in range(3) for sign in ("", "_minus") for side in "xy"]
    lines = [f"v_{side}_{k}" for k in range(3) for side in "xy"]
    curves = ["u", *(f"{name}_{k}" for k in range(3) for name in ("thin", "bound"))]
    return (
        *((name, _EACH) for name in data),
        *((name, 2) for name in lines),
        *((name, _CLOCK.size) for name in curves),
        *((name, 3) for name in ("thin", "bound", "along", "sentence")),
        ("now", 1),
    )


def _mapped() -> tuple[Series, ...]:
    """Data and direction after each number of layers; the chosen ones are drawn."""
    found: list[Series] = []
    for k, name in enumerate(("v₁", "v₂", "v₃")):
        chosen = {"only": ("layer", k), "alone": True}
        found += [
            Series(f"v_x_{k}", f"v_y_{k}", "exact", name, 1.0, "below", **chosen),
            Series(f"x_{k}_minus", f"y_{k}_minus", "cross", "−1", 0.5, "above", **chosen),
            Series(f"x_{k}", f"y_{k}", "run", "1", 0.5, "above", **chosen),
        ]
    return tuple(found)


def _thickness() -> tuple[Series, ...]:
    found: list[Series] = []
    for k, name in enumerate(LAYERS):
        only = ("layer", k)
        if k > 0:
            found.append(
                Series("u", f"bound_{k}", "bound", "2.6 (i)", 0.6, "upper right", only, alone=True)
            )
        label = f"{name}x" if k > 0 else "x"
        found.append(Series("u", f"thin_{k}", "exact", label, only=only))
    return tuple(found)


EXPLORATION = register(
    Exploration(
        name="layer_maps",
        title="Data on their way through the layers",
        claim="Each layer flattens the data towards the leading direction of the next one: after k "
        "of three layers their thickness falls like ln(1/R) to the power −k/3.",
        controls=(
            Control("data", "Data", tuple(range(len(DATA))), 0, "choice", texts=DATA),
            Control("risk", "Risk R", RISKS, 2, "log"),
            Control("layer", "After", (0, 1, 2), 1, "choice", texts=LAYERS, tabulated=False),
        ),
        fields=_fields(),
        indexed=dict.fromkeys(("thin", "bound", "along", "sentence"), "layer"),
        compute=compute,
        panels=(
            Panel(
                "Data in their principal axes, to scale",
                "Data of both labels after the chosen layers, in their two principal axes with "
                "equal scales, and the leading right singular vector of the next layer.",
                Axis("first axis", "linear", (-1.1, 1.1)),
                Axis("", "linear", (-0.66, 0.66)),
                _mapped(),
            ),
            Panel(
                "Thickness: second over first extent",
                "Extent along the second over extent along the first principal axis against "
                "ln(1/R), for the inputs and after one and two layers, below what Lemma 2.6 (i) "
                "allows.",
                Axis("ln(1/R)", "log", (float(_CLOCK[0]), float(_CLOCK[-1]))),
                Axis("", "log", (1e-4, 10.0)),
                _thickness(),
                (Mark("now", "R"),),
            ),
        ),
        sentences=(
            "The inputs: thickness {thin}; |cos| between the first axis and v₁ is {along}.",
            "After {layer}, at risk {risk}: thickness {thin}, where Lemma 2.6 (i) allows {bound}; "
            "|cos| between the first axis and the leading direction of the next layer is {along}.",
        ),
    )
)


@shows(EXPLORATION)
def layer_maps(
    data: str | None = None, risk: float | None = None, layer: str | None = None
) -> Explorer:
    """Separable data after the layers of a network of three, at any risk.

    Parameters
    ----------
    data
        Which data.
    risk
        The risk at which the data are shown.
    layer
        What the data have gone through.

    Examples
    --------
    >>> layer_maps(data="bars")
    explore.layer_maps(data='bars', risk=0.001, layer='W₁')
    """
