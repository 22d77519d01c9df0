"""LSZ, deep networks: Remarks 4 and 5, and what is claimed about Theorem 3."""

from __future__ import annotations

import numpy as np

from lindyn.laws import Gaussian, UniformBall, UniformSphere
from lindyn.ledger.lsz_deep_norm import LONGEST, fall_slack
from lindyn.ledger.lsz_deep_rates import DEEP
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.model import Asymptotic, Choice, Domain, Integer, Log, Row, Searched
from lindyn.ledger.own_late import late_constant
from lindyn.ledger.spherical_cases import STARTS, flow_of
from lindyn.ledger.spherical_weights import LAYERS, network
from lindyn.ledger.writing import Page, factor
from lindyn.natural import SphericalFlow
from lindyn.networks import end_to_end, imbalance

PAGE = Page("lsz/deep-rates")
SCALED = {
    "circle": lambda a: UniformSphere(2, a),
    "ball": lambda a: UniformBall(3, a),
    "gaussian": lambda a: Gaussian(2, a),
}


def scaling_slack(law, depth, size, theta, later, stretch, gain) -> float | None:
    """Data scaled by a > 1: exponents in a of the speed to a given angle and of A₂, in [2/N, 1]."""
    make = SCALED[law]
    axes = np.eye(make(1.0).dim)
    start = size / make(1.0).kappa * (np.cos(theta) * axes[0] + np.sin(theta) * axes[-1])
    flows = [SphericalFlow(make(a), axes[0], start, depth) for a in (1.0, stretch)]
    times = [flow.time(later / flow.law.kappa) for flow in flows]
    if not 0 < times[1] <= times[0] < LONGEST:
        return None if times[0] >= LONGEST else -1.0
    least = [flow.turning_norm or size / make(1.0).kappa for flow in flows]
    speed = np.log(times[0] / times[1]) / np.log(stretch)
    second = 1 + (1 - 2 / depth) * np.log(least[1] / least[0]) / np.log(stretch)
    low, high = sorted((speed, second))
    return float(min(low - gain * 2 / depth, 1 - high))


def longer_start_slack(law, depth, size, theta, later, stretch, factor) -> float | None:
    """The start times a > 1: exponent in a of the speed to a given angle, in [0, 1 − 2/N]."""
    tau = later / law_named(law).kappa
    times = [flow_of(law, depth, scale * size, theta).time(tau) for scale in (1.0, stretch)]
    if not 0 < times[1] < LONGEST or times[0] >= LONGEST:
        return None
    share = np.log(times[0] / times[1]) / np.log(stretch) / (1 - 2 / depth)
    return float(min(share, factor - share))


def above_bound_slack(law, depth, size, theta, share, factor) -> float | None:
    """Up to the turn the norm is above (17): as a share of the growth that (17) allows."""
    flow = flow_of(law, depth, size, theta)
    later = share * flow.turning_tau * flow.law.kappa
    return fall_slack(law, depth, size, theta, later, factor) if later > 1e-5 else None


def teacher_part_slack(law, depth, size, theta, width, seed, factor) -> float:
    """The derivative of v_⋆·w from all layers against Nc ψ + κ(1−c)(1−(N−1)c)."""
    net, radial = network(law, depth, size, theta, width, seed), law_named(law)
    c, gap = np.cos(theta), 2 * np.sin(theta / 2) ** 2
    psi = float(radial.psi(net.norm))
    bracket = depth * c * psi + radial.kappa * gap * (1 - factor * (depth - 1) * c)
    rate = net.frame[0] @ net.velocity / net.norm ** (2 - 2 / depth)
    return 1e-9 - abs(rate - bracket) / (depth * radial.kappa)


def growing_part_slack(law, depth, size, theta, later, factor) -> float | None:
    """From T on the derivative of v_⋆·w is at least κ‖w‖^{2−2/N} sin²θ."""
    flow = flow_of(law, depth, size, theta)
    state = flow.at_natural_time(flow.turning_tau + later / flow.law.kappa)
    gap, rest = state.one_minus_cos, flow.law.psi(state.norm) / flow.law.kappa
    if gap < 1e-200:
        return None
    # The bracket κ sin²θ + N cos θ (ψ − κ(1 − cos θ)), over κ sin²θ.
    return float(1 + depth * (1 - gap) * (rest - gap) / (gap * (2 - gap)) - factor)


