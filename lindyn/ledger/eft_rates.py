"""EFT, rates: the evolution of the loss, and Theorem 4.4."""

from __future__ import annotations

from typing import Any

import numpy as np

from lindyn.bounds.eft import BOUNDS
from lindyn.ledger.cases import frame
from lindyn.ledger.model import Choice, Domain, Integer, Log, Printed, Row, Searched, Verdict
from lindyn.ledger.rank_one_starts import LATER, View
from lindyn.ledger.stable_starts import FAR, MOMENTS, STABLE, Stable, moment, stable
from lindyn.ledger.writing import Page, factor
from lindyn.networks import balanced, chain_rule

PAGE = Page("eft/rates")
TIGHT = 1e-11


def parts_slack(factor: float, **case: object) -> float:
    """(33): T₁ + factor·T₂ over L, and L = T₁ + ½(1 + c)T₂, L from the matrices."""
    at = moment(**case)
    gap = at.state.s * np.outer(at.state.a, at.state.b)
    gap[0, 0] -= at.first
    loss, whole = float(np.sum(gap**2)) / 2, at.T1 + at.T2
    unit = (at.state.s + at.first) ** 2
    if abs(loss - at.T1 - (1 + at.c) / 2 * at.T2) > 1e-13 * unit:
        return -1.0
    return (at.T1 + factor * at.T2 - at.loss) / whole if whole else 0.0


def chain_slack(depth, outputs, inputs, m, size, seed, factor) -> float:
    """(34) with data: the slope from all layers against −m⟨W − Z₁, A_W(W − Z)⟩."""
    rng = np.random.default_rng(seed)
    X = np.sqrt(m) * frame(m, inputs, rng).T
    Y = rng.standard_normal((outputs, m))
    u, v = frame(outputs, 1, rng), frame(inputs, 1, rng)
    W, Z = size * u @ v.T, Y @ X.T / m
    left, values, right = np.linalg.svd(Z)
    best = W - values[0] * np.outer(left[:, 0], right[0])
    widths = [int(n) for n in rng.integers(1, 4, depth - 1)]
    layers = balanced(W, depth, widths, rng)
    steps = chain_rule(layers, (W @ X - Y) @ X.T)
    change, product = -steps[0], layers[0]
    for layer, step in zip(layers[1:], steps[1:], strict=True):
        change, product = layer @ change - step @ product, layer @ product
    moved = np.zeros_like(W)
    for j in range(1, depth + 1):
        before = size ** (2 * (depth - j) / depth) * u @ u.T if j < depth else np.eye(outputs)
        after = size ** (2 * (j - 1) / depth) * v @ v.T if j > 1 else np.eye(inputs)
        moved += before @ (W - Z) @ after
    claimed = -factor * m * np.sum(best * moved)
    unit = m * np.linalg.norm(best) * np.linalg.norm(moved)
    return float(1e-9 - abs(np.sum(best * change) - claimed) / unit)


def evolution_slack(factor: float, **case: object) -> float | None:
    """Lemma 4.2, corrected, its term 2cT₂ times factor: bound minus dL/dt, over |c|T₂."""
    at = moment(**case)
    if abs(at.c) * at.T2 < 1e-6 * (at.state.s + at.first) ** 2:
        return None  # lost in the rounding of the slope
    known = {"N": at.state.depth, "m": at.m, "s": at.state.s, "gamma_Z": at.gamma}
    bound = BOUNDS["eft-lem-4-2"](**known, c=at.c, T_1=at.T1, T_2=at.T2)
    more = (factor - 1) * at.speed * 2 * at.c * at.T2
    return float(bound - more - at.slope) / (at.speed * abs(at.c) * at.T2)


def printed_evolution() -> float:
    """The printed (35) at N = 2, m = 1, Z = (2, 0), v = (0.6, 0.8), s = 1.2: −4.608 + 3.072."""
    lean = float(np.arccos(0.6))
    at = moment(2, 1.0, 2.0, 0.0, 0.0, lean, 0.0, 0.0, 1.0)
    return float(-4 * at.speed * at.T1 - 2 * at.speed * at.first * at.c * at.T2 - at.slope)


