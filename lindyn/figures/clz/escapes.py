"""Why gradient descent leaves the saddles of Figure 1: step size, precision, symmetry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import DTypeLike

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.clz.runs import (
    DEPTH,
    RECORD_EVERY,
    SINGULAR,
    SIZE,
    STEP,
    effective_flow,
    escape_of_descent,
    escape_of_flow,
    start,
)
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import BLUE, CYCLE, DOTTED, INK, ORANGE, PINK, dress, label

SADDLES = (1, 2, 3, 4)
STEPS_TRIED = (1e-3, STEP, 2.5e-4, 1.25e-4)
LONGEST = 5.0  # time after which all have left
SHOWN = 2  # the k of the first panel
ROUNDING = 2.0**-53  # of double precision


def descend_reduced(
    a: Array,
    b: Array,
    step: float,
    steps: int,
    dtype: DTypeLike = np.float64,
    symmetric: bool = False,
) -> Arrays:
    r"""Gradient descent on all layers, reduced to the vectors that move.

    From balanced layers of rank one, :math:`W_1=h_2w^\top`, :math:`W_i=g\,h_{i+1}h_i^\top` and
    :math:`W_N=zh_N^\top` for ever, and with :math:`c=g^{N-2}`

    .. math:: z^+=z-\eta c(c\lVert w\rVert^2z-Zw),\quad w^+=w-\eta c(c\lVert z\rVert^2w-Z^\top z),
       \quad g^+=g-\eta g^{N-3}(c\lVert z\rVert^2\lVert w\rVert^2-z^\top Zw).

    ``symmetric`` takes the mean of :math:`\lVert z\rVert^2,\lVert w\rVert^2` for both: then
    :math:`z_i+w_i=0` is kept exactly, as the flow keeps it.

    Returns ``n``, ``first`` (uᵀZ₁v), ``sum`` (|a₁ + b₁|) and ``lost`` (‖z‖² − ‖w‖²).
    """
    scale = SIZE ** (1 / DEPTH)
    z, w, g = (np.asarray(scale * part, dtype) for part in (a, b, 1.0))
    sigma, eta = np.asarray(SINGULAR, dtype), np.asarray(step, dtype)
    found = []
    for n in range(steps + 1):
        # Summed in order: every machine rounds alike.
        zz, ww, bilinear = (np.cumsum(x)[-1] for x in (z * z, w * w, sigma * z * w[:5]))
        if n % RECORD_EVERY == 0:
            p, q = float(z[0]) / float(zz) ** 0.5, float(w[0]) / float(ww) ** 0.5
            found.append((n, SINGULAR[0] * p * q, abs(p + q), float(zz) - float(ww)))
        c = g * g * g * g
        outer, inner = ((zz + ww) / 2,) * 2 if symmetric else (ww, zz)
        pull = np.concatenate([sigma * z, 0 * w[5:]])
        z, w, g = (
            z - eta * c * (c * outer * z - sigma * w[:5]),
            w - eta * c * (c * inner * w - pull),
            g - eta * g * g * g * (c * zz * ww - bilinear),
        )
    return dict(zip(("n", "first", "sum", "lost"), np.array(found).T, strict=True))


@cached
def compute_cause() -> Arrays:
    """Escapes from the saddles of Figure 1: four steps, two precisions, with symmetry kept.

    Returns
    -------
    dict
        ``step``: the steps η; ``escape`` and ``predicted`` (4, len(step)): times nη at which
        uᵀZ₁v passes σ₁/2 for k = 1, …, 4, and the same from the balance lost; ``single``: escapes
        in single precision at the paper's step; ``symmetric``: with the symmetry kept (inf: not in
        the time shown); ``lost``: balance lost up to time 1; for k = 2 ``n``, ``sum`` and
        ``sum_single`` (|a₁ + b₁| in double and single precision), ``sum_predicted``.

    Statements
    ----------
    ``clz-fig-1-cause``
    """
    shape = (len(SADDLES), len(STEPS_TRIED))
    escape, predicted, lost = (np.empty(shape) for _ in range(3))
    single, symmetric = (np.empty(len(SADDLES)) for _ in range(2))
    arrays: Arrays = {}
    paper = int(LONGEST / STEP)
    for row, k in enumerate(SADDLES):
        a, b = start(k)
        for column, step in enumerate(STEPS_TRIED):
            run = descend_reduced(a, b, step, int(LONGEST / step))
            escape[row, column] = step * escape_of_descent(run["n"], run["first"])
            predicted[row, column] = step * escape_of_flow(k, a, b, SIZE, step)
            lost[row, column] = run["lost"][np.argmax(run["n"] * step >= 1)]
            if (k, step) == (SHOWN, STEP):
                record = effective_flow(k, a, b, SIZE, step).at(run["n"] * step)
                summed = np.abs(record.a[:, 0] + record.b[:, 0])
                arrays |= {"n": run["n"], "sum": run["sum"], "sum_predicted": summed}
        rough = descend_reduced(a, b, STEP, paper, dtype=np.float32)
        kept = descend_reduced(a, b, STEP, paper, symmetric=True)
        single[row] = STEP * escape_of_descent(rough["n"], rough["first"])
        symmetric[row] = STEP * escape_of_descent(kept["n"], kept["first"])
        if k == SHOWN:
            arrays["sum_single"] = rough["sum"]
    return {
        "step": np.array(STEPS_TRIED),
        "escape": escape,
        "predicted": predicted,
        "lost": lost,
        "single": single,
        "symmetric": symmetric,
        **arrays,
    }


def draw_sum(axes: Axes, data: Arrays) -> None:
    """|a₁ + b₁|: descent in double and single precision over the prediction."""
    title = f"|a₁ + b₁|,  k = {SHOWN}"
    last = LONGEST / STEP
    dress(axes, title, "step n of gradient descent", xlim=(0, last), ylim=(1e-18, 100))
    axes.set_yscale("log")
    axes.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1])
    axes.minorticks_off()
    axes.set_xticks([0, 2500, 5000, 7500, 10000], ["0", "2,500", "5,000", "7,500", "10,000"])
    axes.plot(data["n"], data["sum_predicted"], color=PINK, linewidth=5.5, alpha=0.4)
    for name, colour, dashes in (("sum", INK, "solid"), ("sum_single", ORANGE, (0, (2, 2)))):
        values = np.where(data[name] > 0, data[name], np.nan)
        axes.plot(data["n"], values, color=colour, linestyle=dashes, linewidth=1.5)
    axes.axhline(ROUNDING, color=BLUE, linestyle=DOTTED, linewidth=1.6)
    label(axes, "rounding, double precision", (300, 4e-16), BLUE)
    label(axes, "descent", (1500, 5e-3), INK)
    label(axes, "single precision", (2600, 1e-9), ORANGE)
    label(axes, "predicted", (2600, 1e-11), PINK)


def draw_escape(axes: Axes, data: Arrays) -> None:
    """Time of the escape against the step, k = 1, …, 4."""
    dress(axes, "time nη of the escape", "step size η", xlim=(9e-5, 1.8e-3), ylim=(3, 5))
    axes.set_xscale("log")
    axes.set_xticks(STEPS_TRIED, ["10⁻³", "5·10⁻⁴", "2.5·10⁻⁴", "1.25·10⁻⁴"])
    axes.minorticks_off()
    for row, (k, colour) in enumerate(zip(SADDLES, CYCLE, strict=True)):
        axes.plot(data["step"], data["predicted"][row], color=colour, linewidth=5.5, alpha=0.35)
        axes.plot(
            data["step"], data["escape"][row], color=colour, marker="o", linestyle="", markersize=4
        )
        axes.plot(STEP, data["single"][row], color=INK, marker="x", linestyle="", markersize=7)
        place = (STEPS_TRIED[0] * 1.07, float(data["predicted"][row, 0]))
        label(axes, f"k = {k}", place, colour, va=("top", "bottom", "center", "top")[row])
    label(axes, "× single precision", (1e-4, 3.1), INK)


def _words(data: Arrays) -> tuple[str, ...]:
    n, at = data["n"], np.searchsorted(data["n"], 1000)
    apart = 100 * np.max(np.abs(data["escape"] / data["predicted"] - 1))
    ratio = data["lost"][:, 1] / data["lost"][:, 2]
    gains = [f"{row[-1] - row[0]:.2f}" for row in data["escape"]]
    stays = "never leave" if np.all(np.isinf(data["symmetric"])) else "leave too"
    return (
        f"Panel of |a₁ + b₁| for k = {SHOWN} against the step n, logarithmic: it is 0 "
        f"but for rounding at n = 0, {data['sum'][1]:.0e} at n = {n[1]:.0f} and "
        f"{data['sum'][at]:.0e} at n = {n[at]:.0f}, then grows in a straight line. The flow that "
        f"starts from the balance lost gives {data['sum_predicted'][at]:.0e}, single precision "
        f"{data['sum_single'][at]:.0e} there.",
        "Panel of the time nη of the escape against the step size η, k = 1 to 4: from η = 1e-3 to "
        f"1.25e-4 it rises by {', '.join(gains)}, as the logarithm of 1/η; the prediction from "
        f"the balance lost is within {apart:.1f} %. Half the step loses half the balance (ratios "
        f"{ratio.min():.2f} to {ratio.max():.2f}). Single precision moves the escapes by at most "
        f"{100 * np.max(np.abs(data['single'] / data['escape'][:, 1] - 1)):.1f} %. Steps that "
        f"keep the symmetry {stays}.",
    )


def cause() -> Picture:
    """Why descent leaves: how the vanishing sum grows, and when it has grown."""
    data = compute_cause()
    return assemble("clz-fig-1-cause", data, (draw_sum, draw_escape), _words(data))


FIGURES: dict[str, Callable[[], Picture]] = {"clz-fig-1-cause": cause}
