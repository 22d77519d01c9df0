"""Rows of [jt/descent-margin]: what the step rule gives, (C.14), (C.15), (C.17), Lemma C.7."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.descent_cases import (
    CAREFUL,
    Run,
    careful,
    careful_run,
    descend,
    free_run,
    single,
)
from lindyn.ledger.jt_descent_steps import exchanged, form, gram, pairs, scalars, spectral, tops
from lindyn.ledger.model import Domain, Integer, Log, Printed, Row, Searched, Verdict
from lindyn.ledger.separable_cases import SEEDS, SeparableData, State, admissible
from lindyn.ledger.writing import Page, factor
from lindyn.losses import Logistic
from lindyn.networks import balanced

PAGE = Page("jt/descent-margin")


def _upper(run: Run | None) -> float | None:
    """(C.14): uᵀW_{k+1}ᵀW_{k+1}u ≤ ⟨u, v⟩²σ_{k+1}² + D + 2R(W(0))."""
    if run is None:
        return None
    found = []
    for _, below, above in pairs(run):
        _, u, _ = tops(below)
        sigma, _, v = tops(above)
        left = form(gram(above, False), u)
        right = np.sum(u * v, axis=1) ** 2 * sigma**2 + run.total + 2 * run.risks[0]
        found.append(np.min((right - left) / (right + left)))
    return float(min(found))


def _lower(run: Run | None, printed: bool = False) -> float | None:
    """(C.15): σ_k² ≤ ⟨u, v⟩²σ_{k+1}² + D + 2R(W(0)) + ‖P_k‖ + ‖W_k(0)‖², ‖Q_{k+1}‖ in print."""
    if run is None:
        return None
    found = []
    for k, below, above in pairs(run):
        lower, u, _ = tops(below)
        sigma, _, v = tops(above)
        right = np.sum(u * v, axis=1) ** 2 * sigma**2 + run.total + 2 * run.risks[0]
        right += spectral(run.right(k + 1) if printed else run.left(k)) + lower[0] ** 2
        found.append(np.min((right - lower**2) / (right + lower**2)))
    return float(min(found))


def _rests(run: Run | None) -> float | None:
    """Lemma C.7: ‖W_k‖_F² − ‖W_k‖₂² ≤ D + 2R(W(0))."""
    if run is None:
        return None
    bound = float(BOUNDS["jt-lem-c7-i"](D=run.total, R_0=run.risks[0]))
    rests = [
        np.sum(np.linalg.svd(layer, compute_uv=False)[:, 1:] ** 2, axis=1) for layer in run.weights
    ]
    return float(1 - np.max(rests) / bound)


def _inner(run: Run | None) -> float | None:
    """Lemma C.7: what 1 − ⟨v_{k+1}, u_k⟩² is at most."""
    if run is None:
        return None
    found = []
    for _, below, above in pairs(run):
        lower, u, _ = tops(below)
        sigma, _, v = tops(above)
        values = {"b_k": lower[0], "b_k+1": sigma[0], "D": run.total, "R_0": run.risks[0]}
        bound = 1 - BOUNDS["jt-lem-c7-ii"](**values, **{"sigma_k+1": np.maximum(sigma, 1e-150)})
        found.append(np.min(1 - (1 - np.sum(u * v, axis=1) ** 2) / bound))
    return float(min(found))


def upper_slack(**case) -> float | None:
    """(C.14) under Assumption 3.5."""
    return _upper(careful_run(**case))


def lower_slack(**case) -> float | None:
    """(C.15), corrected, under Assumption 3.5."""
    return _lower(careful_run(**case))


def rest_slack(**case) -> float | None:
    """Lemma C.7, first item, under Assumption 3.5."""
    return _rests(careful_run(**case))


def inner_slack(**case) -> float | None:
    """Lemma C.7, second item, under Assumption 3.5."""
    return _inner(careful_run(**case))


def _large_steps(steps: int, **case) -> Run | None:
    """What Lemma C.7 does not exclude: a few steps of up to 300."""
    return free_run(min(steps, 5), 300.0, 2.0, **case)


def upper_free_slack(**case) -> float | None:
    """(C.14) with steps of any size."""
    return _upper(_large_steps(**case))


def lower_free_slack(**case) -> float | None:
    """(C.15) as printed, with steps of any size."""
    return _lower(_large_steps(**case), printed=True)


def rest_free_slack(**case) -> float | None:
    """Lemma C.7, first item, with steps of any size."""
    return _rests(_large_steps(**case))


def inner_free_slack(**case) -> float | None:
    """Lemma C.7, second item, with steps of any size."""
    return _inner(_large_steps(**case))


def difference_slack(factor: float, **case) -> float | None:
    """(C.17) for all pairs of layers, against factor·2R(W(0))."""
    run = careful_run(**case)
    if run is None:
        return None
    moved = run.norms**2 - run.norms[0] ** 2
    bound = float(BOUNDS["jt-eq-c17"](R_0=run.risks[0]))
    return float(factor - np.max(moved.max(axis=1) - moved.min(axis=1)) / bound)


ALIGNED = {
    "dim": Integer(1, 3),
    "depth": Integer(1, 4),
    "width": Integer(1, 3),
    "size": Log(10.0, 300.0),
    "noise": Log(1e-4, 0.1),
    "lean": Log(1e-3, 1.0),
    "seed": SEEDS,
    "steps": Integer(1, 30),
}
"""Large weights that are almost balanced, on one example that leans on their direction."""


def aligned_slack(signed: bool, **case) -> float | None:
    """Lemma C.7, third item, in numbers: how near w/Π‖W_k‖_F is to ±v_1 under Assumption 3.5.

    With W_k/‖W_k‖_F = r_k u_kv_kᵀ + E_k, ‖E_k‖ ≤ e_k = (1 − r_k²)^{1/2} and c_k = |⟨v_{k+1}, u_k⟩|
    the inner product is at least Πr_kΠc_k − Π(r_k + e_k) + Πr_k; r_k and c_k are put in from the
    first two items.
    """
    run = _aligned_run(**case)
    if run is None:
        return None
    last = tuple(layer[-1] for layer in run.weights)
    end = State(run.start.data, run.start.loss, last)
    rest = float(BOUNDS["jt-lem-c7-i"](D=run.total, R_0=run.risks[0]))
    ratios = np.sqrt(np.maximum(1 - rest / end.norms**2, 0))
    product = float(np.prod(ratios))
    error = float(np.prod(ratios + np.sqrt(1 - ratios**2))) - product
    first = [float(np.linalg.norm(layer, 2)) for layer in run.start.layers]
    for k in range(run.depth - 1):
        values = {"b_k": first[k], "b_k+1": first[k + 1], "D": run.total, "R_0": run.risks[0]}
        least = float(BOUNDS["jt-lem-c7-ii"](**values, **{"sigma_k+1": end.tops[k + 1]}))
        product *= np.sqrt(max(least, 0))
    found = float(end.w @ end.leading[0][1] / np.prod(end.norms))
    return (found if signed else abs(found)) - (product - error) + 1e-9


@lru_cache(maxsize=256)
def _aligned_run(
    dim: int, depth: int, width: int, size: float, noise: float, lean: float, seed: int, steps: int
) -> Run | None:
    rng = np.random.default_rng(seed)
    w = np.append(lean, rng.standard_normal(dim - 1))
    w *= size / np.linalg.norm(w)
    layers = balanced(w[None, :], depth, [width] * (depth - 1), rng)
    layers = tuple(layer + noise * rng.standard_normal(layer.shape) for layer in layers)
    run = careful(admissible(single(Logistic(), layers)), steps)
    return run if run.risks[0] > 1e-250 else None


def printed_lower() -> float:
    """(C.15) as printed, at the same step: 4 ≤ 1 + 1 + 2 ln 2 + 0 + 0."""
    run = scalars(0.0, 1.0, 4.0)
    lower, upper = run.norms[1] ** 2
    return float(upper + run.total + 2 * run.risks[0] + run.right(2)[1, 0, 0] - lower)


def _two_examples(second: tuple[float, float], layers, steps: int) -> Run:
    z = np.array([[1.0, 0.0], second])
    data = SeparableData(z, np.ones(2), 0.0, z[0], np.ones(2) / 2)
    weights = tuple(np.array(layer, dtype=float) for layer in layers)
    return descend(State(data, Logistic(), weights), 10.0, steps)


def printed_rest() -> float:
    """Lemma C.7, first item, after two steps of 10."""
    run = _two_examples((-0.6, 0.8), ([[1, 1], [1, 0]], [[1, 1]]), 2)
    rest = np.linalg.svd(run.weights[0][-1], compute_uv=False)[1] ** 2
    return float(run.total + 2 * run.risks[0] - rest)


def printed_inner() -> float:
    """Lemma C.7, second item, after one step of 10."""
    run = _two_examples((0.6, 0.8), ([[1, 1], [-1, -1]], [[1, 1]]), 1)
    lower, u, _ = tops(run.weights[0])
    sigma, _, v = tops(run.weights[1])
    values = {"b_k": lower[0], "b_k+1": sigma[0], "D": run.total, "R_0": run.risks[0]}
    bound = BOUNDS["jt-lem-c7-ii"](**values, **{"sigma_k+1": sigma[1]})
    return float(np.sum(u * v, axis=1)[1] ** 2 - bound)


def printed_sign() -> float:
    """One layer W_1 = wᵀ with the singular vectors u_1 = −1, v_1 = −w/‖w‖: the limit is −1."""
    w = np.array([3.0, 4.0])
    return float(w @ (-w / np.linalg.norm(w)) / np.linalg.norm(w)) - 1


_ANY_STEPS = "Assumption 3.5 dropped: a few steps of up to 300"
_NEEDS = "Lemma C.7 names Assumptions 1.1 and 3.1 only, so the steps are free"


def _under_rule(slack, free, text: str = _ANY_STEPS, **more) -> Searched:
    return Searched(
        slack,
        Domain(**CAREFUL | more),
        tolerance=1e-9,
        control_slack=free,
        control_text=text,
        evaluations=400 if more else 200,
    )


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-eq-c14",
        "(C.14): u_k seen by the layer above, from above",
        _under_rule(upper_slack, upper_free_slack, depth=Integer(3, 3)),
        "jt-lem-c7-i",
        repair="It rests on the first item of Lemma C.7 for layer k + 1, so on its mended proof "
        "and on Assumption 3.5. For k + 1 = N the last layer is a row and nothing is needed.",
    ),
    PAGE.row(
        "jt-eq-c15",
        "(C.15): (C.13) and (C.14) together",
        _under_rule(lower_slack, lower_free_slack, "as printed, steps up to 300"),
        "jt-eq-c13",
        "jt-eq-c14",
        printed=exchanged(
            "σ_k² ≤ ⟨u_k, v_{k+1}⟩²σ_{k+1}² + D + 2R(W(0)) + ‖Q_{k+1}‖ + ‖W_k(0)‖²",
            "the same with ‖P_k‖ in place of ‖Q_{k+1}‖, under Assumption 3.5",
            printed_lower,
            "N = 2, w = (0, 1), η|ℓ′| = 2, one step: 4 ≤ 1 + 1 + 2 ln 2 + 0 + 0",
        ),
    ),
    PAGE.row(
        "jt-lem-c7-i",
        "Lemma C.7: layers come near rank one",
        _under_rule(rest_slack, rest_free_slack),
        "jt-eq-c11",
        "jt-eq-c12",
        "jt-eq-sum-eta2",
        printed=Printed(
            Verdict.FALSE,
            print_says="‖W_k‖_F² − ‖W_k‖₂² ≤ D + 2R(W(0)) under Assumptions 1.1 and 3.1",
            truth="the same under Assumption 3.5 besides",
            why=_NEEDS + "; the proof uses (C.10). With the signs mended it gives "
            "D + Σ_{k ≤ j < N} tr P_j, so the constant stays.",
            refutation=printed_rest,
            counterexample="z = (1, 0), (−0.6, 0.8), W_1 = [[1, 1], [1, 0]], W_2 = (1, 1), "
            "logistic loss, two steps η = 10: 6.145 against 2 + 1.040",
            consequence="None: it is used under Assumption 3.5 only.",
        ),
    ),
    PAGE.row(
        "jt-lem-c7-ii",
        "Lemma C.7: neighbouring layers align",
        _under_rule(inner_slack, inner_free_slack),
        "jt-eq-c15",
        "jt-eq-c16",
        printed=Printed(
            Verdict.FALSE,
            print_says="⟨v_{k+1}, u_k⟩² ≥ 1 − (D + 3R(W(0)) + ‖W_{k+1}(0)‖² + ‖W_k(0)‖²)/"
            "‖W_{k+1}‖² under Assumptions 1.1 and 3.1",
            truth="the same under Assumption 3.5 besides",
            why=_NEEDS
            + ". The printed steps give 4R(W(0)), mended or not; 3R(W(0)) is true because "
            "(C.10) holds with 4N/(4N − 1) in place of 2.",
            refutation=printed_inner,
            counterexample="z = (1, 0), (0.6, 0.8), W_1 = [[1, 1], [−1, −1]], W_2 = (1, 1), "
            "logistic loss, one step η = 10: 0.1964 against 0.8097",
            consequence="None: it is used under Assumption 3.5 only.",
        ),
    ),
    PAGE.row(
        "jt-lem-c7-iii",
        "Lemma C.7: the product lines up with v_1",
        Searched(
            aligned_slack,
            Domain(**ALIGNED),
            {"signed": False},
            {"signed": True},
            evaluations=200,
        ),
        "jt-lem-c7-i",
        "jt-lem-c7-ii",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="⟨w/Π‖W_k‖_F, v_1⟩ → 1",
            truth="|⟨w/Π‖W_k‖_F, v_1⟩| → 1",
            why="The sign of a singular vector is free; in Theorem 3.6 the bars are there.",
            refutation=printed_sign,
            counterexample="N = 1, u_1 = −1, v_1 = −w/‖w‖: the inner product is −1",
            consequence="None.",
        ),
    ),
    PAGE.row(
        "jt-eq-c17",
        "(C.17): differences of squared norms stay bounded",
        factor(difference_slack, Domain(**CAREFUL), 0.3, evaluations=200),
        "jt-eq-c12",
        "jt-eq-sum-eta2",
        note="The line above it has the signs of (C.12); in absolute value they do not matter.",
    ),
)
