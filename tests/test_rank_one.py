"""RankOneFlow against 28-digit trajectories, weight space, closed forms and exact scalings."""

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

import lindyn
from lindyn import RankOneFlow, ShapeError
from lindyn.natural import _pair
from lindyn.natural._modes import Modes, logarithm

REFERENCE = json.loads((Path(__file__).parent / "reference" / "rank_one.json").read_text())
ROOT = math.sqrt(2)
DEPTHS = [2, 2.5, 3, 4, 7, 50]


def named(case):
    parts = (f"sigma{case['sigma']}", f"p{case['plus'][0]}", f"s{case['s']}", f"N{case['depth']}")
    return "-".join(parts)


def flow_of(case, **changes):
    names = ("sigma", "plus", "minus", "s", "depth")
    return RankOneFlow.from_modes(*(case[name] for name in names), **changes)


def random_start(rng, shape, batch=()):
    Z = rng.standard_normal(shape)
    u, v = rng.standard_normal((*batch, shape[0])), rng.standard_normal((*batch, shape[1]))
    unit = [x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (u, v)]
    return Z, *unit


def pull(flow, record):
    """uᵀZv in the singular bases."""
    return (flow._start.sigma * record.a * record.b).sum(axis=-1)


# -- accuracy --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", REFERENCE, ids=named)
def test_size_and_clock_agree_with_28_digits(case):
    flow = flow_of(case)
    record = flow.at_natural_time(case["tau"])
    s = np.array([float(row["s"]) for row in case["rows"]])
    t = np.array([float(row["t"]) for row in case["rows"]])
    assert np.all(np.abs(record.s - s) <= 1e-13 * s)
    assert np.all(np.abs(record.log_s - np.log(s)) <= 1e-13 + 2e-15 * np.abs(np.log(s)))
    assert np.all(np.abs(record.t - t) <= 1e-13 * t)


@pytest.mark.parametrize("case", REFERENCE, ids=named)
def test_size_at_given_times_agrees_within_the_allowance(case):
    flow = flow_of(case)
    t = np.array([float(row["t"]) for row in case["rows"]])
    s = np.array([float(row["s"]) for row in case["rows"]])
    record = flow.at(t)
    slope = case["depth"] * s ** (1 - 2 / case["depth"]) * (pull(flow, record) - s)  # d ln s/dt
    assert np.all(np.abs(record.s - s) <= 1e-13 * np.maximum(1.0, np.abs(t * slope)) * s)


@pytest.mark.parametrize("case", REFERENCE, ids=named)
def test_panels_agree_with_28_digits_at_depth_two_as_well(case):
    """At N = 2 the closed form is used; the panels must give the same."""
    tau = np.array(case["tau"])[:, None]
    high, low = flow_of(case)._trajectory.log_s(tau)
    s = np.array([float(row["s"]) for row in case["rows"]])
    assert np.allclose(np.exp(high + low)[:, 0], s, rtol=1e-13, atol=0)


@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize("shape", [(3, 5), (4, 2), (1, 3), (3, 1)])
def test_weight_space_gives_the_same_flow(depth, shape):
    """The closed form against the gradient flow of all layers, rectangular targets included."""
    Z, u, v = random_start(np.random.default_rng(depth), shape)
    t = np.linspace(0.0, 5.0, 11)
    weights = lindyn.balanced(0.7 * np.outer(u, v), depth)
    run = lindyn.gradient_flow(lindyn.WhitenedSquare(Z), weights, t, rtol=1e-13, atol=1e-15)
    record = RankOneFlow(Z, u, v, 0.7, depth).at(t)
    assert np.abs(run.product - record.W).max() < 2e-10


@pytest.mark.parametrize("depth", [100, 400, 1e4])
def test_great_depth_against_30_digits(depth):
    tau, start, N = 1.5, 10.0, mp.mpf(depth)
    with mp.workdps(30):
        # ν = |e^{Mτ}q| for a vector target of norm 1 at 30 degrees from the start.
        def nu(x):
            return mp.cosh(x) + mp.cos(mp.pi / 6) * mp.sinh(x)

        past = [0, tau - 60 / N, tau - 5 / N, tau - 1 / N, tau]
        memory = mp.quad(lambda x: (nu(x) / nu(tau)) ** N, past)
        size = 1 / ((nu(0) / nu(tau)) ** N / start + N * memory)
        angle = float(mp.pi / 6)
    flow = RankOneFlow([[1.0, 0.0]], [1.0], [np.cos(angle), np.sin(angle)], s=start, depth=depth)
    found = flow.at_natural_time(tau).s
    np.testing.assert_allclose(found, float(size), rtol=1e-13 * max(1.0, depth / 50))


