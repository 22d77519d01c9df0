"""Figure 3 of Ji and Telgarsky (2019): dense layers of a nonlinear network, on real images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.figures.picture import Arrays, Panel, Picture
from lindyn.figures.style import BLUE, DASHED, DOTTED, GREEN, INK, ORANGE, PINK, dress, label
from lindyn.nonlinear import (
    SETTINGS,
    Training,
    leading_values,
    random_ratio,
    rank_bound,
    shuffled_ratio,
    train,
)
from lindyn.nonlinear.convnet import STARTS

# The paper states: AlexNet on CIFAR-10, SGD, the shapes of the dense layers, and both starts.  It
# leaves open what `SETTINGS` names, and the seeds.  Ours runs on the digits of scikit-learn.
SEEDS = 5
SHOWN = 16  # singular values in the last panel
MIDDLE = 1  # the layer they are of: the second dense one, which sees no image and no class

COLOURS = (BLUE, ORANGE, GREEN)
TITLES = {"uniform": "a: default start", "gaussian": "b: Gaussian start"}
WORDS = {
    "uniform": "PyTorch's default start, uniform entries",
    "gaussian": "Gaussian start, scaled to Frobenius norm 4",
}


def compute_fig_3(family: str = "digits", seeds: int = SEEDS) -> Arrays:
    """Train from both starts with several seeds, and watch the dense layers.

    Parameters
    ----------
    family : ``"digits"``, or ``"cifar10"`` for the paper's widths where its files are present.
    seeds : runs from each start.

    Returns
    -------
    dict
        ``epoch``; for both starts ``risk_…`` (seeds, epochs), ``ratios_…`` and ``outside_…``
        (seeds, epochs, layers); ``shuffled_…`` (layers): mean ratio of the final matrices with
        their entries shuffled; ``before_…`` and ``after_…`` (seeds, SHOWN): leading singular
        values of the middle dense layer at the start and at the end; ``norm_…`` (seeds, layers):
        Frobenius norm at the start; ``random`` and ``rank`` (layers): the law of large random
        matrices and the bound by rank.  For the digits also ``two_…``: as ``after_…``, of networks
        that tell threes from eights only; ``two_outside_…`` and ``two_norm_…``.

    Statements
    ----------
    ``jt-fig-3a``, ``jt-fig-3b``, ``jt-txt-sec4-lower-bound``
    """
    return _computed(family, seeds)


@cached
def _computed(family: str, seeds: int) -> Arrays:
    from tqdm import tqdm  # slow to import

    families = [family] + ["two-digits"] * (family == "digits")
    runs: dict[str, list[Training]] = {}
    with tqdm(total=2 * seeds * len(families), unit="run", disable=None, leave=False) as bar:
        for name in [f"{one}-{start}" for one in families for start in STARTS]:
            runs[name] = []
            for seed in range(seeds):
                runs[name].append(train(name, seed))
                bar.update()
    shapes = SETTINGS[f"{family}-uniform"].architecture.dense_shapes
    arrays: Arrays = {
        "epoch": runs[f"{family}-uniform"][0].epoch,
        "random": np.array([random_ratio(shape) for shape in shapes]),
        "rank": np.array([rank_bound(shape) for shape in shapes]),
    }
    for start in STARTS:
        arrays |= _of_start(start, runs[f"{family}-{start}"])
        if family == "digits":
            two = runs[f"two-digits-{start}"]
            arrays[f"two_{start}"] = _spectra([run.end.dense[MIDDLE] for run in two])
            arrays[f"two_outside_{start}"] = np.array([run.outside for run in two])
            arrays[f"two_norm_{start}"] = _norms(two)
    return arrays


def _of_start(start: str, runs: Sequence[Training]) -> Arrays:
    rng = np.random.default_rng(0)
    shuffled = [[shuffled_ratio(layer, rng) for layer in run.end.dense] for run in runs]
    return {
        f"risk_{start}": np.array([run.risk for run in runs]),
        f"ratios_{start}": np.array([run.ratios for run in runs]),
        f"outside_{start}": np.array([run.outside for run in runs]),
        f"shuffled_{start}": np.mean(shuffled, axis=0),
        f"before_{start}": _spectra([run.start.dense[MIDDLE] for run in runs]),
        f"after_{start}": _spectra([run.end.dense[MIDDLE] for run in runs]),
        f"norm_{start}": _norms(runs),
    }


def _spectra(matrices: Sequence[Array]) -> Array:
    return np.array([leading_values(matrix, SHOWN) for matrix in matrices])


def _norms(runs: Sequence[Training]) -> Array:
    return np.array([[np.linalg.norm(layer) for layer in run.start.dense] for run in runs])


def _band(axes: Axes, x: Array, values: Array, colour: str) -> None:
    """Median over the seeds, and from the least to the largest."""
    axes.fill_between(x, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.25, lw=0)
    axes.plot(x, np.median(values, axis=0), color=colour)


def _dress_epochs(axes: Axes, title: str, epochs: int, **settings: object) -> None:
    dress(axes, title, "epoch", **settings)
    axes.set_xscale("symlog", linthresh=1)
    ticks = [tick for tick in (0, 1, 3, 10, 30, 100) if tick <= epochs]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlim(0, epochs)


def draw_ratios(axes: Axes, data: Arrays, start: str) -> None:
    """Ratios of the dense layers over the seeds, the random law and the bound by rank."""
    epoch, ratios = data["epoch"], data[f"ratios_{start}"]
    _dress_epochs(axes, f"{TITLES[start]}: $‖W‖_2/‖W‖_F$", int(epoch[-1]), ylim=(0, 0.52))
    beside = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    for k, (colour, lift) in enumerate(zip(COLOURS, (4, -4, 0), strict=True)):
        axes.axhline(data["random"][k], color=colour, linestyle=DASHED, linewidth=1.3)
        axes.axhline(data["rank"][k], color=colour, linestyle=DOTTED, linewidth=1.3)
        _band(axes, epoch, ratios[:, :, k], colour)
        end = float(np.median(ratios[:, -1, k]))
        # Layers 1 and 2 end close to each other.
        label(axes, f"{k + 1}", (1.0, end), colour, xytext=(4, lift), **beside)


def draw_risk(axes: Axes, data: Arrays) -> None:
    """Risk over all training images."""
    epoch = data["epoch"]
    _dress_epochs(axes, "training risk", int(epoch[-1]), yscale="log")
    for start, colour in zip(STARTS, (PINK, INK), strict=True):
        _band(axes, epoch, data[f"risk_{start}"], colour)
    label(axes, "a", (0.7, 0.75), PINK, xycoords="axes fraction")
    label(axes, "b", (0.5, 0.4), INK, xycoords="axes fraction")


def draw_spectrum(axes: Axes, data: Arrays, start: str = "gaussian") -> None:
    """Leading singular values of the middle dense layer, at the start and at the end."""
    number = np.arange(1, SHOWN + 1)
    dress(axes, "b, dense layer 2: singular values", "number", xlim=(0.5, SHOWN + 0.5))
    axes.set_xticks([1, 5, 9, 13])
    curves = [("before", INK, "s", "start"), ("after", ORANGE, "o", "ten classes")]
    if f"two_{start}" in data:
        curves.append(("two", BLUE, "D", "two classes"))
    for name, colour, marker, words in curves:
        values = data[f"{name}_{start}"]
        _band(axes, number, values, colour)
        axes.plot(
            number, np.median(values, axis=0), marker, color=colour, markersize=4, label=words
        )
    axes.set_ylim(0, None)
    axes.legend(frameon=False, loc="upper right")


def _listed(values: Array) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


def _alt_ratios(data: Arrays, start: str) -> str:
    ratios, epoch = data[f"ratios_{start}"], data["epoch"]
    first, last = np.median(ratios[:, 0], axis=0), np.median(ratios[:, -1], axis=0)
    times = last / data["random"]
    return (
        f"Ratio ‖W‖₂/‖W‖_F of dense layers 1, 2, 3 against the epoch, {len(ratios)} seeds, "
        f"{WORDS[start]}: medians {_listed(first)} at the start, which is what random "
        f"matrices have (dashed, {_listed(data['random'])}), and {_listed(last)} after "
        f"{epoch[-1]:.0f} epochs, that is {times[0]:.1f}, {times[1]:.1f} and {times[2]:.2f} times "
        f"the random value; no seed is above {ratios[:, -1].max():.2f}, far from 1. The same "
        f"entries in random places give {_listed(data[f'shuffled_{start}'])}. The bound by rank is "
        f"{_listed(data['rank'])} (dotted)."
    )


def _alt_risk(data: Arrays) -> str:
    ends = [f"{np.median(data[f'risk_{start}'][:, -1]):.0e}" for start in STARTS]
    begin = np.median(data["risk_uniform"][:, 0])
    return (
        f"Training risk against the epoch, logarithmic: from {begin:.1f} it falls to {ends[0]} "
        f"from the default start (a) and to {ends[1]} from the Gaussian start (b)."
    )


def _alt_spectrum(data: Arrays, start: str = "gaussian") -> str:
    before, after = (np.median(data[f"{name}_{start}"], axis=0) for name in ("before", "after"))
    norm = np.median(data[f"norm_{start}"][:, MIDDLE]) ** 2
    left = np.median(data[f"outside_{start}"][:, -1, MIDDLE])
    text = (
        "Leading singular values of dense layer 2, Gaussian start: at the start they fall evenly "
        f"from {before[0]:.2f}; after training with ten classes the first nine are "
        f"{after[0]:.2f} to {after[8]:.2f}, and the tenth is {after[9]:.2f}. Outside the nine the "
        f"squares sum to {left:.1f}; all of them did to {norm:.1f} at the start."
    )
    if f"two_{start}" in data:
        two = np.median(data[f"two_{start}"], axis=0)
        left = np.median(data[f"two_outside_{start}"][:, -1, MIDDLE])
        text += (
            f" With two classes, threes and eights, one stands out, {two[0]:.2f}; the second is "
            f"{two[1]:.2f}, and outside the one the squares sum to {left:.1f}."
        )
    return text


def _panels(family: str = "digits", seeds: int = SEEDS) -> dict[str, Panel]:
    data = compute_fig_3(family, seeds)
    ratios = {
        name: Panel(partial(draw_ratios, data=data, start=start), _alt_ratios(data, start))
        for name, start in zip("ab", STARTS, strict=True)
    }
    return ratios | {
        "risk": Panel(partial(draw_risk, data=data), _alt_risk(data)),
        "spectrum": Panel(partial(draw_spectrum, data=data), _alt_spectrum(data)),
    }


def fig_3(family: str = "digits", seeds: int = SEEDS) -> Picture:
    """Figure 3 with the risk, and why the ratio stays small; ``"cifar10"`` needs its files."""
    return Picture("jt-fig-3", tuple(_panels(family, seeds).values()))


def fig_3_panel(name: str) -> Picture:
    """One panel of Figure 3: ``a``, ``b``, ``risk`` or ``spectrum``."""
    return Picture(f"jt-fig-3{name if len(name) == 1 else '-' + name}", (_panels()[name],))


FIGURES: dict[str, Callable[[], Picture]] = {
    "jt-fig-3": fig_3,
    "jt-fig-3a": partial(fig_3_panel, "a"),
    "jt-fig-3b": partial(fig_3_panel, "b"),
    "jt-fig-3-risk": partial(fig_3_panel, "risk"),
    "jt-fig-3-spectrum": partial(fig_3_panel, "spectrum"),
}
