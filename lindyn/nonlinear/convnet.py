"""A convolutional network with dense ReLU layers: its outputs, its risk and its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn import _check
from lindyn.nonlinear.architecture import Architecture, Convolution

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]

FROBENIUS = 4.0  # the paper's norm of every dense layer at its Gaussian start
STARTS = ("uniform", "gaussian")


@dataclass(frozen=True)
class ConvNet:
    r"""A network and its parameters: matrices, from the image to the output, and their biases.

    Each convolution (kernels as rows) is followed by max-pooling and ReLU, each dense layer but
    the last by ReLU.  The risk is the mean cross-entropy
    :math:`-\frac1n\sum_i\ln\mathrm{softmax}(f(x_i))_{y_i}`.

    Examples
    --------
    >>> from lindyn.nonlinear.architecture import SMALL
    >>> net = initial(SMALL, "gaussian", np.random.default_rng(0))
    >>> [float(np.linalg.norm(layer).round(12)) for layer in net.dense]
    [4.0, 4.0, 4.0]
    >>> net.outputs(np.zeros((5, 8, 8, 1))).shape
    (5, 10)
    """

    architecture: Architecture
    matrices: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    @property
    def dense(self) -> tuple[Floats, ...]:
        """The dense layers' matrices, the first hidden layer first."""
        return self.matrices[len(self.architecture.convolutions) :]

    def outputs(self, images: Floats) -> Floats:
        """One row of class scores an image (images of shape (n, height, width, channels))."""
        return self._forward(images)[-1][0]

    def risk(self, images: Floats, labels: Integers) -> tuple[float, float]:
        """Mean cross-entropy, and the share of images whose highest score is the label's."""
        scores = self.outputs(images)
        right = float(np.mean(np.argmax(scores, axis=1) == labels))
        return float(-np.mean(_log_softmax(scores)[np.arange(len(labels)), labels])), right

    def gradient(
        self, images: Floats, labels: Integers
    ) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Gradient of the risk, by matrices and by biases.

        Where ReLU or the maximum has a corner, one element of its subdifferential is taken: slope 0
        at 0, and the first of equal pixels.
        """
        tape = self._forward(images)
        rows = np.arange(len(labels))
        slope = np.exp(_log_softmax(tape[-1][0]))
        slope[rows, labels] -= 1
        slope /= len(labels)
        by_matrix, by_bias = [], []
        convolutions = self.architecture.convolutions
        for k in range(len(self.matrices) - 1, -1, -1):
            before, matrix = tape[k][0], self.matrices[k]
            if k >= len(convolutions):
                seen = before.reshape(len(before), -1)
                by_matrix.append(slope.T @ seen)
                by_bias.append(slope.sum(axis=0))
                slope = (slope @ matrix).reshape(before.shape)
            else:
                layer = convolutions[k]
                slope = _unpool(slope, tape[k + 1][1], layer).reshape(-1, layer.channels)
                by_matrix.append(slope.T @ _patches(before, layer))
                by_bias.append(slope.sum(axis=0))
                if k > 0:
                    slope = _scatter(slope @ matrix, before.shape, layer)
            if k > 0:
                slope = slope * (before > 0)
        return tuple(by_matrix[::-1]), tuple(by_bias[::-1])

    def _forward(self, images: Floats) -> list[tuple[Floats, Integers | None]]:
        """What enters each layer, with the winners of the pooling before it; last the scores."""
        expected = self.architecture.image
        if images.shape[1:] != expected:
            required = f"of shape (n, {', '.join(map(str, expected))})"
            raise _check.fail_shape("images", required, f"shape {images.shape}")
        tape: list[tuple[Floats, Integers | None]] = [(images, None)]
        convolutions, last = self.architecture.convolutions, len(self.matrices) - 1
        for k, (matrix, bias) in enumerate(zip(self.matrices, self.biases, strict=True)):
            state, winners = tape[-1][0], None
            if k < len(convolutions):
                layer = convolutions[k]
                filtered = _patches(state, layer) @ matrix.T + bias
                sides = [layer.size(side) for side in state.shape[1:3]]
                maps = filtered.reshape(len(state), *sides, layer.channels)
                state, winners = _pool(maps, layer)
            else:
                state = state.reshape(len(state), -1) @ matrix.T + bias
            tape.append((state if k == last else np.maximum(state, 0), winners))
        return tape


def initial(
    architecture: Architecture, start: str, rng: np.random.Generator, dtype: Any = np.float64
) -> ConvNet:
    r"""A network at one of the paper's two starts.

    Parameters
    ----------
    architecture : shapes of all layers.
    start : ``"uniform"``, PyTorch's default: every entry of a layer and of its bias uniform on
        :math:`\pm1/\sqrt{\text{inputs of a unit}}`; or ``"gaussian"``: the same, but the dense
        layers Gaussian and then scaled to Frobenius norm 4.
    rng : generator that is advanced.
    dtype : of all parameters.

    Returns
    -------
    ConvNet

    Raises
    ------
    ValueError
        If ``start`` is neither.

    References
    ----------
    Ji and Telgarsky (2019), Section 4 and Figure 3.
    """
    if start not in STARTS:
        raise _check.fail("start", f"one of {', '.join(STARTS)}", repr(start))
    rng = _check.generator("rng", rng)
    matrices, biases = [], []
    shapes = (*architecture.kernel_shapes, *architecture.dense_shapes)
    for k, shape in enumerate(shapes):
        reach = shape[1] ** -0.5
        if start == "uniform" or k < len(architecture.convolutions):
            matrix = rng.uniform(-reach, reach, shape)
        else:
            matrix = rng.standard_normal(shape)
            matrix *= FROBENIUS / np.linalg.norm(matrix)
        matrices.append(matrix.astype(dtype))
        biases.append(rng.uniform(-reach, reach, shape[0]).astype(dtype))
    return ConvNet(architecture, tuple(matrices), tuple(biases))


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _patches(maps: Floats, layer: Convolution) -> Floats:
    """What the kernel sees at each of its places: one row a place, channels outermost."""
    p, s, q = layer.kernel, layer.stride, layer.padding
    padded = np.pad(maps, ((0, 0), (q, q), (q, q), (0, 0))) if q else maps
    windows = np.lib.stride_tricks.sliding_window_view(padded, (p, p), axis=(1, 2))
    return windows[:, ::s, ::s].reshape(-1, maps.shape[3] * p * p)


def _scatter(slopes: Floats, shape: tuple[int, ...], layer: Convolution) -> Floats:
    """Transpose of ``_patches``: sum into every pixel what its patches hold."""
    n, height, width, channels = shape
    p, s, q = layer.kernel, layer.stride, layer.padding
    rows, columns = layer.size(height), layer.size(width)
    by_place = slopes.reshape(n, rows, columns, channels, p, p)
    padded = np.zeros((n, height + 2 * q, width + 2 * q, channels), slopes.dtype)
    for i in range(p):
        for j in range(p):
            there = padded[:, i : i + s * rows : s, j : j + s * columns : s]
            there += by_place[..., i, j]
    return padded[:, q : q + height, q : q + width]


def _pool(maps: Floats, layer: Convolution) -> tuple[Floats, Integers | None]:
    """The largest pixel of each window, and which of the window's pixels that is."""
    p = layer.pool
    if p == 1:
        return maps, None
    largest = maps[:, ::p, ::p]
    winners = np.zeros(largest.shape, np.min_scalar_type(p * p))
    for place in range(1, p * p):
        pixels = maps[:, place // p :: p, place % p :: p]
        winners[pixels > largest] = place
        largest = np.maximum(largest, pixels)
    return largest, winners


def _unpool(slopes: Floats, winners: Integers | None, layer: Convolution) -> Floats:
    """Transpose of ``_pool`` at the same winners."""
    if winners is None:
        return slopes
    n, rows, columns, channels = slopes.shape
    p = layer.pool
    maps = np.empty((n, rows * p, columns * p, channels), slopes.dtype)
    for place in range(p * p):
        maps[:, place // p :: p, place % p :: p] = slopes * (winners == place)
    return maps