def test_depth_one_is_a_straight_line():
    z, w = np.array([3.0, 4.0]), np.array([2.4, -1.8])
    t = np.linspace(0.0, 30.0, 40)
    line = z + np.exp(-t)[:, None] * (w - z)
    flow = RankOneFlow(z, [1.0], w, 3.0, 1)
    assert np.allclose(flow.at(t).W[:, 0], line, rtol=0, atol=1e-13)
    column = RankOneFlow(z[:, None], w, [1.0], 3.0, 1)
    assert np.allclose(column.at(t).W[..., 0], line, rtol=0, atol=1e-13)


def test_depth_one_ends_at_zero_for_an_opposite_start():
    flow = RankOneFlow([3.0, 4.0], [1.0], [-0.6, -0.8], 3.0, 1)
    end = math.log(8 / 5)  # 5 − 8e^{−t} = 0
    assert math.isclose(flow.end_time, end, rel_tol=1e-14)
    assert math.isclose(flow.at(0.4).s, 8 * math.exp(-0.4) - 5, rel_tol=1e-13)
    assert np.array_equal(flow.limit, np.zeros((1, 2)))
    with pytest.raises(ValueError, match="before 0.4700036292457"):
        flow.at(0.48)
    assert RankOneFlow([3.0, 4.0], [1.0], [-0.6, 0.8], 3.0, 1).end_time == math.inf
    assert RankOneFlow([3.0, 4.0], [1.0], [-0.6, -0.8], 3.0, 2).end_time == math.inf


@pytest.mark.parametrize("depth", DEPTHS)
def test_aligned_starts_follow_a_logistic_curve(depth):
    tau = np.array([0.0, 1e-3, 0.1, 1.0, 5.0, 100.0])
    for s0 in (1e-12, 0.3, 2.0, 1e6):
        record = RankOneFlow.from_modes([2.0], [ROOT], [0.0], s0, depth).at_natural_time(tau)
        fade = np.exp(-2.0 * depth * tau)
        assert np.allclose(record.s, 1 / (fade / s0 - np.expm1(-2.0 * depth * tau) / 2), rtol=1e-13)


@pytest.mark.parametrize("depth", DEPTHS)
def test_without_a_target_the_norm_decays_like_a_power(depth):
    flow = RankOneFlow(np.zeros((2, 3)), [1.0, 2.0], [1.0, 0.0, 1.0], 0.7, depth)
    t = np.array([0.0, 1e-6, 1.0, 1e3, 1e12])
    p = 2 - 2 / depth
    assert np.allclose(flow.at(t).s, (0.7**-p + depth * p * t) ** (-1 / p), rtol=1e-13)
    assert flow.t1 == 0.0 and flow.t2 == math.inf and not flow.limit.any()


@pytest.mark.parametrize("depth", [2, 2.5, 3, 7])
def test_an_opposite_start_without_noise_stays_opposite(depth):
    """Exactly on the stable manifold of the origin: d ln s/dτ = −N(σ + s)."""
    tau = np.array([0.0, 0.1, 1.0, 10.0, 20.0])
    flow = RankOneFlow.from_modes([2.0, 1.0], [0.0, 0.0], [0.0, ROOT], 0.5, depth)
    assert np.allclose(flow.at_natural_time(tau).s, 1 / (3 * np.exp(depth * tau) - 1), rtol=1e-13)
    assert flow.t1 == 0.0 and flow.t2 == math.inf and not flow.limit.any()
    late = flow.at(1e12)
    assert np.isfinite(late.log_s) and late.log_s < -25
    top = RankOneFlow.from_modes([2.0, 1.0], [0.0, 0.0], [ROOT, 0.0], 0.5, depth)
    assert top.t1 == math.inf and top.escape_times.tau.size == 0


@pytest.mark.parametrize("case", REFERENCE, ids=named)
def test_clocks_are_inverse_to_each_other_until_1e12(case):
    flow = flow_of(case)
    t = np.concatenate([[0.0], np.logspace(-8, 12, 81)])
    tau = flow.natural_time(t)
    assert np.all(np.diff(tau) >= 0)
    assert np.allclose(flow.time(tau), t, rtol=1e-12, atol=0)


