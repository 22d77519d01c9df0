"""The flow on separable data with the risk as its clock."""

import json
from pathlib import Path

import numpy as np
import pytest

from lindyn import (
    IntegrationError,
    Separable,
    balanced,
    gradient_flow,
    imbalance,
    margin_flow,
    margin_flow_balanced,
    max_margin,
    two_clusters,
)
from lindyn.risk_clock._log_risk import LogRisk
from lindyn.risk_clock._network import NetworkField
from lindyn.risk_clock.balanced import PredictorField

REFERENCE = json.loads((Path(__file__).parent / "reference" / "margins.json").read_text())
LOSSES = ("exponential", "logistic")


def data(n=20, dim=2, seed=0):
    found = two_clusters(n, dim, np.random.default_rng(seed), gap=0.4, spread=1.0)
    return found.X / np.max(np.linalg.norm(found.X, axis=1)), found.y


def start(widths, seed=0, X=None, y=None):
    """Unbalanced layers whose product is on the right side of the data on average."""
    rng = np.random.default_rng(seed)
    layers = [
        rng.standard_normal((b, a)) * 0.8 / a**0.5
        for a, b in zip(widths[:-1], widths[1:], strict=True)
    ]
    product = np.linalg.multi_dot(layers[::-1]) if len(layers) > 1 else layers[0]
    if np.mean(y * (X @ product[0])) < 0:
        layers[-1] *= -1
    return tuple(layers)


def begin(X, y, layers, loss):
    product = np.linalg.multi_dot(layers[::-1]) if len(layers) > 1 else layers[0]
    return -np.log(Separable(X, y, loss).value(product))


