"""Our bounds for nearly balanced starts and for great depth.

N is the depth, λ = uᵀZv and a 0 marks values at the start; times are those of the page.
"""

from __future__ import annotations

import sympy as sp

from lindyn.bounds.bound import Bound

_N, _s0, _s1, _l0, _rho = sp.symbols("N s_0 sigma_1 lambda_0 rho", positive=True)
_tau = sp.Symbol("tau", nonnegative=True)
_gap = sp.Symbol("delta", positive=True)

OFF_PATH, INFINITE = "synthesis/off-the-path", "synthesis/infinite-depth"

_BOUNDS = (
    Bound(
        "own-off-size",
        INFINITE,
        r"\Bigl\lvert\frac1s - \frac1\lambda\Bigr\rvert \le",
        sp.Abs(1 / _s0 - 1 / _l0) * sp.exp(-_N * _l0 * _tau)
        + 2 * (_s1**2 - _l0**2) / (_N * _l0**3),
    ),
    Bound(
        "own-off-clock",
        INFINITE,
        r"N\,\lvert t_N - t_\infty\rvert \le",
        sp.Rational(3, 2) * _rho**2 + 2 * _tau * sp.Max(_rho * sp.log(_rho), sp.log(_s0)),
        {_rho: sp.Max(1 / _s0, 1 / _l0)},
    ),
    Bound(
        "own-off-nearby",
        OFF_PATH,
        r"\lVert\Delta(0)\rVert \le",
        _gap / sp.sqrt(8 * _s0),
    ),
)

BOUNDS: dict[str, Bound] = {bound.id: bound for bound in _BOUNDS}
