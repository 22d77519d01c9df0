"""The runs: settings of the paper, starts, the flow of all layers."""

import numpy as np
import pytest

from lindyn import end_to_end, gradient_flow, imbalance
from lindyn.figures.clz import aligned, runs, saddles
from lindyn.risks import WhitenedSquare


@pytest.fixture(scope="module")
def data():
    return saddles.compute_fig_1()


def test_settings_are_those_of_the_paper():
    assert runs.WIDTHS[::-1] == (5, 4, 1, 10, 5, 3, 8)
    assert runs.DEPTH == len(runs.WIDTHS) - 1 == 6
    assert runs.SINGULAR == tuple(6.0 - i for i in range(1, 6))
    assert runs.STEP == 5e-4
    assert runs.SIZE == 6.0
    assert aligned.STEPS == 800


@pytest.mark.parametrize("k", range(6))
def test_starts_are_balanced_and_their_first_k_sums_vanish(k):
    a, b = runs.start(k)
    assert np.all(a[:k] + b[:k] == 0)
    assert k == 5 or abs(a[k] + b[k]) > 0.01
    left, right, weights = runs.layers(a, b, runs.SIZE)
    assert [layer.shape for layer in weights] == list(
        zip(runs.WIDTHS[1:], runs.WIDTHS[:-1], strict=True)
    )
    assert max(np.abs(gap).max() for gap in imbalance(weights)) < 1e-14
    product = runs.SIZE * np.outer(left @ a, right @ b)
    assert end_to_end(weights) == pytest.approx(product, abs=1e-14)
    assert np.linalg.norm(a) == pytest.approx(1, abs=1e-15)
    assert np.linalg.norm(b) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("k", [0, 3])
def test_exact_flow_is_that_of_all_six_layers(data, k):
    a, b = runs.start(k)
    left, right, weights = runs.layers(a, b, runs.SIZE)
    some = np.array([0, 20, 60, 120])
    risk = WhitenedSquare(left @ runs.TARGET @ right.T)
    run = gradient_flow(risk, weights, data["n"][some] * runs.STEP)
    s = np.linalg.norm(run.product, axis=(1, 2))
    assert s == pytest.approx(data[f"flow_s_{k}"][some], rel=1e-7)
    pull = np.sum(run.product * risk.target, axis=(1, 2)) / s
    assert pull == pytest.approx(data[f"flow_pull_{k}"][some], abs=1e-7)


def test_escape_waits_longer_by_the_logarithm_of_the_step():
    """Half the step: ln 2/(σ₁ − σ_{k+1}) more natural time at the saddle."""
    a, b = runs.start(2)
    wide, fine = (
        runs.escape_of_flow(2, a, b, runs.SIZE, step) * step for step in (runs.STEP, runs.STEP / 2)
    )
    expected = np.log(2) / (5 - 3) * 3 ** (2 / runs.DEPTH - 1)
    assert fine - wide == pytest.approx(expected, rel=1e-3)