def arrival_slack(factor: float, **case: object) -> float | None:
    """The bound on the time until s ≤ √6σ₁ over that time, times factor; both finite."""
    at = stable(**case)
    if at is None or at.launch.s0 < 1.001 * FAR * at.launch.first:
        return None
    start = at.launch
    time = start.at(at.near()).t / at.m
    values = {"N": start.depth, "m": at.m, "s_0": start.s0, "sigma_1": start.first}
    return float(BOUNDS["own-faraway-rate"](**values) / time - factor)


def _narrow(at_share: float, **case: Any) -> Stable | None:
    """A start whose γ makes the printed exponents negative, if ``at_share`` is at most 0.6."""
    N, alpha, beta = case["depth"], 1 - case["shy"], case["beta"]
    widest = at_share * (alpha / beta) ** (2 - 2 / N) / (2 * N)
    return stable(**case, widest=widest)


def far_rate_slack(part: float, factor: float, **case: object) -> float | None:
    """(38a): ln L lost until a part of the way to √6σ₁, over factor times the bound's."""
    at = _narrow(0.6, **case)
    if at is None or at.launch.s0 < 1.001 * FAR * at.launch.first:
        return None
    begin, view = at.launch.at(0.0), at.launch.at(part * at.near())
    found, rate = at.lost(begin, view), at.rate("eft-thm-4-4-a", beta=at.beta)
    return None if found is None or rate <= 0 else found[0] / (rate * found[1]) - factor


def near_rate_slack(later: float, factor: float, **case: object) -> float | None:
    """(38b): ln L lost from θ on, over factor times the bound's."""
    at = _narrow(0.6, **case)
    if at is None:
        return None
    first = at.near()
    begin, view = at.launch.at(first), at.launch.at(first + later)
    found, rate = at.lost(begin, view), at.rate("eft-thm-4-4-b", beta=at.beta, theta=0.0)
    return None if found is None or rate <= 0 else found[0] / (rate * found[1]) - factor


def complexity_slack(digits: float, factor: float, **case: object) -> float | None:
    """At factor times the time of the bound the distance is below ε = C·10^{−digits}."""
    at = _narrow(0.6, **case)
    if at is None:
        return None
    start, near = at.launch, at.near()
    fast, slow = (
        at.rate("eft-thm-4-4-a", beta=at.beta),
        at.rate("eft-thm-4-4-b", beta=at.beta, theta=0.0),
    )
    if min(fast, slow) <= 0:
        return None
    theta, begin = start.at(near).t / at.m, at.log_loss(start.at(0.0))
    C, asked = 2 * np.exp(begin), digits * np.log(10)
    if asked <= fast * theta:
        time = asked / fast
    else:
        values = {"C": C, "epsilon": C * np.exp(-asked), "theta": theta}
        time = float(BOUNDS["eft-thm-4-4-complexity"](**values, r_a=fast, r_b=slow))
    record = start.flow.at(factor * time * at.m)
    lost = begin - at.log_loss(View(start, record))
    return float(lost / asked - 1)


def neighbourhood_slack(factor: float, shy: float, beta: float, **case: object) -> float | None:
    """(36): a rank-one matrix outside N_{α,β} is at least a radius away from Z₁, over it."""
    at = moment(**case)
    at_size, alpha = at.state.s / at.first, 1 - shy
    if alpha <= at.gamma:
        return None
    if alpha - at.gamma < at_size < beta and at.c > alpha:
        return None
    radius = min(beta - 1, 1 - alpha + at.gamma, np.sqrt(1 - alpha**2))
    return float(np.sqrt(2 * at.loss) / (radius * at.first) - factor)


