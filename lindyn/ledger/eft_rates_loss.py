"""EFT, rates: the evolution of the loss, and the set that the flow does not leave."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.eft import BOUNDS
from lindyn.ledger.cases import frame
from lindyn.ledger.model import Choice, Domain, Integer, Log, Printed, Row, Searched, Verdict
from lindyn.ledger.rank_one_starts import LATER
from lindyn.ledger.stable_starts import MOMENTS, STABLE, moment, stable
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
        note="A neighbourhood of Z₁ in the feasible set of (24), the matrices of rank at most one, "
        "as print means it: diag(1, ε) is as near as one likes, and not in the set.",
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
)
