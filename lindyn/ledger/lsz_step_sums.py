"""LSZ, gradient descent: Remarks 6 and 7, how sums of step sizes grow."""

from __future__ import annotations

import numpy as np
from scipy.special import zeta

from lindyn._check import Array
from lindyn.bounds.lsz import GAIN_CEILING, clock_minus, clock_plus
from lindyn.ledger.lsz_descent import step_sizes
from lindyn.ledger.model import Asymptotic, Choice, Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.writing import Page, factor

PAGE = Page("lsz/gradient-descent")


def long_clock_slack(size, largest, spread, pattern, factor) -> float:
    """S⁺ of bounded steps against (2η₋/√M)(√(n+1+a) − √(1+a)), M = η₊² + Cη₊, a = A/M."""
    count = 5000
    share = step_sizes(1.0, pattern, count)
    steps = largest * np.clip(share / share.max(), spread, 1.0)
    least = largest * spread if pattern != "constant" else largest
    clock = clock_plus(steps, size, 1.0)
    most = largest**2 + 2 * float(GAIN_CEILING) * largest
    n, offset = np.arange(1, count + 1), size**2 / most
    lower = 2 * least / np.sqrt(most) * (np.sqrt(n + 1 + offset) - np.sqrt(1 + offset))
    return float(np.min(clock[1:] / lower)) - factor


def _growth(clock: Array) -> float:
    """Local exponent of a clock from its increments over two octaves."""
    n = (len(clock) - 1) // 4
    return float(np.log2((clock[4 * n] - clock[2 * n]) / (clock[2 * n] - clock[n])))


def _powers(alpha: float, count: int = 2**19) -> Array:
    return np.arange(1.0, count + 1) ** alpha


def geometric_slack(q, start, plus, factor) -> float:
    """S_n/n for η_n = qⁿ against its limit √(1 − q⁻²)."""
    steps = q ** np.arange(int(300 / np.log10(q) / 2))
    clock = (clock_plus if plus else clock_minus)(steps, start, 1.0)
    n = (len(clock) - 1) // 2
    return 1e-3 - abs((clock[2 * n] - clock[n]) / n / np.sqrt(1 - q**-2.0) - factor)


def power_minus_slack(alpha, shift) -> float | None:
    """The exponent of S⁻ for η_n = n^α; at −1/2 there is a logarithm."""
    if abs(alpha + 0.5) < 0.1:
        return None
    return 0.03 - abs(_growth(clock_minus(_powers(alpha), 1.0, 1.0)) - min(alpha + 1, 0.5) - shift)


def power_plus_slack(alpha, shift) -> float:
    """The exponent of S⁺ for η_n = n^α."""
    exponent = (min(alpha, 0.0) + 1) / 2
    return 0.03 - abs(_growth(clock_plus(_powers(alpha), 1.0, 1.0)) - exponent - shift)


def harmonic_minus() -> float:
    """S⁻ for η_n = 1/n over an octave, against ln 2/√(A + π²/6)."""
    clock = clock_minus(_powers(-1.0, 2**16), 1.0, 1.0)
    return float((clock[2**16] - clock[2**15]) / np.log(2) * np.sqrt(1 + np.pi**2 / 6))


def harmonic_plus() -> float:
    """S⁺ for η_n = 1/n, against (2/C)√(C ln n + c′) over ten octaves."""
    slope, steps = 2 * float(GAIN_CEILING), _powers(-1.0, 2**18)
    clock = clock_plus(steps, 1.0, 1.0)
    offset = 1 + np.sum(steps**2) + slope * np.euler_gamma
    ends = np.sqrt(slope * np.log([2.0**8, 2.0**18]) + offset)
    return float((clock[2**18] - clock[2**8]) / (2 / slope * (ends[1] - ends[0])))