def printed_neighbourhood() -> float:
    """Minus σ₂ of diag(1, ε): not in the set, at distance ε from Z₁ = diag(1, 0)."""
    return -float(np.linalg.svd(np.diag([1.0, 1e-3]))[1][1])


def stays_slack(later: float, up: float, down: float, **case: object) -> float | None:
    """Lemma 4.3: room of s/σ₁ and of c within N_{α,β}, β times up, α times down."""
    at = stable(**case)
    if at is None:
        return None
    view, first = at.launch.at(later), at.launch.first
    low = (at.alpha - at.gamma) * first
    room = min(up * at.beta - view.s / first, (view.s - low) / max(low, first * 1e-9))
    return float(min(room, 1 - view.missing - down * at.alpha))


def rank_one_slack(factor: float, **case: object) -> float:
    """(32): d/dt of s, u, v from all layers rebuilds that of W; s stays positive."""
    at = moment(**case)
    u, v = at.state.u, at.state.v
    du, dv, ds = at.state.velocity()
    lam = at.first * at.c + at.rho
    clock = at.state.clock
    grown = factor * at.state.depth * (lam - at.state.s) * at.state.s * clock
    turns = (at.state.Z @ v - lam * u, at.state.Z.T @ u - lam * v)
    unit = clock * (at.first + at.state.s) * at.state.depth
    misses = [abs(ds - grown) / (unit * at.state.s)]
    misses += [np.abs(d - clock * t).max() / unit for d, t in zip((du, dv), turns, strict=True)]
    return float(TIGHT - max(misses))


