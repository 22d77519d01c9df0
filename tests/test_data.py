"""Finite data sets and the generators of examples."""

import numpy as np
import pytest

from lindyn import LabelledData, two_clusters, whitened_inputs


def test_signed_inputs_are_the_margins_of_the_coordinate_vectors():
    data = LabelledData([[1.0, 2.0], [3.0, -4.0]], [1, -1])
    assert np.array_equal(data.signed, [[1.0, 2.0], [-3.0, 4.0]])
    w = np.array([0.5, 2.0])
    assert data.signed @ w == pytest.approx(data.y * (data.X @ w))


@pytest.mark.parametrize(("n", "dim", "gap"), [(1, 1, 0.1), (7, 2, 1.0), (20, 5, 3.0)])
def test_two_clusters_are_separated_by_their_gap(n, dim, gap):
    data = two_clusters(n, dim, np.random.default_rng(3), gap=gap)
    assert data.X.shape == (n, dim)
    assert data.signed[:, 0].min() >= gap
    assert set(data.y) <= {1.0, -1.0}
    again = two_clusters(n, dim, np.random.default_rng(3), gap=gap)
    assert np.array_equal(data.X, again.X)


@pytest.mark.parametrize(("n", "dim"), [(1, 1), (3, 3), (50, 4)])
def test_whitened_inputs_are_white(n, dim):
    X = whitened_inputs(n, dim, np.random.default_rng(4))
    assert X.shape == (n, dim)
    assert X.T @ X == pytest.approx(np.eye(dim), abs=1e-14)
