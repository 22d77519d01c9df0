"""LSZ, setting: the problem, the laws and the form of the population loss."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, expit, log_expit

from lindyn.ledger.lsz_plane import PLANE, law_named, plane_mean
from lindyn.ledger.model import Domain, Integer, Log, Row, Searched
from lindyn.ledger.writing import Page, factor
from lindyn.risks import SphericalLogistic

PAGE = Page("lsz/setting")
TIGHT = 1e-10


def _plane_risk(law: str, theta: float) -> SphericalLogistic:
    """The package's loss in dimension 2 or 3 with v_⋆ at angle ``theta`` to the first axis."""
    dim = law_named(law).dim
    return SphericalLogistic(law_named(law), np.eye(dim)[:2].T @ [np.cos(theta), np.sin(theta)])


def _first_axis(law: str, rho: float) -> np.ndarray:
    return rho * np.eye(law_named(law).dim)[0]


def identity_slack(law: str, rho: float, theta: float, factor: float) -> float:
    """E ln(1 + e^{−y w·x}) by quadrature against Φ(ρ) − κρ cos θ, and against the package."""
    mean = plane_mean(lambda x1, x2, y: -log_expit(y * rho * x1), law, theta)
    radial = law_named(law)
    closed = radial.residual(rho) + factor * radial.kappa * rho * (2 * np.sin(theta / 2) ** 2)
    code = _plane_risk(law, theta).value(_first_axis(law, rho))
    pull = radial.kappa * rho
    size = max(abs(mean), pull * 2 * np.sin(theta / 2) ** 2)
    # The package gets vectors, which fix the angle to 1e-16 only.
    code_size = size + 1e-5 * pull * np.sin(theta)
    rounded = 4e-16 * rho  # angles of quadrature are rounded, which moves ρx₁ by this
    return TIGHT + rounded - max(abs(mean - closed) / size, abs(mean - code) / code_size)


def gradient_slack(law: str, rho: float, theta: float, sign: float) -> float:
    """Equation (2) by quadrature against a difference quotient of (1), and against the package."""
    terms = [
        plane_mean(lambda x1, x2, y, i=i: sign * y * (x1, x2)[i] * expit(-y * rho * x1), law, theta)
        for i in (0, 1)
    ]
    code = _plane_risk(law, theta).gradient(_first_axis(law, rho))[:2]
    kappa = law_named(law).kappa
    step = 1e-3
    values = {
        k: plane_mean(lambda x1, x2, y, k=k: -log_expit(y * (rho + k * step) * x1), law, theta)
        for k in (-2, -1, 1, 2)
    }
    quotient = (8 * (values[1] - values[-1]) - (values[2] - values[-2])) / (12 * step)
    # A difference quotient means something only for moderate norms.
    trusted = abs(quotient - terms[0]) / kappa if 0.01 < rho < 10 else 0.0
    return min(TIGHT - np.max(np.abs(terms - code)) / kappa, 1e-8 - trusted)


def pull_slack(law: str, factor: float) -> float:
    """E‖(x₁, x₂)‖ against π/2 · E|x₁|, both by quadrature, and against the package."""
    length = plane_mean(lambda x1, x2, y: np.hypot(x1, x2), law, 1.0)
    first = plane_mean(lambda x1, x2, y: np.abs(x1), law, 1.0)
    ratio = np.pi / 2 * first / length
    return 1e-12 - max(abs(ratio - factor), abs(law_named(law).c0 / length - 1))


def margin_slack(dim: int, eps: float, constant: float) -> float | None:
    """P(|v_⋆·x| ≤ ε‖x‖) on the sphere against the line (2/π)ε: no dimension leaves a margin."""
    if dim < 2:
        return None
    probability = betainc(0.5, (dim - 1) / 2, eps**2)
    return float(probability / (constant * eps) - 1)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-spherical-identity",
        "The population loss is a radial function minus a linear one",
        factor(identity_slack, Domain(**PLANE), 1.01, evaluations=120),
        note="Quadrature of the paper's own expectation, with w up to 1e6 and θ to within 1e-6 "
        "of 0 and π.",
    ),
    PAGE.shared(
        "lsz-eq-1", "Population logistic loss", "own-spherical-identity", "own-spherical-identity"
    ),
    PAGE.row(
        "lsz-eq-2",
        "Gradient of the population loss",
        Searched(gradient_slack, Domain(**PLANE), {"sign": -1.0}, {"sign": -0.99}, evaluations=25),
        "lsz-eq-1",
        note="Needs E‖x‖ < ∞ to differentiate under the expectation.",
    ),
    PAGE.definition("lsz-def-gd", "Gradient flow and gradient descent"),
    PAGE.row(
        "lsz-def-c0",
        "The constant c₀",
        factor(pull_slack, Domain(law=PLANE["law"]), 1.01, evaluations=3),
        note="c₀ = (π/2) E|x₁|; with this the definition also makes sense in dimension 1.",
    ),
    PAGE.assumption(
        "lsz-asm-1",
        "Assumption 1: spherically symmetric data",
        note="Used tacitly besides: E‖x‖ finite, P(x = 0) < 1, and d ≥ 2 in the definition of D₂.",
    ),
    PAGE.row(
        "lsz-txt-zero-margin",
        "The data have margin zero",
        Searched(
            margin_slack,
            Domain(dim=Integer(2, 2000), eps=Log(1e-9, 1.0)),
            {"constant": 2 / np.pi},
            {"constant": 2 / np.pi * 1.02},
            tolerance=1e-12,
            sharp=lambda: "2/π, in dimension 2 as ε → 0",
            sharp_at={"constant": 2 / np.pi},
        ),
        "lsz-asm-1",
        note="For d ≥ 2; in dimension 1 the law of ±1 has margin 1.",
    ),
)
