"""LSZ, deep networks: balance, the induced flow, the angle, and depth 2 (Lemma 7, Proposition 4).

Velocities come from the gradients of all layers, before and after an integration of the layers.
"""

from __future__ import annotations

import numpy as np

from lindyn._check import Array
from lindyn.bounds.lsz_deep import BOUNDS
from lindyn.flows import gradient_flow
from lindyn.laws import UniformSphere
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.model import Choice, Domain, Integer, Log, Printed, Row, Searched, Verdict
from lindyn.ledger.spherical_cases import flow_of, start_phi
from lindyn.ledger.spherical_weights import LAYERS, Network, flowed, later_network, network
from lindyn.ledger.writing import Page, factor
from lindyn.natural import SphericalFlow
from lindyn.networks import Weights, imbalance
from lindyn.risks import SphericalLogistic

PAGE = Page("lsz/deep")
DEPTHS = Choice(2, 3, 4, 5, 6, 7, 8, 50)


def _moments(law, depth, size, theta, width, reach, seed) -> tuple[Network, Network]:
    """The network at the start and after its flow."""
    return (
        network(law, depth, size, theta, width, seed),
        later_network(law, depth, size, theta, width, reach, seed),
    )


def _kept(layers: Weights, printed: bool, dim: int) -> float:
    """How far a balance condition, true or as printed, is broken after a flow of the layers."""
    risk = SphericalLogistic(UniformSphere(dim), np.eye(dim)[0])
    size = max(float(np.linalg.norm(layer)) for layer in layers)
    after = gradient_flow(risk, layers, 0.5 / size ** (len(layers) - 2), rtol=1e-11).weights
    return float(np.linalg.norm(_difference(after, printed))) / size**2


def _difference(layers: Weights, printed: bool) -> Array:
    if not printed:
        return np.concatenate([gap.ravel() for gap in imbalance(layers)])
    gaps = [b.T @ b - a.T @ a for a, b in zip(layers[:-1], layers[1:], strict=True)]
    return np.concatenate([gap.ravel() for gap in gaps])


def balance_slack(depth, dim, size, seed) -> float:
    """The true condition, met at the start, is met later."""
    rng = np.random.default_rng(seed)
    units = [_unit(dim, rng) for _ in range(depth)]
    layers = [size * np.outer(b, a) for a, b in zip(units[:-1], units[1:], strict=True)]
    return 1e-8 - _kept((*layers, size * units[-1][None, :]), printed=False, dim=dim)


def printed_balance_slack(depth, dim, size, seed) -> float:
    """The condition as printed, met at the start by W_j = q_j aᵀ, is met later."""
    rng = np.random.default_rng(seed)
    a = _unit(dim, rng)
    layers = [size * np.outer(_unit(dim, rng), a) for _ in range(depth - 1)]
    return 1e-8 - _kept((*layers, size * a[None, :]), printed=True, dim=dim)


def _unit(dim: int, rng: np.random.Generator) -> Array:
    vector = rng.standard_normal(dim)
    return vector / np.linalg.norm(vector)


def transposed_balance() -> float:
    """The paper's own start, u₂ = e₁ and u₃ = e₂, against (13) as printed."""
    u = np.array([[0.6, -0.8], [1.0, 0.0], [0.0, 1.0]])
    layers = (np.outer(u[1], u[0]), np.outer(u[2], u[1]), u[2][None, :])
    return -float(np.linalg.norm(_difference(layers, printed=True)))


def induced_slack(factor: float, **case: object) -> float:
    """The velocity of w against (14), at the start and after a flow of the layers."""
    depth, worst = case["depth"], 0.0
    for net in _moments(**case):
        w, norm, velocity = net.w, net.norm, net.velocity
        gradient, unit = net.risk.gradient(w), w / norm
        pull = gradient + factor * (depth - 1) * unit * (unit @ gradient)
        claimed = -(norm ** (2 - 2 / depth)) * pull
        worst = max(worst, float(np.linalg.norm(velocity - claimed) / np.linalg.norm(velocity)))
    return 1e-7 - worst


