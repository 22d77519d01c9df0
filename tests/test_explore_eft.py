"""Widgets on EFT: what they claim, at every stop of their tables."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lindyn.explore.approach import Approach
from lindyn.explore.rate_explorer import DEPTHS, printed_rates
from lindyn.explore.rate_explorer import EXPLORATION as RATES
from lindyn.explore.saddle_landscape import EXPLORATION as SADDLES
from lindyn.explore.scalar_path import ScalarPath, second_order
from lindyn.flows import gradient_flow
from lindyn.risks import WhitenedSquare
from settings import stored_rows


def scalar_loss(weights: np.ndarray) -> float:
    return float((1 - np.prod(weights)) ** 2 / 2)


def hessian(weights: np.ndarray) -> np.ndarray:
    """Of the loss, from differences that are exact for it up to rounding."""
    step, n = 1e-3, weights.size
    e = step * np.eye(n)

    def second(j: int, k: int) -> float:
        moves = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        values = [p * q * scalar_loss(weights + p * e[j] + q * e[k]) for p, q in moves]
        return sum(values) / (4 * step**2)

    return np.array([[second(j, k) for k in range(n)] for j in range(n)])


def test_saddles_fall_as_drawn() -> None:
    """The dashed lines: least eigenvalue of the Hessian, and the plane that it lies in."""
    for depth in (2, 3):
        arrays = SADDLES.compute(depth, 1.0, 1.6)
        for z in set(arrays["saddle_z"]):
            point = np.array([0.0] * (depth - 1) + [z])
            value, vectors = np.linalg.eigh(hessian(point))
            assert value[0] == pytest.approx(-1 if depth == 2 else -abs(z), abs=1e-5)
            if depth == 3 and z != 0:
                # Along w₁ = w₂, in the plane, above the origin; along w₁ = −w₂ below.
                assert vectors[0, 0] * vectors[1, 0] * z == pytest.approx(abs(z) / 2, abs=1e-4)
        for place in range(3):
            x, z = arrays[f"fall_{place}_x"], arrays[f"fall_{place}_z"]
            if depth == 2:
                np.testing.assert_allclose(x, z)
                curvature = -1.0
            else:
                assert z[0] == z[1] == arrays["saddle_z"][-3 + place]
                curvature = -z[0]
            np.testing.assert_allclose(x, 0.6 * curvature * np.array([1, -1]))


@pytest.mark.parametrize(
    ("depth", "angle", "size"),
    [(2, 5.0, 1.6), (2, -20.0, 0.8), (2, 90.0, 0.2), (3, 5.0, 1.6), (3, -5.0, 0.8), (3, 90.0, 1.6)],
)
def test_path_is_the_flow_of_the_layers(depth: int, angle: float, size: float) -> None:
    arrays = SADDLES.compute(depth, angle, size)
    turn = np.deg2rad(angle - 45)
    values = [size * np.cos(turn)] * (depth - 1) + [size * np.sin(turn)]
    weights = [np.array([[value]]) for value in values]
    times = arrays["t"][arrays["t"] < 30]
    run = gradient_flow(WhitenedSquare([[1.0]]), weights, times, rtol=1e-11, atol=1e-13)
    layers = np.stack([layer[:, 0, 0] for layer in run.weights], axis=1)
    loss = (1 - layers.prod(axis=1)) ** 2 / 2
    np.testing.assert_allclose(arrays["loss"][: times.size], loss, atol=1e-8)
    # The drawn path holds the points of the run.
    x, z = layers[:, 0], layers[:, -1]
    ends = np.sort([arrays["z"][0], arrays["z"][-1]])
    assert np.all((z >= ends[0] - 1e-8) & (z <= ends[1] + 1e-8) | (angle < 0))
    np.testing.assert_allclose(z**2 - x**2, -(size**2) * np.sin(np.deg2rad(2 * angle)), atol=1e-8)
    np.testing.assert_allclose(arrays["z"] ** 2 - arrays["x"] ** 2, (z**2 - x**2)[0], atol=1e-8)


def test_where_the_flow_ends_is_said() -> None:
    seen: Counter[float] = Counter()
    for values, arrays in stored_rows(SADDLES):
        x, z, sentence = arrays["x"][-1], arrays["z"][-1], arrays["sentence"][0]
        product = x ** (values["depth"] - 1) * z
        at_minimum = values["angle"] > 0 or (values["depth"] == 2 and values["angle"] < 0)
        assert (sentence < 2) == at_minimum
        assert product == pytest.approx(1.0 if at_minimum else 0.0, abs=1e-5)
        if at_minimum:
            late = arrays["t"] >= arrays["arrival"][0]
            assert np.all((arrays["loss"] <= 0.125 + 1e-6) == late)
        else:
            assert np.all(arrays["loss"] >= 0.5 - 1e-7)
        distance = np.hypot(arrays["x"], arrays["z"]).min()
        assert distance / 1.1 - 1e-3 <= arrays["near"][0] <= distance * (1 + 1e-6) + 1e-12
        assert sentence % 2 == (values["depth"] == 3 and sentence < 4)
        seen[sentence] += 1
    assert len(seen) == 5


def test_flat_saddles_hold_longer() -> None:
    """The claim: from a start nearer by half, ln 2 later at depth 2, and twice as late at 3."""
    for angle in (1.0, 5.0, 20.0):
        times = {
            depth: [SADDLES.compute(depth, angle, size)["arrival"][0] for size in (1e-3, 5e-4)]
            for depth in (2, 3)
        }
        assert times[2][1] - times[2][0] == pytest.approx(np.log(2), abs=1e-4)
        assert times[3][1] / times[3][0] == pytest.approx(2, abs=1e-2)
    for values, arrays in stored_rows(SADDLES):
        if values["depth"] == 3 and values["angle"] > 0 and values["size"] < 1:
            shallow = SADDLES.compute(**values | {"depth": 2})
            assert arrays["arrival"][0] >= shallow["arrival"][0]


def test_second_order_is_the_linear_flow() -> None:
    path = ScalarPath(2, 5.0, 1.6)
    since = np.linspace(-1.5, 1.5, 301)
    product = second_order(path, since)
    # Of ẋ = z, ż = x the product p obeys p̈ = 4p.
    step = since[1] - since[0]
    bend = (product[2:] - 2 * product[1:-1] + product[:-2]) / step**2
    np.testing.assert_allclose(bend, 4 * product[1:-1], rtol=1e-3, atol=1e-9)
    assert product[150] == pytest.approx(0, abs=1e-12)  # where the path crosses an axis
    flat = second_order(ScalarPath(3, 90.0, 0.2), since)
    np.testing.assert_allclose(flat, 0.02**1.5, rtol=1e-12)


@pytest.mark.parametrize(("depth", "scale", "gap"), [(2, 3.0, 0.5), (3, 0.3, 0.0), (5, 1.0, 0.1)])
def test_distance_and_rate_are_those_of_the_flow(depth: int, scale: float, gap: float) -> None:
    """From Ẇ = −Σ (WWᵀ)^{(j−1)/N} (W − Z) (WᵀW)^{(N−j)/N}, with its rate from that field."""
    arrays = RATES.compute(scale, gap)
    times = arrays[f"t_{depth}"]
    shown = times < 2
    unit = np.array([np.cos(np.pi / 6), np.sin(np.pi / 6)])
    start = 10 * scale * np.outer(unit, unit)
    target = scale * np.diag([1.0, gap])
    first = scale * np.diag([1.0, 0.0])

    def field(_t: float, y: np.ndarray) -> np.ndarray:
        W = y.reshape(2, 2)
        left, singular, right = np.linalg.svd(W)
        u, v, s = left[:, 0], right[0], singular[0]
        error = target - W
        inner = (depth - 2) * (u @ error @ v) * np.outer(u, v)
        outer = np.outer(u, u @ error) + np.outer(error @ v, v)
        return (s ** (2 - 2 / depth) * (inner + outer)).ravel()

    run = solve_ivp(
        field, (0, 2 / scale), start.ravel(), "DOP853", times[shown] / scale, rtol=1e-11, atol=1e-14
    ).y.T
    gaps = run.reshape(-1, 2, 2) - first
    squares = np.einsum("tij,tij->t", gaps, gaps)
    np.testing.assert_allclose(
        arrays[f"distance_{depth}"][shown], np.sqrt(squares) / scale, rtol=1e-6
    )
    velocity = np.array([field(0.0, y) for y in run]).reshape(-1, 2, 2)
    rate = -np.einsum("tij,tij->t", gaps, velocity) / squares / scale
    np.testing.assert_allclose(arrays[f"rate_{depth}"][shown], rate, rtol=1e-5)


def test_theorem_4_4_holds_where_it_says_something() -> None:
    applied: Counter[int] = Counter()
    ours: Counter[int] = Counter()
    for values, arrays in stored_rows(RATES):
        for place, depth in enumerate(DEPTHS):
            t, distance, rate = (arrays[f"{y}_{depth}"] for y in ("t", "distance", "rate"))
            applies = values["gap"] < arrays["largest"][place]
            assert applies == (arrays["promise"][place] > 0) == (arrays["sentence"][place] < 3)
            assert applies == (arrays[f"t_a_{depth}"][0] < 1)
            near = arrays["near"][place]
            assert np.all(np.diff(t) > 0) and np.all(rate > 0)
            assert np.all(rate >= arrays[f"ours_{depth}"][0] * (1 - 1e-6))
            ours[depth] += arrays[f"ours_{depth}"][0] > 0
            if not applies:
                continue
            applied[depth] += 1
            for part, inside in (("a", t <= near), ("b", t >= near)):
                ends, bound = arrays[f"t_{part}_{depth}"], arrays[f"bound_{part}_{depth}"]
                promised = arrays[f"rate_{part}_{depth}"][0]
                line = np.interp(t[inside], ends, np.log(bound))
                assert np.all(np.log(distance[inside]) <= line + 1e-6)
                assert np.log(bound[0] / bound[1]) == pytest.approx(
                    promised * np.ptp(ends), rel=1e-4
                )
                # The printed factors lose at least this much.
                assert np.all(rate[inside] >= (4.08 if part == "a" else 2.0) * promised)
    assert min(applied.values()) >= 10
    assert all(ours[depth] > applied[depth] for depth in DEPTHS)


def test_printed_rates_are_those_of_print() -> None:
    N, Z, g = 3, 0.7, 0.002
    alpha, beta, p = 0.75, 10.0, 4 / 3
    first = 1.0 * N * Z**p * ((alpha - g) ** p - 2 * g * beta**p)
    second = 1.0 * Z**p * (alpha * (alpha - g) ** p - 2 * g * N * beta**p)
    # Print bounds the square of the distance, in time with m = 1.
    np.testing.assert_allclose(printed_rates(N, Z, g), np.array([first, second]) / (2 * Z))
    assert printed_rates(N, Z, 0.004) == printed_rates(N, Z, 0.8) == (0, 0)  # the second fails


def test_the_late_law_is_reached_and_orders_the_depths() -> None:
    for values, arrays in stored_rows(RATES):
        rates = arrays["slowest"]
        scale, gap = values["scale"], values["gap"]
        expected = (1 - gap) * scale ** (1 - 2 / np.array(DEPTHS))
        np.testing.assert_allclose(rates, expected, rtol=1e-6)
        assert np.all(np.sign(np.diff(rates)) == np.sign(np.log(scale)))
        assert np.all(arrays["sentence"] % 3 == 1 + np.sign(np.log(scale)))
        for depth, rate in zip(DEPTHS, rates, strict=True):
            law = arrays[f"law_{depth}"]
            assert law[0] / law[-1] == pytest.approx(np.exp(12 * rate), rel=1e-4)
            approach = Approach(depth, scale, gap)
            late = 13 / rate
            assert approach.distance(np.array([late]))[0] == pytest.approx(
                law[0] * np.exp(-13), rel=1e-4
            )


def test_deeper_is_faster_far_away() -> None:
    """The other half of the claim, in time that does not know the scale of the target."""
    for _, arrays in stored_rows(RATES):
        unscaled = [arrays[f"rate_{n}"][0] / arrays["slowest"][k] for k, n in enumerate(DEPTHS)]
        assert np.all(np.diff(unscaled) > 0)
