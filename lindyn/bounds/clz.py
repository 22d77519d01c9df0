"""Bounds of Chen, Lin and Zhang (2022), corrected where print is wrong, and ours beside them.

Times are those of gradient flow on the layers; N is the depth, s_0 = s(0), s_max = max(σ₁, s(0)),
c = a₁(0)b₁(0), C_1 = |a₁(0) + b₁(0)|/|a₁(0) − b₁(0)| and P = |a₁(0) + b₁(0)|.
"""

from __future__ import annotations

import sympy as sp

from lindyn.bounds.bound import Bound

_t = sp.Symbol("t", nonnegative=True)
_N, _s0, _top, _s1, _s2 = sp.symbols("N s_0 s_max sigma_1 sigma_2", positive=True)
_c, _C1, _P = sp.symbols("c C_1 P", positive=True)
_A, _A1, _B, _B1, _c2, _c3, _c4, _c5, _c6 = sp.symbols(
    "A A_1 B B_1 c_2 c_3 c_4 c_5 c_6", positive=True
)
_low, _kappa, _x, _x0, _g = sp.symbols("s_low kappa x x_0 g", positive=True)
_tau = sp.Symbol("tau", nonnegative=True)

STAGES, RATES, LINEAR_RATE = "clz/stages", "clz/rates", "clz/linear-rate"
_COST = r"1 - a_1b_1(t) \le"
_FROM_BELOW, _FROM_ABOVE = r"s(t) \ge", r"s(t) \le"

_spread = (_s1 + _top) * (_N - 2)
_growth = {_A1: _spread * _s0 ** (1 - 2 / _N), _B1: 2 * _s1 / _spread}
_odds = {_A: _c / (1 - _c)}


def _size_floor(first: sp.Symbol, second: sp.Symbol) -> sp.Expr:
    """σ₁ less what the falling exponentials of the start and of the direction leave."""
    lag = (sp.exp(-first * _t) - sp.exp(-second * _t)) / (second - first)
    return _s1 - (_s1 - _s0) * sp.exp(-second * _t) - (_s1 + _s2) * second * lag / _A


_BOUNDS = (
    Bound("clz-thm-4-4-ub", STAGES, _FROM_ABOVE, _top),
    Bound("clz-thm-4-4-9a", STAGES, _FROM_BELOW, _s0 * sp.exp(-2 * (_s1 + _top) * _t)),
    Bound(
        "clz-thm-4-4-9b",
        STAGES,
        _FROM_BELOW,
        (_spread * _t + _s0 ** (2 / _N - 1)) ** (-_N / (_N - 2)),
    ),
    Bound("clz-thm-4-5-a", RATES, _COST, 2 / (_C1 * (1 + _A1 * _t) ** _B1 + 1), _growth),
    Bound("clz-thm-4-5-b", RATES, r"t_1 \le", (_C1 ** (-1 / _B1) - 1) / _A1, _growth),
    Bound(
        "clz-thm-4-5-c",
        RATES,
        r"a_1b_1(t) \ge",
        _B1 * _P**2 / (4 * (2 + _B1)),
        {_B1: _growth[_B1]},
    ),
    Bound(
        "clz-thm-4-7",
        RATES,
        _COST,
        1 / (_A * (1 + _B * (_N - 2) * _t) ** (_c2 / (_N - 2)) + 1),
        _odds
        | {
            _B: (_s1 + _top) * _s0 ** (1 - 2 / _N),
            _c2: 2 * (_s1 - _s2) / (_s1 + _top),
        },
    ),
    Bound(
        "clz-thm-4-8-a",
        RATES,
        _COST,
        1 / (_A * sp.exp(_c3 * _t) + 1),
        _odds | {_c3: 2 * _s1 ** (1 - 2 / _N) * (_s1 - _s2)},
    ),
    Bound(
        "clz-thm-4-8-b",
        RATES,
        r"s(t) - \sigma_1 \le",
        (_s0 - _s1) * sp.exp(-_c4 * _t),
        {_c4: _N * _s1 ** (2 - 2 / _N)},
    ),
    Bound(
        "clz-thm-4-9-a",
        RATES,
        _COST,
        1 / (_A * sp.exp(_c5 * _t) + 1),
        _odds | {_c5: 2 * _s0 ** (1 - 2 / _N) * (_s1 - _s2)},
    ),
    Bound(
        "clz-thm-4-9-explicit",
        RATES,
        _FROM_BELOW,
        _size_floor(_c5, _c6),
        _odds
        | {
            _c5: 2 * _s0 ** (1 - 2 / _N) * (_s1 - _s2),
            _c6: _N * _s0 ** (2 - 2 / _N),
        },
    ),
    Bound("clz-thm-d-1-a", RATES, _COST, 2 / (_C1 * sp.exp(2 * _s1 * _t) + 1)),
    Bound("clz-thm-d-1-b", RATES, "t_1 =", sp.log(1 / _C1) / (2 * _s1)),
    Bound("clz-thm-d-1-c", RATES, r"a_1b_1(t) \ge", _P**2 / 12),
    Bound("clz-thm-d-2", RATES, _COST, 1 / (_A * sp.exp(2 * (_s1 - _s2) * _t) + 1), _odds),
    Bound(
        "clz-thm-d-3",
        RATES,
        r"s(t) - \sigma_1 \le",
        (_s0 - _s1) * sp.exp(-2 * _s1 * _t),
    ),
    Bound(
        "clz-thm-d-4-explicit",
        RATES,
        _FROM_BELOW,
        _size_floor(_c5, _c6),
        _odds | {_c5: 2 * (_s1 - _s2), _c6: 2 * _s0},
    ),
    Bound(
        "own-first-stage-time",
        STAGES,
        r"t_1 \le",
        (1 / _s0 + 1 / _s1) ** (1 - 2 / _N) * (_C1 ** (-(_N - 2) / 2) - 1) / ((_N - 2) * _s1),
    ),
    Bound(
        "own-second-stage",
        RATES,
        _COST,
        1 / (_A * (1 + (_N - 2) * _s2 * _kappa * _t) ** (2 * (_s1 - _s2) / ((_N - 2) * _s2)) + 1),
        _odds | {_kappa: (_s0 * _s2 / (_s0 + _s2)) ** (1 - 2 / _N)},
    ),
    Bound(
        "own-size-floor",
        STAGES,
        _FROM_BELOW,
        _s0
        * _s1
        / (_s0 + _s1)
        * (1 + (_N - 2) * _s1 * _s0 ** (1 - 2 / _N) * _t) ** (-_N / (_N - 2)),
    ),
    Bound(
        "own-global-linear",
        LINEAR_RATE,
        _COST,
        2 * _x / (1 + _x),
        {
            _x: (4 / _P**2 - 1) * sp.exp(-2 * (_s1 - _s2) * _low ** (1 - 2 / _N) * _t),
        },
    ),
    Bound(
        "own-global-size",
        LINEAR_RATE,
        r"\Bigl\lvert\frac1s - \frac1{\sigma_1}\Bigr\rvert \le",
        sp.Abs(1 / _s0 - 1 / _s1) * sp.exp(-_N * _s1 * _tau)
        + 2
        * _N
        * _s1
        * _x0
        * (sp.exp(-_g * _tau) - sp.exp(-_N * _s1 * _tau))
        / (_low * (_N * _s1 - _g)),
        {_x0: 4 / _P**2 - 1, _g: 2 * (_s1 - _s2)},
    ),
)

BOUNDS: dict[str, Bound] = {bound.id: bound for bound in _BOUNDS}
