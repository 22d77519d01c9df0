"""Own results: best constants in place of those in print."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import minimize_scalar

from lindyn.laws import Gaussian, UniformSphere
from lindyn.ledger.lsz_deep_norm import fall_slack
from lindyn.ledger.lsz_plane import ANY_LAW, law_named
from lindyn.ledger.lsz_turning import small_norm_slack
from lindyn.ledger.model import Angle, Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.spherical_cases import STARTS
from lindyn.ledger.writing import Page, factor

PAGE = Page("lsz/sharp")


def gradient_slack(law, size, theta, factor) -> float:
    """‖∇L‖ ≤ 2c₀/π, relative."""
    radial = law_named(law)
    slope = float(radial.dPhi(size / radial.kappa))
    half = np.hypot(slope - radial.kappa, 2 * np.sqrt(slope * radial.kappa) * np.sin(theta / 2))
    return float(factor - half / (2 * radial.kappa))


@cache
def gain_ceiling(dim: int) -> float:
    """G_d: the largest uψ(u) on the unit sphere of dimension ``dim``."""
    law = UniformSphere(dim)
    best = minimize_scalar(
        lambda x: -np.exp(x) * float(law.psi(float(np.exp(x)))),
        bounds=(-1.0, 3.0 + np.log(dim)),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(-best.fun)


def dimension_slack(dim, radius, spread, rho, theta, factor) -> float:
    """The gain is at most G_d, for a mixture of two spheres, relative."""
    radii = radius * np.array([1.0, spread])
    law = UniformSphere(dim)
    psi = float(np.mean([r * float(law.psi(rho * r)) for r in radii]))
    kappa = float(np.mean(radii)) * law.kappa
    g = rho * (psi - kappa * 2 * np.sin(theta / 2) ** 2)
    return float(factor - g / gain_ceiling(dim))


def ceilings() -> str:
    """The best ceilings of the first dimensions, and of all large ones."""
    best = ", ".join(f"{gain_ceiling(d):.5f} (d = {d})" for d in (1, 2, 3, 10))
    law = Gaussian(1)
    limit = max(r * float(law.psi(float(r))) for r in np.geomspace(0.5, 10, 4001))
    return f"{best}, {limit:.5f} (d → ∞)"


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-gradient-ceiling",
        "The gradient is shorter than 2c₀/π",
        factor(
            gradient_slack,
            Domain(law=ANY_LAW, size=Log(1e-6, 1e9), theta=Angle()),
            0.98,
            "2c₀/π, as w → ∞ opposite to v_⋆; print has c₀",
            tolerance=1e-12,
        ),
        "own-spherical-identity",
    ),
    PAGE.row(
        "own-gain-by-dimension",
        "The best ceiling of the gain in each dimension",
        factor(
            dimension_slack,
            Domain(
                dim=Integer(1, 50),
                radius=Log(1e-3, 1e3),
                spread=Uniform(0.0, 1.0),
                rho=Log(1e-4, 1e5),
                theta=Angle(),
            ),
            0.98,
            ceilings,
            tolerance=1e-9,
            evaluations=400,
        ),
        "own-spherical-identity",
        "own-gain-ceiling",
    ),
    PAGE.row(
        "own-small-norm",
        "The best radius of Lemma 3 (iv) is twice the printed one",
        Searched(
            small_norm_slack,
            Domain(law=ANY_LAW, share=Log(1e-6, 1.0), theta=Angle()),
            {"factor": 2.0},
            {"factor": 2.05},
            tolerance=1e-5,  # g is what is left of two terms of size cos θ
            sharp=lambda: "2, as cos θ → 0+",
            sharp_at={"factor": 2.0},
        ),
        "own-spherical-identity",
    ),
    PAGE.row(
        "own-norm-slowest",
        "The best constant of Lemma 8's lower bound",
        Searched(
            fall_slack,
            Domain(**STARTS | {"depth": Integer(3, 8)}, later=Log(1e-3, 1e2)),
            {"factor": 2 / np.pi},
            {"factor": 0.98 * 2 / np.pi},
            tolerance=1e-9,
            evaluations=150,
            sharp=lambda: "2c₀/π for c₀, as ‖w(0)‖ → ∞, θ(0) → π, t → 0",
            sharp_at={"factor": 2 / np.pi},
        ),
        "own-gradient-ceiling",
        "lsz-eq-39",
    ),
)
