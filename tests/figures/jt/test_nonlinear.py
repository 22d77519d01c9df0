"""Figure 3: what the runs show, and what they do not."""

import numpy as np
import pytest

from lindyn import figures
from lindyn.figures.jt import nonlinear
from lindyn.nonlinear import SETTINGS, leading_values
from lindyn.nonlinear.convnet import STARTS

HIDDEN = slice(0, 2)


@pytest.fixture(scope="module")
def data():
    return nonlinear.compute_fig_3()


def test_both_starts_with_the_same_network_and_several_seeds(data):
    assert SETTINGS["digits-uniform"].architecture == SETTINGS["digits-gaussian"].architecture
    assert len(SETTINGS["digits-uniform"].architecture.dense_shapes) == 3
    for start in STARTS:
        assert data[f"ratios_{start}"].shape == (nonlinear.SEEDS, data["epoch"].size, 3)
    assert nonlinear.SEEDS >= 5
    assert data["norm_gaussian"] == pytest.approx(4 * np.ones((nonlinear.SEEDS, 3)))


def test_the_null_is_that_of_random_matrices_of_either_law(data):
    rng = np.random.default_rng(1)
    shapes = SETTINGS["digits-uniform"].architecture.dense_shapes
    for shape, law, rank in zip(shapes, data["random"], data["rank"], strict=True):
        for draw in (rng.standard_normal, lambda size: rng.uniform(-1, 1, size)):
            drawn = [draw(shape) for _ in range(20)]
            found = np.mean([leading_values(W)[0] / np.linalg.norm(W) for W in drawn])
            assert found == pytest.approx(law, rel=0.05)
            assert found > 1.2 * rank


@pytest.mark.parametrize("start", STARTS)
def test_every_run_fits_its_images(data, start):
    assert np.all(data[f"risk_{start}"][:, 0] > 2)
    assert np.all(data[f"risk_{start}"][:, -1] < 0.2)


@pytest.mark.parametrize("start", STARTS)
def test_starts_have_the_ratio_of_random_matrices_not_the_bound_by_rank(data, start):
    first = data[f"ratios_{start}"][:, 0]
    np.testing.assert_allclose(first, np.broadcast_to(data["random"], first.shape), rtol=0.1)
    assert np.all(first > 1.15 * data["rank"])


@pytest.mark.parametrize(("start", "gain"), [("uniform", 1.35), ("gaussian", 1.7)])
def test_hidden_layers_rise_above_random_and_stay_far_from_one(data, start, gain):
    last = data[f"ratios_{start}"][:, -1, HIDDEN]
    assert np.all(last > gain * data["random"][HIDDEN])
    assert np.all(last < 0.4)
    assert data[f"shuffled_{start}"] == pytest.approx(data["random"], rel=0.05)


def test_the_output_layer_stays_at_the_random_value(data):
    for start, most in (("uniform", 1.2), ("gaussian", 1.05)):
        ends = data[f"ratios_{start}"][:, -1, 2]
        assert np.all((ends > 0.9 * data["random"][2]) & (ends < most * data["random"][2]))


@pytest.mark.parametrize(("start", "step"), [("uniform", 1.1), ("gaussian", 1.5)])
def test_two_classes_give_one_leading_direction_and_ten_about_nine(data, start, step):
    two, ten, before = (data[f"{name}_{start}"] for name in ("two", "after", "before"))
    assert np.all(two[:, 0] > 1.4 * two[:, 1])
    assert np.all(two[:, 1] < 1.15 * before[:, 0])
    assert np.all(ten[:, 6] > step * before[:, 0])
    assert np.all(ten[:, 10] < 1.15 * before[:, 0])


@pytest.mark.parametrize("start", STARTS)
def test_outside_the_leading_directions_the_norm_stays_at_that_of_the_start(data, start):
    """As (i) of Lemma 2.6 says of linear networks with one output, here only measured."""
    begin = data[f"norm_{start}"][:, None, HIDDEN] ** 2
    assert np.all(data[f"outside_{start}"][:, :, HIDDEN] < begin)
    begin = data[f"two_norm_{start}"][:, None, HIDDEN] ** 2
    assert np.all(data[f"two_outside_{start}"][:, :, HIDDEN] < 1.01 * begin)


def test_the_words_say_that_nothing_comes_near_one():
    words = figures.show("jt-fig-3").alt
    assert words.count("far from 1") == 2
    assert words.count("random value") == 2
    for name in ("a", "b", "-risk", "-spectrum"):
        assert figures.show(f"jt-fig-3{name}").alt in words