@pytest.mark.parametrize("depth", [2, 2.5, 3, 50])
def test_early_questions_do_not_depend_on_later_ones(depth):
    late_first, fresh = (flow_of({**REFERENCE[1], "depth": depth}) for _ in range(2))
    late_first.at(1e12)
    t = np.linspace(0, 3, 20)
    assert np.allclose(late_first.at(t).s, fresh.at(t).s, rtol=1e-13)


def test_logarithms_as_sums_of_two_are_exact_for_all_sizes():
    import mpmath

    x = np.array([1e-300, 3e-200, 0.7, 0.999, 1.0, 1.3, 7e150, -2.0])
    high, low = logarithm(x)
    with mpmath.workdps(40):
        for value, one, two in zip(x, high, low, strict=True):
            assert abs(mpmath.mpf(one) + mpmath.mpf(two) - mpmath.log(abs(value))) < 2e-16


def test_two_layers_together_and_one_by_one():
    rng = np.random.default_rng(5)
    sigma = np.array([3.0, 1.0, 0.0])
    high, low = logarithm(rng.standard_normal((6, 7)))
    modes = Modes(np.concatenate([sigma, -sigma, [0.0]]), high, low)
    tau = np.array([0.0, 0.2, 5.0, 40.0])
    s0 = 10.0 ** rng.uniform(-12, 6, 6)
    together, sure = _pair._together(modes, s0, tau)
    careful, log_s = _pair._careful(modes, s0, np.broadcast_to(tau[:, None], (4, 6)))
    assert sure.all() and np.allclose(together, careful, rtol=1e-13)
    assert np.allclose(np.exp(log_s), careful, rtol=1e-13)


# -- stages, limits, saddles -----------------------------------------------------------------


@pytest.mark.parametrize("depth", DEPTHS)
def test_stage_times_are_where_their_signs_change(depth):
    Z, u, v = random_start(np.random.default_rng(2), (3, 4))
    if u @ np.linalg.svd(Z)[0][:, 0] * (v @ np.linalg.svd(Z)[2][0]) > 0:
        u = -u
    flow = RankOneFlow(Z, u, v, 1.5, depth)
    near = np.array([1 - 1e-6, 1 + 1e-6])
    before, after = (flow.at(flow.t1 * near).a[:, 0] * flow.at(flow.t1 * near).b[:, 0]).tolist()
    assert 0 < flow.t1 < math.inf and before < 0 < after
    record = flow.at(flow.t2 * near)
    below, above = pull(flow, record) - record.s
    assert 0 < flow.t2 < math.inf and below < 0 < above
    around = flow.at(flow.t2 * np.array([0.99, 1.0, 1.01])).s
    assert around[1] < min(around[0], around[2])  # the least norm


def test_stage_times_that_are_zero_or_infinite():
    aligned = {"singular_values": [2.0, 1.0], "plus": [ROOT, 0.0], "minus": [0.0, 0.0]}
    assert RankOneFlow.from_modes(**aligned, s=2.5, depth=3).t2 == math.inf
    assert RankOneFlow.from_modes(**aligned, s=1.5, depth=3).t2 == 0.0
    # λ' decays as e^{−2(σ₁ + σ₂)τ}, faster than e^{−Nσ₁τ}: a large s need never be met.
    mixed = {"singular_values": [2.0, 1.9], "plus": [1.4, 0.0], "minus": [0.0, 0.2]}
    assert RankOneFlow.from_modes(**mixed, s=5.0, depth=3).t2 == math.inf
    assert RankOneFlow.from_modes(**mixed, s=5.0, depth=5).t2 < math.inf


