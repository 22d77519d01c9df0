"""JT, the maximum margin: Assumption 2.7, Theorem 2.8, Corollary 2.9."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.cases import widths_of
from lindyn.ledger.jt_alignment import alignment_loss
from lindyn.ledger.model import Domain, Integer, Log, Printed, Row, Searched, Verdict
from lindyn.ledger.own_margin import TIMES, drift_bound, since_moment
from lindyn.ledger.separable_cases import DATA, SEEDS, State
from lindyn.ledger.separable_cases import separable_data as data_of
from lindyn.ledger.separable_flows import MOMENTS, moment
from lindyn.ledger.writing import Page, factor
from lindyn.margins import max_margin
from lindyn.networks import multiply

PAGE = Page("jt/margin")


def supports_slack(dim, count, seed, grid) -> float | None:
    """The least singular value of d support vectors of a random data set, over the largest.

    The data have a density, or lie on a grid of that spacing; None with fewer supports.
    """
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((count, dim))
    z[:, 0] = 0.2 + np.abs(z[:, 0])
    if grid:
        z = grid * np.ceil(z / grid)
    found = max_margin(z, np.ones(count))
    if found.support.size < dim:
        return None
    chosen = z[found.support[:dim]]
    values = np.linalg.svd(chosen, compute_uv=False)
    return float(values[-1] / values[0] - 1e-9)


def _projector(vectors: np.ndarray) -> tuple[np.ndarray, int]:
    """The projection off the span of the rows, and the dimension of the span."""
    _, values, vt = np.linalg.svd(vectors)
    rank = int(np.sum(values > 1e-9 * values[0]))
    return np.eye(vectors.shape[1]) - vt[:rank].T @ vt[:rank], rank


def off_span_slack(run, moment_) -> float | None:
    """W_1 off the span of the data keeps its value: ∇R(w) never leaves that span."""
    return _kept(run, moment_, supports_only=False)


def off_supports_slack(run, moment_) -> float | None:
    """The same for the span of the support vectors alone."""
    return _kept(run, moment_, supports_only=True)


def _kept(run: int, moment_: int, supports_only: bool) -> float | None:
    at = moment(run, moment_)
    data = at.now.data
    off, rank = _projector(data.z[data.supports] if supports_only else data.z)
    if rank == data.direction.size:
        return None
    moved = (at.now.layers[0] - at.start.layers[0]) @ off
    return 1e-9 - float(np.linalg.norm(moved) / max(1.0, at.start.norms[0]))


def first_vector_slack(run, since, moment_, factor) -> float | None:
    """σ_1‖Π_⊥v_1‖ along flows against the bound of ‖Π_⊥W_1‖_F from an earlier moment."""
    found = since_moment(run, since, moment_)
    if found is None or found[0].norms[0] == 0 or found[1].data.direction.size == 1:
        return None
    now = found[1]
    v = now.leading[0][1]
    across = now.tops[0] * float(np.linalg.norm(now.data.across(v)))
    return factor - across / np.sqrt(drift_bound(*found) + 1e-12 * float(now.norms[0]) ** 2)


def direction_bound(run: int, since: int, moment_: int) -> tuple[State, float] | None:
    """A state, and a bound of ‖w/Π‖W_k‖_F − ū‖ there that needs no more than norms and risk."""
    found = since_moment(run, since, moment_)
    if found is None or found[0].norms[0] == 0 or found[1].data.direction.size == 1:
        return None
    now = found[1]
    above = float(np.linalg.norm(now.above))
    tangent = now.data.margin * above * np.sqrt(drift_bound(*found)) / now.smoothed_margin
    return now, float(tangent) + alignment_loss(now)


def direction_slack(run, since, moment_, factor) -> float | None:
    """‖w/Π‖W_k‖_F − ū‖ over its bound: the loss of alignment, and the tangent of the angle."""
    found = direction_bound(run, since, moment_)
    if found is None:
        return None
    now, bound = found
    miss = now.w / float(np.prod(now.norms)) - now.data.direction
    return factor - float(np.linalg.norm(miss)) / (bound + 1e-6)


def margin_limit_slack(run, since, moment_, factor) -> float | None:
    """The normalised margin of the layers lies below γ, by no more than the bound allows."""
    found = direction_bound(run, since, moment_)
    if found is None:
        return None
    now, bound = found
    gamma, value = now.data.margin, float(np.min(now.margins)) / float(np.prod(now.norms))
    return float(min((factor * gamma - value) / gamma, value - gamma + bound + 1e-9))


def feasible_slack(depth, width, aside, seed, factor, **data: object) -> float | None:
    """The margin of layers of Frobenius norm 1, random or near the best, is at most γ; over γ."""
    found = data_of(**data)
    if found is None:
        return None
    rng = np.random.default_rng(seed)
    dims = [found.direction.size, *widths_of(depth, 1, width, rng), 1]
    chain = [found.direction]
    for size in dims[1:]:
        unit = rng.standard_normal(size)
        chain.append(unit / np.linalg.norm(unit))
    chain[-1] = np.ones(1)
    layers = []
    for lower, upper in zip(chain[:-1], chain[1:], strict=True):
        layer = np.outer(upper, lower)
        if aside > 1e-6:
            layer = layer + aside * rng.standard_normal(layer.shape)
        layers.append(layer / np.linalg.norm(layer))
    value = float(np.min(found.z @ multiply(layers)[0]))
    return factor - value / found.margin


def printed_shape() -> float:
    """Minus the gap of the widths: W_L of shape (1, d_L) = (1, 1) times W_{L−1}, d_{L−1} = 2."""
    last, below = np.ones((1, 1)), np.ones((2, 3))
    return -float(abs(last.shape[1] - below.shape[0]))


ROWS: tuple[Row, ...] = (
    PAGE.assumption(
        "jt-asm-2-7",
        "Assumption 2.7: the support vectors span the space",
        note="Theorem 2.8 holds without it: own-margin-all-data. It decides the rate: with α > 0 "
        "the angle is of order 1/ln(1/R) for every depth.",
    ),
    PAGE.row(
        "jt-txt-a27-as",
        "Assumption 2.7 holds almost surely with d support vectors",
        Searched(
            supports_slack,
            Domain(dim=Integer(1, 4), count=Integer(1, 12), seed=Integer(0, 10**6)),
            {"grid": 0.0},
            {"grid": 1.0},
            evaluations=200,
        ),
        "jt-asm-2-7",
        note="Any d points with a density are almost surely independent.",
    ),
    PAGE.row(
        "jt-txt-a27-relax",
        "Assumption 2.7 relaxed: support vectors that span what the data span",
        Searched(
            off_span_slack,
            Domain(**MOMENTS),
            evaluations=200,
            control_slack=off_supports_slack,
            control_text="the span of the support vectors, where the data span more",
        ),
        "jt-eq-layer-grad",
        note="True of the limit. But what W₁ has off the span is constant, so for two layers and "
        "more that part of w grows, and the angle falls like (ln 1/R)^{−1/N} only: own-off-span.",
    ),
    PAGE.row(
        "jt-thm-2-8-i",
        "Theorem 2.8: v₁ tends to ū",
        factor(
            first_vector_slack,
            Domain(**TIMES),
            0.97,
            "1, for n = 1",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-lem-2-10",
        "jt-lem-2-11-exp",
        "jt-lem-2-11-log",
        "jt-eq-b16",
        "jt-eq-b17",
        "jt-eq-b18",
        "jt-thm-2-2-ii",
        "own-margin-all-data-drift",
        note="Checked for all data with its size: ‖Π_⊥v₁‖ ≤ √Y/‖W₁‖₂ and the bound of Y = "
        "‖Π_⊥W₁‖_F². Assumption 2.7 and “almost all” are superfluous: own-margin-all-data.",
    ),
    PAGE.row(
        "jt-thm-2-8-ii",
        "Theorem 2.8: the predictor tends to ū",
        factor(
            direction_slack,
            Domain(**TIMES),
            0.97,
            "1, late, for one layer and n = 1",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-thm-2-8-i",
        "jt-thm-2-2-v",
        "own-margin-all-data-angle",
        note="The sign is that of ū, since ⟨w, ū⟩ > 0 once R < ℓ(0)/n.",
    ),
    PAGE.row(
        "jt-cor-2-9",
        "Corollary 2.9: the layers maximise the margin among all of norm one",
        factor(
            feasible_slack,
            Domain(
                **DATA
                | {
                    "depth": Integer(1, 4),
                    "width": Integer(1, 4),
                    "aside": Log(1e-7, 10.0),
                    "seed": SEEDS,
                }
            ),
            0.97,
            "attained by rank-one layers that end in ū",
            tolerance=1e-9,
        ),
        "jt-thm-2-8-ii",
    ),
    PAGE.row(
        "jt-cor-2-9-limit",
        "Corollary 2.9: the normalised margin tends to γ",
        factor(
            margin_limit_slack,
            Domain(**TIMES),
            0.97,
            "γ, in the limit",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-cor-2-9",
        "jt-thm-2-8-ii",
    ),
    PAGE.shared(
        "jt-txt-intro-maxmargin",
        "Introduction: the layers maximise the margin",
        "jt-cor-2-9",
        "jt-cor-2-9",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="W_L ∈ R^{1×d_L}",
            truth="W_L ∈ R^{1×d_{L−1}}",
            why="d_L = 1 is the width of the output. Corollary 2.9 has it right.",
            refutation=printed_shape,
            counterexample="d_{L−1} = 2: the product W_L W_{L−1} does not exist",
            consequence="None.",
        ),
    ),
)