def test_against_thirty_digits():
    X = np.array(REFERENCE["inputs"], dtype=float)
    layers = tuple(np.array(layer, dtype=float) for layer in REFERENCE["layers"])
    rows = REFERENCE["rows"]
    goals = [float(row["neg_log_risk"]) for row in rows]
    run = margin_flow(X, np.ones(3), layers, neg_log_risks=goals)
    assert run.certificate < 1e-8
    for k, row in enumerate(rows):
        w = run.product[k, 0]
        assert np.arctan2(w[1], w[0]) == pytest.approx(float(row["angle"]), abs=1e-12)
        assert w == pytest.approx([float(x) for x in row["w"]], rel=1e-10)
        assert run.log_time[k] == pytest.approx(float(row["log_time"]), abs=1e-9)
        flat = np.concatenate([layer[k].ravel() for layer in run.weights])
        assert flat == pytest.approx([float(x) for x in row["layers"]], rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("widths", [(2, 1), (2, 4, 1), (2, 4, 3, 1), (5, 3, 3, 3, 1)])
def test_certificate_at_the_smallest_floats(loss, widths):
    X, y = data(dim=widths[0])
    layers = start(widths, 1, X, y)
    first = begin(X, y, layers, loss)
    run = margin_flow(X, y, layers, loss, first + np.geomspace(1e-6, 700.0, 20))
    assert run.certificate < 1e-8
    found = max_margin(X, y)
    w = run.product[-1, 0]
    off = np.linalg.norm(w - (w @ found.direction) * found.direction)
    assert 0 < off / np.linalg.norm(w) < 0.03
    assert np.all(np.diff(run.log_time) > 0)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_certificate_is_what_it_says(loss):
    X, y = data()
    layers = start((2, 4, 3, 1), 2, X, y)
    goals = begin(X, y, layers, loss) + np.array([0.5, 3.0, 9.0])
    run = margin_flow(X, y, layers, loss, goals, rtol=1e-6, atol=1e-8)
    drifts = []
    for k in range(3):
        now = [layer[k] for layer in run.weights]
        pairs = zip(imbalance(now), imbalance(layers), strict=True)
        drifts += [np.max(np.abs(a - b)) for a, b in pairs]
        drifts.append(abs(-np.log(Separable(X, y, loss).value(run.product[k])) - goals[k]))
    assert run.certificate == pytest.approx(max(drifts), rel=1e-6)
    assert 1e-9 < run.certificate < 1e-3


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("widths", [(2, 1), (2, 3, 1), (2, 4, 3, 1)])
def test_agrees_with_the_flow_in_time(loss, widths):
    X, y = data()
    layers = start(widths, 3, X, y)
    goals = begin(X, y, layers, loss) + np.array([0.0, 0.01, 0.5, 2.0, 5.0])
    run = margin_flow(X, y, layers, loss, goals)
    assert run.log_time[0] == -np.inf
    times = np.exp(run.log_time)
    plain = gradient_flow(Separable(X, y, loss), layers, times, rtol=1e-12, atol=1e-14)
    for a, b in zip(run.weights, plain.weights, strict=True):
        assert a == pytest.approx(b, abs=1e-9)
    assert -np.log(plain.risk) == pytest.approx(goals, abs=1e-10)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_the_reduction_is_the_flow_of_balanced_layers(loss, depth):
    X, y = data(dim=3)
    w = np.array([0.3, -0.2, 0.5])
    layers = balanced(w, depth, [3] * (depth - 1), np.random.default_rng(0))
    goals = begin(X, y, (w[None, :],), loss) + np.geomspace(1e-3, 700.0, 12)
    small = margin_flow_balanced(X, y, w, depth, loss, goals)
    large = margin_flow(X, y, layers, loss, goals)
    assert small.certificate < 1e-9 and large.certificate < 1e-8
    assert small.product == pytest.approx(large.product, rel=1e-9, abs=1e-9)
    assert small.log_time == pytest.approx(large.log_time, abs=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_hidden_rotations_do_not_matter(loss):
    X, y = data()
    layers = start((2, 4, 3, 1), 4, X, y)
    rng = np.random.default_rng(7)
    first, second = (np.linalg.qr(rng.standard_normal((k, k)))[0] for k in (4, 3))
    turned = (first @ layers[0], second @ layers[1] @ first.T, layers[2] @ second.T)
    goals = begin(X, y, layers, loss) + np.array([1.0, 50.0, 700.0])
    plain, other = (margin_flow(X, y, w, loss, goals) for w in (layers, turned))
    assert other.product == pytest.approx(plain.product, rel=1e-9, abs=1e-9)
    assert other.log_time == pytest.approx(plain.log_time, abs=1e-8)
    assert first @ plain.weights[0] == pytest.approx(other.weights[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("scale", [1e-100, 1e-3, 1e3, 1e100])
def test_scaling_of_the_data_and_the_weights(scale):
    """With x → ax and W_k → a^{−1/L} W_k the margins are the same, and t → t a^{−2/L}."""
    X, y = data()
    layers = start((2, 3, 3, 1), 5, X, y)
    goals = begin(X, y, layers, "logistic") + np.array([1.0, 30.0, 700.0])
    plain = margin_flow(X, y, layers, "logistic", goals)
    factor = scale ** (-1 / 3)
    moved = margin_flow(scale * X, y, [factor * w for w in layers], "logistic", goals)
    assert moved.certificate < 1e-8 * max(1.0, factor**2)
    assert moved.product * scale == pytest.approx(plain.product, rel=1e-9, abs=1e-9)
    assert moved.log_time == pytest.approx(plain.log_time + 2 * np.log(factor), abs=1e-8)


@pytest.mark.parametrize("value", [1e4, 1e6])
def test_far_beyond_the_floats(value):
    """The part of w off ū tends to the minimiser of Σ e^{−⟨x, z_i⟩} over supports, at any depth."""
    X, y = np.array([[1.0, 0.6], [1.0, -0.3], [1.5, 0.2]]), np.ones(3)
    layers = start((2, 3, 3, 1), 6, X, y)
    run = margin_flow(X, y, layers, neg_log_risks=value)
    assert run.certificate < 1e-10 * value
    limit = np.log(2.0) / 0.9  # 0.6 e^{−0.6 x} = 0.3 e^{0.3 x}
    assert run.product[0, 1] == pytest.approx(limit, abs=20 / value)
    assert run.product[0, 0] == pytest.approx(value, abs=2.0)


def test_records_and_repeated_values():
    X, y = data()
    layers = start((2, 3, 1), 8, X, y)
    first = begin(X, y, layers, "exponential")
    one = margin_flow(X, y, layers, neg_log_risks=first + 3.0)
    assert one.product.shape == (1, 2) and one.log_time.shape == ()
    assert [w.shape for w in one.weights] == [(3, 2), (1, 3)]
    many = margin_flow(X, y, layers, neg_log_risks=first + np.array([0.0, 3.0, 3.0]))
    assert many.product.shape == (3, 1, 2)
    assert np.array_equal(many.weights[0][0], layers[0])
    assert np.array_equal(many.product[1], many.product[2])
    assert many.product[2] == pytest.approx(one.product, rel=1e-12)
    reduced = margin_flow_balanced(X, y, [0.1, 0.2], 2, neg_log_risks=5.0)
    assert reduced.product.shape == (1, 2) and reduced.log_time.shape == ()


def test_start_of_a_zero_layer():
    X, y = data()
    layers = (np.zeros((2, 2)), np.array([[1.0, -0.5]]))
    run = margin_flow(X, y, layers, neg_log_risks=[0.0, 10.0, 700.0])
    assert run.certificate < 1e-8
    assert np.linalg.matrix_rank(run.weights[0][-1], tol=1e-9) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": [[1.0, 0.0], [1.0, 0.0]], "y": [1, -1]}, "separable"),
        ({"weights": (np.zeros((2, 2)), np.zeros((1, 2)))}, "no critical point"),
        ({"weights": (np.ones((2, 3)), np.ones((1, 2)))}, r"product of shape \(1, 2\)"),
        ({"weights": (np.ones((2, 2)),)}, r"product of shape \(1, 2\)"),
        ({"neg_log_risks": [2.0, 1.0]}, "neg_log_risks: must be sorted"),
        ({"neg_log_risks": -5.0}, "risk of the start"),
        ({"neg_log_risks": []}, "at least one value"),
        ({"neg_log_risks": [1.0, 1e12]}, "neg_log_risks: must be at most 1e"),
        ({"weights": (1e-90 * np.ones((2, 2)), 1e-90 * np.ones((1, 2)))}, "can be scaled up"),
        ({"neg_log_risks": [np.inf]}, "neg_log_risks: must be finite"),
        ({"neg_log_risks": [[1.0]]}, "one value or a vector"),
        ({"loss": "hinge"}, "loss: must be one of"),
        ({"loss": None}, "loss: must be a loss with log_value, log_slope and decay"),
        ({"X": [[np.nan, 0.0]], "y": [1]}, "X: must be finite"),
        ({"y": np.zeros(20)}, "y: must be labels"),
        ({"weights": np.ones((1, 2))}, "weights: must be a non-empty tuple"),
        ({"weights": ()}, "weights: must be a non-empty tuple"),
        ({"weights": (np.full((2, 2), np.nan), np.ones((1, 2)))}, r"weights\[0\]: must be finite"),
        ({"neg_log_risks": "late"}, "neg_log_risks: must be real numbers"),
        ({"rtol": 1e-15}, "rtol: must be at least"),
        ({"atol": 0.0}, "atol: must be positive"),
        ({"method": "RK45"}, "method: must be one of"),
        ({"weights": (1e200 * np.ones((2, 2)), 1e200 * np.ones((1, 2)))}, "weights"),
    ],
)
def test_bad_input(changes, message):
    X, y = data()
    given = {"X": X, "y": y, "weights": start((2, 2, 1), 0, X, y), "neg_log_risks": [9.0]}
    with pytest.raises(ValueError, match=message):
        margin_flow(**{**given, **changes})


def test_bad_input_of_the_reduction():
    X, y = data()
    with pytest.raises(ValueError, match="start: must be non-zero"):
        margin_flow_balanced(X, y, [0.0, 0.0], 2, neg_log_risks=1.0)
    with pytest.raises(ValueError, match="start: must be a vector of 2 entries"):
        margin_flow_balanced(X, y, [1.0, 0.0, 0.0], 2, neg_log_risks=1.0)
    with pytest.raises(ValueError, match="depth"):
        margin_flow_balanced(X, y, [1.0, 0.0], 0, neg_log_risks=1.0)


def test_one_layer_may_start_at_zero():
    X, y = data()
    small = margin_flow_balanced(X, y, [0.0, 0.0], 1, neg_log_risks=[0.0, 1.0, 700.0])
    large = margin_flow(X, y, (np.zeros((1, 2)),), neg_log_risks=[0.0, 1.0, 700.0])
    assert max(small.certificate, large.certificate) < 1e-9
    assert large.product == pytest.approx(small.product, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("size", [1e-6, 1e-2])
def test_small_starts_keep_their_digits(size):
    """From a small balanced start the flow leaves along the mean of the z_i."""
    X, y = data()
    w = size**3 * np.array([0.6, 0.8])
    layers = balanced(w, 3, [2, 2], np.random.default_rng(0))
    goals = [1e-3, 1.0, 700.0]
    small = margin_flow_balanced(X, y, w, 3, "exponential", goals)
    large = margin_flow(X, y, layers, "exponential", goals)
    assert large.product == pytest.approx(small.product, rel=1e-8, abs=1e-8)
    assert large.log_time == pytest.approx(small.log_time, abs=1e-8)


def test_a_flow_that_runs_into_a_saddle_says_so():
    layers = (np.array([[0.5]]), np.array([[-0.5]]))
    with pytest.raises(IntegrationError, match=r"reached −ln R = .* of 5; .* critical point"):
        margin_flow([[1.0]], [1.0], layers, neg_log_risks=5.0)
    near = (np.array([[0.5]]), np.array([[-0.5 + 1e-6]]))
    assert margin_flow([[1.0]], [1.0], near, neg_log_risks=5.0).certificate < 1e-9


@pytest.mark.parametrize("method", ["DOP853", "Radau", "BDF"])
def test_other_methods_agree(method):
    X, y = data()
    layers = start((2, 3, 3, 1), 9, X, y)
    goals = begin(X, y, layers, "exponential") + np.array([1.0, 20.0])
    given = {"rtol": 1e-8, "atol": 1e-10, "method": method}
    run = margin_flow(X, y, layers, neg_log_risks=goals, **given)
    exact = margin_flow(X, y, layers, neg_log_risks=goals)
    assert run.product == pytest.approx(exact.product, abs=1e-4)
    assert run.log_time == pytest.approx(exact.log_time, abs=1e-4)


def test_many_weights_are_integrated_explicitly():
    X, y = data(dim=3)
    layers = start((3, 30, 30, 1), 10, X, y)
    goals = begin(X, y, layers, "logistic") + np.array([1.0, 30.0])
    run = margin_flow(X, y, layers, "logistic", goals)
    other = margin_flow(X, y, layers, "logistic", goals, method="DOP853")
    assert run.certificate < 1e-8 and np.array_equal(run.product, other.product)


def test_progress_is_shown(capsys):
    X, y = data()
    margin_flow_balanced(X, y, [0.1, 0.2], 2, neg_log_risks=5.0, progress=True)
    assert "−ln R" in capsys.readouterr().err


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("widths", [(3, 1), (3, 2, 1), (2, 4, 3, 1)])
def test_jacobians_against_differences(loss, widths):
    X, y = data(dim=widths[0])
    layers = start(widths, 11, X, y)
    risk = LogRisk(X, y, loss, len(layers))
    weights = NetworkField(risk, [layer.shape for layer in layers])
    predictor = PredictorField(risk, len(layers))
    rng, h = np.random.default_rng(0), 1e-6
    flat = np.concatenate([layer.ravel() for layer in layers])
    for field, state in ((weights, flat), (predictor, rng.standard_normal(widths[0]))):
        state = np.append(state, 0.3)
        moves = h * np.eye(state.size)
        slopes = [
            (field.velocity(0.0, state + m) - field.velocity(0.0, state - m)) / (2 * h)
            for m in moves
        ]
        size = np.max(np.abs(slopes))
        assert field.jacobian(0.0, state) / size == pytest.approx(
            np.transpose(slopes) / size, abs=1e-8
        )
