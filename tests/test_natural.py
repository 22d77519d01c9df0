"""SphericalFlow against 30-digit trajectories, weight space, exact scalings and closed forms."""

import dataclasses
import json
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

import lindyn
from lindyn import Gaussian, ShapeError, SphericalFlow, StudentT, UniformBall, UniformSphere

REFERENCE = json.loads((Path(__file__).parent / "reference" / "flows.json").read_text())
CIRCLE = UniformSphere(2)


def named(text):
    name, arguments = text.rstrip(")").split("(")
    dim, *rest = arguments.split(", ")
    return getattr(lindyn, name)(int(dim), *map(float, rest))


def plane(law, norm, angle, depth):
    """Flow from a start of the given norm and angle (a number or 'pi-…') to the teacher."""
    if isinstance(angle, str) and angle.startswith("pi-"):
        cos, sin = -math.cos(float(angle[3:])), math.sin(float(angle[3:]))
    else:
        cos, sin = math.cos(float(angle)), math.sin(float(angle))
    start, teacher = np.zeros(law.dim), np.zeros(law.dim)
    start[:2], teacher[1] = (norm * sin, norm * cos), 1.0
    return SphericalFlow(law, teacher, start, depth)


def sensitivity(law, depth, record):
    """max(1, |t d ln(·)/dt|) for norm, 1 − cos θ and loss."""
    rho, away = record.norm, record.one_minus_cos
    gear = rho ** (1 - 2 / depth)
    drift = law.psi(rho) - law.kappa * away
    across = law.kappa**2 * away * (2 - away)
    rates = (
        depth * gear * drift,
        law.kappa * gear * (2 - away),
        gear * rho * (depth * drift**2 + across) / record.loss,
    )
    return [np.maximum(1.0, np.abs(record.t * rate)) for rate in rates]


@pytest.mark.parametrize(
    "case", REFERENCE, ids=lambda c: f"{c['law']}-N{c['depth']}-norm{c['norm']}-angle{c['angle']}"
)
def test_trajectories_agree_with_thirty_digits(case):
    law = named(case["law"])
    flow = plane(law, float(case["norm"]), case["angle"], case["depth"])
    record = flow.at([float(row["t"]) for row in case["rows"]])
    allowances = sensitivity(law, case["depth"], record)
    for name, allowance in zip(("norm", "one_minus_cos", "loss"), allowances, strict=True):
        expected = np.array([float(row[name]) for row in case["rows"]])
        error = np.abs(getattr(record, name) - expected)
        assert np.all(error <= 1e-11 * allowance * expected + 1e-300), (name, error / expected)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_weight_space_gives_the_same_flow(depth):
    """The closed form against the gradient flow of all layers."""
    law, teacher = Gaussian(3), np.array([0.0, 0.6, 0.8])
    start, t = np.array([1.0, -0.5, -0.9]), np.linspace(0.0, 6.0, 13)
    weights = lindyn.balanced(start[None, :], depth)
    risk = lindyn.SphericalLogistic(law, teacher)
    run = lindyn.gradient_flow(risk, weights, t, rtol=1e-12, atol=1e-14)
    record = SphericalFlow(law, teacher, start, depth).at(t)
    assert np.abs(run.product[:, 0, :] - record.w).max() < 1e-10
    assert np.abs(run.risk - record.loss).max() < 1e-11


def test_direction_does_not_know_the_depth():
    tau = np.linspace(0.0, 20.0, 41)
    first = plane(CIRCLE, 2.0, 2.9, 1).at_natural_time(tau)
    for depth in (2, 3, 7, 40):
        other = plane(CIRCLE, 2.0, 2.9, depth).at_natural_time(tau)
        assert np.array_equal(first.one_minus_cos, other.one_minus_cos)


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("a", [2.0**-30, 0.25, 64.0])
def test_scaling_the_data_is_scaling_the_start_and_time(depth, a):
    """Under x → a·x the product a·w solves the flow at a = 1, at the time a^{2/N}·t."""
    t = np.logspace(-3, 5, 30)
    start, teacher = np.array([0.6, -0.8]), np.array([0.0, 1.0])
    large = SphericalFlow(UniformSphere(2, a), teacher, start / a, depth)
    small = SphericalFlow(CIRCLE, teacher, start, depth)
    scaled, plain = large.at(t * a ** (-2 / depth)), small.at(t)
    for name, factor in (("norm", a), ("one_minus_cos", 1.0), ("loss", 1.0), ("tau", a)):
        assert np.allclose(getattr(scaled, name) * factor, getattr(plain, name), rtol=1e-12), name
    assert math.isclose(large.turning_time * a ** (2 / depth), small.turning_time, rel_tol=1e-12)


