"""LSZ, landscape: Proposition 3, for spherically symmetric data."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, log_expit

from lindyn.bounds.lsz import BOUNDS
from lindyn.ledger.lsz_landscape import TIGHT
from lindyn.ledger.lsz_plane import ANY_LAW, PLANE, law_named, plane_mean
from lindyn.ledger.model import Angle, Asymptotic, Domain, Integer, Log, Printed, Row, Verdict
from lindyn.ledger.writing import Page, factor
from lindyn.natural import SphericalFlow

PAGE = Page("lsz/landscape")


def gradient_norm_slack(law: str, rho: float, theta: float, factor: float) -> float:
    """‖∇L‖ ≤ c₀ under Assumption 1, from ∇L = Φ′w̄ − κv_⋆."""
    radial = law_named(law)
    slope = radial.dPhi(rho / radial.kappa)
    length = np.hypot(radial.kappa - slope, 2 * np.sqrt(slope * radial.kappa) * np.sin(theta / 2))
    return factor - length / float(BOUNDS["lsz-prop-3-i"](c_0=radial.c0))


def parallel_slack(law: str, rho: float, opposite: bool, factor: float) -> float:
    """∇L(a v_⋆) = −E[|t|/(1 + e^{a|t|})] v_⋆ for a of either sign, by quadrature."""
    sign = -1.0 if opposite else 1.0
    theta = np.pi if opposite else 0.0
    along = plane_mean(lambda x1, x2, y: -y * x1 * sign * expit(-y * rho * x1), law, theta)
    formula = plane_mean(lambda x1, x2, y: np.abs(x1) * expit(-sign * rho * np.abs(x1)), law, 0.0)
    return TIGHT - abs(along + factor * formula) / law_named(law).kappa


def parallel_as_printed() -> float:
    """∇L(v_⋆) on the circle against the printed +E[|t|/(1 + e^{|t|})]."""
    along = plane_mean(lambda x1, x2, y: -y * x1 * expit(-y * x1), "circle", 0.0)
    printed = plane_mean(lambda x1, x2, y: np.abs(x1) * expit(-np.abs(x1)), "circle", 0.0)
    return -abs(along - printed)


def equation_20_as_printed() -> float:
    """∇L(v_⋆)·v_⋆ as (20) prints it, without the minus sign, against the derivative of L."""
    step = 1e-4
    values = [
        plane_mean(lambda x1, x2, y, k=k: -log_expit(y * (1 + k * step) * x1), "circle", 0.0)
        for k in (-1, 1)
    ]
    printed = plane_mean(lambda x1, x2, y: y * x1 * expit(-y * x1), "circle", 0.0)
    return -abs((values[1] - values[0]) / (2 * step) - printed)


def sideways_slack(law: str, rho: float, theta: float, factor: float) -> float:
    """(21) with its rate: |−v·∇L − κ| ≤ κ|cos θ|, so the limit is κ as w goes off sideways."""
    cosine, sine = np.cos(theta), np.sin(theta)
    pull = plane_mean(
        lambda x1, x2, y: y * (cosine * x1 + sine * x2) * expit(-y * rho * x1), law, theta
    )
    return factor * abs(cosine) + TIGHT - abs(pull / law_named(law).kappa - 1)


def flow_progress() -> float:
    """The exponent of v_⋆·w(t) over the last three decades of time, data on the circle."""
    flow = SphericalFlow(law_named("circle"), direction=[0.0, 1.0], start=[0.6, -0.8], depth=1)
    ends = flow.at(np.array([1e6, 1e9])).w[:, 1]
    return float(np.log(ends[1] / ends[0]) / np.log(1e3))


def descent_progress() -> float:
    """The same exponent for gradient descent with step 5, by its recursion in the plane."""
    law = law_named("circle")
    along, across, marks = -0.8, 0.6, {}
    for n in range(1, 8001):
        rho = np.hypot(along, across)
        slope = float(law.dPhi(rho)) / rho
        along, across = along + 5.0 * (law.kappa - slope * along), across * (1 - 5.0 * slope)
        if n in (500, 8000):
            marks[n] = along
    return float(np.log(marks[8000] / marks[500]) / np.log(16.0))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-prop-3-i",
        "Proposition 3 (i): the gradient is at most c₀",
        factor(
            gradient_norm_slack,
            Domain(law=ANY_LAW, rho=Log(1e-6, 1e6), theta=Angle()),
            0.62,
            "2/π, approached as w → −∞ v_⋆",
            best=2 / np.pi,
        ),
        "own-spherical-identity",
    ),
    PAGE.row(
        "lsz-prop-3-ii",
        "Proposition 3 (ii): the gradient on the line of v_⋆",
        factor(
            parallel_slack,
            Domain(law=PLANE["law"], rho=Log(1e-6, 1e6), opposite=Integer(0, 1)),
            1.01,
            evaluations=60,
        ),
        "lsz-eq-20",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="∇L(a v) = E[|t|/(1 + e^{a|t|})] v, without a minus sign, in the main text "
            "and in the appendix",
            truth="∇L(a v) = −E[|t|/(1 + e^{a|t|})] v",
            why="The minus sign of (2) is lost in (20) and from there here. With the plus sign, "
            "Proposition 2 (i) would be false.",
            refutation=parallel_as_printed,
            counterexample="a = 1, data on the unit circle: −0.2005 in truth, +0.2005 in print",
            consequence="None: only the direction of the gradient is used later.",
            weight=2,
        ),
    ),
    PAGE.row(
        "lsz-prop-3-iii",
        "Proposition 3 (iii): v_⋆·w(t) → ∞ under gradient flow",
        Asymptotic(flow_progress, 1 / 3, 0.01, 0.35, "data on the circle, t from 1e6 to 1e9"),
        "lsz-prop-2-ii",
        "lsz-prop-2-iii",
        "own-spherical-identity",
        repair="Print again takes v·∇L → 0 from the convergence of v·w(t) alone, and (21) as if "
        "it were uniform in v·w. Instead: if v·w "
        "stayed below a, then ½(‖w‖²)′ ≤ κa − ‖w‖Φ′(‖w‖) would bound the norm, against "
        "Proposition 2 (iii).",
        note="Needs P(x = 0) < 1. The exponent ⅓ belongs to laws whose x₁ has a positive "
        "and finite density at 0.",
    ),
    PAGE.row(
        "lsz-prop-3-iv",
        "Proposition 3 (iv): the same for gradient descent",
        Asymptotic(descent_progress, 1 / 3, 0.01, 0.35, "data on the circle, step 5, n to 8000"),
        "lsz-prop-2-iv",
        "lsz-eq-21",
    ),
    PAGE.shared(
        "lsz-eq-20",
        "Equation (20): the gradient lies in the plane of w and v_⋆",
        "lsz-eq-2",
        "lsz-eq-2",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="∇L(w) = E[y x/(1 + e^{y w·x})]",
            truth="∇L(w) = −E[y x/(1 + e^{y w·x})], as in (2)",
            why="The minus sign is missing; the proof of Lemma 2 prints it again.",
            refutation=equation_20_as_printed,
            counterexample="w = v_⋆, data on the unit circle: the derivative of L along v_⋆ is "
            "negative",
            consequence="It enters Proposition 3 (ii); nothing else.",
        ),
    ),
    PAGE.row(
        "lsz-eq-21",
        "Equation (21): the pull far off to the side",
        factor(sideways_slack, Domain(**PLANE), 0.98, "1, as ‖w‖ → ∞", evaluations=100),
        "own-spherical-identity",
    ),
    PAGE.shared(
        "lsz-rem-2",
        "Remark 2: starts on the line of v_⋆ stay on it",
        "lsz-lem-2-eq6",
        "lsz-prop-3-ii",
        "lsz-lem-2-eq6",
        note="The start −k v_⋆ is left out by the remark, not impossible: its flow passes through "
        "w = 0 at a finite time and the angle jumps from π to 0.",
    ),
)
