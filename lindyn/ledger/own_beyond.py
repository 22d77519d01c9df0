"""Own result off the assumptions: how the direction lags behind under a normal law.

With x = Σ^{1/2}z the loss is L(w) = Φ(r) − κ v_⋆ᵀΣw/√(v_⋆ᵀΣv_⋆), r² = wᵀΣw, Φ and κ of z.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from lindyn._check import Array
from lindyn.laws import Gaussian
from lindyn.ledger.model import Row
from lindyn.ledger.writing import Page, farthest, quotient

PAGE = Page("lsz/beyond")
LAW = Gaussian(2)
REACH = 3e4  # natural time
CASES = ((1, 2.0, 0.5, 0.8), (2, 2.0, 0.5, -0.8), (4, 1.5, 1.0, 0.4))
"""Depth, standard deviations along two axes, and their tilt."""


def covariance(first: float, second: float, tilt: float) -> Array:
    """Σ in the coordinates (across, along) of the teacher."""
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return turn @ np.diag([first**2, second**2]) @ turn.T


def lag_ratio(depth: int, first: float, second: float, tilt: float) -> float:
    """The product θρ² late, over (π²/6) Σ_{sh}/det Σ."""
    sigma = covariance(first, second, tilt)
    pull = LAW.kappa * sigma[:, 1] / np.sqrt(sigma[1, 1])

    def field(tau: float, state: Array) -> Array:
        angle, rho = state[0], np.exp(state[1])
        unit = np.array([np.sin(angle), np.cos(angle)])
        across = np.array([np.cos(angle), -np.sin(angle)])
        size = np.sqrt(unit @ sigma @ unit)
        force = pull - float(LAW.dPhi(float(rho * size))) * (sigma @ unit) / size
        return np.array([across @ force, depth * (unit @ force)])

    run = solve_ivp(field, (0.0, REACH), [1.0, 0.0], "LSODA", rtol=1e-10, atol=1e-13)
    angle, log_norm = run.y[:, -1]
    limit = np.pi**2 / 6 * sigma[0, 1] / np.linalg.det(sigma)
    return float(angle * np.exp(2 * log_norm) / limit)


def lag_measure() -> float:
    """The ratio farthest from 1 over the cases."""
    return farthest(lag_ratio(*case) for case in CASES)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-elliptical-lag",
        "Under a normal law the angle falls like 1/ρ²",
        quotient(lag_measure, 2e-3, "three laws, depths 1, 2, 4, natural time 3e4"),
        "own-natural-time",
        "own-late-norm",
        note="If the direction converges; for one layer it does.",
    ),
)