def test_an_embedding_into_more_dimensions_changes_nothing():
    """The normal law has the same marginal in every dimension; only the plane of w matters."""
    t = np.linspace(0.0, 50.0, 20)
    rng = np.random.default_rng(3)
    frame = np.linalg.qr(rng.standard_normal((5000, 2)))[0]
    teacher, start = np.array([0.0, 1.0]), np.array([1.2, -0.7])
    low = SphericalFlow(Gaussian(2), teacher, start, 3).at(t)
    high = SphericalFlow(Gaussian(5000), frame @ teacher, frame @ start, 3).at(t)
    assert np.allclose(low.norm, high.norm, rtol=1e-12)
    assert np.allclose(low.w @ frame.T, high.w, atol=1e-13)


@pytest.mark.parametrize("depth", [1, 2, 3, 7, 50])
def test_clocks_are_inverse_to_each_other(depth):
    flow = plane(CIRCLE, 3.0, 2.0, depth)
    t = np.concatenate([[0.0], np.logspace(-8, 6, 57)])
    tau = flow.natural_time(t)
    assert np.all(np.diff(tau) > 0)
    assert np.allclose(flow.time(tau), t, rtol=1e-11, atol=0)
    if depth == 2:
        assert np.allclose(tau, t, rtol=1e-14, atol=0)
    both = flow.at(t), flow.at_natural_time(tau)
    assert np.allclose(both[0].norm, both[1].norm, rtol=1e-11)
    assert math.isclose(flow.time(flow.natural_time(2.5)), 2.5, rel_tol=1e-12)


def test_angle_zero_on_a_line_in_closed_form():
    """With x = ±1 and N = 1, ρ' = 1/(1 + e^ρ), so that ρ + e^ρ grows like t."""
    t = np.logspace(-6, 6, 40)
    record = SphericalFlow(UniformSphere(1), [1.0], [0.5], 1).at(t)
    lhs = record.norm + np.exp(record.norm)
    assert np.allclose(lhs, 0.5 + math.exp(0.5) + t, rtol=1e-12)
    assert np.all(record.one_minus_cos == 0) and np.all(record.angle == 0)
    assert np.allclose(record.loss, np.log1p(np.exp(-record.norm)), rtol=1e-13)


def test_opposite_start_of_depth_one_ends_at_the_origin():
    """ρ' = −κ − Φ'(ρ) reaches 0 at ∫ dρ/(κ + Φ')."""
    flow = SphericalFlow(CIRCLE, [0.0, 2.0], [0.0, -3.0], 1)
    expected, _ = quad(lambda r: 1 / (CIRCLE.kappa + CIRCLE.dPhi(r)), 0, 3, epsabs=0, epsrel=1e-13)
    assert math.isclose(flow.end_time, expected, rel_tol=1e-12)
    assert flow.turning_time == flow.end_time and flow.turning_norm == 0
    assert flow.turning_tau == math.inf
    left = 1e-6
    near = flow.at(flow.end_time - left)
    assert math.isclose(near.norm, CIRCLE.kappa * left, rel_tol=1e-6)
    assert near.angle == math.pi and near.one_minus_cos == 2
    for late in (flow.end_time, 2 * flow.end_time):
        with pytest.raises(ValueError, match=f"t: must be before {flow.end_time:.10g}"[:28]):
            flow.at(late)
    assert flow.time(200.0) <= flow.end_time


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_opposite_start_of_a_deep_network_never_turns(depth):
    flow = SphericalFlow(CIRCLE, [0.0, 1.0], [0.0, -1.0], depth)
    assert flow.turning_time == flow.turning_tau == flow.end_time == math.inf
    assert flow.turning_norm == 0
    record = flow.at([1.0, 1e3, 1e6])
    assert np.all(np.diff(record.norm) <= 0) and record.norm[0] > 0
    if depth > 2:
        # Near 0 the norm solves ρ' = −Nκ ρ^{2−2/N}, so ρ^{2/N−1} grows at the rate (N − 2)κ.
        power = record.norm ** (2 / depth - 1)
        assert math.isclose(
            (power[2] - power[1]) / (1e6 - 1e3), (depth - 2) * CIRCLE.kappa, rel_tol=1e-4
        )


