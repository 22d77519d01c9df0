"""Stochastic gradient descent on images, and what the dense layers' matrices become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from lindyn import _check
from lindyn._check import Array
from lindyn.flows import progress_bar
from lindyn.images import ImageSet, cifar10, digits
from lindyn.nonlinear.architecture import ALEXNET, SMALL, Architecture
from lindyn.nonlinear.convnet import STARTS, ConvNet, initial
from lindyn.nonlinear.ratios import leading_values


@dataclass(frozen=True)
class Setting:
    """What one run consists of, but for its seed.

    ``threads`` limits those of the linear algebra: on small matrices a second one makes a run about
    four times slower.
    """

    images: Callable[[], ImageSet]
    architecture: Architecture
    start: str
    rate: float
    batch: int
    epochs: int
    dtype: Any = np.float64
    threads: int | None = 1


@dataclass(frozen=True)
class Training:
    """A run: one entry an epoch, from the start on; the dense layers on the next axis.

    ``ratios``: ‖W_k‖₂/‖W_k‖_F; ``outside``: the part of ‖W_k‖²_F outside as many leading
    singular directions as there are classes less one; ``risk``: mean cross-entropy over all images
    of the training set; ``right``: the share of them that is classified correctly.
    """

    epoch: Array
    risk: Array
    right: Array
    ratios: Array
    outside: Array
    start: ConvNet
    end: ConvNet


def two_digits() -> ImageSet:
    """The threes and the eights of the digits, as classes 0 and 1.

    Examples
    --------
    >>> len(two_digits())
    357
    """
    every = digits()
    kept = np.isin(every.labels, (3, 8))
    return ImageSet(every.pixels[kept], (every.labels[kept] == 8).astype(int))


_DIGITS = Setting(digits, SMALL, "", rate=0.02, batch=16, epochs=30)
_FAMILIES = {
    "digits": _DIGITS,
    "two-digits": replace(
        _DIGITS, images=two_digits, architecture=replace(SMALL, classes=2), epochs=60
    ),
    # Ours but for the dense shapes and the starts: the paper names no rate, batch or length.
    "cifar10": Setting(
        partial(cifar10, "train"),
        ALEXNET,
        "",
        rate=0.01,
        batch=64,
        epochs=100,
        dtype=np.float32,
        threads=None,
    ),
}
SETTINGS = MappingProxyType(
    {
        f"{name}-{start}": replace(family, start=start)
        for name, family in _FAMILIES.items()
        for start in STARTS
    }
)


def train(
    setting: str | Setting, seed: int, images: ImageSet | None = None, progress: bool = False
) -> Training:
    r"""Minimise the mean cross-entropy by plain SGD, with the images in a new order each epoch.

    Equation: :math:`p \leftarrow p - \eta\,\nabla_p \frac1{|B|}\sum_{i\in B}\ell_i(p)` for every
    parameter p, over batches B; no momentum, weight decay, dropout or augmentation.

    Parameters
    ----------
    setting : a key of ``SETTINGS`` or a setting of one's own.  ``cifar10-uniform`` and
        ``cifar10-gaussian`` have the paper's dense layers, (1024, 4096), (4096, 4096) and
        (4096, 10), and need the files that :func:`lindyn.images.cifar10` names.  There a step
        took a second on two cores, an epoch a quarter of an hour: `replace` may shorten it.
    seed : of the start and of the order of the images.
    images : instead of the setting's.
    progress : show a progress bar.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If the setting is unknown, images and labels do not fit its network, or the risk overflows.
    FileNotFoundError
        If the setting needs CIFAR-10 and its files are not there.

    Statements
    ----------
    ``jt-fig-3a``, ``jt-fig-3b``, ``jt-txt-sec4-lower-bound``

    Examples
    --------
    >>> short = replace(SETTINGS["two-digits-gaussian"], epochs=2)
    >>> run = train(short, seed=0)
    >>> run.ratios.shape, bool(run.risk[-1] < run.risk[0])
    ((3, 3), True)

    References
    ----------
    Ji and Telgarsky (2019), Section 4 and Figure 3.
    """
    if isinstance(setting, str):
        if setting not in SETTINGS:
            raise _check.fail("setting", f"one of {', '.join(SETTINGS)}", repr(setting))
        setting = SETTINGS[setting]
    rng = np.random.default_rng(_check.integer("seed", seed))
    data = setting.images() if images is None else images
    classes = setting.architecture.classes
    if data.labels.max() >= classes:
        raise _check.fail("labels", f"below {classes}, the classes", int(data.labels.max()))
    start = initial(setting.architecture, setting.start, rng, setting.dtype)
    net = replace(
        start,
        matrices=tuple(matrix.copy() for matrix in start.matrices),
        biases=tuple(bias.copy() for bias in start.biases),
    )
    inputs = data.standardised(setting.dtype)
    with (
        threadpool_limits(setting.threads),
        progress_bar(setting.epochs, progress, "epoch") as bar,
    ):
        rows = [_measure(net, inputs, data)]
        for _ in range(setting.epochs):
            _epoch(net, inputs, data, setting, rng)
            rows.append(_measure(net, inputs, data))
            bar.update()
    risk, right, ratios, outside = (np.array(column) for column in zip(*rows, strict=True))
    return Training(np.arange(risk.size, dtype=float), risk, right, ratios, outside, start, net)


def _epoch(
    net: ConvNet, inputs: Array, data: ImageSet, setting: Setting, rng: np.random.Generator
) -> None:
    """One pass through the images; the arrays of ``net`` are changed in place."""
    order = rng.permutation(len(data))
    for first in range(0, len(data), setting.batch):
        batch = order[first : first + setting.batch]
        slopes = net.gradient(inputs[batch], data.labels[batch])
        for values, changes in zip((net.matrices, net.biases), slopes, strict=True):
            for value, change in zip(values, changes, strict=True):
                value -= setting.rate * change


def _measure(net: ConvNet, inputs: Array, data: ImageSet) -> tuple[float, float, Array, Array]:
    """Risk, share of correct answers, ratios and what lies outside the leading directions."""
    risk, right = net.risk(inputs, data.labels)
    if not np.isfinite(risk):
        raise _check.fail("setting", "a rate at which descent stays finite", f"risk {risk}")
    norms = np.array([np.linalg.norm(matrix.astype(float)) for matrix in net.dense])
    count = max(net.architecture.classes - 1, 1)
    leading = np.array([leading_values(matrix, count) for matrix in net.dense])
    return risk, right, leading[:, 0] / norms, norms**2 - np.sum(leading**2, axis=1)
