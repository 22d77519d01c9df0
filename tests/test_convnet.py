"""The convolutional network: outputs and gradients from first principles, and its training."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import correlate2d

from lindyn import ShapeError
from lindyn.images import ImageSet
from lindyn.nonlinear import (
    ALEXNET,
    SETTINGS,
    SMALL,
    Architecture,
    ConvNet,
    Convolution,
    initial,
    leading_values,
    shuffled_ratio,
    train,
)
from lindyn.nonlinear.convnet import FROBENIUS, STARTS

# Padding, a stride, even and unit kernels, pooling, rows that no kernel sees.
MIXED = Architecture(
    image=(9, 10, 2),
    convolutions=(
        Convolution(3, stride=2, padding=1),
        Convolution(4, kernel=2, padding=1, pool=3),
        Convolution(5, kernel=1),
    ),
    widths=(7, 6),
    classes=4,
)
LINEAR = Architecture(image=(2, 2, 1), convolutions=(), widths=(), classes=3)


def images(architecture, n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, *architecture.image)), rng.integers(0, architecture.classes, n)


def slow_outputs(net, image):
    """One image through loops."""
    state = image
    layers = net.architecture.convolutions
    for layer, matrix, bias in zip(layers, net.matrices, net.biases, strict=False):
        p, q = layer.kernel, layer.padding
        padded = np.pad(state, ((q, q), (q, q), (0, 0)))
        maps = []
        for kernel, shift in zip(matrix.reshape(-1, state.shape[2], p, p), bias, strict=True):
            planes = [
                correlate2d(padded[:, :, c], kernel[c], mode="valid") for c in range(len(kernel))
            ]
            maps.append(sum(planes)[:: layer.stride, :: layer.stride] + shift)
        rows, columns = maps[0].shape[0] // layer.pool, maps[0].shape[1] // layer.pool
        state = np.empty((rows, columns, len(maps)))
        for i, j, c in np.ndindex(state.shape):
            window = maps[c][i * layer.pool :, j * layer.pool :][: layer.pool, : layer.pool]
            state[i, j, c] = max(window.max(), 0)
    vector = state.ravel()
    for matrix, bias in zip(net.dense, net.biases[len(layers) :], strict=True):
        vector = matrix @ vector + bias
        if matrix is not net.dense[-1]:
            vector = np.maximum(vector, 0)
    return vector


def test_the_papers_dense_layers():
    assert ALEXNET.dense_shapes == ((4096, 1024), (4096, 4096), (10, 4096))
    assert ALEXNET.maps[-1] == (2, 2, 256)
    for name in ("cifar10-uniform", "cifar10-gaussian"):
        assert SETTINGS[name].architecture is ALEXNET
    assert FROBENIUS == 4


def test_windows_that_do_not_tile_and_kernels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"convolutions\[1\].*tile"):
        replace(MIXED, image=(9, 8, 2))
    with pytest.raises(ValueError, match=r"convolutions\[0\].*4 × 4"):
        Architecture((4, 4, 1), (Convolution(1, kernel=5),), (3,), 2)
    with pytest.raises(ValueError, match="pool"):
        Convolution(1, pool=0)
    with pytest.raises(ValueError, match="classes"):
        replace(SMALL, classes=0)


@pytest.mark.parametrize("architecture", [MIXED, SMALL, LINEAR])
def test_outputs_are_those_of_loops(architecture):
    net = initial(architecture, "uniform", np.random.default_rng(1))
    some, _ = images(architecture, 3)
    slow = [slow_outputs(net, image) for image in some]
    np.testing.assert_allclose(net.outputs(some), slow, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("architecture", [MIXED, SMALL, LINEAR])
def test_gradients_are_finite_differences(architecture, start):
    rng = np.random.default_rng(2)
    net = initial(architecture, start, rng)
    some, labels = images(architecture, 5)
    step = 1e-6
    for values, slopes in zip((net.matrices, net.biases), net.gradient(some, labels), strict=True):
        for value, slope in zip(values, slopes, strict=True):
            assert slope.shape == value.shape
            direction = rng.standard_normal(value.shape)
            direction /= np.linalg.norm(direction)
            at = value.copy()
            risks = []
            for sign in (1, -1):
                value[...] = at + sign * step * direction
                risks.append(net.risk(some, labels)[0])
            value[...] = at
            found = (risks[0] - risks[1]) / (2 * step)
            assert np.sum(slope * direction) == pytest.approx(found, rel=2e-5, abs=1e-8)


def test_equal_pixels_send_the_gradient_to_the_first():
    """Then the slopes of one window sum to that of its maximum, and are not counted twice."""
    flat = Architecture((4, 4, 1), (Convolution(1, kernel=1, pool=4),), (), 1)
    net = ConvNet(
        replace(flat, classes=2),
        (np.array([[2.0]]), np.array([[1.0], [-1.0]])),
        (np.array([0.5]), np.zeros(2)),
    )
    (kernel, dense), (bias, _) = net.gradient(np.full((1, 4, 4, 1), 3.0), np.array([1]))
    slope = 1 / (1 + np.exp(-2 * 6.5))
    assert dense[:, 0] == pytest.approx([6.5 * slope, -6.5 * slope])
    assert (kernel[0, 0], bias[0]) == pytest.approx((3 * 2 * slope, 2 * slope))


def test_risk_is_cross_entropy_without_overflow():
    net = ConvNet(LINEAR, (np.zeros((3, 4)),), (np.array([1000.0, 0.0, -1000.0]),))
    risk, right = net.risk(np.zeros((3, 2, 2, 1)), np.array([0, 1, 2]))
    assert (risk, right) == pytest.approx((1000, 1 / 3))


def test_images_of_another_size_are_refused():
    net = initial(SMALL, "uniform", np.random.default_rng(0))
    with pytest.raises(ShapeError, match=r"\(n, 8, 8, 1\)"):
        net.outputs(np.zeros((1, 9, 8, 1)))


def test_starts_are_the_papers():
    uniform, gaussian = (initial(SMALL, start, np.random.default_rng(5)) for start in STARTS)
    for net in (uniform, gaussian):
        for matrix, bias in zip(net.matrices, net.biases, strict=True):
            reach = matrix.shape[1] ** -0.5
            assert np.abs(bias).max() <= reach
            if net is uniform or matrix is net.matrices[0]:
                assert 0.9 * reach < np.abs(matrix).max() <= reach
    assert [np.linalg.norm(layer) for layer in gaussian.dense] == pytest.approx([4, 4, 4])
    assert np.mean(gaussian.dense[1] ** 4) / np.mean(gaussian.dense[1] ** 2) ** 2 == pytest.approx(
        3, abs=0.15
    )
    with pytest.raises(ValueError, match="start: must be one of uniform, gaussian"):
        initial(SMALL, "normal", np.random.default_rng(0))


@pytest.mark.parametrize("shape", [(6, 40), (40, 6), (12, 12), (530, 520)])
def test_leading_values_are_those_of_the_decomposition(shape):
    matrix = np.random.default_rng(0).standard_normal(shape)
    exact = np.linalg.svd(matrix, compute_uv=False)
    np.testing.assert_allclose(leading_values(matrix, 5), exact[:5], rtol=1e-7)
    with pytest.raises(ValueError, match="at most"):
        leading_values(matrix, 531)


def ratio(matrix):
    return leading_values(matrix)[0] / np.linalg.norm(matrix)


def test_shuffling_leaves_random_matrices_and_breaks_aligned_ones():
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((60, 50))
    assert shuffled_ratio(noise, rng) == pytest.approx(ratio(noise), rel=0.05)
    u, v = rng.standard_normal(60), rng.standard_normal(50)
    assert shuffled_ratio(np.outer(u, v), rng) < 0.35
    assert ratio(np.outer(u, v)) == pytest.approx(1)
    # A mean is not an alignment: it stays when the entries are shuffled.
    assert shuffled_ratio(noise + 10, rng) == pytest.approx(ratio(noise + 10), rel=0.01)


def small_set(n=40):
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    pixels = rng.integers(0, 60, (n, 8, 8, 1))
    pixels[labels == 1, :4] += 150
    return ImageSet(pixels.astype(np.uint8), labels)


QUICK = replace(SETTINGS["two-digits-gaussian"], epochs=30)


def test_training_lowers_the_risk_and_records_what_it_is():
    run = train(QUICK, seed=0, images=small_set())
    assert run.epoch.tolist() == list(range(31))
    assert run.ratios.shape == run.outside.shape == (31, 3)
    assert run.risk[-1] < 0.1 * run.risk[0]
    assert run.right[-1] == 1
    inputs = small_set().standardised()
    for at, net in ((0, run.start), (-1, run.end)):
        risk, right = net.risk(inputs, small_set().labels)
        assert (run.risk[at], run.right[at]) == (risk, right)
        singular = [np.linalg.svd(layer, compute_uv=False) for layer in net.dense]
        tops = [values[0] / np.linalg.norm(values) for values in singular]
        np.testing.assert_allclose(run.ratios[at], tops, rtol=1e-12)
        rest = [np.sum(values[1:] ** 2) for values in singular]
        np.testing.assert_allclose(run.outside[at], rest, rtol=1e-10)


def test_one_step_is_plain_gradient_descent():
    data = small_set(6)
    run = train(replace(QUICK, epochs=1, batch=6), seed=4, images=data)
    changes, shifts = run.start.gradient(data.standardised(), data.labels)
    for values, before, slopes in (
        (run.end.matrices, run.start.matrices, changes),
        (run.end.biases, run.start.biases, shifts),
    ):
        for after, value, slope in zip(values, before, slopes, strict=True):
            np.testing.assert_allclose(after, value - QUICK.rate * slope, rtol=0, atol=1e-15)


def test_a_seed_is_a_run():
    first, again, other = (train(replace(QUICK, epochs=2), s, small_set()) for s in (1, 1, 2))
    assert np.array_equal(first.ratios, again.ratios)
    assert not np.array_equal(first.ratios, other.ratios)


def test_single_precision_stays_single():
    run = train(replace(QUICK, epochs=1, dtype=np.float32), 0, small_set())
    assert {array.dtype for array in (*run.end.matrices, *run.end.biases)} == {np.dtype("f4")}


def test_bad_settings_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="setting: must be one of digits-uniform"):
        train("digits", 0)
    with pytest.raises(ValueError, match="labels: must be below 2"):
        train("two-digits-uniform", 0, ImageSet(small_set().pixels, np.full(40, 2)))
    with pytest.raises(ValueError, match="seed"):
        train(QUICK, -1, small_set())
    with (
        np.errstate(all="ignore"),
        pytest.raises(ValueError, match="a rate at which descent stays finite"),
    ):
        train(replace(QUICK, rate=1e200), 0, small_set())
    monkeypatch.setenv("LINDYN_CIFAR10", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="CIFAR-10 does not come with lindyn"):
        train("cifar10-gaussian", 0)
