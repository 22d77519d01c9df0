"""Widgets on CLZ: what they claim, at every stop of their tables."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lindyn.bounds import BOUNDS
from lindyn.explore import table
from lindyn.explore.saddle_ladder import EXPLORATION as LADDER
from lindyn.explore.saddle_ladder import SINGULAR_VALUES, ladder_flow
from lindyn.explore.spec import Arrays, Exploration
from lindyn.explore.stage_bounds import EXPLORATION as BOUNDED
from lindyn.explore.stage_bounds import RESTART, SMALL
from lindyn.explore.trajectory_explorer import EXPLORATION as TRAJECTORY
from lindyn.explore.trajectory_explorer import TARGET, start_flow


def rows(exploration: Exploration) -> list[tuple[dict[str, float], Arrays]]:
    """The controls' values and fresh arrays at every stop."""
    return [
        (
            {c.name: c.value(p) for c, p in zip(exploration.controls, positions, strict=True)},
            exploration.at(positions),
        )
        for positions in table.stops(exploration)
    ]


def test_pulls_grow_and_the_norm_turns_once() -> None:
    seen: Counter[float] = Counter()
    for values, arrays in rows(TRAJECTORY):
        t, s, (t1,), (t2,) = arrays["t"], arrays["s"], arrays["t1"], arrays["t2"]
        for name in ("pull", "first"):
            assert np.all(np.diff(arrays[name]) >= -1e-12)
        assert np.all(np.diff(s[t <= t2]) < 0)
        assert np.all(np.diff(s[t >= t2]) > -1e-12)
        assert arrays["least"][0] <= min(s.min(), values["size"]) * (1 + 1e-12)
        assert np.all((arrays["first"] < 0) == (t < t1))
        assert np.all((arrays["pull"] < s)[t < t2 * (1 - 1e-9)])
        assert s[-1] == pytest.approx(3, rel=1e-6)
        order = (t1 > 0, t2 > 0, t2 < t1)
        assert order == [(0, 0, 0), (0, 1, 0), (1, 1, 0), (1, 1, 1)][int(arrays["sentence"][0])]
        seen[arrays["sentence"][0]] += 1
    assert len(seen) == 4


@pytest.mark.parametrize(("depth", "start", "size"), [(2, 70.0, 10.0), (4, 85.0, 1.0)])
def test_trajectory_is_the_flow_of_the_product(depth: int, start: float, size: float) -> None:
    """The drawn curves from Ẇ = −Σ (WWᵀ)^{(j−1)/N} (W − Z) (WᵀW)^{(N−j)/N} at rank one."""
    arrays = TRAJECTORY.compute(depth=depth, start=start, size=size)
    begin = start_flow(depth, start, size).at(0.0)

    def rate(_t: float, y: np.ndarray) -> np.ndarray:
        W = y.reshape(TARGET.shape)
        left, singular, right = np.linalg.svd(W, full_matrices=False)
        u, v, s = left[:, 0], right[0], singular[0]
        gap = TARGET - np.outer(u, v) * s
        inner = (depth - 2) * (u @ gap @ v) * np.outer(u, v)
        outer = np.outer(u, u @ gap) + np.outer(gap @ v, v)
        return (s ** (2 - 2 / depth) * (inner + outer)).ravel()

    shown = (arrays["t"] > 0) & (arrays["t"] < 3)
    times = arrays["t"][shown]
    run = solve_ivp(rate, (0, 3), begin.W.ravel(), "DOP853", times, rtol=1e-10, atol=1e-12).y
    W = run.T.reshape(-1, *TARGET.shape)
    s = np.linalg.norm(W, axis=(1, 2))
    np.testing.assert_allclose(arrays["s"][shown], s, rtol=1e-7)
    pull = np.einsum("tij,ij->t", W, TARGET) / s
    np.testing.assert_allclose(arrays["pull"][shown], pull, atol=1e-7)


