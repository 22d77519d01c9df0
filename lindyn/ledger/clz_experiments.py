"""CLZ, Section 5 and the figures."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.cases import frame
from lindyn.ledger.model import Domain, Integer, Log, Printed, Row, Searched, Verdict
from lindyn.ledger.writing import Page
from lindyn.networks import end_to_end, imbalance

PAGE = Page("clz/saddles")
SETTINGS = (
    "Widths 5, 4, 1, 10, 5, 3, 8, singular values 5, …, 1 and the step 5e-4 are stated; u, v, "
)


def start_slack(depth, outputs, inputs, size, seed, length) -> float:
    """Balance and product of s^{1/N}h_{j+1}h_jᵀ, relative; the hidden h_j have norm ``length``."""
    rng = np.random.default_rng(seed)
    widths = [inputs, *(int(n) for n in rng.integers(1, 6, depth - 1)), outputs]
    h = [frame(n, 1, rng)[:, 0] for n in widths]
    h[1:-1] = [length * vector for vector in h[1:-1]]
    layers = [size ** (1 / depth) * np.outer(b, a) for a, b in zip(h[:-1], h[1:], strict=True)]
    gaps = max(float(np.abs(gap).max()) for gap in imbalance(tuple(layers)))
    miss = np.abs(end_to_end(layers) - size * np.outer(h[-1], h[0])).max()
    return 1e-12 - max(gaps / size ** (2 / depth), float(miss) / size)


def printed_label() -> float:
    """How many lemmas bear the number 3.4, less one."""
    from lindyn.ledger.register import statements  # collects this module's rows

    return float(sum(id.startswith("clz-lem-3-4") for id in statements())) - 1


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "clz-txt-sec5-init",
        "Section 5: the starts are balanced",
        Searched(
            start_slack,
            Domain(
                depth=Integer(2, 8),
                outputs=Integer(1, 6),
                inputs=Integer(1, 6),
                size=Log(1e-6, 1e6),
                seed=Integer(0, 10**6),
            ),
            {"length": 1.0},
            {"length": 1.02},
            evaluations=100,
        ),
        "clz-asm-2-1-bal",
    ),
    *(
        PAGE.figure(
            f"clz-fig-1-k{k}",
            f"Figure 1: {k} vanishing sums",
            "clz-thm-3-1-ii" if k == 5 else "clz-thm-3-1-i",
            note=SETTINGS + "s(0), the number of steps and the seed are not.",
        )
        for k in range(6)
    ),
    PAGE.shared(
        "clz-fig-1-cause",
        "Section 5: why gradient descent leaves the saddles",
        "own-descent-escape",
        "own-descent-imbalance",
        "own-descent-escape",
        note="It is the loss of balance, for k = 1, …, 4; numerical error has no part in it. For "
        "k = 5 exact gradient descent does not leave.",
    ),
    *(
        PAGE.figure(
            f"clz-fig-2-{part}",
            f"Figure 2: {what}",
            "clz-lem-4-2-ii",
            "own-late-direction",
            note=SETTINGS + "the number of steps and the seed are not. s(0) = 6, a₁b₁ < 0. The "
            "slope of the middle panel is that of ṡ = −Ns^{3−2/N}, not that of (9b).",
        )
        for part, what in (
            ("left", "one trajectory"),
            ("mid", "the first two stages"),
            ("right", "the last stage"),
        )
    ),
    PAGE.shared(
        "clz-fig-3",
        "Figure 3: the roadmap of Theorem 3.1",
        "clz-thm-3-1-i",
        "clz-thm-3-1-i",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="arrows labelled Lemma 3.4, Lemma 3.5 (twice) and Lemma 3.1",
            truth="Lemma 3.5, Lemma 3.6 and Lemma 3.2",
            why="The numbers are off by one; there is no Lemma 3.4, and 3.1 is the theorem itself.",
            refutation=printed_label,
            counterexample="there is no Lemma 3.4",
            consequence="None.",
        ),
    ),
    *(
        PAGE.figure(
            f"clz-fig-4-{part}",
            f"Figure 4: {what}",
            "clz-thm-4-8-b",
            note="u = u₁, v = v₁, s(0) = 6, stated; the hidden vectors are not and do not matter.",
        )
        for part, what in (("left", "the size falls for ever"), ("right", "s − σ₁"))
    ),
)