@pytest.mark.parametrize("depth", [1, 2, 3, 7])
@pytest.mark.parametrize("angle", [1.0, 1.7, 2.5, 3.0, math.pi - 1e-4])
@pytest.mark.parametrize("law", [CIRCLE, StudentT(3, 1.5), UniformBall(2)], ids=repr)
def test_the_turn_is_the_least_norm(law, depth, angle):
    flow = plane(law, 1.5, angle, depth)
    turn = flow.turning_time
    if turn == 0:
        assert flow.turning_norm == pytest.approx(1.5, rel=1e-14) and flow.turning_tau == 0
        assert np.all(np.diff(flow.at(np.linspace(0, 100, 50)).norm) > 0)
        return
    record = flow.at(turn)
    assert math.isclose(record.norm, flow.turning_norm, rel_tol=1e-13)
    assert math.isclose(record.tau, flow.turning_tau, rel_tol=1e-9)
    gain = law.psi(record.norm) - law.kappa * record.one_minus_cos
    assert abs(gain) < 1e-9 * law.kappa
    before, after = (
        flow.at(turn * np.linspace(0, 1, 30)).norm,
        flow.at(turn * np.linspace(1, 9, 30)),
    )
    assert np.all(np.diff(before) < 0) and np.all(np.diff(after.norm) > 0)


@pytest.mark.parametrize("size", [1e-310, 1e-300, 1e300])
@pytest.mark.parametrize("depth", [1, 2, 5, 1000])
def test_starts_at_the_ends_of_floating_point(size, depth):
    flow = SphericalFlow(CIRCLE, [0.0, 1.0], [size, -size], depth)
    record = flow.at([0.0, 1e-3, 1.0, 1e3, 1e6])
    assert math.isclose(record.norm[0], math.sqrt(2) * size, rel_tol=1e-12)
    assert np.all(np.isfinite(record.loss)) and np.all(np.diff(record.loss) <= 1e-15)
    assert np.all(np.diff(record.angle) <= 0) and np.all(np.diff(record.tau) > 0)


@pytest.mark.parametrize("radius", [1e-150, 1e150])
def test_laws_at_the_ends_of_floating_point(radius):
    law = UniformSphere(2, radius)
    flow = SphericalFlow(law, [0.0, 1.0], np.array([0.6, -0.8]) / radius, 3)
    plain = SphericalFlow(CIRCLE, [0.0, 1.0], [0.6, -0.8], 3)
    tau = np.array([0.1, 3.0, 40.0])
    record, expected = flow.at_natural_time(tau / radius), plain.at_natural_time(tau)
    assert np.allclose(record.norm * radius, expected.norm, rtol=1e-12)
    assert np.allclose(record.loss, expected.loss, rtol=1e-12)


def test_a_start_that_would_turn_beyond_floating_point():
    flow = plane(CIRCLE, 1.0, "pi-1e-12", 100)
    assert flow.turning_time == math.inf and math.isfinite(flow.turning_tau)
    assert flow.at_natural_time(2 * flow.turning_tau).angle < 1e-6


@pytest.mark.parametrize("tilt", [1e-3, 1e-8, 1e-12, 1e-15, 1e-200])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("dim", [2, 60])
def test_angle_of_nearly_parallel_and_opposite_starts(tilt, sign, dim):
    """φ₀ is that of the floats given, not of rounded unit vectors."""
    rng = np.random.default_rng(dim)
    teacher = rng.standard_normal(dim) * 3
    start = sign * 7 * teacher
    start[0] += tilt * 11
    flow = SphericalFlow(Gaussian(dim), teacher, start, 1)
    with mpmath.workdps(450):
        w, v = mpmath.matrix(start.tolist()), mpmath.matrix(teacher.tolist())
        cos = (w.T * v)[0] / mpmath.norm(w) / mpmath.norm(v)
        expected, other = float(1 - cos), float(1 + cos)
    record = flow.at(0.0)
    assert math.isclose(record.one_minus_cos, expected, rel_tol=1e-13)
    if other > 0:
        phi = 0.5 * (math.log(other) - math.log(expected)) if expected > 0 else math.inf
        assert math.isclose(flow._phi, phi, rel_tol=1e-13)
    assert np.allclose(record.w, start, rtol=0, atol=1e-13 * np.abs(start).max())


def test_one_minus_cos_far_down():
    flow = plane(CIRCLE, 1.0, 1.0, 1)
    tau = 300.0
    phi = math.atanh(math.cos(1.0)) + CIRCLE.kappa * tau
    record = flow.at_natural_time(tau)
    assert math.isclose(record.one_minus_cos, 2 * math.exp(-2 * phi), rel_tol=1e-12)
    assert math.isclose(record.angle, 2 * math.exp(-phi), rel_tol=1e-12)