def summable_slack(alpha, start, plus, factor) -> float:
    """S_n for η_n = n^α, α < −1, stays below ζ(−α)/√(A + 1), with C more under the root for S⁺."""
    clock = (clock_plus if plus else clock_minus)(_powers(alpha, 2**14), start, 1.0)
    first = start**2 + 1 + (2 * float(GAIN_CEILING) if plus else 0.0)
    return factor - clock[-1] * np.sqrt(first) / zeta(-alpha)


CLOCKS = {"start": Log(0.1, 10.0)}

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-txt-thm-2",
        "The convergence is superpolynomial",
        factor(
            long_clock_slack,
            Domain(
                size=Log(1e-2, 1e2),
                largest=Log(1e-3, 1e3),
                spread=Uniform(1e-3, 1.0),
                pattern=Choice("constant", "shrinking", "jumping"),
            ),
            1.02,
            "1, constant steps, n → ∞",
            evaluations=120,
        ),
        "lsz-thm-2",
        note="S⁺ grows at least like √n, so ln²(1/ε) steps suffice for ε: the paper's sense of the "
        "word. The truth is faster: −ln(1 − cos θ(n)) grows like n^{2/3} on the circle.",
    ),
    PAGE.row(
        "lsz-rem-6-1",
        "Remark 6: geometric steps, first clock",
        factor(
            geometric_slack,
            Domain(q=Uniform(1.2, 10.0), plus=Integer(0, 0), **CLOCKS),
            1.02,
            evaluations=60,
        ),
        "lsz-lem-4",
        note="S⁻ ~ √(1 − q⁻²) n; each term is below 1, so S⁻ < n.",
    ),
    PAGE.row(
        "lsz-rem-6-2",
        "Remark 6: powers, first clock",
        Searched(
            power_minus_slack,
            Domain(alpha=Uniform(-0.95, 3.0)),
            {"shift": 0.0},
            {"shift": 0.06},
            evaluations=25,
        ),
        "lsz-lem-4",
        note="At the excluded α = −1/2 the rate is √(n/ln n).",
    ),
    PAGE.row(
        "lsz-rem-6-3",
        "Remark 6: harmonic steps, first clock",
        Asymptotic(harmonic_minus, 1.0, 0.005, 1.03, "η_n = 1/n, A = 1"),
        "lsz-lem-4",
    ),
    PAGE.row(
        "lsz-rem-6-4",
        "Remark 6: summable steps, first clock",
        factor(
            summable_slack,
            Domain(alpha=Uniform(-8.0, -1.01), plus=Integer(0, 0), **CLOCKS),
            0.98,
            "1, as α → −∞",
            evaluations=60,
        ),
        "lsz-lem-4",
    ),
    PAGE.row(
        "lsz-rem-7-1",
        "Remark 7: geometric steps, second clock",
        factor(
            geometric_slack,
            Domain(q=Uniform(1.2, 10.0), plus=Integer(1, 1), **CLOCKS),
            1.02,
            evaluations=60,
        ),
        "lsz-lem-5",
        note="S⁺ ~ √(1 − q⁻²) n, and S⁺ < n.",
    ),
    PAGE.row(
        "lsz-rem-7-2",
        "Remark 7: powers, second clock",
        Searched(
            power_plus_slack,
            Domain(alpha=Uniform(-0.95, 3.0)),
            {"shift": 0.0},
            {"shift": 0.06},
            evaluations=25,
        ),
        "lsz-lem-5",
    ),
    PAGE.row(
        "lsz-rem-7-3",
        "Remark 7: harmonic steps, second clock",
        Asymptotic(harmonic_plus, 1.0, 0.005, 1.03, "η_n = 1/n, A = 1, c₀ = 1"),
        "lsz-lem-5",
        note="S⁺ ~ 2√(ln(n)/C).",
    ),
    PAGE.row(
        "lsz-rem-7-4",
        "Remark 7: summable steps, second clock",
        factor(
            summable_slack,
            Domain(alpha=Uniform(-8.0, -1.01), plus=Integer(1, 1), **CLOCKS),
            0.98,
            "1, as α → −∞",
            evaluations=60,
        ),
        "lsz-lem-5",
    ),
)
