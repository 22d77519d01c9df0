"""Products, layer gradients, imbalance, alignment and balanced factorisations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lindyn import alignment, balanced, end_to_end, imbalance, layer_gradients

WIDTHS = [(2, 3), (1, 1), (3, 4, 2), (2, 1, 3), (3, 2, 4, 1), (1, 5, 5, 2, 3), (4, 2, 2, 2, 2, 2)]


def random_weights(widths, rng, scale=1.0):
    return tuple(
        scale * rng.standard_normal((outer, inner))
        for inner, outer in zip(widths[:-1], widths[1:], strict=True)
    )


def target_of_rank(shape, rank, rng):
    left = np.linalg.qr(rng.standard_normal((shape[0], rank)))[0]
    right = np.linalg.qr(rng.standard_normal((shape[1], rank)))[0]
    return (left * rng.uniform(0.2, 3.0, rank)) @ right.T


@pytest.mark.parametrize("widths", WIDTHS)
def test_end_to_end_is_what_the_network_does_to_an_input(widths):
    rng = np.random.default_rng(1)
    weights = random_weights(widths, rng)
    signal = x = rng.standard_normal(widths[0])
    for layer in weights:
        signal = layer @ signal
    assert np.allclose(end_to_end(weights) @ x, signal, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("widths", WIDTHS)
def test_layer_gradients_against_complex_steps(widths):
    """Im R(W_k + ih e)/h has no cancellation: the derivative to machine precision."""
    rng = np.random.default_rng(2)
    weights = random_weights(widths, rng)
    target = rng.standard_normal((widths[-1], widths[0]))
    found = layer_gradients(weights, end_to_end(weights) - target)
    tiny = 1e-30
    for k, layer in enumerate(weights):
        for place in np.ndindex(layer.shape):
            moved = [other.astype(complex) for other in weights]
            moved[k][place] += 1j * tiny
            product = moved[0]
            for other in moved[1:]:
                product = other @ product
            derivative = np.imag(0.5 * np.sum((product - target) ** 2)) / tiny
            assert found[k][place] == pytest.approx(derivative, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("widths", WIDTHS)
def test_neighbouring_gradients_fit_together(widths):
    """W_{k+1}ᵀ ∂_{k+1} = ∂_k W_kᵀ: the identity behind every conservation law."""
    rng = np.random.default_rng(3)
    weights = random_weights(widths, rng)
    gradients = layer_gradients(weights, rng.standard_normal((widths[-1], widths[0])))
    for k in range(len(weights) - 1):
        above = weights[k + 1].T @ gradients[k + 1]
        below = gradients[k] @ weights[k].T
        assert np.allclose(above, below, rtol=1e-12, atol=1e-12)


def test_imbalance_has_the_shapes_and_values_of_its_definition():
    first, second = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
    (found,) = imbalance((first, second))
    assert found == pytest.approx(np.array([[25.0 - 5.0]]))
    weights = random_weights((3, 4, 2), np.random.default_rng(0))
    (found,) = imbalance(weights)
    assert found.shape == (4, 4)
    assert np.array_equal(found, found.T)
    assert imbalance((first,)) == ()


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    depth=st.integers(1, 7),
    rows=st.integers(1, 4),
    columns=st.integers(1, 4),
    rank=st.integers(0, 4),
    spare=st.integers(0, 3),
    rotated=st.booleans(),
    exponent=st.sampled_from([-140, -20, 0, 20, 140]),
)
def test_balanced_factors_multiply_to_the_target_and_are_balanced(
    seed, depth, rows, columns, rank, spare, rotated, exponent
):
    rng = np.random.default_rng(seed)
    rank = min(rank, rows, columns)
    target = target_of_rank((rows, columns), rank, rng) * 10.0**exponent
    widths = [max(rank, 1) + (spare + k) % 4 for k in range(depth - 1)]
    weights = balanced(target, depth, widths, rng if rotated else None)
    assert [layer.shape[0] for layer in weights[:-1]] == widths
    size = np.max(np.abs(target), initial=0.0)
    assert np.allclose(end_to_end(weights), target, rtol=0, atol=1e-13 * size)
    for layer, difference in zip(weights, imbalance(weights), strict=False):
        assert np.all(np.abs(difference) <= 1e-13 * np.max(layer**2, initial=0.0) + 1e-300)


def test_balanced_takes_the_rank_as_hidden_width():
    target = target_of_rank((4, 5), 2, np.random.default_rng(5))
    assert [layer.shape for layer in balanced(target, 3)] == [(2, 5), (2, 2), (4, 2)]
    zero = balanced(np.zeros((2, 3)), 3)
    assert [layer.shape for layer in zero] == [(1, 3), (1, 1), (2, 1)]
    assert not any(layer.any() for layer in zero)


def test_balanced_rounding_of_a_low_rank_target_is_not_turned_into_large_weights():
    rng = np.random.default_rng(6)
    target = np.outer(rng.standard_normal(3), rng.standard_normal(3))  # singular values ~1e-17
    for layer in balanced(target, 10, [3] * 9):
        assert np.linalg.matrix_rank(layer, tol=1e-6) == 1


def test_balanced_rotations_differ_by_seed_and_not_in_the_product():
    target = np.diag([2.0, 1.0])
    one = balanced(target, 3, [4, 4], np.random.default_rng(0))
    other = balanced(target, 3, [4, 4], np.random.default_rng(1))
    again = balanced(target, 3, [4, 4], np.random.default_rng(0))
    assert not np.allclose(one[1], other[1])
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))


def test_balanced_of_depth_one_is_a_copy():
    target = np.ones((2, 2))
    (layer,) = balanced(target, 1)
    layer[0, 0] = 7.0
    assert target[0, 0] == 1.0


@pytest.mark.parametrize("scale", [1e-150, 1e-5, 1.0, 1e5, 1e150])
def test_alignment_of_aligned_rank_one_layers_is_one_at_every_scale(scale):
    rng = np.random.default_rng(7)
    directions = [v / np.linalg.norm(v) for v in (rng.standard_normal(d) for d in (3, 4, 2, 5))]
    weights = tuple(
        scale * np.outer(outer, inner)
        for inner, outer in zip(directions[:-1], directions[1:], strict=True)
    )
    found = alignment(weights)
    assert found.ratios == pytest.approx(np.ones(3), abs=1e-14)
    assert found.inner == pytest.approx(np.ones(2), abs=1e-14)


def test_alignment_of_a_known_pair():
    angle = 0.3
    turned = np.array([[np.cos(angle), np.sin(angle)]])
    found = alignment((np.diag([2.0, 1.0]), turned))
    assert found.ratios == pytest.approx([2 / np.sqrt(5), 1.0])
    assert found.inner == pytest.approx([np.cos(angle)])
    assert alignment((np.eye(2),)).inner.shape == (0,)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), which=st.sampled_from(WIDTHS))
def test_alignment_lies_in_its_range(seed, which):
    found = alignment(random_weights(which, np.random.default_rng(seed)))
    rank = [min(a, b) for a, b in zip(which[:-1], which[1:], strict=True)]
    assert np.all(found.ratios <= 1 + 1e-14)
    assert np.all(found.ratios >= 1 / np.sqrt(rank) - 1e-14)
    assert np.all((found.inner >= 0) & (found.inner <= 1 + 1e-14))