def orthogonal_slack(depth, dim, size, seed, spread) -> float:
    """Orthogonal layers of one size against balance; ``spread`` changes the size of the last."""
    rng = np.random.default_rng(seed)
    layers = [size * np.linalg.qr(rng.standard_normal((dim, dim)))[0] for _ in range(depth)]
    layers[-1] = layers[-1] * (1 + spread)
    worst = max(float(np.linalg.norm(gap, 2)) for gap in imbalance(tuple(layers)))
    return 1e-12 - worst / size**2


def angle_rate_slack(factor: float, **case: object) -> float:
    """The rate of cos θ against (16), relative, at the start and after a flow of the layers."""
    kappa, depth = law_named(case["law"]).kappa, case["depth"]
    worst = 0.0
    for net in _moments(**case):
        rate = -np.sin(net.angle) * net.polar_velocity[1] / net.norm
        claimed = factor * kappa * np.sin(net.angle) ** 2 * net.norm ** (1 - 2 / depth)
        worst = max(worst, abs(rate / claimed - 1))
    return 1e-6 - worst


def influence_slack(law, depth, size, theta, ratio, later, width, seed, shift) -> float:
    """The exponent of ‖w‖ in the rate of θ, from two networks; and which flow is ahead later."""
    rates = [
        network(law, depth, scale * size, theta, width, seed).polar_velocity[1] / (scale * size)
        for scale in (1.0, ratio)
    ]
    exponent = np.log(rates[1] / rates[0]) / np.log(ratio)
    local = 1e-6 - abs(exponent - (1 - 2 / depth + shift))
    tau = later / law_named(law).kappa
    clocks = [flow_of(law, depth, scale * size, theta).time(tau) for scale in (1.0, ratio)]
    lead = (clocks[0] / clocks[1] - 1) * np.sign(depth - 2)
    ahead = lead if depth != 2 else -abs(clocks[0] / clocks[1] - 1)
    return float(min(local, ahead + 1e-9))


def depth_two_slack(factor: float, **case: object) -> float:
    """The gain of φ in two layers against κt, and cos θ against Proposition 4."""
    reach = case.pop("reach")
    radial, start = law_named(case["law"]), network(depth=2, **case)
    t = reach / radial.kappa
    angle = flowed(start, t).angle
    bound = BOUNDS["lsz-prop-4"](t=t, c_0=radial.c0, theta_0=case["theta"])
    gain = start_phi(angle) - start_phi(case["theta"])
    return min(1e-5 - abs(gain - factor * reach), 1e-7 - abs(np.cos(angle) - float(bound)))


