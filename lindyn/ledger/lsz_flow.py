"""LSZ, gradient flow: Theorem 1 and Lemma 1.

Trajectories come from SphericalFlow.  φ = artanh cos θ throughout.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lindyn.bounds.lsz import BOUNDS, GAIN_CEILING
from lindyn.ledger.lsz_plane import ANY_LAW, law_named
from lindyn.ledger.model import Angle, Asymptotic, Choice, Domain, Log, Row, Searched
from lindyn.ledger.writing import Page, factor
from lindyn.natural import SphericalFlow

PAGE = Page("lsz/gradient-flow")
NEAREST, FARTHEST = 1e-6, np.pi - 1e-6
GROWTH = 2 * float(GAIN_CEILING)
SHARP_GROWTH = 2 * 0.2784645427610738  # 2 W(1/e)
LAWS = Choice("circle", "sphere", "sphere 50", "ball", "gaussian", "student")
# Norms are κ‖w(0)‖, so that scales of the data drop out.
STARTS = {"law": LAWS, "size": Log(1e-6, 1e6), "theta": Angle()}


@lru_cache(maxsize=64)
def _flow(law: str, size: float, theta: float) -> SphericalFlow:
    """The flow of a linear predictor in the plane of e₁ = v_⋆ and e₂."""
    radial = law_named(law)
    axes = np.eye(radial.dim)
    start = size / radial.kappa * (np.cos(theta) * axes[0] + np.sin(theta) * axes[-1])
    return SphericalFlow(radial, axes[0], start, depth=1)


def first_phase_slack(law, size, theta, share, factor) -> float | None:
    """Theorem 1 (i): the gain of φ over κt/‖w(0)‖; and the bound itself, to rounding."""
    if not NEAREST < theta < FARTHEST:
        return None
    flow = _flow(law, size, theta)
    if share * flow.turning_tau * flow.law.kappa < 1e-5:
        return None  # there τ/t comes with fewer digits than the slack needs
    state, rho = flow.at_natural_time(share * flow.turning_tau), size / flow.law.kappa
    bound = BOUNDS["lsz-thm-1-i"](t=state.t, c_0=flow.law.c0, rho_0=rho, theta_0=theta)
    return min(state.tau * rho / state.t - factor, 1 - state.one_minus_cos - bound + 1e-9)


def second_phase_slack(law, size, theta, later, factor) -> float | None:
    """Theorem 1 (ii): the gain of φ after the turn over (2κ/0.6)(√(ρ_T² + 0.6(t − T)) − ρ_T)."""
    if not NEAREST < theta < FARTHEST:
        return None
    flow = _flow(law, size, theta)
    tau = flow.turning_tau + np.array([0.0, later / flow.law.kappa])
    states = flow.at_natural_time(tau)
    (turn, t), (least, _) = states.t, states.norm
    bound = BOUNDS["lsz-thm-1-ii"](
        t=t, T=turn, c_0=flow.law.c0, rho_T=least, theta_T=states.angle[0]
    )
    proved = 2 * (t - turn) / (np.sqrt(least**2 + GROWTH * (t - turn)) + least)
    slack = later / flow.law.kappa / proved - factor
    return min(slack, 1 - states.one_minus_cos[1] - bound + 1e-8)


def any_time_slack(law, size, theta, later, factor) -> float | None:
    """Remark 2 of A.7: the second bound from t = 0 on, and that the first is stronger."""
    if not NEAREST < theta < FARTHEST:
        return None
    flow = _flow(law, size, theta)
    tau, rho = later / flow.law.kappa, size / flow.law.kappa
    t = flow.time(tau)
    root = np.sqrt(1 + GROWTH * t / rho**2)
    return min(tau * rho / t * (root + 1) / 2 - factor, (root - 1) / 2)


def direction_exponent() -> float:
    """Exponent in t of −ln(1 − cos θ), data on the circle, from the start of Figure 1."""
    flow = SphericalFlow(law_named("circle"), [0.0, 1.0], [0.6, -0.8], depth=1)
    early, middle, late = flow.natural_time(np.array([1e6, 1e7, 1e8]))
    return float(np.log10((late - middle) / (middle - early)))


def turning_time_slack(law, size, gap, factor) -> float:
    """T ≤ (ρ₀/κ)(artanh(Φ′(ρ₀)/κ) − φ₀), for starts with φ₀ below that value by ``gap``."""
    radial = law_named(law)
    rho = size / radial.kappa
    rest = radial.psi(rho) / radial.kappa
    phi = np.log((2 - rest) / rest) / 2 - gap
    axes = np.eye(radial.dim)
    start = rho * (np.tanh(phi) * axes[0] + axes[1] / np.cosh(phi))
    turn = SphericalFlow(radial, axes[0], start, depth=1).turning_time
    return factor * rho / radial.kappa * gap / turn - 1


def sign_slack(law, size, theta, when, gap, turn) -> float | None:
    """Lemma 1: between two times on the same side of T the norm falls or rises."""
    if not NEAREST < theta < FARTHEST:
        return None
    flow = _flow(law, size, theta)
    unit = flow.turning_time or size / flow.law.kappa**2
    first, second = when, when * (1 + gap)
    edge = turn if flow.turning_time else 0.0
    if first < edge < second:
        return None
    ends = flow.at(np.array([first, second]) * unit).norm
    change = np.log(ends[1] / ends[0])
    return -change if second <= edge else change


def least_norm_slack(law, size, theta, when, factor) -> float | None:
    """‖w(t)‖ ≥ ‖w(T)‖ > 0 throughout."""
    if not NEAREST < theta < FARTHEST:
        return None
    flow = _flow(law, size, theta)
    if flow.turning_time == 0 or flow.turning_norm == 0:
        return None if flow.turning_time == 0 else -1.0
    return flow.at(when * flow.turning_time).norm / flow.turning_norm - factor


def growth_slack(law, size, theta, when, growth) -> float | None:
    """Step 3 after T: ‖w‖² grows at most at the rate 0.6."""
    if law_named(law).dim == 1 and theta < np.pi / 2:
        theta = 0.0  # in dimension 1 there is no other
    elif not NEAREST < theta < FARTHEST or law_named(law).dim == 1:
        return None
    flow = _flow(law, size, theta)
    tau = flow.turning_tau + np.array([0.0, when / flow.law.kappa])
    states = flow.at_natural_time(tau)
    (turn, t), (least, norm) = states.t, states.norm
    return growth - (norm - least) * (norm + least) / (t - turn)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-lem-1-t",
        "Lemma 1: the norm turns at a finite time",
        factor(
            turning_time_slack,
            Domain(law=LAWS, size=Log(1e-6, 1e6), gap=Log(1e-3, 30.0)),
            0.98,
            "our bound is attained as T → 0",
            tolerance=1e-9,
            evaluations=100,
        ),
        "lsz-prop-2-iii",
        "lsz-eq-7",
        "own-spherical-angle",
        note="The paper has no bound on T. Ours: T ≤ (‖w(0)‖/κ)(artanh(Φ′(‖w(0)‖)/κ) − φ₀), since "
        "until T the norm is at most ‖w(0)‖ and g < 0 means Φ′(‖w‖) > κ cos θ. From −k v_⋆ the "
        "flow reaches 0 at a finite T.",
    ),
    PAGE.row(
        "lsz-lem-1-sign",
        "Lemma 1: the norm falls, then rises",
        Searched(
            sign_slack,
            Domain(**STARTS, when=Log(0.1, 10.0), gap=Log(1e-3, 0.5)),
            {"turn": 1.0},
            {"turn": 1.05},
            tolerance=1e-10,
            evaluations=200,
        ),
        "lsz-lem-10",
        "lsz-lem-11",
        "lsz-lem-3-ii",
        "lsz-lem-3-iii",
        "lsz-lem-2-eq5",
        "lsz-eq-4",
        "lsz-rem-2",
        note="Strictly: the derivative is positive for t > T. The proof leaves out starts on the "
        "line of v_⋆; there it is seen directly, also from −k v_⋆, where w(T) = 0.",
    ),
    PAGE.row(
        "lsz-txt-lem-1",
        "The norm has a lower bound",
        factor(
            least_norm_slack,
            Domain(**STARTS, when=Log(1e-3, 1e3)),
            1.02,
            "‖w(T)‖, attained at T",
            tolerance=1e-10,
            evaluations=120,
        ),
        "lsz-lem-1-t",
        "lsz-lem-1-sign",
        note="It is positive unless w(0) = −k v_⋆ with k ≥ 0.",
    ),
    PAGE.shared(
        "lsz-rem-1",
        "Remark 1: Theorem 1 does not need the lower bound of the norm",
        "lsz-thm-1-ii",
        "lsz-thm-1-i",
        "lsz-thm-1-ii",
        note="Read off the uses of Theorem 1: before T the definition of T bounds the norm from "
        "above, after T Lemma 3 (i) does.",
    ),
    PAGE.row(
        "lsz-txt-step-3",
        "Step 3: two bounds of the norm",
        Searched(
            growth_slack,
            Domain(law=ANY_LAW, size=STARTS["size"], theta=Angle(), when=Log(1e-3, 1e2)),
            {"growth": GROWTH},
            {"growth": 0.535},
            tolerance=1e-9,
            evaluations=250,
            sharp=lambda: "0.55693 = 2 W(1/e), in dimension 1",
            sharp_at={"growth": SHARP_GROWTH},
        ),
        "lsz-lem-3-i",
        "lsz-eq-7",
        "lsz-lem-1-sign",
        note="Before T the norm is at most ‖w(0)‖ by the definition of T (see Lemma 1).",
    ),
    PAGE.row(
        "lsz-thm-1-i",
        "Theorem 1, first phase",
        factor(
            first_phase_slack,
            Domain(**STARTS, share=Log(1e-4, 1.0)),
            1.02,
            "A₁ is best: equality as t → 0",
            tolerance=1e-9,
            evaluations=150,
        ),
        "lsz-lem-2-eq5",
        "lsz-eq-4",
        "lsz-lem-11",
        note="Needs w(0) ≠ 0. For θ(0) = π the bound says cos θ ≥ −1, and at T, where w(T) = 0, "
        "the angle jumps to 0.",
    ),
    PAGE.row(
        "lsz-thm-1-ii",
        "Theorem 1, second phase",
        factor(
            second_phase_slack,
            Domain(**STARTS, later=Log(1e-4, 1e4)),
            1.02,
            "A₂ is best as t → T; 0.6 may be 0.55693 throughout",
            tolerance=1e-8,
            evaluations=150,
        ),
        "lsz-lem-2-eq5",
        "lsz-eq-4",
        "lsz-lem-11",
        "lsz-lem-1-t",
        "lsz-txt-step-3",
        note="Needs θ(0) ≠ π, where θ(T) is undefined. A₂ = 4c₀/(√0.6·π), as the proof gives; with "
        "π under the root the bound fails at once at t = T.",
    ),
    PAGE.shared(
        "lsz-txt-thm-1-1",
        "The direction converges to v_⋆",
        "lsz-thm-1-ii",
        "lsz-thm-1-ii",
        note="It is the direction that converges, w̄(t) → v_⋆; the norm grows beyond all bounds "
        "(Proposition 3 (iii)).",
    ),
    PAGE.row(
        "lsz-txt-thm-1-2",
        "The rates of the two phases",
        Asymptotic(
            direction_exponent, 2 / 3, 0.002, 0.68, "circle, t from 1e6 to 1e8; 2/3 exceeds 1/2"
        ),
        "lsz-thm-1-i",
        "lsz-thm-1-ii",
        note="O(e^{−A₂√t}) is true, not attained: where x₁ has a bounded positive density at 0, "
        "ψ(r) ~ K/r² gives ‖w‖ ~ (3Kt)^{1/3} and 1 − cos θ = exp(−c t^{2/3}).",
    ),
    PAGE.row(
        "lsz-txt-a7-rem-2",
        "Remark 2 of A.7: the second bound holds from the start, the first is stronger",
        factor(
            any_time_slack,
            Domain(**STARTS, later=Log(1e-4, 1e4)),
            1.02,
            "1, as t → 0",
            tolerance=1e-9,
            evaluations=120,
        ),
        "lsz-thm-1-i",
        "lsz-thm-1-ii",
        note="Stronger: t/‖w(0)‖ against ∫₀ᵗ ds/√(0.6s + ‖w(0)‖²).",
    ),
    *(
        PAGE.figure(
            f"lsz-fig-1a-{part}",
            f"Figure 1 (a): {what} of a linear predictor",
            "lsz-thm-1-i",
            "lsz-thm-1-ii",
            note="Batch 1000, rate 1e-3, w(0) = (0.6, −0.8) on the circle are stated; the number "
            "of steps and the seed are not. The bounds start at n = 0 and 5000; the exact flow "
            "turns at t = 2.4487, that is n = 2449.",
        )
        for part, what in (("angle", "angle"), ("loss", "loss"), ("norm", "norm"))
    ),
)