def any_time_slack(law, depth, size, theta, later, factor) -> float | None:
    """While θ < π/2, v_⋆·w rises from the start on."""
    flow = flow_of(law, depth, size, theta)
    states = flow.at_natural_time(np.array([later, 1.1 * later]) / flow.law.kappa)
    if states.one_minus_cos[0] >= 1:
        return None
    return float(np.diff(np.log(states.norm) + np.log1p(-states.one_minus_cos))[0])


def pattern_slack(law, depth, size, theta, factor) -> float:
    """The late growth of ‖w‖² in natural time over 2NK: the norm increases to infinity."""
    flow = flow_of(law, depth, size, theta)
    tau = flow.turning_tau + np.array([1e6, 2e6]) / flow.law.kappa
    first, second = flow.at_natural_time(tau).norm
    speed = (second - first) * (second + first) / (tau[1] - tau[0])
    return float(0.01 - abs(speed / (2 * depth * late_constant(law)) - factor))


def paper_start_slack(depth, inputs, width, seed, length) -> float:
    """Balance and product of u₂wᵀ, u_{j+1}u_jᵀ, u_Nᵀ with unit vectors and ‖w‖ = ``length``."""
    rng = np.random.default_rng(seed)
    w, *units = (rng.standard_normal(n) for n in (inputs, *(width,) * (depth - 1)))
    w, units = length * w / np.linalg.norm(w), [u / np.linalg.norm(u) for u in units]
    hidden = [np.outer(b, a) for a, b in zip(units[:-1], units[1:], strict=True)]
    layers = (np.outer(units[0], w), *hidden, units[-1][None, :])
    gaps = [float(np.abs(gap).max()) for gap in imbalance(layers)]
    return 1e-12 - max(*gaps, float(np.abs(end_to_end(layers)[0] - w).max()))