def opposite_slack(law, depth, size, t, factor) -> float | None:
    """From θ(0) = π: the growth of ‖w‖^{2/N−1} per (N−2)κt, and the flow of the layers."""
    radial = law_named(law)
    start, axis = size / radial.kappa, np.eye(radial.dim)[0]
    time = t * start ** (2 / depth - 1) / radial.kappa
    state = SphericalFlow(radial, axis, -start * axis, depth).at(time)
    if state.norm == 0:
        return None  # below the smallest double
    fall = np.log(state.norm / start)
    if depth == 2:
        growth = -fall / (2 * t)
    else:
        growth = np.expm1((2 / depth - 1) * fall) / ((depth - 2) * t)
    apart = 0.0
    if depth < 9 and t < 1:
        net = network(law, depth, size, np.pi, 1, 0)
        apart = abs(flowed(net, time).norm / state.norm - 1) + abs(state.angle - np.pi)
    return float(min(growth - factor, 2 - growth, 1e-6 - apart))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-eq-13",
        "Equation (13): balanced layers",
        Searched(
            balance_slack,
            Domain(
                depth=Integer(2, 6), dim=Integer(2, 4), size=Log(0.3, 3.0), seed=Integer(0, 10**6)
            ),
            control_slack=printed_balance_slack,
            control_text="the condition as printed, which no flow keeps",
            evaluations=60,
        ),
        "own-conservation",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="W_{j+1}ᵀW_{j+1} = W_jᵀW_j",
            truth="W_{j+1}ᵀW_{j+1} = W_{j}W_{j}ᵀ",
            why="The printed sides have the sizes d_j and d_{j−1}; where these agree, the flow "
            "does not keep the printed condition, and (14) does not follow from it.",
            refutation=transposed_balance,
            counterexample="the paper's own start in Section 5 with u₂ = e₁, u₃ = e₂: balanced, "
            "but W₁ᵀW₁, W₂ᵀW₂ and W₃ᵀW₃ are u₁u₁ᵀ, u₂u₂ᵀ and u₃u₃ᵀ",
            consequence="None with the true form, which Arora et al. have and Section 5 meets.",
            weight=2,
        ),
    ),
    PAGE.row(
        "lsz-eq-14",
        "Equation (14): the flow of the end-to-end vector",
        factor(induced_slack, Domain(**LAYERS), 1.01, evaluations=120),
        "lsz-eq-13",
        "own-induced-flow",
        note="For w ≠ 0, any depth N ≥ 1 and any differentiable loss. Checked on the gradients of "
        "all layers, before and after an integration of the layers.",
    ),
    PAGE.row(
        "lsz-txt-orthogonal",
        "Orthogonal layers are balanced",
        Searched(
            orthogonal_slack,
            Domain(
                depth=Integer(2, 12), dim=Integer(1, 8), size=Log(1e-3, 1e3), seed=Integer(0, 10**6)
            ),
            {"spread": 0.0},
            {"spread": 0.01},
            evaluations=80,
        ),
        "lsz-eq-13",
        note="True of square layers, all of one size. The paper's own networks have one output: "
        "there W_{N}ᵀW_{N} has rank 1, W_{N−1}W_{N−1}ᵀ is a multiple of the identity, and the two "
        "differ unless the width is 1. That such starts do better than Gaussian ones is cited in "
        "print and not checked here.",
    ),
    PAGE.row(
        "lsz-lem-7",
        "Lemma 7, equation (16): how the angle moves at depth N",
        factor(angle_rate_slack, Domain(**LAYERS), 1.01, evaluations=50),
        "lsz-eq-14",
        "lsz-eq-4",
        "lsz-lem-2-eq5",
        note="For every N ≥ 1. In the text at hand the first line of the proof carries a stray "
        "minus sign on its left; the result is not affected.",
    ),
    PAGE.row(
        "lsz-txt-lem-7",
        "A larger norm helps at depth 3 and beyond, and hurts at depth 1",
        Searched(
            influence_slack,
            Domain(
                **{k: LAYERS[k] for k in ("law", "size", "theta", "width", "seed")},
                depth=Choice(1, 2, 3, 4, 8, 50),
                ratio=Log(1.1, 100.0),
                later=Log(1e-2, 20.0),
            ),
            {"shift": 0.0},
            {"shift": 0.02},
            evaluations=120,
        ),
        "lsz-lem-7",
        "own-spherical-angle",
        "own-spherical-norm",
        note="More is true: of two flows from the same angle the one with the larger start is "
        "ahead at every time (N ≥ 3), never (N = 2), behind (N = 1), since their norms at equal "
        "angle keep their order.",
    ),
    PAGE.row(
        "lsz-prop-4",
        "Proposition 4: two layers",
        factor(
            depth_two_slack,
            Domain(
                **{k: LAYERS[k] for k in ("law", "size", "theta", "width", "seed")},
                reach=Log(1e-2, 3.0),
            ),
            1.01,
            "an equality",
            evaluations=120,
        ),
        "lsz-lem-7",
        "lsz-lem-11",
        note="Checked on the flow of both layers. At θ(0) = 0, C₁ = ∞ stands for cos θ = 1.",
    ),
    PAGE.row(
        "lsz-thm-3-pi",
        "From a start opposite to v_⋆ the deep predictor tends to 0 and never arrives",
        factor(
            opposite_slack,
            Domain(law=LAYERS["law"], depth=DEPTHS, size=LAYERS["size"], t=Log(1e-3, 1e6)),
            1.02,
            "1, as ‖w(0)‖ → 0 or t → ∞",
            tolerance=1e-9,
            evaluations=200,
        ),
        "lsz-eq-14",
        "own-spherical-identity",
        repair="Print argues with (17), which needs N > 2; the equation of the norm on the line "
        "covers N = 2 too.",
        note="With its rate: ‖w‖^{2/N−1} grows between (N−2)κt and 2(N−2)κt, at N = 2 ln ‖w‖ falls "
        "between 2κt and 4κt. At N = 1 the flow reaches 0.",
    ),
)
