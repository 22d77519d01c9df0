"""Figures of Eftekhari's paper: set up as it says, and against what they mean."""

import numpy as np
import pytest

from lindyn import RankOneFlow, end_to_end, imbalance
from lindyn.figures import eft, eft_landscape, eft_rates, eft_saddles, eft_scales, eft_starts
from lindyn.flows import flatten, induced_flow, unflatten
from lindyn.risks import WhitenedSquare


@pytest.fixture(scope="module")
def printed():
    return eft.compute_fig_1()


def test_settings_are_those_of_the_paper():
    assert (eft.EXAMPLES, eft.INPUTS, eft.STEP, eft.STEPS) == (50, 5, 1e-6, 100_000)
    target, direction = eft.problem()
    assert target.shape == direction.shape == (5,)
    cosine = direction @ target / np.linalg.norm(target)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(30, abs=1e-12)
    assert np.linalg.norm(direction) == pytest.approx(1, abs=1e-15)
    # Labels that know nothing of the inputs: m‖Z‖² is their part in d_x of m directions.
    assert np.linalg.norm(target) == pytest.approx(np.sqrt(5 / 50), rel=0.01)


@pytest.mark.parametrize("depth", eft.DEPTHS)
def test_figure_1_exact_flow_is_the_induced_one_and_euler_follows_it(printed, depth):
    target, direction = eft.problem()
    start = eft.FAR * np.linalg.norm(target) * direction
    some = np.array([0, 2, 20, 200])
    run = induced_flow(WhitenedSquare(target), start, depth, eft.EXAMPLES * printed["t"][some])
    distance = np.linalg.norm(run.product[:, 0] - target, axis=1)
    assert printed[f"flow_{depth}"][some] == pytest.approx(distance, rel=1e-8)
    assert printed[f"euler_{depth}"] == pytest.approx(printed[f"flow_{depth}"], rel=2e-3)


def test_figure_1_deeper_is_nearer_first_and_farther_in_the_end(printed):
    early, late = (
        np.array([printed[f"euler_{depth}"][step] for depth in eft.DEPTHS]) for step in (2, -1)
    )
    assert np.all(np.diff(early) < 0)
    assert np.all(np.diff(late) > 0)
    # The only ticks that can be read in print are 1 and 1/10.
    assert np.all((late > 1e-2) & (late < 1e-1))
    assert 1 < printed["euler_2"][0] < 10


@pytest.mark.parametrize("depth", eft.DEPTHS)
def test_figure_1_runs_into_its_late_line(printed, depth):
    constant, rate = printed[f"law_{depth}"]
    size = float(printed["size"])
    assert rate == pytest.approx(50 * size ** (2 - 2 / depth))
    line = constant * np.exp(-rate * printed["long"])
    assert printed[f"long_{depth}"][-1] == pytest.approx(line[-1], rel=1e-6)
    off = np.abs(np.log(printed[f"long_{depth}"] / line))
    assert off[200] < off[100] < off[50] < 0.2


# Factors e^{‖Z‖D_N} at 30° from ten times the norm, to 22 digits (mpmath).
FACTORS = {2: 1.0, 3: 0.897106351862756546, 10: 0.973858926876368737}


@pytest.mark.parametrize("depth", FACTORS)
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.2])
def test_late_constant_is_free_of_the_scale(depth, scale):
    target, direction = eft.problem()
    scaled = scale * target / np.linalg.norm(target)
    constant = eft.flow(scaled, direction, depth).late_law.constant
    expected = 2 * scale * np.tan(np.pi / 12) * FACTORS[depth]
    assert constant == pytest.approx(expected, rel=1e-10)


# --- Other scales ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scales():
    return eft_scales.compute_scales()


def test_other_scales_reverse_the_late_order(scales):
    unit, wide = (np.array([scales[f"euler_{k}_{depth}"] for depth in eft.DEPTHS]) for k in (0, 1))
    assert np.all(np.diff(wide[:, -1]) < 0)
    assert np.ptp(unit[:, -1]) < 0.12 * unit[0, -1]
    assert np.all(np.diff(unit[:, 2]) < 0)
    assert np.all(np.diff(wide[:, 2]) < 0)
    for k in (0, 1):
        for depth in eft.DEPTHS:
            assert scales[f"euler_{k}_{depth}"] == pytest.approx(
                scales[f"flow_{k}_{depth}"], rel=0.05
            )


