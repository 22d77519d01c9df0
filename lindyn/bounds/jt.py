"""Bounds of Ji and Telgarsky (2019), corrected where print is wrong, and ours beside them.

N is the depth, r the radius of the ball B(r) = {‖W_k‖_F ≤ r for all k}, R_0 the risk of the start,
F_k = ‖W_k‖_F, F² = Σ F_k², σ_k = ‖W_k‖₂, b_k = ‖W_k(0)‖₂, d_k = ‖D_k‖₂ for the imbalance D_k, and
δ_k = λ_max(D_k) − λ_min(D_k), τ_k is the second singular value of W_k, and
E_k = Σ_{j=k}^{N−1} (λ_max(D_j) − tr D_j).  M = ℓ⁻¹(nR) is the smoothed margin, G the mean of
−ℓ′ over the examples (in smoothness constants: a bound of −ℓ′), x = ‖Π_⊥w‖, Y = ‖Π_⊥W_1‖_F²,
f = ‖W_1‖_F, and h = W((n − 1)/e) with Lambert's function W.  A 0 marks values at the start of the
time looked at.
"""

from __future__ import annotations

import sympy as sp

from lindyn.bounds.bound import Bound

_t = sp.Symbol("t", nonnegative=True)
_N, _n, _r, _R, _R0, _R1, _G = sp.symbols("N n r R R_0 R_1 G", positive=True)
_alpha, _beta, _gamma, _delta, _eps, _eta = sp.symbols(
    "alpha beta gamma delta epsilon eta", positive=True
)
_kappa, _mu0, _h, _M, _M0 = sp.symbols("kappa mu_0 h M M_0", positive=True)
_F, _F0, _Fmax, _FN, _f, _f0, _f1 = sp.symbols("F F_0 F_max F_N f f_0 f_1", positive=True)
_S, _D, _Ek, _Ek1, _dk, _Delta = sp.symbols("S D E_k E_k+1 d_k Delta", positive=True)
_sk, _sk1, _bk, _bk1 = sp.symbols("sigma_k sigma_k+1 b_k b_k+1", positive=True)
_deltak, _tauk1 = sp.symbols("delta_k tau_k+1", positive=True)
_x, _x0, _y, _Y, _Y0, _rho0 = sp.symbols("x x_0 y_1 Y Y_0 rho_0", positive=True)
_way, _m, _width = sp.symbols("delta m q", positive=True)

SETTING, ALIGNMENT, MARGIN = "jt/setting", "jt/alignment", "jt/margin"
DESCENT, DESCENT_MARGIN = "jt/descent", "jt/descent-margin"
RATES, EXPERIMENTS = "jt/rates", "jt/experiments"
_RESIDUAL = r"\lVert W_k\rVert_F^2 - \lVert W_k\rVert_2^2 \le"
_INNER = r"\langle v_{k+1}, u_k\rangle^2 \ge"
_ACROSS = r"\lVert\Pi_\perp w\rVert \ge"
_ANGLE = r"\tan\angle(w, \bar u) \le"

_spread = {_h: sp.LambertW((_n - 1) / sp.E)}
_pace = {_kappa: _gamma + _spread[_h] / _rho0}

