"""CLZ, the setting: assumptions, the dynamics of s, u, v and of their components (Section 2)."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.model import Domain, Integer, Printed, Row, Searched, Verdict
from lindyn.ledger.rank_one_states import STATES, state
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/setting")
TIGHT = 1e-9


def _relative(miss, *sizes: float) -> float:
    return float(np.max(np.abs(miss)) / max(sizes))


def objective_slack(outputs, inputs, samples, seed, half) -> float:
    """½‖WX − Y‖² against half·(‖W − Z‖² + ‖Y‖² − ‖Z‖²), for whitened X."""
    rng = np.random.default_rng(seed)
    X = np.linalg.qr(rng.standard_normal((inputs + samples, inputs)))[0].T
    Y, W = rng.standard_normal((outputs, inputs + samples)), rng.standard_normal((outputs, inputs))
    Z = Y @ X.T
    left = np.sum((W @ X - Y) ** 2) / 2
    right = half * (np.sum((W - Z) ** 2) + np.sum(Y**2) - np.sum(Z**2))
    return TIGHT - abs(left - right) / left


def printed_objective() -> float:
    """Equation (1) as printed, without ½."""
    return objective_slack(2, 2, 1, 0, half=1.0)


def unique_slack(outputs, inputs, ratio, seed, share) -> float | None:
    """‖W − Z‖² − ‖Z₁ − Z‖² ≥ share·(1 − σ₂/σ₁)·‖W − Z₁‖² over rank-one W: Z₁ is the only best."""
    case = state(2, outputs, inputs, 1.0, ratio, 1.0, 3.0, seed)
    if case.d < 2:
        return None
    best = case.sigma[0] * np.outer(case.U[:, 0], case.V[:, 0])
    u, v = case.u, case.v
    nearest = max(case.rayleigh, 0.0)
    W = nearest * np.outer(u, v)
    excess = np.sum((W - case.Z) ** 2) - np.sum((best - case.Z) ** 2)
    return float(excess / np.sum((W - best) ** 2) - share * (1 - ratio))


def left_slack(factor: float, **case: object) -> float:
    """Equation (4a) against the velocity of all layers, relative."""
    at = state(**case)
    found = at.velocity()[0]
    right = at.Z @ at.v
    claimed = factor * at.clock * (right - at.u * (at.u @ right))
    return TIGHT - _relative(found - claimed, at.clock * (at.sigma[0] + at.s))


def right_slack(factor: float, **case: object) -> float:
    """Equation (4b) against the velocity of all layers, relative."""
    at = state(**case)
    found = at.velocity()[1]
    left = at.Z.T @ at.u
    claimed = factor * at.clock * (left - at.v * (at.v @ left))
    return TIGHT - _relative(found - claimed, at.clock * (at.sigma[0] + at.s))


def size_slack(factor: float, **case: object) -> float:
    """Equation (4c) against the velocity of all layers, relative."""
    at = state(**case)
    claimed = factor * at.depth * at.s ** (2 - 2 / at.depth) * (at.rayleigh - at.s)
    unit = at.depth * at.s ** (2 - 2 / at.depth) * (at.sigma[0] + at.s)
    return TIGHT - _relative(at.velocity()[2] - claimed, unit)


def component_slack(factor: float, **case: object) -> float:
    """The equations of a_i and b_j, per unit of natural time."""
    at = state(**case)
    da, db = at.components_velocity()
    sigma_a, sigma_b = np.zeros(at.a.size), np.zeros(at.b.size)
    sigma_a[: at.d], sigma_b[: at.d] = at.sigma * at.b[: at.d], at.sigma * at.a[: at.d]
    misses = [
        da - sigma_a + factor * at.a * at.rayleigh,
        db - sigma_b + factor * at.b * at.rayleigh,
    ]
    return TIGHT - max(_relative(miss, at.sigma[0]) for miss in misses)


def expansion_slack(factor: float, **case: object) -> float:
    """Equations (12) and (13): u, v, uᵀZv, Zv and Zᵀu in the singular bases."""
    at = state(**case)
    misses = [
        np.sum(at.a**2) - 1,
        np.sum(at.b**2) - 1,
        (at.u @ at.Z @ at.v - factor * at.rayleigh) / at.sigma[0],
        (at.Z @ at.v - at.U[:, : at.d] @ (at.sigma * at.b[: at.d])) / at.sigma[0],
        (at.Z.T @ at.u - at.V[:, : at.d] @ (at.sigma * at.a[: at.d])) / at.sigma[0],
    ]
    return TIGHT - max(_relative(miss, 1.0) for miss in misses)


def rayleigh_slack(factor: float, **case: object) -> float:
    """Equation (23): the derivative of uᵀZv from all layers is a sum of two squares."""
    at = state(**case)
    du, dv, _ = at.velocity()
    right, left = at.Z @ at.v, at.Z.T @ at.u
    squares = np.sum((right - at.u * (at.u @ right)) ** 2)
    squares += np.sum((left - at.v * (at.v @ left)) ** 2)
    found = du @ right + dv @ left
    unit = at.clock * at.sigma[0] * (at.sigma[0] + at.s)
    return TIGHT - abs(found - factor * at.clock * squares) / unit


def top_product_slack(factor: float, **case: object) -> float:
    """The derivative of a₁b₁ in natural time against σ₁(|a₁| − |b₁|)², relative."""
    at = state(**case)
    da, db = at.components_velocity()
    found = da[0] * at.b[0] + at.a[0] * db[0]
    square = (abs(at.a[0]) - abs(at.b[0])) ** 2
    return float(found / at.sigma[0] - factor * square) / max(abs(at.a[0] * at.b[0]), square)


def sum_slack(factor: float, **case: object) -> float:
    """Equation (24): the derivative of a_i + b_i in natural time."""
    at = state(**case)
    da, db = (part[: at.d] for part in at.components_velocity())
    sums = at.a[: at.d] + at.b[: at.d]
    return TIGHT - _relative(da + db - sums * (at.sigma - factor * at.rayleigh), at.sigma[0])


def _vanishing(case: dict) -> tuple | None:
    """The state with the first k sums zero, where there is room for one more."""
    k = case.pop("k")
    d = min(case["outputs"], case["inputs"])
    if not 0 <= k < d:
        return None
    at = state(**case, vanishing=k)
    return k, at


def tail_slack(factor: float, **case: object) -> float | None:
    """Equation (26): Σ_{j>k} σ_j a_j b_j ≤ σ_{k+1}(1 − Σ_{j≤k} a_j²)."""
    found = _vanishing(case)
    if found is None:
        return None
    k, at = found
    tail = np.sum((at.sigma * at.a[: at.d] * at.b[: at.d])[k:])
    return float(factor * (1 - np.sum(at.a[:k] ** 2)) - tail / at.sigma[k])


def lead_slack(factor: float, **case: object) -> float | None:
    """Equation (27): σ_{k+1} − uᵀZv ≥ 2σ_{k+1} Σ_{j≤k} a_j², the growth of |a_{k+1} + b_{k+1}|."""
    found = _vanishing(case)
    if found is None or found[0] == 0:
        return None
    k, at = found
    return float(1 - at.rayleigh / at.sigma[k] - factor * 2 * np.sum(at.a[:k] ** 2))


_LADDER = {"k": Integer(0, 4)}


def _local(slack, *, at: float = 1.02, evaluations: int = 150, sharp: str = "", **more) -> Searched:
    return factor(
        slack, Domain(**STATES, **more), at, sharp, tolerance=1e-12, evaluations=evaluations
    )


ROWS: tuple[Row, ...] = (
    PAGE.assumption(
        "clz-asm-2-1-data", "Assumption 2.1: whitened data", note="XXᵀ = I; so m ≥ d_x."
    ),
    PAGE.assumption(
        "clz-asm-2-1-net",
        "Assumption 2.1: one layer of width one",
        note="Only rank(W) ≤ 1 is used. The least width may be that of the input or of the output.",
    ),
    PAGE.assumption(
        "clz-asm-2-1-bal",
        "Assumption 2.1: balanced start",
        note="The flow keeps it: own-conservation.",
    ),
    PAGE.assumption(
        "clz-asm-2-1-target",
        "Assumption 2.1: distinct singular values",
        note="Tacitly Z ≠ 0. The gap between the first two is what most results use.",
    ),
    PAGE.row(
        "clz-eq-1",
        "Equation (1): the objective for whitened data",
        Searched(
            objective_slack,
            Domain(
                outputs=Integer(1, 5),
                inputs=Integer(1, 5),
                samples=Integer(0, 9),
                seed=Integer(0, 10**6),
            ),
            {"half": 0.5},
            {"half": 0.51},
            evaluations=100,
        ),
        "clz-asm-2-1-data",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="Lᴺ = ‖W − Z‖² + ‖Y‖² − ‖Z‖²",
            truth="Lᴺ = ½(‖W − Z‖² + ‖Y‖² − ‖Z‖²)",
            why="Lᴺ is defined with the factor ½, which is lost; the flow (3) has it.",
            refutation=printed_objective,
            counterexample="any data: the printed value is twice the objective",
            consequence="None: equation (3) and all later ones use the gradient W − Z, with ½.",
        ),
    ),
    PAGE.row(
        "clz-txt-z1-unique",
        "Z₁ is the only best approximation of rank one",
        Searched(
            unique_slack,
            Domain(
                outputs=Integer(2, 5),
                inputs=Integer(2, 5),
                ratio=STATES["ratio"],
                seed=Integer(0, 10**6),
            ),
            {"share": 1.0},
            {"share": 1.05},
            tolerance=1e-12,
            evaluations=400,
        ),
        "clz-asm-2-1-target",
        note="With its margin: ‖W − Z‖² − ‖Z₁ − Z‖² ≥ (1 − σ₂/σ₁)‖W − Z₁‖² for the best multiple "
        "of uvᵀ.",
    ),
    PAGE.definition("clz-eq-2", "Equation (2): gradient flow"),
    PAGE.shared(
        "clz-eq-3",
        "Equation (3): the induced flow",
        "own-induced-flow",
        "own-induced-flow",
        note="The power 0 must be read as the identity; for rank one it matters.",
    ),
    PAGE.row(
        "clz-eq-4a", "Equation (4a): the left singular vector", _local(left_slack), "clz-eq-3"
    ),
    PAGE.row(
        "clz-eq-4b", "Equation (4b): the right singular vector", _local(right_slack), "clz-eq-3"
    ),
    PAGE.row("clz-eq-4c", "Equation (4c): the singular value", _local(size_slack), "clz-eq-3"),
    PAGE.shared(
        "clz-lem-b-7",
        "Lemma B.7, equations (15)–(17): the dynamics derived",
        "clz-eq-4a",
        "clz-eq-3",
    ),
    PAGE.row("clz-eq-12", "Equation (12): u and v in the singular bases", _local(expansion_slack)),
    PAGE.shared(
        "clz-eq-13",
        "Equation (13): uᵀZv, Zv and Zᵀu in the singular bases",
        "clz-eq-12",
        "clz-eq-12",
    ),
    PAGE.row(
        "clz-eq-14",
        "Equation (14): the components a_i and b_j",
        _local(component_slack),
        "clz-eq-4a",
        "clz-eq-4b",
        "clz-eq-13",
    ),
    PAGE.row(
        "clz-eq-23",
        "Equation (23): uᵀZv grows at the rate of two squares",
        _local(rayleigh_slack),
        "clz-eq-4a",
        "clz-eq-4b",
    ),
    PAGE.shared(
        "clz-prop-2-2-2",
        "Proposition 2.2, 2): uᵀZv does not decrease, and converges",
        "clz-eq-23",
        "clz-eq-23",
    ),
    PAGE.row(
        "clz-prop-2-2-3",
        "Proposition 2.2, 3): uᵀZ₁v does not decrease, and converges",
        _local(
            top_product_slack,
            evaluations=400,
            sharp="σ₁(|a₁| − |b₁|)² is attained as σ₂ → σ₁",
        ),
        "clz-eq-14",
        note="The check tests the rate that the proof gives: (a₁b₁)′ ≥ σ₁(|a₁| − |b₁|)².",
    ),
    PAGE.row("clz-eq-24", "Equation (24): the sums a_i + b_i", _local(sum_slack), "clz-eq-14"),
    PAGE.row(
        "clz-eq-26",
        "Equations (25), (26): the sum over the tail",
        _local(tail_slack, at=0.97, evaluations=400, sharp="attained", **_LADDER),
        "clz-prop-2-2-4",
    ),
    PAGE.row(
        "clz-eq-27",
        "Equations (27), (28): the first sum that does not vanish grows",
        _local(lead_slack, evaluations=400, sharp="attained as σ_k → σ_{k+1}", **_LADDER),
        "clz-eq-24",
        "clz-eq-26",
    ),
)