@pytest.mark.parametrize("k", range(3))
def test_late_rates_go_with_the_norm_of_the_target(scales, k):
    size = scales["sizes"][k]
    assert scales[f"rate_{k}"] == pytest.approx(size ** (1 - 2 / scales["depth"]), rel=1e-9)
    # The scale-free rate is one: distances over e^{−u} settle on constants.
    for depth in eft.DEPTHS:
        limit = float(scales[f"limit_{depth}"])
        assert scales[f"unit_{depth}"][-1] == pytest.approx(limit, rel=1e-4)
        one_layer = np.sqrt(101 - 20 * np.cos(np.pi / 6))
        assert scales[f"unit_{depth}"][0] == pytest.approx(one_layer)
        assert 17 < one_layer / limit < 19.1


# --- Saddles of scalar layers ------------------------------------------------------------------


@pytest.fixture(scope="module")
def saddles():
    return eft_saddles.compute_saddle_plane()


def test_pairs_keep_their_difference_of_squares_and_end_where_it_says(saddles):
    for k, start in enumerate(eft_saddles.PAIRS):
        run = saddles[f"pair_{k}"]
        kept = run[:, 0] ** 2 - run[:, 1] ** 2
        assert run[0] == pytest.approx(start)
        assert kept == pytest.approx(kept[0], abs=1e-9)
        on_the_line = start[0] == -start[1]
        assert np.prod(run[-1]) == pytest.approx(0 if on_the_line else 1, abs=1e-8)