def test_shapes_of_records():
    flow = SphericalFlow(Gaussian(3), [[1.0, 0, 0]], [1.0, 2.0, 3.0], 2)
    one, many = flow.at(2.0), flow.at([0.0, 1.0, 2.0])
    for name in ("t", "tau", "norm", "angle", "one_minus_cos", "loss"):
        assert isinstance(getattr(one, name), float)
        assert getattr(many, name).shape == (3,)
        assert math.isclose(getattr(one, name), getattr(many, name)[2], rel_tol=1e-13)
    assert one.w.shape == (3,) and many.w.shape == (3, 3)
    assert np.allclose(many.w[0], [1, 2, 3], rtol=1e-14)
    assert np.allclose(np.linalg.norm(many.w, axis=1), many.norm, rtol=1e-13)
    assert flow.at([]).w.shape == (0, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.norm = 3.0


def test_the_order_of_questions_does_not_matter():
    late_first, fresh = plane(CIRCLE, 2.0, 2.7, 3), plane(CIRCLE, 2.0, 2.7, 3)
    late_first.at(1e6)
    small = np.linspace(0, 3, 20)
    assert np.allclose(late_first.at(small).norm, fresh.at(small).norm, rtol=1e-13, atol=0)
    assert math.isclose(late_first.turning_time, fresh.turning_time, rel_tol=1e-13)


laws = st.sampled_from(
    [CIRCLE, UniformSphere(30, 5.0), Gaussian(3), UniformBall(2), StudentT(2, 1.3)]
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    law=laws,
    depth=st.integers(1, 60),
    log_norm=st.floats(-7, 7),
    angle=st.one_of(st.floats(0, math.pi), st.floats(3.14, math.pi)),
)
def test_loss_and_angle_fall_and_the_norm_turns_once(law, depth, log_norm, angle):
    flow = plane(law, 10.0**log_norm, angle, depth)
    last = min(1e6, 0.999 * flow.end_time)
    record = flow.at(last * np.concatenate([[0.0], np.logspace(-12, 0, 80)]))
    for name in ("tau", "norm", "angle", "one_minus_cos", "loss"):
        assert np.all(np.isfinite(getattr(record, name))), name
    assert np.all(np.diff(record.tau) > 0)
    assert np.all(np.diff(record.loss) <= 1e-13 * record.loss[:-1])
    assert np.all(np.diff(record.angle) <= 0)
    ups = np.diff(record.norm) / record.norm[1:].clip(1e-300)
    signs = np.sign(np.where(np.abs(ups) < 1e-13, 0.0, ups))
    signs = signs[signs != 0]
    assert np.all(np.diff(signs) >= 0)  # falls, then rises


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"law": "circle"}, "law: must be a spherically symmetric law"),
        ({"start": [0.0, 0.0]}, "start: must be non-zero"),
        ({"start": [np.nan, 1.0]}, "start: must be finite"),
        ({"direction": [0.0, 0.0]}, "direction: must be non-zero"),
        ({"depth": 0}, "depth"),
        ({"depth": 2.0}, "depth"),
        ({"depth": -1}, "depth"),
    ],
)
def test_bad_arguments_are_named(change, message):
    good = {"law": CIRCLE, "direction": [0.0, 1.0], "start": [1.0, 0.0], "depth": 1}
    with pytest.raises(ValueError, match=message):
        SphericalFlow(**{**good, **change})


def test_bad_shapes_and_times_are_named():
    with pytest.raises(ShapeError, match="start"):
        SphericalFlow(CIRCLE, [0.0, 1.0], [1.0, 0.0, 0.0], 1)
    with pytest.raises(ShapeError, match="direction"):
        SphericalFlow(CIRCLE, [0.0, 1.0, 0.0], [1.0, 0.0], 1)
    flow = plane(CIRCLE, 1.0, 1.0, 1)
    for bad, message in ((-1.0, "non-negative"), ([2.0, 1.0], "sorted"), (math.inf, "finite")):
        for ask in (flow.at, flow.at_natural_time, flow.time, flow.natural_time):
            with pytest.raises(ValueError, match=message):
                ask(bad)
    with pytest.raises(ValueError, match="t: must be at most"):
        flow.at(1e300)
    with pytest.raises(ShapeError, match="one time or a vector"):
        flow.at([[1.0]])
