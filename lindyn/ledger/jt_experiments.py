"""JT, Section 4 and the figures."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.cases import frame
from lindyn.ledger.jt_alignment import inner_squares
from lindyn.ledger.model import Asymptotic, Domain, Integer, Log, Proof, Row
from lindyn.ledger.separable_cases import SEEDS
from lindyn.ledger.separable_flows import FLOWS, moment
from lindyn.ledger.writing import Page, factor
from lindyn.networks import multiply

PAGE = Page("jt/experiments")
DENSE = (240, 960)
"""A layer with the proportions of the first dense layer of Figure 3."""


def rank_slack(rows, columns, noise, seed, factor) -> float:
    """‖W‖₂/‖W‖_F over min(rows, columns)^{−1/2}, near orthogonal matrices and far from them."""
    rng = np.random.default_rng(seed)
    W = frame(max(rows, columns), min(rows, columns), rng)
    W = W if rows >= columns else W.T
    W = W + (noise if noise > 1e-9 else 0.0) * rng.standard_normal(W.shape)
    bound = float(BOUNDS["jt-txt-sec4-lower-bound"](q=min(rows, columns)))
    return float(np.linalg.norm(W, 2) / np.linalg.norm(W) / bound - factor)


def random_ratio() -> float:
    """‖W‖₂/‖W‖_F of a random Gaussian matrix over m^{−1/2} + n^{−1/2}."""
    rows, columns = DENSE
    W = np.random.default_rng(0).standard_normal(DENSE)
    null = float(BOUNDS["jt-txt-sec4-lower-bound-null"](m=rows, n=columns))
    return float(np.linalg.norm(W, 2) / np.linalg.norm(W) / null)


def mapped_slack(run, moment_, layer, factor) -> float | None:
    """‖W_k⋯W_1/Π‖W_j‖_F ∓ u_{k}ūᵀ‖_F over the sum of what each layer and each angle may add.

    A layer adds √(2(1 − ‖W_j‖₂/‖W_j‖_F)), an angle between neighbours 1 − |⟨v_{j+1}, u_j⟩|, and
    the angle between v_1 and ū its chord.
    """
    at = moment(run, moment_).now
    if layer > at.depth or np.any(at.norms == 0) or at.w @ at.data.direction <= 0:
        return None
    norms, u, v = at.norms[:layer], at.leading[layer - 1][0], at.leading[0][1]
    mapped = multiply(at.layers[:layer]) / float(np.prod(norms))
    goal = np.outer(u, at.data.direction)
    miss = min(float(np.linalg.norm(mapped - sign * goal)) for sign in (-1, 1))
    lost = at.rests[:layer] / (norms * (norms + at.tops[:layer]))  # 1 − ratio
    turned = 1 - np.sqrt(np.minimum(inner_squares(at)[: layer - 1], 1.0))
    chord = min(float(np.linalg.norm(v - sign * at.data.direction)) for sign in (-1, 1))
    bound = float(np.sum(np.sqrt(2 * lost)) + np.sum(turned)) + chord
    return factor - miss / (bound + 1e-6)


_ONE = (
    "Stated: a network of four layers and a linear predictor, on separable data in the plane. "
    "Left open: the law of the data, n, the widths, the start and its scale, the loss, the method "
    "with its steps, and the range of the risk."
)
_TWO = (
    "Stated: a network of three layers and a linear predictor, data on two circles far apart, axes "
    "along principal components. Left open: radii, centres, n, widths, loss, steps, and when the "
    "picture is taken."
)
_THREE = (
    "Stated: AlexNet on CIFAR-10 with SGD, dense layers (1024, 4096), (4096, 4096), (4096, 10). "
    "Left open: batch, step, momentum, epochs, augmentation, loss, seeds."
)
_NOT_RUN = (
    "AlexNet on CIFAR-10 is not run here. The same experiment is, on the images of digits that "
    "scikit-learn ships, with a small convolutional network."
)

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-txt-sec4-lower-bound",
        "Section 4: the least ratio that a matrix can have",
        factor(
            rank_slack,
            Domain(rows=Integer(1, 40), columns=Integer(1, 40), noise=Log(1e-10, 10.0), seed=SEEDS),
            1.03,
            "attained by orthogonal matrices",
            tolerance=1e-12,
            evaluations=300,
        ),
        note="True, but the ratio of a random matrix is m^{−1/2} + n^{−1/2}, up to twice as "
        "large: 0.0469, 0.0313 and 0.332 for the layers of Figure 3.",
    ),
    PAGE.row(
        "jt-txt-sec4-lower-bound-null",
        "What a random matrix has",
        Asymptotic(
            random_ratio,
            expected=1.0,
            band=0.02,
            control=2 / 3,
            domain="a Gaussian matrix of shape (240, 960); the control is min(m, n)^{−1/2}",
        ),
        "jt-txt-sec4-lower-bound",
        proof=Proof.CITED,
        note="‖W‖₂/(√m + √n) → 1 for independent entries with a fourth moment: Bai and Yin "
        "(1993), Limit of the smallest eigenvalue of a large dimensional sample covariance matrix.",
    ),
    PAGE.shared(
        "jt-fig-1a",
        "Figure 1a: one layer and four find the same predictor",
        "jt-thm-2-8-ii",
        "jt-thm-2-8-ii",
        "own-residual-direction",
        note=_ONE,
    ),
    PAGE.shared(
        "jt-fig-1b",
        "Figure 1b: the ratios ‖W_i‖₂/‖W_i‖_F tend to 1",
        "jt-thm-2-2-iii",
        "jt-thm-2-2-iii",
        "own-alignment-rates",
        note=_ONE + " The ratios need not rise from the start: the residual of a layer may grow "
        "first. Four layers are slower than two: 1 − ratio is of order (ln 1/R)^{−2/N}.",
    ),
    PAGE.shared(
        "jt-fig-2a",
        "Figure 2a: one layer and three find the same predictor",
        "jt-thm-2-8-ii",
        "jt-thm-2-8-ii",
        note=_TWO,
    ),
    PAGE.row(
        "jt-fig-2b",
        "Figure 2b: the data after the first step lie along u_k",
        factor(
            mapped_slack,
            Domain(run=FLOWS["run"], moment_=FLOWS["moment"], layer=Integer(1, 4)),
            0.97,
            "1, for the first layer",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-thm-2-2-iii",
        "jt-thm-2-2-iv",
        "jt-thm-2-8-i",
        note=_TWO + " The caption’s claim W_k⋯W₁ → u_{k}ūᵀ, up to scale and sign, is what is "
        "checked. Which three maps the panels show is not said.",
    ),
    *(
        PAGE.shared(
            f"jt-fig-2{panel}",
            f"Figure 2{panel}: the data after the {which} step",
            "jt-fig-2b",
            "jt-fig-2b",
            note=_TWO,
        )
        for panel, which in (("c", "second"), ("d", "third"))
    ),
    PAGE.row(
        "jt-fig-3a",
        "Figure 3a: AlexNet, default initialisation",
        None,
        "jt-txt-sec4-lower-bound-null",
        unchecked=_NOT_RUN,
        note=_THREE,
    ),
    PAGE.row(
        "jt-fig-3b",
        "Figure 3b: AlexNet, equal Frobenius norms",
        None,
        "jt-txt-sec4-lower-bound-null",
        unchecked=_NOT_RUN,
        note=_THREE + " The norm 4 scales the start, and leaves its ratios as they are.",
    ),
)
