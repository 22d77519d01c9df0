"""Maximum margins: direction, duality, support, α."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from lindyn import max_margin, separable, two_clusters


def signed(n, dim, seed, gap=0.1):
    data = two_clusters(n, dim, np.random.default_rng(seed), gap=gap)
    return data.X, data.y, data.signed


def inner_radius(found, z):
    """α by its definition: the least over directions of the largest ⟨ξ, z_i⟩, by brute force."""
    frame = np.linalg.svd(found.direction[None, :])[2][1:]
    points = z[found.support] @ frame.T
    rng = np.random.default_rng(0)
    starts = rng.standard_normal((300, points.shape[1]))

    def worst(xi):
        return np.max(points @ (xi / np.linalg.norm(xi)))

    options = {"xatol": 1e-12, "fatol": 1e-14, "maxiter": 4000}
    best = sorted(starts, key=worst)[:8]
    return min(minimize(worst, x, method="Nelder-Mead", options=options).fun for x in best)


@pytest.mark.parametrize(
    ("n", "dim"), [(1, 1), (1, 3), (2, 2), (7, 2), (30, 3), (200, 20), (20, 60)]
)
@pytest.mark.parametrize("seed", [0, 1])
def test_duality_certifies_direction_and_margin(n, dim, seed):
    X, y, z = signed(n, dim, seed)
    found = max_margin(X, y)
    assert np.linalg.norm(found.direction) == pytest.approx(1, abs=1e-15)
    assert np.min(z @ found.direction) == pytest.approx(found.margin, rel=1e-13)
    assert found.dual.sum() == pytest.approx(1, abs=1e-14) and np.all(found.dual >= 0)
    assert found.dual @ z == pytest.approx(found.margin * found.direction, abs=1e-13)
    on = np.flatnonzero(z @ found.direction < found.margin + 1e-10)
    assert found.support.tolist() == on.tolist()
    assert not np.any(np.delete(found.dual, found.support))


@pytest.mark.parametrize("seed", range(5))
def test_plane_against_all_pairs(seed):
    """In the plane the margin is decided by one example or by two."""
    X, y, z = signed(12, 2, seed)
    best = 0.0
    for i, j in itertools.combinations_with_replacement(range(12), 2):
        w = np.linalg.lstsq(z[[i, j]], np.ones(2))[0]
        best = max(best, np.min(z @ w) / np.linalg.norm(w))
    assert max_margin(X, y).margin == pytest.approx(best, rel=1e-13)


def simplex(dim, seed):
    """Support vectors whose projections are a simplex around 0, and its corners."""
    rng = np.random.default_rng(seed)
    corners = rng.standard_normal((dim, dim - 1))
    corners -= rng.dirichlet(np.ones(dim)) @ corners
    return np.column_stack([np.full(dim, 0.7), corners]), corners


@pytest.mark.parametrize("dim", [3, 5, 12])
@pytest.mark.parametrize("seed", [0, 1])
def test_alpha_is_the_distance_to_the_nearest_facet(dim, seed):
    z, corners = simplex(dim, seed)
    distances = []
    for j in range(dim):
        others = np.delete(corners, j, axis=0)
        normal = np.linalg.svd(others[1:] - others[0])[2][-1]
        distances.append(abs(normal @ others[0]))
    assert max_margin(z, np.ones(dim)).alpha == pytest.approx(min(distances), rel=1e-9)


@pytest.mark.parametrize("dim", [2, 3, 4])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_alpha_of_general_data_by_brute_force(dim, seed):
    z, _ = simplex(dim, seed)
    found = max_margin(z, np.ones(dim))
    assert found.spanning and found.support.size == dim
    assert found.margin == pytest.approx(0.7, rel=1e-12)
    assert found.alpha == pytest.approx(inner_radius(found, z), rel=1e-6)


@pytest.mark.parametrize(("dim", "alpha"), [(2, 0.5), (3, 0.5 / 2**0.5), (4, 0.5 / 3**0.5)])
def test_alpha_of_cross_polytopes(dim, alpha):
    """Dependent support vectors: (1, ±e_j/2)."""
    points = 0.5 * np.concatenate([np.eye(dim - 1), -np.eye(dim - 1)])
    z = np.column_stack([np.ones(2 * dim - 2), points])
    found = max_margin(z, np.ones(len(z)))
    assert found.alpha == pytest.approx(alpha, rel=1e-13)
    assert found.spanning and found.support.tolist() == list(range(len(z)))


def test_alpha_where_it_degenerates():
    assert max_margin([[2.0], [3.0]], [1, 1]).alpha == np.inf
    line = max_margin([[0.5, 0.0], [0.5, 0.3]], [1, 1])
    assert line.spanning and line.alpha == 0.0 and line.support.tolist() == [0, 1]
    alone = max_margin([[0.5, 0.0], [0.8, 0.3]], [1, 1])
    assert not alone.spanning and alone.alpha == 0.0 and alone.support.tolist() == [0]
    flat = max_margin([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0], [3.0, 0.0, 1.0]], [1, 1, 1])
    assert not flat.spanning and flat.alpha == 0.0


@pytest.mark.parametrize("scale", [1e-150, 1e-8, 1.0, 1e8, 1e150])
def test_scaling_and_rotation(scale):
    X, y, _ = signed(15, 3, 4)
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    plain, moved = max_margin(X, y), max_margin(scale * X @ rotation, y)
    assert moved.direction == pytest.approx(plain.direction @ rotation, abs=1e-13)
    assert moved.margin == pytest.approx(scale * plain.margin, rel=1e-13)
    assert moved.alpha == pytest.approx(scale * plain.alpha, rel=1e-9)
    assert moved.support.tolist() == plain.support.tolist()


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_narrow_margins(gap):
    found = max_margin([[1.0, gap], [-1.0, gap], [0.3, 5.0]], [1, 1, 1])
    assert found.margin == pytest.approx(gap, rel=1e-7)
    assert found.direction == pytest.approx([0.0, 1.0], abs=1e-15)


@pytest.mark.parametrize(
    "z",
    [
        [[1.0], [-1.0]],
        [[1.0, 0.0], [0.0, 0.0]],
        [[0.0, 0.0]],
        [[1.0, 1e-12], [-1.0, 1e-12]],
        [[1.0, 0.0], [-0.5, 0.8], [-0.5, -0.8]],
    ],
)
def test_data_that_do_not_separate(z):
    assert not separable(z, np.ones(len(z)))
    with pytest.raises(ValueError, match="X, y: must be separable by a hyperplane .* combination"):
        max_margin(z, np.ones(len(z)))


def test_too_many_facets_are_refused_for_alpha_only():
    points = np.concatenate([np.eye(11), -np.eye(11)])
    found = max_margin(np.column_stack([np.ones(22), points]), np.ones(22))
    assert found.margin == pytest.approx(1) and found.spanning
    with pytest.raises(ValueError, match="independent support vectors, for α"):
        found.alpha  # noqa: B018


@pytest.mark.parametrize("seed", range(20))
def test_separable_agrees_with_how_the_data_were_made(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((30, 3))
    teacher = rng.standard_normal(3)
    labels = np.where(X @ teacher > 0, 1.0, -1.0)
    assert separable(X, labels)
    assert not separable(np.concatenate([X, X[:1]]), np.append(labels, -labels[0]))
