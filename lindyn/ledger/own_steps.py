"""Own results on the step size of gradient descent: when it crosses, turns back, falls again.

One step from norm ρ and angle θ: w⁺ = (ρ − ηΦ′(ρ)) w̄ + ηκ v_⋆.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import minimize_scalar

from lindyn.descent import gradient_descent
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.model import Angle, Choice, Domain, Integer, Log, Row, Uniform
from lindyn.ledger.spherical_cases import FARTHEST, NEAREST
from lindyn.ledger.writing import Page, factor
from lindyn.risks import SphericalLogistic

PAGE = Page("lsz/steps")
LAWS = Choice("circle", "sphere", "sphere 50", "ball", "gaussian", "student")
CASES = {"law": LAWS, "rho": Log(1e-6, 1e4), "theta": Angle(NEAREST, FARTHEST)}
"""Norms here are ρ·2κ."""


def step_of(law: str, eta: float, along: float, across: float) -> tuple[float, float]:
    """One step from w = along·v_⋆ + across·e."""
    radial = law_named(law)
    rho = float(np.hypot(along, across))
    keep = 1 - eta * float(radial.dPhi(rho)) / rho
    return keep * along + eta * radial.kappa, keep * across


@cache
def smoothness(law: str) -> float:
    """L = Φ″(0)."""
    return float(law_named(law).d2Phi(0.0))


@cache
def turning_back(law: str) -> float:
    """η_c = min over ρ of 2ρ/(2Φ′(ρ) − κ): beyond it some step leads away from v_⋆."""
    radial = law_named(law)

    def pace(x: float) -> float:
        rho = float(np.exp(x)) / radial.kappa
        return -(2 * float(radial.dPhi(rho)) - radial.kappa) / rho

    best = minimize_scalar(pace, bounds=(-3.0, 6.0), method="bounded", options={"xatol": 1e-10})
    return float(-2 / best.fun)


def crossing_slack(law, rho, theta, factor) -> float:
    """The side of v_⋆ after a step of factor/L, as the share of the distance kept."""
    norm = rho / (2 * law_named(law).kappa)
    eta = factor / smoothness(law)
    _, across = step_of(law, eta, norm * np.cos(theta), norm * np.sin(theta))
    return float(across / (norm * np.sin(theta)))


def angle_slack(law, rho, theta, factor) -> float:
    """The angle after a step of factor·η_c against the angle before."""
    norm = rho / (2 * law_named(law).kappa)
    eta = factor * turning_back(law)
    along, across = step_of(law, eta, norm * np.cos(theta), norm * np.sin(theta))
    return float(1 - np.arctan2(abs(across), along) / theta)


def norm_slack(law, rho, theta, factor) -> float | None:
    """Two steps of factor/L: if the first does not shorten w, the second does not."""
    norm = rho / (2 * law_named(law).kappa)
    eta = factor / smoothness(law)
    first = step_of(law, eta, norm * np.cos(theta), norm * np.sin(theta))
    if np.hypot(*first) < norm:
        return None
    return float(np.hypot(*step_of(law, eta, *first)) / np.hypot(*first) - 1)


def deep_slack(law, depth, size, step, factor) -> float:
    """One step on all layers from a small angle, against the predicted ratio of the angles."""
    radial = law_named(law)
    rho, tiny, axes = size / radial.kappa, 1e-7, np.eye(radial.dim)
    eta = step * rho ** (2 / depth - 1) / radial.kappa
    side = rho ** (1 / depth)
    first = side * (np.cos(tiny) * axes[0] + np.sin(tiny) * axes[-1])
    weights = (first[None, :], *(np.full((1, 1), side) for _ in range(depth - 1)))
    run = gradient_descent(SphericalLogistic(radial, axes[0]), weights, step=eta, steps=1)
    w = run.product[-1, 0]
    slope, psi = float(radial.dPhi(rho)), float(radial.psi(rho))
    reach = factor * eta * rho ** (1 - 2 / depth)
    predicted = (1 - reach * slope) / (1 + reach * psi)
    return 1e-6 * (1 + step) - abs(w[-1] / w[0] / np.tan(tiny) - predicted)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-step-crossing",
        "The largest step that never crosses the teacher",
        factor(crossing_slack, Domain(**CASES), 1.02, "η = 1/L, as ‖w‖ → 0", tolerance=1e-12),
        "own-spherical-identity",
    ),
    PAGE.row(
        "own-step-angle",
        "The largest step with which the angle never grows",
        factor(
            angle_slack,
            Domain(**CASES),
            1.02,
            lambda: "; ".join(
                f"η_c L = {turning_back(law) * smoothness(law):.4f} ({law})"
                for law in ("circle", "sphere", "gaussian")
            ),
            tolerance=1e-9,
            evaluations=400,
        ),
        "own-spherical-identity",
    ),
    PAGE.row(
        "own-step-norm",
        "With steps up to 1/L the norm of gradient descent turns once",
        factor(
            norm_slack,
            Domain(law=LAWS, rho=Log(1e-4, 1e3), theta=Uniform(NEAREST, FARTHEST)),
            3.76,
            "3.590 on the circle, found by search; 1/L is what is proved",
            best=3.59,
            tolerance=1e-12,
            evaluations=1500,
        ),
        "own-spherical-identity",
    ),
    PAGE.row(
        "own-step-deep",
        "What one step does to a small angle at depth N",
        factor(
            deep_slack,
            Domain(law=LAWS, depth=Integer(1, 7), size=Log(1e-4, 1e4), step=Log(1e-2, 10)),
            1.02,
            evaluations=150,
        ),
        "own-spherical-identity",
        "own-layer-gradient",
        note="So at depth N ≥ 3 no constant step keeps the angle from growing for ever.",
    ),
)