def turning_step() -> float:
    """Turning time of the flow of Figure 1b."""
    return SphericalFlow(UniformSphere(2), [0.0, 1.0], [0.6, -0.8], depth=4).turning_time


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-rem-4-a",
        "Remark 4: what makes the second phase fast",
        Searched(
            scaling_slack,
            Domain(
                law=Choice(*SCALED),
                depth=Choice(2, 3, 4, 5, 6, 7, 8, 50),
                size=STARTS["size"],
                theta=STARTS["theta"],
                later=Log(1e-2, 10.0),
                stretch=Log(1.5, 1e2),
            ),
            {"gain": 1.0},
            {"gain": 1.03},
            tolerance=1e-8,
            evaluations=80,
            sharp=lambda: "the factor a^{2/N} in speed is exact for N = 2 and for small norms",
            sharp_at={"gain": 1.0},
        ),
        "lsz-thm-3-ii",
        "own-spherical-norm",
        repair="Print argues from c₀ alone, but the norm at the turn moves with the data too. It "
        "grows, because paths do not cross; so the flow itself gets faster, not only the bound.",
    ),
    PAGE.row(
        "lsz-rem-4-b",
        "Remark 4: what makes the first phase fast",
        factor(
            longer_start_slack,
            Domain(**DEEP, later=Log(1e-4, 1e2), stretch=Log(1.1, 1e2)),
            0.98,
            "1, as t → 0: the speed grows like ‖w(0)‖^{1−2/N}",
            tolerance=1e-8,
            evaluations=120,
        ),
        "lsz-thm-3-i",
        "own-spherical-norm",
        note="Of the bound it is read off. It is true of the flow, for all times: a longer start "
        "reaches every angle sooner, since norms at equal angle keep their order.",
    ),
    PAGE.row(
        "lsz-rem-5-a",
        "Remark 5: the norm turns above its lower bound",
        Searched(
            above_bound_slack,
            Domain(**DEEP, share=Log(1e-4, 1.0)),
            {"factor": 2 / np.pi},
            {"factor": 0.98 * 2 / np.pi},
            tolerance=1e-6,
            evaluations=150,
            sharp=lambda: "2/π: ‖w‖^{2/N−1} grows by less than that share of what (17) allows",
            sharp_at={"factor": 2 / np.pi},
        ),
        "lsz-lem-8-i-lower",
        "own-norm-slowest",
        note="Print says it may; it always does, strictly, for t > 0. The bound tends to 0, the "
        "norm turns above ‖w(0)‖ cos^{2N}(θ(0)/2).",
    ),
    PAGE.row(
        "lsz-rem-5-b",
        "Remark 5: the norm grows beyond all bounds, v_⋆·w not always",
        Searched(
            growing_part_slack,
            Domain(**DEEP, later=Log(1e-6, 30.0)),
            {"factor": 1.0},
            tolerance=1e-8,
            control_slack=any_time_slack,
            control_text="the hypothesis t ≥ T dropped: then v_⋆·w can fall",
            evaluations=200,
            sharp=lambda: "1, at the turn",
            sharp_at={"factor": 1.0},
        ),
        "lsz-eq-14",
        "lsz-lem-6-sign",
        repair="That v_⋆·w increases does not make it unbounded. Instead: a bounded norm would "
        "converge, to ε > 0, and then (39) has the limit 2εψ(ε) > 0, a contradiction.",
        note="After some time: from T on at the latest, since the derivative of v_⋆·w is "
        "‖w‖^{2−2/N}(κ sin²θ + N cos θ g/‖w‖). Not always: for N ≥ 3 it falls where "
        "1/(N−1) < cos θ < 1 and the norm is large.",
    ),
    PAGE.row(
        "own-teacher-part",
        "The growth of v_⋆·w",
        factor(
            teacher_part_slack,
            Domain(
                law=LAYERS["law"],
                depth=LAYERS["depth"],
                size=LAYERS["size"],
                theta=LAYERS["theta"],
                width=LAYERS["width"],
                seed=LAYERS["seed"],
            ),
            1.02,
            evaluations=150,
        ),
        "lsz-eq-14",
        "own-spherical-identity",
    ),
    PAGE.shared(
        "lsz-txt-comparison-2",
        "Comparison: what the deep rates need and what they give",
        "lsz-thm-3-ii",
        "lsz-thm-3-ii",
        "own-late-angle",
        note="What can be read off the theorem is true. Comparisons with other papers are not "
        "checked here. Linear is modest: −ln(1 − cos θ) grows like t^{2N/(N+2)}.",
    ),
    PAGE.shared(
        "lsz-txt-contrib-1",
        "Section 1.1: the announced rates",
        "lsz-thm-3-i",
        "lsz-thm-3-i",
        "lsz-thm-3-ii",
    ),
    PAGE.row(
        "lsz-txt-contrib-2",
        "Section 1.1: the announced pattern of the norm",
        factor(
            pattern_slack,
            Domain(**STARTS | {"depth": Choice(1, 2, 3, 4, 5, 8, 50)}),
            1.02,
            "1: ‖w‖² grows like 2NKτ",
            evaluations=60,
        ),
        "lsz-lem-6-t",
        "lsz-lem-6-sign",
        "lsz-rem-5-b",
        note="Not from θ(0) = π, where a deep predictor tends to 0; print excludes it elsewhere. "
        "The check is of the increase to infinity, the row on (15) checks the rest.",
    ),
    Page("lsz/deep").row(
        "lsz-txt-sec-5-init",
        "Section 5: the start of the experiment is balanced",
        Searched(
            paper_start_slack,
            Domain(
                depth=Integer(2, 7),
                inputs=Integer(2, 6),
                width=Integer(1, 6),
                seed=Integer(0, 10**6),
            ),
            {"length": 1.0},
            {"length": 1.02},
            evaluations=100,
        ),
        "lsz-eq-13",
        note="Balanced in the true form of (13). The formula serves for the layers 1 to N − 1; the "
        "range in print is read as that of the unit vectors. It needs ‖w_e(0)‖ = 1, as chosen.",
    ),
    PAGE.row(
        "lsz-txt-sec-5",
        "Section 5: what the experiment with four layers shows",
        Asymptotic(
            turning_step,
            8.6633,
            1e-3,
            8.7,
            "turning time of the exact flow of Figure 1b; print sees a stuck period from 5 to 10",
        ),
        "lsz-lem-6-sign",
        "lsz-fig-1b-norm",
        note="While t goes from 5 to 10 the exact norm stays between 0.083 and 0.106 and the loss "
        "falls from 0.704 to 0.689 only, but the angle from 108° to 81°. The lower bound of "
        "Lemma 8, which print calls on, falls from 0.0083 to 0.0023 meanwhile: it knows no stop.",
    ),
)
