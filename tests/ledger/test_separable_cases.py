"""Cases on separable data: margins, states, exact families and worst data are what they say."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from lindyn.flows import gradient_flow
from lindyn.ledger.conserving_pairs import PAIRS, pair
from lindyn.ledger.domain import Domain
from lindyn.ledger.separable_cases import (
    DATA,
    STATES,
    admissible,
    balanced_state,
    separable_data,
    start_state,
    state,
)
from lindyn.ledger.separable_flows import GAINS, RUNS, flowed, start_of
from lindyn.ledger.sideways_cases import facet_normal, sharp_push, spread, worst_data
from lindyn.margins import max_margin
from lindyn.networks import imbalance, layer_gradients

CASES = Domain(**STATES).sample(60, np.random.default_rng(1))


@pytest.mark.parametrize("case", Domain(**DATA).sample(40, np.random.default_rng(2)))
def test_data_have_the_margin_asked_for(case):
    data = separable_data(**case)
    if data is None:
        assert case["dim"] == 1
        assert case["kind"] != "spanning"
        return
    assert np.max(np.linalg.norm(data.z, axis=1)) <= 1 + 1e-12
    assert np.min(data.z @ data.direction) == pytest.approx(case["margin"], rel=1e-12)
    np.testing.assert_allclose(data.dual @ data.z, data.margin * data.direction, atol=1e-14)
    assert data.dual.sum() == pytest.approx(1)
    assert data.dual.min() >= 0
    assert max_margin(data.X, data.y).margin == pytest.approx(case["margin"], rel=1e-9)
    assert (data.alpha > 0) == (case["kind"] == "spanning")
    rank = np.linalg.matrix_rank(data.z[data.supports], tol=1e-9)
    assert (rank == case["dim"]) == (case["kind"] != "flat")


@pytest.mark.parametrize("case", CASES)
def test_states_against_the_package(case):
    at = state(**case)
    if at is None:
        assert case["dim"] == 1
        return
    assert np.exp(-at.neg_log_risk) == pytest.approx(at.risk.value(at.w), rel=1e-9)
    pull = np.exp(at.log_pull)
    gradients = layer_gradients(at.layers, at.risk.gradient(at.w)[None, :])
    for gradient, velocity in zip(gradients, at.velocity, strict=True):
        size = pull * np.linalg.norm(velocity)
        np.testing.assert_allclose(-pull * velocity, gradient, atol=1e-9 * size + 1e-300)
    total = len(at.data.z) * at.risk.value(at.w)
    assert float(at.loss.value(np.array(at.smoothed_margin))) == pytest.approx(total, rel=1e-9)
    squares = at.norms**2 - at.tops**2
    np.testing.assert_allclose(at.rests, squares, atol=1e-12 * np.max(at.norms) ** 2)
    start = start_state(**case)
    assert start.risk.value(start.w) <= float(start.loss.value(0.0)) + 1e-12
    assert all(map(np.array_equal, start.layers[:-1], at.layers[:-1]))


def test_admissible_leaves_good_starts_alone():
    data = separable_data(3, 4, 0.5, "spanning", 7)
    good = balanced_state(data, "logistic", 3, 0.7 * data.direction)
    np.testing.assert_array_equal(admissible(good).layers[-1], good.layers[-1])
    assert max(np.max(np.abs(gap)) for gap in imbalance(good.layers)) < 1e-14
    opposite = balanced_state(data, "logistic", 3, -0.7 * data.direction)
    np.testing.assert_array_equal(admissible(opposite).w, -opposite.w)


def test_pool_has_every_sort_of_start():
    starts = [start_of(run) for run in range(RUNS)]
    assert {start.depth for start in starts} == {1, 2, 3, 4}
    assert {start.loss.name for start in starts} == {"exponential", "logistic"}
    assert min(len(start.data.z) for start in starts) == 1
    assert sum(not start.layers[0].any() for start in starts) >= 8
    balanced = [s for s in starts if s.depth > 1 and max(map(np.max, imbalance(s.layers))) < 1e-12]
    assert len(balanced) >= 6
    for start in starts:
        assert np.count_nonzero(start.norms == 0) <= 1
        assert start.risk.value(start.w) <= float(start.loss.value(0.0)) + 1e-12


def test_flows_by_risk_against_flows_by_time():
    start = start_of(6)
    for at in flowed(start, GAINS[1:6]):
        run = gradient_flow(start.risk, start.layers, np.exp(at.log_time), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(run.product[0], at.now.w, rtol=1e-7)
        assert run.risk == pytest.approx(np.exp(-at.now.neg_log_risk), rel=1e-7)


@pytest.mark.parametrize("shape", ["one", "tuned", "equal", "random"])
@pytest.mark.parametrize("layers", [2, 3, 4])
def test_blocks_follow_the_flow(shape, layers):
    case = {name: coordinate.corners[0] for name, coordinate in PAIRS.items()}
    case |= {"source": "blocks", "layers": layers, "shape": shape, "seed": 5}
    found = pair(**case | {"first": 0.8, "last": 1.1, "side": 0.6, "gained": 0.9})
    start = found.start

    def reached(_, weights):
        return weights[-1][0, 0] - found.now.layers[-1][0, 0]

    run = gradient_flow(start.risk, start.layers, 20.0, rtol=1e-12, atol=1e-14, events=reached)
    end = gradient_flow(start.risk, start.layers, run.events[0][0], rtol=1e-12, atol=1e-14)
    for layer, claimed in zip(end.weights, found.now.layers, strict=True):
        np.testing.assert_allclose(layer, claimed, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 9, 40])
def test_spread_is_the_largest_mean(n):
    def mean(x):
        return -(n - 1) * x * np.exp(-x) / (1 + (n - 1) * np.exp(-x))

    best = -minimize_scalar(mean, bounds=(0, 20), method="bounded", options={"xatol": 1e-12}).fun
    assert spread(n) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("loss", ["exponential", "logistic"])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 9, 30])
def test_no_data_need_more_than_the_sharp_push(n, loss):
    """What the worst positions of the other examples leave at the threshold is nothing."""
    push = sharp_push(n, loss)

    def weight(b):
        return b * np.exp(-b) if loss == "exponential" else b / (1 + np.exp(b))

    beyond = np.max(weight(push + np.linspace(0, 30, 300_001)))  # as far as α asks, or farther
    others = np.max(weight(np.linspace(0, 30, 300_001)))
    pull = push * np.exp(push) if loss == "exponential" else push / (1 + np.exp(-push))
    assert pull == pytest.approx(beyond + (n - 2) * others, rel=1e-6)
    data = worst_data(n, push, loss)
    assert data.alpha == pytest.approx(0.1)
    assert data.solved.margin == pytest.approx(0.1)


def test_facet_normals_attain_alpha():
    data = separable_data(4, 3, 0.4, "spanning", 11)
    heights = [np.max(data.z[data.supports] @ facet_normal(data, k)) for k in range(4)]
    assert min(heights) == pytest.approx(data.alpha, rel=1e-9)
    rng = np.random.default_rng(0)
    others = data.across(rng.standard_normal((2000, 4)))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    assert np.min(np.max(others @ data.z[data.supports].T, axis=1)) >= data.alpha