ROWS: tuple[Row, ...] = (
    PAGE.shared(
        "eft-lem-4-1",
        "Lemma 4.1: global minimisers of all layers have the product Z₁",
        "eft-eq-27",
        "eft-eq-27",
        "eft-thm-3-8",
    ),
    PAGE.row(
        "eft-eq-32",
        "Equation (32): the factors of a product of rank one",
        factor(
            rank_one_slack,
            Domain(**MOMENTS),
            1.02,
            "exact: s′ = Ns(uᵀZv − s), u′ = Zv − (uᵀZv)u, v′ = Zᵀu − (uᵀZv)v",
            tolerance=1e-8,
            evaluations=150,
        ),
        "eft-lem-3-3",
    ),
    PAGE.row(
        "eft-eq-33",
        "Equation (33): the loss in two parts",
        factor(
            parts_slack,
            Domain(**MOMENTS),
            0.97,
            "1, as c → 1; exactly L = T₁ + ½(1 + c)T₂",
            tolerance=1e-8,
            evaluations=150,
        ),
        "eft-eq-32",
    ),
    PAGE.row(
        "eft-eq-34",
        "Equation (34): the derivative of the loss",
        factor(
            chain_slack,
            Domain(
                depth=Choice(2, 3, 5, 20),
                outputs=Integer(1, 4),
                inputs=Integer(1, 4),
                m=Integer(4, 50),
                size=Log(1e-3, 1e3),
                seed=Integer(0, 10**6),
            ),
            1.03,
            evaluations=200,
        ),
        "eft-eq-17",
        "eft-eq-24",
    ),
    PAGE.row(
        "eft-lem-4-2",
        "Lemma 4.2: the evolution of the loss",
        factor(
            evolution_slack,
            Domain(**MOMENTS),
            1.03,
            "1: T₁ = 0, u = v beside the second mode",
            tolerance=1e-8,
            evaluations=500,
        ),
        "own-loss-decay",
        "eft-eq-33",
        printed=Printed(
            Verdict.FALSE,
            "in (35) the factors u_tᵀZ₁v_t of T₂ and s_{Z,2} of T₂",
            "u_tᵀZ₁v_t/s_Z = c, and γ_Z = s_{Z,2}/s_Z (even γ_Z|c|); and √2 serves for 2√2",
            "Both terms have the unit of Z too much.",
            printed_evolution,
            "N = 2, m = 1, Z = (2, 0), u = 1, v = (0.6, 0.8), s = 1.2: dL/dt = −3.072, and print "
            "has at most −4.608",
            "None: Theorem 4.4 is derived from the right form. At s_Z = 1 print is true.",
        ),
    ),
    PAGE.row(
        "eft-eq-36",
        "Equation (36): the set N_{α,β} around the target",
        factor(
            neighbourhood_slack,
            Domain(**MOMENTS, shy=Log(1e-4, 0.99), beta=Log(1.001, 1e2)),
            1.03,
            "1: the radius is σ₁·min(β − 1, 1 − α + γ_Z, √(1 − α²))",
            tolerance=1e-8,
            evaluations=500,
        ),
        "eft-eq-27",
        printed=Printed(
            Verdict.MISPRINT,
            "N_{α,β}(Z₁) is a neighbourhood of Z₁ in the space of all matrices",
            "it is one among the matrices of rank one",
            "Its members have rank one.",
            printed_neighbourhood,
            "Z₁ = diag(1, 0) and diag(1, ε)",
            "None: the induced flow keeps rank one.",
        ),
    ),
    PAGE.row(
        "eft-lem-4-3",
        "Lemma 4.3: the flow stays in N_{α,β}",
        Searched(
            stays_slack,
            Domain(**STABLE, **LATER),
            {"up": 1.0, "down": 1.0},
            {"up": 0.98},
            tolerance=1e-9,
            evaluations=300,
            sharp=lambda: "β, α; the lower limit of s has a sharp form: own-stable-floor",
            sharp_at={"up": 1.0},
        ),
        "eft-lem-3-7",
        note="α = γ_Z is included.",
    ),
    PAGE.row(
        "eft-thm-4-4-a",
        "Theorem 4.4, (38a): the rate far away",
        factor(
            far_rate_slack,
            Domain(**STABLE | {"beta": Log(2.6, 1e2)}, part=Log(1e-3, 1.0)),
            2 * FAR * 1.04,
            "2√6 at least: N = 2, γ_Z → 0, α → 1",
            best=2 * FAR,
            tolerance=1e-8,
            evaluations=300,
        ),
        "eft-lem-4-2",
        "eft-lem-4-3",
        "own-loss-decay",
        note="No smallness of γ_Z is needed: own-faraway-rate.",
    ),
    PAGE.row(
        "eft-thm-4-4-b",
        "Theorem 4.4, (38b): the rate nearby",
        factor(
            near_rate_slack,
            Domain(**STABLE | LATER),
            2.08,
            "2 at least: γ_Z → 0, α → 1",
            best=2.0,
            tolerance=1e-8,
            evaluations=300,
        ),
        "own-loss-decay-nearby",
        "eft-lem-4-3",
    ),
    PAGE.row(
        "eft-thm-4-4-c",
        "Theorem 4.4: rank one for ever, and the far phase ends",
        factor(
            arrival_slack,
            Domain(**STABLE | {"beta": Log(2.6, 1e6)}),
            1.04,
            "1, aligned, as s(0) → √6σ₁",
            evaluations=300,
        ),
        "eft-lem-3-3",
        "eft-lem-4-3",
        "eft-eq-32",
        note="The check compares the time with its bound: own-faraway-rate.",
    ),
    PAGE.row(
        "eft-thm-4-4-complexity",
        "After Theorem 4.4: the time to a given accuracy",
        factor(
            complexity_slack,
            Domain(**STABLE, digits=Log(1e-2, 8.0)),
            0.48,
            "½ at least, by the factors of (38a) and (38b)",
            best=0.5,
            tolerance=1e-8,
            evaluations=200,
        ),
        "eft-thm-4-4-a",
        "eft-thm-4-4-b",
        note="With the exponents 2 − 2/N of Theorem 4.4. The text at hand has 2 throughout this "
        "display; whether print has it we cannot tell. With s_Z² the time would be too short for "
        "large s_Z.",
    ),
)