@pytest.mark.parametrize("depth", [3, 4])
def test_a_late_return_is_found_where_no_float_sees_it(depth):
    """The crossing λ = s when both agree to all digits: δ' = λ' − Nσδ, solved by hand."""
    small = 1e-30
    flow = RankOneFlow.from_modes([2.0, 1.9], [1.0, small], [0.0, 0.0], 2.5, depth)
    gap, n = 0.1, depth
    c = 2 * small**2 * gap**2  # of λ'
    beta = 2 * n - 2 * gap
    start = -(2.0**2) * (1 / 2.0 - 1 / 2.5)  # of e^{Nστ}(λ − s), late
    tau = math.log(1 - start * beta / c) / beta
    assert math.isclose(flow.natural_time(flow.t2), tau, rel_tol=1e-6)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_limit_is_where_the_flow_goes(depth):
    rng = np.random.default_rng(8)
    Z, u, v = random_start(rng, (3, 4))
    flow = RankOneFlow(Z, u, v, 0.4, depth)
    assert np.allclose(flow.at(1e12).W, flow.limit, atol=1e-12)
    U, sigma, V = np.linalg.svd(Z)
    assert np.allclose(flow.limit, sigma[0] * np.outer(U[:, 0], V[0]), atol=1e-13)
    tie = RankOneFlow(2 * np.eye(3), u[:3], v[:3], 0.4, depth)
    assert np.allclose(tie.at(1e12).W, tie.limit, atol=1e-12)
    q = (u[:3] + v[:3] / np.linalg.norm(v[:3])) / 2
    assert np.allclose(tie.limit, 2 * np.outer(q, q) / (q @ q), atol=1e-12)
    poor = RankOneFlow(np.diag([2.0, 0.0, 0.0]), [0.6, 0.8, 0.0], [0.0, 0.6, 0.8], 0.4, depth)
    assert np.allclose(poor.at(1e12).W, poor.limit, atol=1e-12)
    assert np.allclose(poor.limit, np.diag([2.0, 0.0, 0.0]))


def test_the_start_on_a_saddle_goes_to_the_next():
    flow = RankOneFlow.from_modes([3.0, 2.0, 1.0], [0.0, 1.0, 0.1], [0.1, -0.1, 1.0], 0.5, 3)
    assert np.allclose(flow.limit, np.diag([0.0, 2.0, 0.0]))
    assert np.allclose(flow.at(1e12).W, flow.limit, atol=1e-12)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_escape_times_down_the_ladder(depth):
    plus = [1e-300, 1e-100, 1.4]
    flow = RankOneFlow.from_modes([3.0, 2.0, 1.0], plus, [0.0, 0.0, 0.0], 1.0, depth)
    escape = flow.escape_times
    ten = math.log(10)
    assert escape.leader.tolist() == [2, 1, 0]
    assert np.allclose(escape.tau, [math.log(1.4) + 100 * ten, 200 * ten], rtol=1e-14)
    record = flow.at_natural_time(escape.tau)
    for row, (old, new) in enumerate(zip(escape.leader[:-1], escape.leader[1:], strict=True)):
        sizes = np.abs(record.plus[row])
        assert math.isclose(sizes[old], sizes[new], rel_tol=1e-12)
    assert np.allclose(flow.time(escape.tau), escape.t, rtol=1e-12)
    assert np.allclose(flow.at(escape.t[0] * np.array([0.5, 0.9])).s, 1.0, rtol=1e-12)


# -- batches, shapes, scales -----------------------------------------------------------------


@pytest.mark.parametrize("depth", [2, 3, 4.5])
def test_a_batch_is_its_members(depth):
    rng = np.random.default_rng(11)
    Z, u, v = random_start(rng, (3, 5), (600,))
    s = 10.0 ** rng.uniform(-6, 3, 600)
    t = np.array([0.0, 0.3, 2.0, 50.0, 1e12])
    batch = RankOneFlow(Z, u, v, s, depth)
    record, natural = batch.at(t), batch.natural_time(t)
    for k in range(0, 600, 75):
        one = RankOneFlow(Z, u[k], v[k], s[k], depth)
        single = one.at(t)
        for name in ("s", "tau", "log_s", "u", "v", "a", "b", "plus", "minus", "W"):
            found = getattr(record, name)[:, k]
            assert np.allclose(found, getattr(single, name), rtol=1e-12, atol=1e-12), name
        assert np.allclose(natural[:, k], single.tau, rtol=1e-12)
        assert np.allclose([batch.t1[k], batch.t2[k]], [one.t1, one.t2], rtol=1e-10)
        assert np.allclose(batch.limit[k], one.limit, atol=1e-13)
        count = one.escape_times.tau.size
        assert np.allclose(batch.escape_times.tau[k, :count], one.escape_times.tau, rtol=1e-12)
        assert np.all(np.isinf(batch.escape_times.tau[k, count:]))


