"""Rows of [jt/descent-margin]: what steps of any size do to the imbalance, (C.9) to (C.16).

With A_k = W_{k}W_{k}ᵀ − W_{k+1}ᵀW_{k+1} at the start, a step of any size has the identity
W_{k}W_{k}ᵀ − W_{k+1}ᵀW_{k+1} = A_k + P_k − Q_{k+1}.  Print has the signs of P and Q the other way.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lindyn._check import Array
from lindyn.ledger.descent_cases import FREE, Run, careful, descend, free_run, single
from lindyn.ledger.model import Domain, Printed, Row, Searched, Verdict
from lindyn.ledger.writing import Page, factor
from lindyn.losses import Logistic

PAGE = Page("jt/descent-margin")


def gram(layer: Array, left: bool) -> Array:
    """WWᵀ (left) or WᵀW, along a run."""
    turned = layer.transpose(0, 2, 1)
    return layer @ turned if left else turned @ layer


def spectral(matrices: Array) -> Array:
    """Spectral norms along a run."""
    return np.linalg.norm(matrices, 2, axis=(1, 2))


def tops(layer: Array) -> tuple[Array, Array, Array]:
    """σ, u and v along a run."""
    u, s, vt = np.linalg.svd(layer, full_matrices=False)
    return s[:, 0], u[:, :, 0], vt[:, 0]


def form(matrices: Array, vectors: Array) -> Array:
    """The quadratic forms vᵀMv along a run."""
    return np.einsum("ti,tij,tj->t", vectors, matrices, vectors)


def pairs(run: Run) -> Iterator[tuple[int, Array, Array]]:
    """Neighbouring layers, the lower counted from 1."""
    for k in range(1, run.depth):
        yield k, run.weights[k - 1], run.weights[k]


def identity_slack(sign: float, **case) -> float | None:
    """(C.9): W_{k+1}ᵀW_{k+1} + sign·Q_{k+1} and W_{k}W_{k}ᵀ + sign·P_k change by the same."""
    run = free_run(**case)
    if run is None:
        return None
    worst = 0.0
    for k, below, above in pairs(run):
        lower, upper = gram(below, True), gram(above, False)
        rest = upper - upper[0] + sign * run.right(k + 1) - (lower - lower[0] + sign * run.left(k))
        scale = max(np.abs(upper).max(), np.abs(lower).max())
        worst = max(worst, float(np.abs(rest).max() / scale))
    return 1e-9 - worst


def trace_slack(sign: float, **case) -> float | None:
    """(C.12), the trace of (C.9)."""
    run = free_run(**case)
    if run is None:
        return None
    squares, worst = run.norms**2, 0.0
    for k, _, _ in pairs(run):
        sums = traces(run.left(k)) - traces(run.right(k + 1))
        rest = np.diff(squares - squares[0], axis=1)[:, k - 1] - sign * sums
        worst = max(worst, float(np.abs(rest).max() / squares.max()))
    return 1e-9 - worst


def traces(matrices: Array) -> Array:
    """Traces along a run."""
    return np.trace(matrices, axis1=1, axis2=2)


def neighbour_slack(factor: float, **case) -> float | None:
    """(C.11), corrected: σ_k² ≥ σ_{k+1}² − ‖A_k‖ − factor·‖Q_{k+1}‖."""
    run = free_run(**case)
    if run is None:
        return None
    found = []
    for k, below, above in pairs(run):
        lower, upper = spectral(below) ** 2, spectral(above) ** 2
        given = np.linalg.norm(run.before(k), 2) + factor * spectral(run.right(k + 1))
        found.append(np.min((lower + given - upper) / (lower + upper + given)))
    return float(min(found))


def seen_above_slack(factor: float, **case) -> float | None:
    """(C.13), corrected: uᵀW_{k+1}ᵀW_{k+1}u ≥ σ_k² − ‖W_k(0)‖² − factor·‖P_k‖, u = u_k."""
    run = free_run(**case)
    if run is None:
        return None
    found = []
    for k, below, above in pairs(run):
        sigma, u, _ = tops(below)
        given = spectral(below)[0] ** 2 + factor * spectral(run.left(k))
        left = form(gram(above, False), u)
        found.append(np.min((left + given - sigma**2) / (left + given + sigma**2)))
    return float(min(found))


def ratio_slack(factor: float, **case) -> float | None:
    """(C.16), corrected: σ_k² ≥ σ_{k+1}² − ‖W_{k+1}(0)‖² − factor·‖Q_{k+1}‖."""
    run = free_run(**case)
    if run is None:
        return None
    found = []
    for k, below, above in pairs(run):
        lower, upper = spectral(below) ** 2, spectral(above) ** 2
        given = upper[0] + factor * spectral(run.right(k + 1))
        found.append(np.min((lower + given - upper) / (lower + upper + given)))
    return float(min(found))


def scalars(first: float, second: float, eta: float) -> Run:
    """One step of two scalar layers on z = 1, logistic loss; one of them 0, so |ℓ′| = ½."""
    start = single(Logistic(), (np.array([[first]]), np.array([[second]])))
    return descend(start, eta, 1)


def printed_identity() -> float:
    """(C.9) as printed, from w = (0, 1) with the step 1/40 of Assumption 3.5: 0 = 2(η/2)²."""
    run = careful(single(Logistic(), (np.zeros((1, 1)), np.ones((1, 1)))), 1)
    upper, lower = run.weights[1][:, 0, 0] ** 2, run.weights[0][:, 0, 0] ** 2
    left = upper[1] - upper[0] + run.right(2)[1, 0, 0]
    return -abs(float(left - (lower[1] - lower[0] + run.left(1)[1, 0, 0])))


def printed_trace() -> float:
    """(C.12) as printed, at the same step: (η/2)² = −(η/2)²."""
    run = careful(single(Logistic(), (np.zeros((1, 1)), np.ones((1, 1)))), 1)
    squares = run.norms**2
    right = squares[1, 1] + squares[0, 0] - squares[0, 1]
    right += run.right(2)[1, 0, 0] - run.left(1)[1, 0, 0]
    return -abs(float(squares[1, 0] - right))


def printed_neighbour() -> float:
    """(C.11) as printed, from w = (1, 0) with η = 4: 1 ≥ 4 − 1 − 0."""
    run = scalars(1.0, 0.0, 4.0)
    lower, upper = run.norms[1] ** 2
    return float(lower - (upper - 1 - run.left(1)[1, 0, 0]))


def printed_seen_above() -> float:
    """(C.13) as printed, from w = (0, 1) with η = 4: 1 ≥ 4 − 0 − 0."""
    run = scalars(0.0, 1.0, 4.0)
    lower, upper = run.norms[1] ** 2
    return float(upper - (lower - 0 - run.right(2)[1, 0, 0]))


def printed_ratio() -> float:
    """(C.16) as printed, from w = (1, 0) with η = 4: 1/4 ≥ 1 − (0 + 0)/4."""
    run = scalars(1.0, 0.0, 4.0)
    lower, upper = run.norms[1] ** 2
    return float(lower / upper - (1 - run.left(1)[1, 0, 0] / upper))


def exchanged(says: str, truth: str, refutation, example: str) -> Printed:
    """What print says of a bound for which P and Q have changed places."""
    return Printed(
        Verdict.FALSE,
        print_says=says,
        truth=truth,
        why="The signs of the sums in (C.9) are wrong, so that P and Q change places.",
        refutation=refutation,
        counterexample=example
        + ". Under Assumption 3.5 no violation was met, but the derivation is void.",
        consequence="Lemma C.7 keeps its constants: both sums are at most 2R(W(0)).",
        weight=2,
    )


_EQUAL = "equality as η → ∞, from two scalars of which one is almost 0"


def _scaled(slack, **more) -> Searched:
    return factor(slack, Domain(**FREE), 0.97, _EQUAL, tolerance=1e-9, evaluations=400, **more)


def _signed(slack, **more) -> Searched:
    return Searched(slack, Domain(**FREE), {"sign": -1.0}, {"sign": 1.0}, evaluations=200, **more)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-eq-c9",
        "(C.9): what steps do to the imbalance",
        _signed(identity_slack),
        "jt-eq-2-4-local",
        printed=Printed(
            Verdict.FALSE,
            print_says="W_{k+1}ᵀW_{k+1} + Q_{k+1} and W_{k}W_{k}ᵀ + P_k change by the same",
            truth="W_{k+1}ᵀW_{k+1} − Q_{k+1} and W_{k}W_{k}ᵀ − P_k change by the same",
            why="(W − η∂)ᵀ(W − η∂) = WᵀW − η(Wᵀ∂ + ∂ᵀW) + η²∂ᵀ∂: the square comes in with a plus.",
            refutation=printed_identity,
            counterexample="N = 2, w = (0, 1), z = 1, logistic loss, r_0 = 2, η = 1/40 as "
            "Assumption 3.5 has it, one step: 0 against 2(1/80)²",
            consequence="The signs go on to (C.12), and P_k and Q_{k+1} change places in (C.11), "
            "(C.13), (C.15), (C.16). Lemma C.7 keeps its constants.",
            weight=2,
        ),
    ),
    PAGE.row(
        "jt-eq-c11",
        "(C.11): the norm of a layer against the next",
        _scaled(neighbour_slack),
        "jt-eq-c9",
        printed=exchanged(
            "σ_k² ≥ σ_{k+1}² − ‖A_k‖ − ‖P_k‖ ≥ σ_{k+1}² − ‖A_k‖ − tr P_k",
            "σ_k² ≥ σ_{k+1}² − ‖A_k‖ − ‖Q_{k+1}‖ ≥ σ_{k+1}² − ‖A_k‖ − tr Q_{k+1}",
            printed_neighbour,
            "N = 2, w = (1, 0), η|ℓ′| = 2, one step: 1 ≥ 4 − 1 − 0",
        ),
    ),
    PAGE.row(
        "jt-eq-c12",
        "(C.12): the Frobenius norm of a layer against the next",
        _signed(trace_slack),
        "jt-eq-c9",
        printed=Printed(
            Verdict.FALSE,
            print_says="‖W_k‖_F² − ‖W_{k+1}‖_F² changes by − tr P_k + tr Q_{k+1}",
            truth="it changes by tr P_k − tr Q_{k+1}",
            why="It is the trace of (C.9), with its signs.",
            refutation=printed_trace,
            counterexample="N = 2, w = (0, 1), z = 1, logistic loss, η = 1/40, one step: "
            "‖W_1‖_F² = (1/80)² against −(1/80)²",
            consequence="None for Lemma C.7 and (C.17): the sums are at most 2R(W(0)).",
            weight=2,
        ),
    ),
    PAGE.row(
        "jt-eq-c13",
        "(C.13): u_k seen by the layer above",
        _scaled(seen_above_slack),
        "jt-eq-c9",
        printed=exchanged(
            "u_kᵀW_{k+1}ᵀW_{k+1}u_k ≥ σ_k² − ‖W_k(0)‖² − ‖Q_{k+1}‖",
            "u_kᵀW_{k+1}ᵀW_{k+1}u_k ≥ σ_k² − ‖W_k(0)‖² − ‖P_k‖",
            printed_seen_above,
            "N = 2, w = (0, 1), η|ℓ′| = 2, one step: 1 ≥ 4 − 0 − 0",
        ),
    ),
    PAGE.row(
        "jt-eq-c16",
        "(C.16): the ratio of neighbouring norms",
        _scaled(ratio_slack),
        "jt-eq-c9",
        printed=exchanged(
            "σ_k²/σ_{k+1}² ≥ 1 − (‖W_{k+1}(0)‖² + ‖P_k‖)/σ_{k+1}²",
            "σ_k²/σ_{k+1}² ≥ 1 − (‖W_{k+1}(0)‖² + ‖Q_{k+1}‖)/σ_{k+1}²",
            printed_ratio,
            "N = 2, w = (1, 0), η|ℓ′| = 2, one step: 1/4 ≥ 1 − (0 + 0)/4",
        ),
    ),
)
