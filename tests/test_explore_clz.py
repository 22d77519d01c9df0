"""Widgets on CLZ: what they claim, at every stop of their tables."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lindyn.explore import table
from lindyn.explore.spec import Arrays, Exploration
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