def test_shapes_of_records():
    Z, u, v = random_start(np.random.default_rng(0), (2, 3))
    flow = RankOneFlow(Z, u, v, 0.5, 3)
    one, many = flow.at(2.0), flow.at([0.0, 2.0])
    for name in ("t", "tau", "s", "log_s"):
        assert isinstance(getattr(one, name), float) and getattr(many, name).shape == (2,)
    assert one.W.shape == (2, 3) and many.W.shape == (2, 2, 3) and one.u.shape == (2,)
    assert many.a.shape == many.b.shape == (2, 2) and many.v.shape == (2, 3)
    assert np.allclose(many.W[0], 0.5 * np.outer(u, v), atol=1e-15)
    assert np.allclose(many.W[1], one.W)
    batch = RankOneFlow(Z, u[None], v[None], 0.5, 3)
    assert batch.at(2.0).W.shape == (1, 2, 3) and batch.at([2.0]).s.shape == (1, 1)
    assert batch.t1.shape == batch.t2.shape == (1,) and batch.limit.shape == (1, 2, 3)
    shared = RankOneFlow(Z, u, v, [0.5, 1.0, 2.0], 3)
    assert shared.at(2.0).s.shape == (3,) and shared.at([1.0, 2.0]).u.shape == (2, 3, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.s = 3.0


@pytest.mark.parametrize("depth", [2, 3])
def test_scale_divides_time(depth):
    Z, u, v = random_start(np.random.default_rng(1), (3, 3))
    fast, slow = (RankOneFlow(Z, u, v, 0.5, depth, scale=m) for m in (50.0, 1.0))
    t = np.array([0.0, 0.01, 0.1, 2.0])
    assert np.allclose(fast.at(t).W, slow.at(50 * t).W, rtol=1e-12, atol=1e-14)
    assert np.allclose(fast.at(t).tau, slow.at(50 * t).tau / 50, rtol=1e-13)
    assert math.isclose(fast.t2 * 50, slow.t2, rel_tol=1e-12)
    assert np.allclose(fast.time(fast.at(t).tau), t, rtol=1e-12)


@pytest.mark.parametrize("depth", [2, 3, 5])
@pytest.mark.parametrize("c", [2.0**-20, 2.0**20])
def test_scaling_the_target(depth, c):
    """Z → cZ, s → cs is t → t/c^{2 − 2/N}."""
    Z, u, v = random_start(np.random.default_rng(3), (3, 2))
    t = np.logspace(-3, 3, 20)
    plain, scaled = RankOneFlow(Z, u, v, 0.5, depth), RankOneFlow(c * Z, u, v, 0.5 * c, depth)
    assert np.allclose(scaled.at(t / c ** (2 - 2 / depth)).s, c * plain.at(t).s, rtol=1e-12)


def test_modes_and_vectors_agree():
    Z, u, v = random_start(np.random.default_rng(4), (3, 3))
    U, sigma, V = np.linalg.svd(Z)
    a, b = U.T @ u, V @ v
    modal = RankOneFlow.from_modes(sigma, (a + b) / ROOT, (a - b) / ROOT, 0.5, 3).at([0.3, 2.0])
    plain = RankOneFlow(Z, u, v, 0.5, 3).at([0.3, 2.0])
    assert np.allclose(U @ modal.W @ V, plain.W, rtol=1e-12, atol=1e-14)
    assert np.allclose(np.abs(modal.a), np.abs(plain.a), rtol=1e-12)


@pytest.mark.parametrize("depth", [2, 3, 5, 20])
@pytest.mark.parametrize("gap", [0.0, 3e-16, 5e-14, 1e-9])
def test_singular_values_as_close_as_floats_allow(depth, gap):
    sigma = [539.48581, 539.48581 * (1 - gap), 5.7]
    flow = RankOneFlow.from_modes(sigma, [1e-300, 1.0, 0.3], [0.0, 0.0, 0.0], 2e5, depth)
    late = flow.at([1.0, 1e3, 1e12])
    assert np.allclose(late.s[1:], sigma[0], rtol=2e-9)
    assert flow.t2 > 0
    end = flow.escape_times
    assert np.all(np.isfinite(end.tau)) and np.all(np.isfinite(end.t))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    depth=st.one_of(st.floats(2, 60), st.sampled_from([2, 3, 4])),
    log_s=st.floats(-12, 6),
    spread=st.floats(0, 3),
)
def test_laws_of_every_flow(seed, shape, depth, log_s, spread):
    rng = np.random.default_rng(seed)
    Z, u, v = random_start(rng, shape)
    U, _, V = np.linalg.svd(Z)
    k = min(shape)
    Z = (U[:, :k] * 10.0 ** rng.uniform(-spread, spread, k)) @ V[:k]
    flow = RankOneFlow(Z, u, v, 10.0**log_s, depth)
    record = flow.at(np.concatenate([[0.0], np.logspace(-12, 12, 60)]))
    for name in ("s", "tau", "u", "v", "W"):
        assert np.all(np.isfinite(getattr(record, name))), name
    assert np.allclose(np.linalg.norm(record.u, axis=1), 1, atol=1e-12)
    assert np.allclose(np.linalg.norm(record.v, axis=1), 1, atol=1e-12)
    assert np.all(np.diff(record.tau) >= 0)
    size = np.linalg.norm(Z)
    lam = np.einsum("ti,ij,tj->t", record.u, Z, record.v)
    assert np.all(np.diff(lam) >= -1e-12 * size)
    risk = ((record.W - Z) ** 2).sum(axis=(1, 2))
    assert np.all(np.diff(risk) <= 1e-12 * (risk[:-1] + size**2))
    signs = np.sign(np.where(np.abs(np.diff(record.log_s)) < 1e-12, 0.0, np.diff(record.log_s)))
    assert np.all(np.diff(signs[signs != 0]) >= 0)  # s falls, then rises