_BOUNDS = (
    Bound(
        "jt-lem-2-3-i",
        SETTING,
        r"\Bigl\lVert\frac{\partial R}{\partial W_1}\Bigr\rVert_F \ge",
        _gamma / _r * sp.Min(_delta * sp.exp(-_delta), _r**_N * sp.exp(-(_r**_N))),
    ),
    Bound(
        "jt-lem-2-3-ii",
        SETTING,
        r"\lvert\{t : W(t) \in B(r)\}\rvert \le",
        1 + _R1 / _eps**2,
    ),
    Bound("jt-def-d", ALIGNMENT, "D =", _Fmax**2 - _FN**2 + _S),
    Bound("jt-lem-2-6-i", ALIGNMENT, _RESIDUAL, _D),
    Bound("jt-lem-2-6-ii", ALIGNMENT, _INNER, 1 - (_D + _bk1**2 + _bk**2) / _sk1**2),
    Bound("own-sharp-d", ALIGNMENT, _RESIDUAL, _Ek),
    Bound("own-inner-spread", ALIGNMENT, _INNER, 1 - _deltak / (_sk1**2 - _tauk1**2)),
    Bound("jt-lem-2-11-exp", MARGIN, _ACROSS, 1 + sp.log(_n) / _alpha),
    Bound("jt-lem-2-11-exp-proof", MARGIN, _ACROSS, (1 + sp.log(_n)) / _alpha),
    Bound("jt-lem-2-11-log", MARGIN, _ACROSS, 2 * _n / (sp.E * _alpha)),
    Bound("own-lem-2-11-threshold", MARGIN, _ACROSS, sp.LambertW((_n - 1) / sp.E) / _alpha),
    Bound(
        "own-two-eleven",
        MARGIN,
        r"-\langle\Pi_\perp w, \nabla R(w)\rangle \le",
        _R * (_h - _alpha * _x),
        _spread,
    ),
    Bound(
        "own-margin-all-data",
        MARGIN,
        r"\frac{d}{dt}\lVert\Pi_\perp W_1\rVert_F^2 \le",
        2 * _h * _G,
        _spread,
    ),
    Bound(
        "own-margin-all-data-drift",
        MARGIN,
        r"\lVert\Pi_\perp W_1(t)\rVert_F^2 \le",
        _Y0 + 2 * _h * (_f0 ** (2 - _N) - _f ** (2 - _N)) / ((_N - 2) * _mu0),
        _spread,
    ),
    Bound(
        "own-margin-all-data-angle",
        MARGIN,
        _ANGLE,
        _gamma * sp.sqrt(_Y) * (_N - 1) ** (-(_N - 1) / 2) / (_mu0 * _F),
    ),
    Bound("jt-lem-3-2", DESCENT, r"\beta(r) =", 2 * _N**2 * _r ** (2 * _N - 2) * (_beta + _G)),
    Bound(
        "own-smoothness-sharp",
        DESCENT,
        r"\beta^\ast(r) =",
        _beta * _N * _r ** (2 * _N - 2) + _G * (_N - 1) * _r ** (_N - 2),
    ),
    Bound("jt-lem-3-4", DESCENT, r"t \le", 1 + 2 * _beta * _R1 / _eps**2),
    Bound(
        "jt-eq-c6",
        DESCENT,
        r"\lVert W_k(t+1)\rVert_F - \lVert W_k(t)\rVert_F \le",
        1 / (2 * _N**2 * _r ** (_N - 1)),
    ),
    Bound("jt-lem-c5-ii", DESCENT, r"\sum_{\tau < t}\eta_\tau \ge", _way**2 / (2 * _R0)),
    Bound(
        "jt-eq-sum-eta2",
        DESCENT_MARGIN,
        r"\sum_{t \ge 0}\eta_t^2\lVert\nabla R(W(t))\rVert^2 \le",
        2 * _R0,
    ),
    Bound(
        "own-eta-sum",
        DESCENT_MARGIN,
        r"\sum_{t \ge 0}\eta_t\lVert\nabla R(W(t))\rVert^2 \le",
        4 * _N * _R0 / (4 * _N - 1),
    ),
    Bound(
        "own-eta-sum-squares",
        DESCENT_MARGIN,
        r"\sum_{t \ge 0}\eta_t^2\lVert\nabla R(W(t))\rVert^2 \le",
        2 * _R0 / ((4 * _N - 1) * _N * (_beta + _G)),
    ),
    Bound("jt-lem-c7-i", DESCENT_MARGIN, _RESIDUAL, _D + 2 * _R0),
    Bound("jt-lem-c7-ii", DESCENT_MARGIN, _INNER, 1 - (_D + 3 * _R0 + _bk1**2 + _bk**2) / _sk1**2),
    Bound(
        "jt-eq-c17",
        DESCENT_MARGIN,
        r"\bigl\lvert(F_k^2 - F_j^2)(t) - (F_k^2 - F_j^2)(0)\bigr\rvert \le",
        2 * _R0,
    ),
    Bound(
        "jt-txt-proof-3-7-bullet3",
        DESCENT_MARGIN,
        r"\lVert W_1(t)\rVert_F \ge",
        (1 + sp.sqrt(2 * _R0)) / _eps,
    ),
    Bound("own-constant-step", DESCENT_MARGIN, r"\eta \le", 1 / (5 * _N * _R * _F ** (2 * _N - 2))),
    Bound("own-smoothed-margin", RATES, r"M(t) \ge", _M0 * (_F / _F0) ** _N),
    Bound(
        "own-risk-time",
        RATES,
        r"\frac{1}{n\,R(W(t))} \ge",
        sp.exp(_M0) + _N**2 * _mu0 ** (2 / _N) * _M0 ** (2 - 2 / _N) * _t / _n,
    ),
    Bound(
        "own-risk-time-speed",
        RATES,
        r"\frac{d}{dt}\frac{1}{n\,R(W(t))} \le",
        _N ** (2 - _N) * (_M / _mu0) ** (2 - 2 / _N) / _n,
    ),
    Bound(
        "own-alignment-rates",
        RATES,
        r"1 - \frac{\lVert W_k\rVert_2^2}{\lVert W_k\rVert_F^2} \le",
        _Ek / ((_M / _gamma) ** (2 / _N) - _Delta),
    ),
    Bound(
        "own-inner-rate",
        RATES,
        r"\sin\angle(u_k, v_{k+1}) \le",
        _dk / (_sk**2 - _Ek1),
    ),
    Bound(
        "own-margin-rate-linear",
        RATES,
        _ANGLE,
        _gamma / _M * sp.Max(_x0, _h / _alpha),
        _spread,
    ),
    Bound("own-margin-rate", RATES, _ANGLE, 2 * _gamma * _h / (_alpha * _M), _spread),
    Bound(
        "own-margin-rate-from",
        RATES,
        r"\lVert W_k(t)\rVert_F \ge",
        _f1 + 2 * _kappa * _y / _alpha,
        _pace,
    ),
    Bound(
        "own-margin-rate-start",
        RATES,
        r"f_1 \ge",
        ((_N - 1) * _h * _kappa * 4 / _alpha**2) ** (1 / _N),
        _pace | _spread,
    ),
    Bound(
        "jt-txt-sec4-lower-bound",
        EXPERIMENTS,
        r"\frac{\lVert W\rVert_2}{\lVert W\rVert_F} \ge",
        1 / sp.sqrt(_width),
    ),
    Bound(
        "jt-txt-sec4-lower-bound-null",
        EXPERIMENTS,
        r"\frac{\lVert W\rVert_2}{\lVert W\rVert_F} \approx",
        1 / sp.sqrt(_m) + 1 / sp.sqrt(_n),
    ),
)

BOUNDS: dict[str, Bound] = {bound.id: bound for bound in _BOUNDS}
