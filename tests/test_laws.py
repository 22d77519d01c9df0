"""Spherically symmetric laws against certified 30-digit values, identities and samples."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from lindyn import Gaussian, RadialLaw, ShapeError, StudentT, UniformBall, UniformSphere
from lindyn.laws import SphericalLaw

REFERENCE = json.loads((Path(__file__).parent / "reference" / "laws.json").read_text())
MEANS = ("psi", "residual", "dPhi", "d2Phi")
LAWS = [
    UniformSphere(1),
    UniformSphere(2),
    UniformSphere(3, 7.0),
    UniformSphere(100, 0.1),
    UniformBall(1),
    UniformBall(4, 1e-3),
    Gaussian(2, 30.0),
    StudentT(3, 1.5, 0.2),
    StudentT(2, 4.0),
    StudentT(2, 1.1),
]
RADII = np.concatenate([[0.0], np.logspace(-9, 12, 127)])


def named(text: str) -> SphericalLaw:
    """The law of a name such as StudentT(2, 1.5)."""
    name, arguments = text.rstrip(")").split("(")
    dim, *rest = arguments.split(", ")
    return globals()[name](int(dim), *map(float, rest))


def student_radius(dim: int, freedom: float):
    """Density of the norm of the multivariate Student law."""
    constant = math.gamma((freedom + dim) / 2) / math.gamma(freedom / 2) / math.gamma(dim / 2)
    constant *= 2 / freedom ** (dim / 2)
    return lambda r: constant * r ** (dim - 1) * (1 + r**2 / freedom) ** (-(freedom + dim) / 2)


@pytest.mark.parametrize("name", REFERENCE["laws"])
@pytest.mark.parametrize("mean", MEANS)
def test_means_agree_with_thirty_digits(name, mean):
    law, radii = named(name), np.array([float(r) for r in REFERENCE["r"]])
    expected = np.array([float(value) for value in REFERENCE["laws"][name][mean]])
    found = getattr(law, mean)(radii)
    # Relative to the value itself, which is far more than relative to max(Φ', κ).  Rounding the
    # radius costs r·a where the mean falls exponentially (dimension 1).
    allowance = np.maximum(1.0, radii * (law.dim == 1 and isinstance(law, UniformSphere)) / 50)
    assert np.all(np.abs(found - expected) <= 1e-13 * allowance * expected + 1e-300)


@pytest.mark.parametrize("name", REFERENCE["laws"])
def test_value_and_slope_to_the_promised_accuracy(name):
    law, radii = named(name), np.array([float(r) for r in REFERENCE["r"]])
    table = REFERENCE["laws"][name]
    slope = np.array([float(value) for value in table["dPhi"]])
    residual = np.array([float(value) for value in table["residual"]])
    assert np.all(np.abs(law.dPhi(radii) - slope) <= 1e-13 * law.kappa)
    expected = residual + law.kappa * radii
    assert np.all(np.abs(law.Phi(radii) - expected) <= 1e-13 * expected)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_slope_and_psi_add_up_and_functions_are_monotone(law):
    assert np.allclose(law.psi(RADII) + law.dPhi(RADII), law.kappa, rtol=1e-14, atol=0)
    for function, sign in ((law.psi, -1), (law.residual, -1), (law.dPhi, 1), (law.Phi, 1)):
        values = function(RADII)
        assert np.all(np.isfinite(values)) and np.all(values >= 0)
        assert np.all(sign * np.diff(values) >= -2e-14 * values[1:])


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_derivatives_by_differences(law):
    r = np.array([0.3, 2.0, 9.0]) / (2 * law.kappa)
    h = 1e-4 * r
    for function, derivative in ((law.Phi, law.dPhi), (law.dPhi, law.d2Phi)):
        eight = (
            function(r - 2 * h) - 8 * function(r - h) + 8 * function(r + h) - function(r + 2 * h)
        )
        assert np.allclose(eight / (12 * h), derivative(r), rtol=1e-8, atol=1e-10 * law.kappa**2)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_values_at_zero(law):
    assert law.psi(0) == law.kappa and law.dPhi(0) == 0
    assert law.Phi(0) == law.residual(0) == np.log(2)
    assert law.d2Phi(0) == law.second_moment / (4 * law.dim)
    assert math.isclose(law.c0, math.pi * law.kappa)


@pytest.mark.parametrize(
    ("law", "c0"),
    [
        (UniformSphere(2), 1.0),
        (UniformSphere(1, 3.0), 1.5 * math.pi),
        (UniformSphere(3), math.pi / 4),
        (UniformBall(2), 2 / 3),
        (UniformBall(1), math.pi / 4),
        (Gaussian(5, 2.0), math.sqrt(2 * math.pi)),
        (StudentT(2, 3.0), math.sqrt(3.0)),
    ],
    ids=repr,
)
def test_c0_in_closed_form(law, c0):
    assert math.isclose(law.c0, c0, rel_tol=1e-14)


def test_large_dimension_tends_to_the_normal_law():
    d = 10**6
    sphere, normal = UniformSphere(d, math.sqrt(d)), Gaussian(2)
    r = np.logspace(-3, 3, 30)
    assert np.allclose(sphere.psi(r), normal.psi(r), rtol=1e-6)
    assert math.isclose(
        sphere.kappa, normal.kappa * (1 - 1 / (4 * d)) * d / (d - 0.5), rel_tol=1e-6
    )


@pytest.mark.parametrize("a", [2.0**-40, 0.3, 17.0, 1e9])
def test_scaling_the_data(a):
    r = np.logspace(-4, 4, 20)
    for small, large in (
        (UniformSphere(2), UniformSphere(2, a)),
        (UniformBall(3), UniformBall(3, a)),
        (Gaussian(2), Gaussian(2, a)),
        (StudentT(2, 1.7), StudentT(2, 1.7, a)),
    ):
        assert np.allclose(large.psi(r / a), a * small.psi(r), rtol=1e-13, atol=0)
        assert np.allclose(large.Phi(r / a), small.Phi(r), rtol=1e-13, atol=0)
        assert np.allclose(large.d2Phi(r / a), a**2 * small.d2Phi(r), rtol=1e-13, atol=0)
        assert math.isclose(large.second_moment, a**2 * small.second_moment) or math.isinf(
            small.second_moment
        )


@pytest.mark.parametrize(
    ("law", "radial"),
    [
        (UniformBall(3, 2.0), RadialLaw(3, lambda r: 3 * r**2 / 8, support=(0, 2))),
        (UniformBall(1), RadialLaw(1, lambda r: 1.0, support=(0, 1))),
        (Gaussian(2), RadialLaw(2, lambda r: r * np.exp(-(r**2) / 2))),
        (
            Gaussian(2, 1e5),
            RadialLaw(2, lambda r: r / 1e10 * np.exp(-((r / 1e5) ** 2) / 2)),
        ),
        (StudentT(3, 1.5), RadialLaw(3, student_radius(3, 1.5))),
        (StudentT(2, 3.0), RadialLaw(2, student_radius(2, 3.0))),
        (UniformBall(2), RadialLaw(2, lambda r: 2 * r, support=(0, 1))),
    ],
    ids=repr,
)
def test_radial_densities_agree_with_named_laws(law, radial):
    r = np.concatenate([[0.0], np.logspace(-6, 6, 61)]) / law.kappa
    for mean in ("psi", "residual", "dPhi", "d2Phi"):
        expected, found = getattr(law, mean)(r), getattr(radial, mean)(r)
        assert np.allclose(found[1:], expected[1:], rtol=1e-12, atol=0), mean
    assert math.isclose(radial.kappa, law.kappa, rel_tol=1e-13)
    assert math.isclose(radial.second_moment, law.second_moment, rel_tol=1e-12)


def test_radial_density_with_a_kink_a_gap_and_a_jump():
    # A tent of mass 1/2 on (1/2, 3/2) and a block of mass 1/2 on (4, 5).
    def density(r):
        return np.maximum(1 - np.abs(r - 1) / 0.5, 0) + 0.5 * ((r > 4) & (r < 5))

    law = RadialLaw(2, density, support=(0, 6))
    assert math.isclose(law.kappa, (0.5 * 1 + 0.5 * 4.5) / math.pi, rel_tol=1e-13)
    second = 0.5 * (1 + 1 / 24) + 0.5 * (4.5**2 + 1 / 12)
    assert math.isclose(law.second_moment, second, rel_tol=1e-13)


def test_radial_law_on_an_annulus():
    law = RadialLaw(3, lambda r: 0.5, support=(2, 4))
    r = np.array([0.1, 1.0, 30.0])
    x, w = np.polynomial.legendre.leggauss(40)
    expected = sum(wi / 2 * UniformSphere(3, 3 + xi).psi(r) for xi, wi in zip(x, w, strict=True))
    assert np.allclose(law.psi(r), expected, rtol=1e-13)


def test_on_a_line_away_from_zero_psi_falls_exponentially():
    law, r = RadialLaw(1, lambda r: 0.5, support=(2, 4)), np.array([10.0, 30.0, 100.0])
    # The integral of a/(1 + e^{ra}) from 2 to 4, to relative order e^{−2r}.
    expected = np.exp(-2 * r) * (2 / r + 1 / r**2) / 2
    assert np.allclose(law.psi(r), expected, rtol=1e-8)


@pytest.mark.parametrize(
    "law",
    [*LAWS[:7], StudentT(2, 8.0), RadialLaw(3, lambda r: 3 * r**2, support=(0, 1))],
    ids=repr,
)
def test_samples_have_the_moments(law):
    points = law.sample(40_000, np.random.default_rng(7))
    assert points.shape == (40_000, law.dim)
    first = np.abs(points).mean()
    assert math.isclose(first, 2 * law.kappa, rel_tol=0.03)
    assert math.isclose((points**2).sum(axis=1).mean(), law.second_moment, rel_tol=0.05)
    assert np.abs(points.mean(axis=0)).max() < 10 * first / math.sqrt(40_000)
    again = law.sample(40_000, np.random.default_rng(7))
    assert np.array_equal(points, again)


def test_shapes_and_scalars():
    law = UniformSphere(2)
    assert isinstance(law.psi(1.0), float) and isinstance(law.Phi(1), float)
    assert law.psi(np.ones((3, 4))).shape == (3, 4)
    assert law.psi(np.empty(0)).shape == (0,)
    assert law.psi([1, 2]).shape == (2,)


def test_equal_laws_are_equal_and_names_tell_densities_apart():
    assert UniformSphere(2) == UniformSphere(2, 1.0) != UniformSphere(3)
    first = RadialLaw(2, lambda r: 2 * r, support=(0, 1))
    again = RadialLaw(2, lambda r: 2.0 * r, support=(0, 1))
    other = RadialLaw(2, lambda r: 3 * r**2, support=(0, 1))
    assert repr(first) == repr(again) != repr(other)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: UniformSphere(0), "dim"),
        (lambda: UniformSphere(2.0), "dim"),
        (lambda: UniformBall(2, -1.0), "radius"),
        (lambda: Gaussian(2, float("nan")), "scale"),
        (lambda: StudentT(2, 1.0), "freedom"),
        (lambda: RadialLaw(2, lambda r: r * np.exp(-(r**2))), r"integral 0\.5"),
        (lambda: RadialLaw(2, lambda r: r - 1, support=(0, 2)), "non-negative"),
        (lambda: RadialLaw(2, lambda r: (1 + r) ** -2.0), "first moment"),
        (lambda: RadialLaw(2, lambda r: r, support=(1, 0)), "support"),
        (lambda: RadialLaw(2, lambda r: r, support=3), "support"),
        (lambda: RadialLaw(2, lambda r: np.nan * r, support=(0, 1)), "finite"),
        (lambda: RadialLaw(2, 3.0, support=(0, 1)), "density"),
        (lambda: UniformSphere(2).psi(-1.0), "r: must be non-negative"),
        (lambda: UniformSphere(2).psi(float("inf")), "finite"),
        (lambda: UniformSphere(2).sample(-1, np.random.default_rng(0)), "n"),
        (lambda: UniformSphere(2).sample(1, 0), "rng"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_density_that_is_not_vectorised_is_refused():
    with pytest.raises(ShapeError, match="vectorised"):
        RadialLaw(2, lambda r: np.ones(3), support=(0, 1))


@pytest.mark.parametrize("law", [law for law in LAWS if law != UniformSphere(1)], ids=repr)
def test_density_at_zero_is_the_late_limit_of_psi(law):
    r = 1e7 / law.kappa
    limit = np.pi**2 / 6 * law.density_at_zero
    assert law.psi(r) * r**2 == pytest.approx(limit, rel=1e-6)


def test_density_at_zero_of_radial_densities():
    assert UniformSphere(1).density_at_zero == 0
    ball = RadialLaw(3, lambda r: 3 * r**2, support=(0, 1))
    assert ball.density_at_zero == pytest.approx(UniformBall(3).density_at_zero, rel=1e-12)
    interval = RadialLaw(1, lambda r: np.ones_like(r), support=(0, 1))
    assert interval.density_at_zero == pytest.approx(0.5, rel=1e-8)
    shell = RadialLaw(1, lambda r: np.full_like(r, 2.0), support=(0.5, 1))
    assert shell.density_at_zero == 0
    assert RadialLaw(1, lambda r: 2 * r, support=(0, 1)).density_at_zero == 0
    assert RadialLaw(1, lambda r: 0.5 / np.sqrt(r), support=(0, 1)).density_at_zero == np.inf
    heavy_centre = RadialLaw(2, lambda r: np.ones_like(r), support=(0, 1))
    assert heavy_centre.density_at_zero == np.inf
    light_centre = RadialLaw(2, lambda r: 1.1 * r**0.1, support=(0, 1))
    assert light_centre.density_at_zero == pytest.approx(11 / np.pi, rel=1e-6)