def test_waits_are_as_long_as_the_logarithm_of_what_vanishes() -> None:
    """Escapes at ln(1/ε)/(σ₂ − σ₃) and ln(1/ε)/(σ₁ − σ₂), and from 0 at ln(1/ε)/σ₃."""
    one, two, three = SINGULAR_VALUES
    scales = {"0": 1 / three, "3": 1 / (two - three), "2": 1 / (one - two)}
    for values, arrays in rows(LADDER):
        k, unit = values["vanishing"], np.log(1 / values["nearly"])
        left = {"0": k == 3, "3": k >= 2, "2": k >= 1}
        for rung, scale in scales.items():
            place = arrays[f"leave_{rung}"][0]
            assert (place < 1e3) == left[rung]
            if left[rung]:
                assert place == pytest.approx(scale, abs=0.3 / unit)
                assert arrays[f"tau_{rung}"][0] == pytest.approx(place * unit)
        assert arrays["sentence"][0] == k + (arrays["t_0"][0] >= 1e30) * (k == 3)


def test_treads_are_the_saddles() -> None:
    treads = (0.0, *reversed(SINGULAR_VALUES))
    seen = 0
    for values, arrays in rows(LADDER):
        unit = np.log(1 / values["nearly"])
        steps = [arrays[f"leave_{rung}"][0] for rung in ("0", "3", "2")]
        steps = [step if step < 1e3 else 0.0 for step in steps]
        bounds = [0.0, *np.maximum.accumulate(steps), 1e9]
        for below, above, tread in zip(bounds, bounds[1:], treads, strict=False):
            clear = (arrays["x"] > below + 10 / unit) & (arrays["x"] < above - 10 / unit)
            np.testing.assert_allclose(arrays["s"][clear], tread, atol=2e-3)
            seen += clear.any()
    assert seen > 100


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_wait_at_zero_in_time_is_a_power(depth: int) -> None:
    """The norm falls like e^{−Nσ₂τ} until εe^{σ₃τ} overtakes e^{−σ₂τ}; and dt = s^{2/N−1}dτ."""
    _, two, three = SINGULAR_VALUES
    first, then = (LADDER.compute(depth, 3, eps)["t_0"][0] for eps in (1e-8, 1e-16))
    exponent = (depth - 2) * two / (two + three)
    assert then / first == pytest.approx(2 if depth == 2 else 1e8**exponent, rel=1e-2)


def test_the_start_has_unit_vectors_and_small_sums() -> None:
    record = ladder_flow(3, 3, 1e-100).at(0.0)
    assert record.u @ record.u == pytest.approx(1) and record.v @ record.v == pytest.approx(1)
    np.testing.assert_allclose(record.plus / record.plus[2], [1e-200, 1e-100, 1], rtol=1e-9)


def test_every_bound_holds_in_its_stage_and_is_late() -> None:
    drawn: Counter[str] = Counter()
    for values, arrays in rows(BOUNDED):
        flow = start_flow(**values)
        t1, t2, latest = (arrays[name][0] for name in ("t1", "t2", "T1"))
        for name in ("floor", "own_floor"):
            assert np.all(arrays[name] <= arrays["s"] * (1 + 1e-12))
        assert np.all(arrays["s"] <= arrays["roof"][0] * (1 + 1e-12))
        for stage in ("5", "7", "9"):
            times = arrays[f"t_{stage}"]
            if times[0] > 1e3:
                continue
            drawn[stage] += 1
            record = flow.at(times)
            gap = 1 - record.a[:, 0] * record.b[:, 0]
            assert np.all(gap <= arrays[f"gap_{stage}"] * (1 + 1e-9) + 1e-14)
            if stage == "5":
                assert times[0] == 0 and times[-1] <= t1
            else:
                assert gap[0] <= 1 - RESTART + 1e-12
            if stage == "9":
                assert times[0] >= t2
                assert np.all(arrays["s_9"] <= record.s * (1 + 1e-9))
        assert t1 <= latest or t1 == latest == 0
        assert arrays["arrival"][0] < arrays["promise"][0]
        if values["start"] <= 2:
            assert latest > 10 * t1
        assert np.isfinite(np.float32(latest))
    assert min(drawn[stage] for stage in ("5", "7", "9")) > 45


def test_promise_of_theorem_4_9_is_when_its_bound_is_small() -> None:
    arrays = BOUNDED.compute(depth=4, start=30.0, size=1.0)
    begin = arrays["t_9"][0]
    record = start_flow(4, 30.0, 1.0).at(begin)
    bound = BOUNDS["clz-thm-4-9-a"](
        N=4,
        c=record.a[0] * record.b[0],
        s_0=record.s,
        sigma_1=3.0,
        sigma_2=2.0,
        t=arrays["promise"][0] - begin,
    )
    assert bound == pytest.approx(SMALL, rel=1e-9)