def test_triples_below_the_diagonal_end_on_saddles_of_the_slice(saddles):
    for k, (x, z) in enumerate(eft_saddles.TRIPLES):
        run = saddles[f"triple_{k}"]
        kept = run[:, 1] ** 2 - run[:, 0] ** 2
        assert kept == pytest.approx(z**2 - x**2, abs=1e-9)
        assert run[0] == pytest.approx((x, z))
        if z < 0 and abs(x) < abs(z):
            assert run[-1] == pytest.approx((0, -np.sqrt(z**2 - x**2)), abs=1e-6)
        elif abs(x) == -z:
            assert -run[-1, 1] == pytest.approx(1 / eft_saddles.END, rel=0.05)  # flat
        else:
            assert run[-1, 0] ** 2 * run[-1, 1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("depth", eft_saddles.ESCAPE_DEPTHS)
def test_escapes_from_small_layers_are_those_of_the_flow_and_tend_to_their_law(saddles, depth):
    begin = saddles["start"][5]
    flow = RankOneFlow([[1.0]], u=[1.0], v=[1.0], s=begin**depth, depth=depth)
    assert flow.at(saddles[f"escape_{depth}"][5]).s == pytest.approx(0.5, rel=1e-9)
    small, times = saddles["start"][[-9, -1]], saddles[f"escape_{depth}"][[-9, -1]]
    if depth == 2:
        assert np.diff(times) == pytest.approx(-np.diff(np.log(small)), rel=1e-6)
    else:
        slope = np.diff(np.log(times)) / np.diff(np.log(small))
        assert slope == pytest.approx(2 - depth, abs=1e-3)
        assert times[-1] == pytest.approx(small[-1] ** (2 - depth) / (depth - 2), rel=1e-3)


# --- Sets of starts ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def starts():
    return eft_starts.compute_stable_set()


def test_paths_go_from_minus_z_to_z_and_keep_their_modes(starts):
    u, v = (eft_starts.directions(starts["paths"][..., k]) for k in (0, 1))
    first = u[..., 0] * v[..., 0]
    assert np.all(first[:, 0] < -0.7)
    assert np.all(first[:, -1] > 0.99)
    pull = u[..., 0] * v[..., 0] + 0.4 * u[..., 1] * v[..., 1]
    assert np.all(np.diff(pull, axis=1) > 0)
    # (a₂ + b₂)/(a₁ + b₁) falls with e^{−(σ₁−σ₂)τ}, the same on every path.
    quotient = (u + v)[..., 1] / (u + v)[..., 0]
    decay = quotient[:, 1:] / quotient[:, :-1]
    assert decay == pytest.approx(np.tile(decay[:1], (len(u), 1)), rel=1e-6)


def test_starts_off_the_square_end_at_z_and_those_on_it_do_not():
    angles = np.array([(a, b) for a in range(-175, 180, 25) for b in range(-175, 180, 25)], float)
    limits = eft_starts.flow(angles).limit
    assert limits == pytest.approx(np.tile(np.diag([1.0, 0.0]), (len(angles), 1, 1)), abs=1e-12)
    c, s = np.cos(0.7), np.sin(0.7)
    for b, goal in (((-c, s), np.diag([0.0, 0.4])), ((-c, -s), np.zeros((2, 2)))):
        a = np.array([c, s])
        flow = RankOneFlow.from_modes(eft_starts.SIGMA, a + b, a - b, s=1.0, depth=2)
        assert flow.limit == pytest.approx(goal, abs=1e-12)


def test_shares_of_the_torus(starts):
    """P(cos α cos β > γ) = (2/π²)∫ arccos(γ/cos x) dx over 0 < x < arccos γ."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    top = np.arccos(0.4)
    x = top * (1 - (nodes - 1) ** 2 / 4)  # flattens the root at the end
    part = np.sum(weights * (1 - nodes) * top / 2 * np.arccos(0.4 / np.cos(x)))
    assert starts["share"] == pytest.approx([2 / np.pi**2 * part, 0.5, 0.5], abs=2e-3)


def test_times_beside_the_square_grow_with_the_logarithm(starts):
    x = np.radians(90 - starts["distance"])
    for name, speed in (("saddle", 1 - 0.4), ("zero", 1 + 0.4)):
        with np.errstate(divide="ignore"):
            exact = np.log(9 * np.tan(x) ** 2) / (2 * speed)
        assert starts[name] == pytest.approx(np.maximum(exact, 0), rel=1e-7, abs=1e-9)


# --- Spectra -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spectra():
    return eft_landscape.compute_spectra()


def loss(layers):
    return np.sum((end_to_end(layers) - eft_landscape.target()) ** 2) / 2


@pytest.mark.parametrize("depth", eft_landscape.WIDTHS)
@pytest.mark.parametrize("j", range(4))
def test_spectra_are_those_of_second_differences_and_of_the_formula(spectra, depth, j):
    layers = eft_landscape.point(depth, j)
    assert max(np.abs(gap).max() for gap in imbalance(layers)) < 1e-15
    flat = flatten(layers)
    shapes = [layer.shape for layer in layers]
    h, steps = 1e-3, np.eye(flat.size)

    def at(move):
        return loss(unflatten(flat + h * move, shapes))

    hessian = [[at(a + b) - at(a - b) - at(b - a) + at(-a - b) for a in steps] for b in steps]
    values = np.linalg.eigvalsh(np.array(hessian) / (4 * h**2))
    found = spectra[f"spectrum_{depth}_{j}"]
    assert found == pytest.approx(values, abs=2e-5)
    assert found[np.abs(found) > 1e-9] == pytest.approx(spectra[f"formula_{depth}_{j}"], abs=1e-12)


def test_only_the_origin_of_three_layers_or_more_is_flat(spectra):
    assert np.array_equal(spectra["kind_2"], [0, 1, 1, 1])
    for depth in (3, 4):
        assert np.array_equal(spectra[f"kind_{depth}"], [0, 1, 1, 2])
        assert np.abs(spectra[f"spectrum_{depth}_3"]).max() == 0


# --- Theorem 4.4 -------------------------------------------------------------------------------


def test_theorem_4_4_holds_and_ours_lies_between_it_and_the_flow():
    data = eft_rates.compute_rates()
    theta, bound = data["theta"]
    before = data["far"] <= theta
    for phase, some in (("far", before), ("near", slice(None))):
        flow, printed, own = (data[f"{phase}_{name}"][some] for name in ("flow", "print", "own"))
        assert flow[0] == pytest.approx(own[0], rel=1e-2)
        assert np.all(flow <= own * (1 + 1e-9))
        assert np.all(own <= printed * (1 + 1e-9))
    assert theta < bound < 1.5 * theta
    assert eft_rates.flow(eft_rates.SMALL_GAP).at(theta).s == pytest.approx(np.sqrt(6))
    assert data["near_flow"][-1] == pytest.approx(data["near_law"][-1], rel=1e-4)
    printed, own, true = data["rates"]
    assert 2 * printed < own < true
    assert true == pytest.approx(2 * (1 - eft_rates.SMALL_GAP), rel=1e-9)


def test_theorem_4_4_says_nothing_at_a_large_gap_and_ours_does():
    data = eft_rates.compute_rates()
    assert np.all(data["wide_flow"] <= data["wide_own"] * (1 + 1e-9))
    assert data["wide_own"][-1] < 1e-4
    p = 2 - 2 / eft_rates.DEPTH
    alpha, beta, gap = eft_rates.ALPHA, eft_rates.BETA, eft_rates.LARGE_GAP
    assert alpha * (alpha - gap) ** p - 2 * gap * eft_rates.DEPTH * beta**p < 0


def test_distance_of_the_adversarial_start_is_that_of_the_product():
    record = eft_rates.flow(0.3).at([0.0, 0.1, 1.0, 3.0])
    direct = np.sum((record.W - np.diag([1.0, 0.0])) ** 2, axis=(1, 2))
    assert eft_rates.distance(eft_rates.flow(0.3), [0.0, 0.1, 1.0, 3.0]) == pytest.approx(direct)
