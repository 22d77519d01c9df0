"""A reference flow on separable data, far beyond the risks of floats: writes ``margins.json``.

Independent of the package: three layers of widths 2, 2, 1 from an unbalanced start, exponential
loss, three examples, written out entry by entry.  With u = −ln R as the clock and σ = 1/‖V‖²,

    dW/du = σ V,   dq/du = σ − q,   t = q e^u,   V = ∇_W(−ln R),

by the extrapolated midpoint rule (Gragg, Bulirsch and Stoer) of order 24 in 40-digit arithmetic.
Accepted when a run with 50 digits and a tolerance 1e-6 as large agrees to 30 digits.

Run ``python tests/reference/make_margins.py``; it takes a minute.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mpmath
from tqdm import tqdm

DIGITS = 30
COLUMNS = 12  # of the extrapolation
INPUTS = [["0.9", "0.2"], ["0.5", "-0.6"], ["0.8", "0.5"]]
LAYERS = [[["0.5", "0.3"], ["-0.2", "0.8"]], [["0.9", "0.1"], ["0.4", "0.2"]], [["0.6", "-0.3"]]]
GAINS = [1, 30, 600]  # of −ln R over its value at the start

State = list[Any]


def slope(z: list[list[Any]], y: State) -> tuple[State, Any]:
    """Velocity of W_1, W_2, W_3 and q, and −ln R."""
    a, b, c, d, e, f, g, h, i, j, q = y
    above = i * e + j * g, i * f + j * h  # W_3 W_2
    w = above[0] * a + above[1] * c, above[0] * b + above[1] * d
    margins = [x[0] * w[0] + x[1] * w[1] for x in z]
    least = min(margins)
    shares = [mpmath.exp(least - m) for m in margins]
    total = mpmath.fsum(shares)
    pull = [sum(s * x[k] for s, x in zip(shares, z, strict=True)) / total for k in (0, 1)]
    r = pull[0] * a + pull[1] * b, pull[0] * c + pull[1] * d
    first = [above[0] * pull[0], above[0] * pull[1], above[1] * pull[0], above[1] * pull[1]]
    second = [i * r[0], i * r[1], j * r[0], j * r[1]]
    ascent = [*first, *second, e * r[0] + f * r[1], g * r[0] + h * r[1]]
    speed = 1 / mpmath.fsum(v * v for v in ascent)
    return [*(v * speed for v in ascent), speed - q], least - mpmath.log(total / len(z))


def extrapolated(z: list[list[Any]], y: State, step: Any) -> tuple[State, Any]:
    """The state after a step, and the difference of the last two extrapolations."""
    counts = [2 * (k + 1) for k in range(COLUMNS)]
    begin, previous = slope(z, y)[0], []
    for k, count in enumerate(counts):
        h, old = step / count, y
        new = [u + h * v for u, v in zip(y, begin, strict=True)]
        for _ in range(1, count):
            turned = slope(z, new)[0]
            old, new = new, [u + 2 * h * v for u, v in zip(old, turned, strict=True)]
        turned = slope(z, new)[0]
        row = [[(a + b + h * v) / 2 for a, b, v in zip(new, old, turned, strict=True)]]
        for j in range(1, k + 1):
            ratio = (mpmath.mpf(count) / counts[k - j]) ** 2 - 1
            pairs = zip(row[-1], previous[j - 1], strict=True)
            row.append([a + (a - b) / ratio for a, b in pairs])
        previous = row
    error = max(abs(a - b) for a, b in zip(previous[-1], previous[-2], strict=True))
    return previous[-1], error


def run(digits: int, tolerance: Any) -> list[dict[str, Any]]:
    """Product, log-time and layers at the values of −ln R."""
    with mpmath.workdps(digits):
        z = [[mpmath.mpf(x) for x in row] for row in INPUTS]
        y = [mpmath.mpf(x) for layer in LAYERS for row in layer for x in row] + [mpmath.mpf(0)]
        first = now = slope(z, y)[1]
        step, rows, least = mpmath.mpf("0.05"), [], mpmath.mpf(tolerance)
        for gain in tqdm(GAINS, desc="values"):
            while now < first + gain:
                step = min(step, first + gain - now)
                state, error = extrapolated(z, y, step)
                if error < least:
                    y, now = state, now + step
                factor = (least / (error + least / 10**9)) ** (mpmath.mpf(1) / (2 * COLUMNS - 1))
                step *= min(3, max(mpmath.mpf("0.2"), mpmath.mpf("0.8") * factor))
            a, b, c, d, e, f, g, h, i, j, q = y
            above = i * e + j * g, i * f + j * h
            w = above[0] * a + above[1] * c, above[0] * b + above[1] * d
            values = {
                "neg_log_risk": now,
                "log_time": now + mpmath.log(q),
                "angle": mpmath.atan2(w[1], w[0]),
                "drift": slope(z, y)[1] - now,
            }
            rows.append({**values, "w": w, "layers": y[:-1]})
        return rows


def main() -> None:
    """Compute and write the file."""
    rough, fine = run(40, "1e-30"), run(50, "1e-36")
    found = []
    for left, right in zip(rough, fine, strict=True):
        assert abs(right.pop("drift")) < 1e-30
        for name in ("log_time", "angle"):
            assert abs(left[name] / right[name] - 1) < 10.0 ** (2 - DIGITS)
        text = {k: mpmath.nstr(right[k], DIGITS) for k in ("neg_log_risk", "log_time", "angle")}
        lists = {k: [mpmath.nstr(x, DIGITS) for x in right[k]] for k in ("w", "layers")}
        found.append({**text, **lists})
    case = {"inputs": INPUTS, "layers": LAYERS, "rows": found}
    path = Path(__file__).with_name("margins.json")
    path.write_text(json.dumps(case, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