# -- bad input -------------------------------------------------------------------------------

GOOD = {"target": np.eye(2), "u": [1.0, 0.0], "v": [0.6, 0.8], "s": 1.0, "depth": 3}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": [[np.nan, 0.0], [0.0, 1.0]]}, "target: must be finite"),
        ({"u": [0.0, 0.0]}, "u: must be non-zero"),
        ({"v": [np.inf, 0.0]}, "v: must be finite"),
        ({"s": 0.0}, "s: must be positive"),
        ({"s": [1.0, -1.0]}, "s: must be positive"),
        ({"depth": 1}, "depth: must be a number of at least 2"),
        ({"depth": 1.5}, "depth: must be"),
        ({"depth": -3}, "depth: must be"),
        ({"depth": math.inf}, "depth: must be finite"),
        ({"scale": 0.0}, "scale: must be positive"),
    ],
)
def test_bad_arguments_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        RankOneFlow(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"u": [1.0, 0.0, 0.0]}, "u: must be"),
        ({"v": [[[1.0, 0.0]]]}, "v: must be"),
        ({"u": np.ones((3, 2)), "v": np.ones((4, 2))}, "u and v: must be batches of one size"),
        ({"u": np.ones((3, 2)), "s": np.ones(2)}, "s: must be a number or shape"),
        ({"s": np.ones((2, 2))}, "s: must be a number or a vector"),
        ({"target": np.ones((2, 2, 2))}, "target: must be"),
    ],
)
def test_bad_shapes_are_named(change, message):
    with pytest.raises(ShapeError, match=message):
        RankOneFlow(**{**GOOD, **change})


def test_bad_modes_and_times_are_named():
    make = RankOneFlow.from_modes
    with pytest.raises(ValueError, match="plus, minus: must be orthogonal"):
        make([2.0, 1.0], [1.0, 0.0], [1.0, 0.0], 1.0, 3)
    with pytest.raises(ValueError, match="plus, minus: must be non-zero"):
        make([2.0, 1.0], [0.0, 0.0], [0.0, 0.0], 1.0, 3)
    with pytest.raises(ValueError, match="singular_values: must be in falling order"):
        make([1.0, 2.0], [1.0, 0.0], [0.0, 1.0], 1.0, 3)
    with pytest.raises(ValueError, match="singular_values: must be non-negative"):
        make([1.0, -2.0], [1.0, 0.0], [0.0, 1.0], 1.0, 3)
    with pytest.raises(ShapeError, match="minus"):
        make([2.0, 1.0], [1.0, 0.0], [1.0], 1.0, 3)
    flow = RankOneFlow(**GOOD)
    for bad, message in (
        (-1.0, "non-negative"),
        ([2.0, 1.0], "sorted"),
        (math.inf, "finite"),
        ([], "at least one time"),
        ([[1.0]], "one time or a vector"),
    ):
        for ask in (flow.at, flow.at_natural_time, flow.time, flow.natural_time):
            with pytest.raises(ValueError, match=message):
                ask(bad)
    with pytest.raises(ValueError, match="where natural time leaves floating point"):
        RankOneFlow([0.0, 0.0], [1.0], [1.0, 0.0], 1.0, 1).at([1.0, 1e6])
