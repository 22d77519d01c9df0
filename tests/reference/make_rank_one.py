"""Reference trajectories of rank-one flows of the square loss: writes ``rank_one.json``.

Independent of the package and of the closed form: the equations themselves, for the modal sums
p = (a + b)/√2, differences m = (a − b)/√2, the part n outside the singular vectors, s and t,

    p' = (σ − λ)p,   m' = −(σ + λ)m,   n' = −λn,   s' = Ns(λ − s),   t' = s^{2/N − 1},
    λ = Σ σ(p² − m²)/2,

by Taylor series of order 44 in 50-digit arithmetic (360 digits of range are no matter there), each
step as long as the last terms allow.  Accepted when a run with 65 digits and order 56 agrees to 28.

Run ``python tests/reference/make_rank_one.py``; it takes some minutes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mpmath
from tqdm import tqdm

DIGITS = 28

GENERIC = {"sigma": [2.0, 1.0, 0.5], "plus": [0.3, -0.9, 0.7], "minus": [0.7, 0.7, 0.6]}
SADDLES = {"sigma": [2.0, 1.0, 0.5], "plus": [1e-300, 1e-140, 0.8], "minus": [0.7, 0.5, 0.0]}
SPREAD = {"sigma": [1e3, 1.0, 1e-3], "plus": [0.3, -0.5, 1.0], "minus": [1.0, 0.6, 0.0]}
OPPOSITE = {"sigma": [2.0, 1.0], "plus": [1e-12, 0.0], "minus": [1.3, 0.5]}
NULL = {"sigma": [1.5, 0.0], "plus": [0.1, 0.6], "minus": [-0.6, 0.1]}
EQUAL = {"sigma": [1.0, 1.0, 0.999], "plus": [0.2, -0.3, 1.0], "minus": [0.9, 0.4, -0.06]}

EARLY = [0.01, 0.1, 0.5, 1.0, 3.0, 8.0, 25.0]
CASES: list[dict[str, Any]] = [
    *({**GENERIC, "s": s, "depth": n, "tau": EARLY} for n in (2, 2.5, 3, 4) for s in (1e-12, 0.5)),
    *({**GENERIC, "s": 1e6, "depth": n, "tau": [1e-7, 1e-3, 0.5, 5.0]} for n in (2, 3, 4)),
    {**GENERIC, "s": 0.5, "depth": 50, "tau": [0.01, 0.1, 0.5, 1.0, 5.0]},
    *({**SADDLES, "s": 0.3, "depth": n, "tau": [1.0, 60.0, 368.0, 375.0, 460.0]} for n in (2, 3)),
    *({**SPREAD, "s": 0.3, "depth": n, "tau": [1e-4, 0.003, 0.02]} for n in (2, 3, 7)),
    *(
        {**OPPOSITE, "s": 5.0, "depth": n, "tau": [0.01, 1.0, 9.0, 13.8, 14.0, 20.0]}
        for n in (2, 3)
    ),
    *({**NULL, "s": 0.8, "depth": n, "tau": EARLY[:-1]} for n in (2, 3)),
    *({**EQUAL, "s": 2.0, "depth": n, "tau": EARLY} for n in (2, 3, 4)),
    {"sigma": [5.0], "plus": [1.2], "minus": [0.0], "s": 0.01, "depth": 1, "tau": [0.1, 1.0, 3.0]},
]


def product(x: list[Any], y: list[Any], k: int) -> Any:
    """Coefficient k of the product of two series."""
    return mpmath.fdot(x[: k + 1], y[k::-1])


def step(state: list[Any], sigma: list[Any], depth: Any, order: int) -> list[list[Any]]:
    """Taylor coefficients of the state p…, m…, n, s, t."""
    rates = [*sigma, *(-x for x in sigma), mpmath.mpf(0)]
    series = [[value] for value in state[:-2]]
    s, power, t = [state[-2]], [state[-2] ** (2 / depth - 1)], [state[-1]]
    c = 2 / depth - 1
    pull: list[Any] = []
    for k in range(order):
        squares = [product(x, x, k) if r else 0 for x, r in zip(series, rates, strict=True)]
        pull.append(mpmath.fdot(rates, squares) / 2)
        for x, r in zip(series, rates, strict=True):
            x.append((r * x[k] - product(pull, x, k)) / (k + 1) if x[0] else mpmath.mpf(0))
        s.append(depth * (product(pull, s, k) - product(s, s, k)) / (k + 1))
        t.append(power[k] / (k + 1))
        j = k + 1
        terms = [(c * i - (j - i)) * s[i] * power[j - i] for i in range(1, j + 1)]
        power.append(mpmath.fsum(terms) / (j * s[0]))
    return [*series, s, t]


def run(case: dict[str, Any], digits: int, order: int) -> list[tuple[Any, Any]]:
    """Values of s and t at the natural times of the case."""
    with mpmath.workdps(digits):
        sigma = [mpmath.mpf(x) for x in case["sigma"]]
        p, m = ([mpmath.mpf(x) for x in case[name]] for name in ("plus", "minus"))
        # Unit vectors of equal length: plus and minus are scaled, and n fills up both.
        state = [*p, *m, mpmath.mpf(case["outside"]), mpmath.mpf(case["s"]), mpmath.mpf(0)]
        depth, now, rows = mpmath.mpf(case["depth"]), mpmath.mpf(0), []
        size = mpmath.sqrt(sum(x * x for x in state[:-2]) / 2)
        state = [x / size for x in state[:-2]] + state[-2:]
        for goal in map(mpmath.mpf, case["tau"]):
            while now < goal:
                series = step(state, sigma, depth, order)
                radius = min(
                    (mpmath.fabs(x[0] / y) ** (mpmath.mpf(1) / k) if (y := x[k]) else mpmath.inf)
                    for x in series[:-1]
                    for k in (order, order - 1)
                )
                h = min(radius * mpmath.mpf(10) ** (-(mpmath.mpf(digits) - 8) / order), goal - now)
                state = [mpmath.polyval(x[::-1], h) for x in series]
                now += h
            rows.append((state[-2], state[-1]))
        return rows


def main() -> None:
    """Compute all cases and write the file."""
    found = []
    for case in tqdm(CASES, desc="cases"):
        case = {"outside": 0.0, **case}
        rough, fine = run(case, 50, 44), run(case, 65, 56)
        for left, right in zip(rough, fine, strict=True):
            assert all(abs(x / y - 1) < 10.0**-DIGITS for x, y in zip(left, right, strict=True))
        values = [[mpmath.nstr(x, DIGITS) for x in row] for row in fine]
        found.append({**case, "rows": [dict(zip("st", row, strict=True)) for row in values]})
    path = Path(__file__).with_name("rank_one.json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
