"""Bounds: the typeset formula, the expression and independent functions say the same."""

import re

import numpy as np
import pytest

from lindyn.bounds import BOUNDS, Bound
from lindyn.bounds.lsz import (
    CLOCK_MINUS,
    CLOCK_PLUS,
    GAIN_CEILING,
    clock_minus,
    clock_plus,
)
from lindyn.descent import gradient_descent
from lindyn.laws import Gaussian, UniformSphere
from lindyn.natural import SphericalFlow
from lindyn.risks import SphericalLogistic


def slowest_clock(N, start, speed, t):
    """Natural time where s falls like 1/s^{1−2/N} growing at the given speed."""
    return np.log1p(speed * (N - 2) * start ** (1 - 2 / N) * t) / (speed * (N - 2))


def logistic(start, later):
    """The solution of x′ = x(1 − x)."""
    return 1 / (1 + (1 / start - 1) * np.exp(-later))


def size_floor(c, start, first, second, passed, N):
    """The bound of Theorem 4.9 on s, with both exponents written out."""
    slow, fast = 2 * (first - second) * passed, N * start * passed
    lag = (np.exp(-slow) - np.exp(-fast)) / (fast - slow)
    return first - (first - start) * np.exp(-fast) - (first + second) * (1 / c - 1) * fast * lag


def omega(x):
    """Lambert's function W: the root of W e^W = x, by Newton's method."""
    root = np.log1p(x)
    for _ in range(50):
        root = root - (root - x * np.exp(-root)) / (1 + root)
    return root


def spread_of(n):
    """The number h = W((n − 1)/e) of the pages on the maximum margin."""
    return omega((n - 1) / np.e)


def share_of(D, four_squares, top):
    """A bound of the form 1 − (D + …)/σ²."""
    return (top**2 - D - four_squares) / top**2


# Written down from the papers, without sympy; the angle formulas in other, equivalent shapes.
INDEPENDENT = {
    "lsz-prop-3-i": lambda c_0: c_0,
    "lsz-lem-3-i": lambda: 0.3,
    "lsz-lem-3-iv": lambda c_0, theta, m_2: c_0 * abs(np.cos(theta)) * 8 / (2 * np.pi * m_2),
    "lsz-thm-1-i": lambda c_0, rho_0, t, theta_0: np.tanh(
        np.arctanh(np.cos(theta_0)) + c_0 * t / (np.pi * rho_0)
    ),
    "lsz-thm-1-ii": lambda T, c_0, rho_T, t, theta_T: np.tanh(
        np.arctanh(np.cos(theta_T))
        + 2 * c_0 / (0.6 * np.pi) * (np.sqrt(0.6 * (t - T) + rho_T**2) - rho_T)
    ),
    "lsz-lem-4": lambda S_n, theta_0: (
        1 - 2 * np.sin(theta_0 / 2) ** 2 * np.exp(-2 * np.cos(theta_0 / 2) ** 2 * S_n / np.pi)
    ),
    "lsz-lem-5": lambda S_n, delta, theta_0: (
        1
        - 2
        * np.sin(theta_0 / 2) ** 2
        * np.exp(-2 * np.cos(theta_0 / 2) ** 2 * S_n / (np.pi * (1 + 1 / delta)))
    ),
    "lsz-prop-4": lambda c_0, t, theta_0: np.tanh(np.arctanh(np.cos(theta_0)) + c_0 * t / np.pi),
    "lsz-lem-8-i-upper": lambda N, rho_0, t: np.exp(N / 2 * np.log(rho_0 ** (2 / N) + 0.6 * t)),
    "lsz-lem-8-i-lower": lambda N, c_0, rho_0, t: np.exp(
        -np.log(rho_0 ** (-(N - 2) / N) + (N - 2) * c_0 * t) / (1 - 2 / N)
    ),
    "own-norm-floor": lambda N, rho_0, theta_0: rho_0 * np.cos(theta_0 / 2) ** (2 * N),
    "lsz-thm-3-i": lambda N, c_0, rho_0, t, theta_0: np.tanh(
        np.arctanh(np.cos(theta_0))
        + np.log1p((N - 2) * c_0 * t * rho_0 ** (1 - 2 / N)) / ((N - 2) * np.pi)
    ),
    "lsz-thm-3-ii": lambda N, T, c_0, rho_T, t, theta_T: np.tanh(
        np.arctanh(np.cos(theta_T)) + c_0 / np.pi * rho_T ** (1 - 2 / N) * (t - T)
    ),
    "lsz-thm-3-upper": lambda N, c_0, rho_0, t, theta_0: np.tanh(
        np.arctanh(np.cos(theta_0))
        + 2 * c_0 / (0.6 * N * np.pi) * ((0.6 * t + rho_0 ** (2 / N)) ** (N / 2) - rho_0)
    ),
    "own-deep-exponential": lambda N, c_0, rho_0, t, theta_0: np.tanh(
        np.arctanh(np.cos(theta_0))
        + c_0 / np.pi * t * rho_0 ** (1 - 2 / N) * np.cos(theta_0 / 2) ** (2 * N - 4)
    ),
    "own-late-ceiling": lambda N, K, rho_0, t: rho_0 ** (1 + 2 / N) + (2 + N) * K * t,
    "clz-thm-4-4-ub": lambda s_max: s_max,
    "clz-thm-4-4-9a": lambda s_0, s_max, sigma_1, t: (
        s_0 * np.exp(-2 * sigma_1 * t) * np.exp(-2 * s_max * t)
    ),
    "clz-thm-4-4-9b": lambda N, s_0, s_max, sigma_1, t: (
        s_0 * (1 + (sigma_1 + s_max) * (N - 2) * t * s_0 ** (1 - 2 / N)) ** (-1 / (1 - 2 / N))
    ),
    "clz-thm-4-5-a": lambda C_1, N, s_0, s_max, sigma_1, t: (
        1 - np.tanh(np.log(C_1) / 2 + sigma_1 * slowest_clock(N, s_0, s_max + sigma_1, t))
    ),
    "clz-thm-4-5-b": lambda C_1, N, s_0, s_max, sigma_1: (
        np.expm1(-np.log(C_1) * (N - 2) * (sigma_1 + s_max) / (2 * sigma_1))
        / ((sigma_1 + s_max) * (N - 2) * s_0 ** (1 - 2 / N))
    ),
    "clz-thm-4-5-c": lambda N, P, s_max, sigma_1: (
        (P / 2) ** 2 / (1 + (sigma_1 + s_max) * (N - 2) / sigma_1)
    ),
    "own-stable-floor": lambda alpha, gamma_Z, s_0, sigma_1: np.minimum(
        s_0, sigma_1 * alpha - sigma_1 * gamma_Z + sigma_1 * gamma_Z * alpha
    ),
    "eft-lem-4-2": lambda N, T_1, T_2, c, gamma_Z, m, s: (
        -2 * m * s ** (2 - 2 / N) * (N * T_1 + c * T_2 - gamma_Z * abs(c) * T_2)
        + m * s ** (2 - 2 / N) * N * gamma_Z * np.sqrt(2 * T_1 * T_2)
    ),
    "eft-thm-4-4-a": lambda L_0, N, alpha, beta, gamma_Z, m, sigma_1, t: (
        2
        * L_0
        / np.exp(m * N * t * (sigma_1 * (alpha - gamma_Z)) ** (2 - 2 / N))
        * np.exp(2 * gamma_Z * m * N * t * (beta * sigma_1) ** (2 - 2 / N))
    ),
    "eft-thm-4-4-b": lambda L_0, N, alpha, beta, gamma_Z, m, sigma_1, t, theta: (
        2
        * L_0
        * np.exp(m * alpha * (theta - t) * (sigma_1 * (alpha - gamma_Z)) ** (2 - 2 / N))
        * np.exp(2 * gamma_Z * m * N * (t - theta) * (beta * sigma_1) ** (2 - 2 / N))
    ),
    "eft-thm-4-4-complexity": lambda C, epsilon, r_a, r_b, theta: (
        (np.log(C) - np.log(epsilon) - r_a * theta) / r_b + theta
    ),
    "own-loss-decay-nearby": lambda L_0, N, alpha, gamma_Z, m, sigma_1, t: (
        2
        * L_0
        * np.exp(
            m
            * t
            * (sigma_1 * (alpha - gamma_Z)) ** (2 - 2 / N)
            * (N * gamma_Z * np.sqrt(0.5) - 2 * alpha * (1 - gamma_Z))
        )
    ),
    "own-faraway-rate": lambda N, m, s_0, sigma_1: (
        (6 ** (1 / N - 1) * sigma_1 ** (2 / N - 2) - s_0 ** (2 / N - 2))
        * 6
        / (6 - np.sqrt(6))
        / (m * (2 * N - 2))
    ),
    "own-linear-rate-any-gap": lambda N, alpha, gamma_Z, m, sigma_1, t: (
        1
        - logistic(
            alpha,
            2 * m * t * sigma_1 * (1 - gamma_Z) * (sigma_1 * (alpha - gamma_Z)) ** (1 - 2 / N),
        )
    ),
    "own-loss-two-sided": lambda L, N, m, s: -2 * m * L * s * s / s ** (2 / N),
    "own-loss-two-sided-below": lambda L, N, m, s: -2 * m * N * L * s * s / s ** (2 / N),
    "own-nearby-rate": lambda D_N, N, m, p_1, p_2, sigma_1, sigma_2, t: (
        np.sqrt(2)
        * sigma_1
        * (p_2 / p_1)
        * np.exp((sigma_1 - sigma_2) * (D_N - m * t * sigma_1 / sigma_1 ** (2 / N)))
    ),
    "own-nearby-rate-scalar": lambda D_N, N, m, sigma_1, t, theta_0: (
        2
        * sigma_1
        * (1 - np.cos(theta_0))
        / np.sin(theta_0)
        * np.exp(sigma_1 * (D_N - m * t * sigma_1 / sigma_1 ** (2 / N)))
    ),
    "own-nearby-rate-aligned": lambda D_N, N, m, s_0, sigma_1, t: (
        sigma_1
        / s_0
        * abs(sigma_1 - s_0)
        * np.exp(N * sigma_1 * (D_N - m * t * sigma_1 / sigma_1 ** (2 / N)))
    ),
    "clz-thm-4-7": lambda N, c, s_0, s_max, sigma_1, sigma_2, t: (
        1 - logistic(c, 2 * (sigma_1 - sigma_2) * slowest_clock(N, s_0, s_max + sigma_1, t))
    ),
    "clz-thm-4-8-a": lambda N, c, sigma_1, sigma_2, t: (
        1 - logistic(c, 2 * (sigma_1 - sigma_2) * t * sigma_1 / sigma_1 ** (2 / N))
    ),
    "clz-thm-4-8-b": lambda N, s_0, sigma_1, t: (
        (s_0 - sigma_1) / np.exp(N * t * sigma_1**2 / sigma_1 ** (2 / N))
    ),
    "clz-thm-4-9-a": lambda N, c, s_0, sigma_1, sigma_2, t: (
        1 - logistic(c, 2 * (sigma_1 - sigma_2) * t * s_0 / s_0 ** (2 / N))
    ),
    "clz-thm-4-9-explicit": lambda N, c, s_0, sigma_1, sigma_2, t: size_floor(
        c, s_0, sigma_1, sigma_2, t * s_0 ** (1 - 2 / N), N
    ),
    "clz-thm-d-1-a": lambda C_1, sigma_1, t: 1 - np.tanh(np.log(C_1) / 2 + sigma_1 * t),
    "clz-thm-d-1-b": lambda C_1, sigma_1: -np.log(C_1) / sigma_1 / 2,
    "clz-thm-d-1-c": lambda P: P * P / 12,
    "clz-thm-d-2": lambda c, sigma_1, sigma_2, t: 1 - logistic(c, 2 * (sigma_1 - sigma_2) * t),
    "clz-thm-d-3": lambda s_0, sigma_1, t: (s_0 - sigma_1) / np.exp(2 * sigma_1 * t),
    "clz-thm-d-4-explicit": lambda c, s_0, sigma_1, sigma_2, t: size_floor(
        c, s_0, sigma_1, sigma_2, t, 2
    ),
    "own-first-stage-time": lambda C_1, N, s_0, sigma_1: (
        np.expm1(-(N / 2 - 1) * np.log(C_1))
        / ((N - 2) * sigma_1)
        * ((s_0 + sigma_1) / (s_0 * sigma_1)) ** ((N - 2) / N)
    ),
    "own-second-stage": lambda N, c, s_0, sigma_1, sigma_2, t: (
        1
        - logistic(
            c,
            2 * (sigma_1 - sigma_2) * slowest_clock(N, 1 / (1 / s_0 + 1 / sigma_2), sigma_2, t),
        )
    ),
    "own-size-floor": lambda N, s_0, sigma_1, t: np.exp(
        -np.log(1 / s_0 + 1 / sigma_1) - N * sigma_1 * slowest_clock(N, s_0, sigma_1, t)
    ),
    "own-global-linear": lambda N, P, s_low, sigma_1, sigma_2, t: (
        2
        / (1 + np.exp(2 * (sigma_1 - sigma_2) * t * s_low / s_low ** (2 / N)) / ((2 / P) ** 2 - 1))
    ),
    "own-global-size": lambda N, P, s_0, s_low, sigma_1, sigma_2, tau: (
        abs(sigma_1 - s_0) / (s_0 * sigma_1 * np.exp(N * sigma_1 * tau))
        + (2 * N * sigma_1 / s_low)
        * ((2 / P) ** 2 - 1)
        * np.exp(-2 * (sigma_1 - sigma_2) * tau)
        * -np.expm1(-((N - 2) * sigma_1 + 2 * sigma_2) * tau)
        / ((N - 2) * sigma_1 + 2 * sigma_2)
    ),
    "jt-lem-2-3-i": lambda N, delta, gamma, r: (
        gamma / r * np.exp(np.minimum(np.log(delta) - delta, N * np.log(r) - r**N))
    ),
    "jt-lem-2-3-ii": lambda R_1, epsilon: (epsilon**2 + R_1) / epsilon**2,
    "jt-def-d": lambda F_N, F_max, S: (F_max - F_N) * (F_max + F_N) + S,
    "jt-lem-2-6-i": lambda D: D,
    "jt-lem-2-6-ii": lambda **values: share_of(
        values["D"], values["b_k"] ** 2 + values["b_k+1"] ** 2, values["sigma_k+1"]
    ),
    "own-sharp-d": lambda E_k: E_k,
    "own-inner-spread": lambda **values: (
        1 + values["delta_k"] / (values["tau_k+1"] ** 2 - values["sigma_k+1"] ** 2)
    ),
    "jt-lem-2-11-exp": lambda alpha, n: np.log(n * np.exp(alpha)) / alpha,
    "jt-lem-2-11-exp-proof": lambda alpha, n: np.log(np.e * n) / alpha,
    "jt-lem-2-11-log": lambda alpha, n: n / (alpha * np.e / 2),
    "own-lem-2-11-threshold": lambda alpha, n: spread_of(n) / alpha,
    "own-two-eleven": lambda R, alpha, n, x: R * spread_of(n) - R * alpha * x,
    "own-margin-all-data": lambda G, n: (G + G) * spread_of(n),
    "own-margin-all-data-drift": lambda N, Y_0, f, f_0, mu_0, n: (
        Y_0
        - spread_of(n) / mu_0 * f_0 ** (2 - N) * np.expm1((N - 2) * np.log(f_0 / f)) / (N / 2 - 1)
    ),
    "own-margin-all-data-angle": lambda F, N, Y, gamma, mu_0: (
        gamma * (F**2 / (N - 1)) ** ((N - 1) / 2) * np.sqrt(Y) / (mu_0 * F**N)
    ),
    "jt-lem-3-2": lambda G, N, beta, r: 2 * (N * r ** (N - 1)) ** 2 * (beta + G),
    "own-smoothness-sharp": lambda G, N, beta, r: (
        r ** (N - 1) * (N * beta * r ** (N - 1) + G * (N - 1) / r)
    ),
    "jt-lem-3-4": lambda R_1, beta, epsilon: (epsilon**2 + 2 * R_1 * beta) / epsilon**2,
    "jt-eq-c6": lambda N, r: r ** (N - 1) / (2 * N**2 * r ** (2 * N - 2)),
    "jt-lem-c5-ii": lambda R_0, delta: (delta / np.sqrt(2 * R_0)) ** 2,
    "jt-eq-sum-eta2": lambda R_0: 2 * R_0,
    "own-eta-sum": lambda N, R_0: R_0 / (1 - 1 / (4 * N)),
    "own-eta-sum-squares": lambda G, N, R_0, beta: (
        R_0 / (1 - 1 / (4 * N)) / (2 * N**2 * (beta + G))
    ),
    "jt-lem-c7-i": lambda D, R_0: D + R_0 + R_0,
    "jt-lem-c7-ii": lambda **values: share_of(
        values["D"] + 3 * values["R_0"],
        values["b_k"] ** 2 + values["b_k+1"] ** 2,
        values["sigma_k+1"],
    ),
    "jt-eq-c17": lambda R_0: R_0 + R_0,
    "jt-txt-proof-3-7-bullet3": lambda R_0, epsilon: 1 / epsilon + (2 * R_0 / epsilon**2) ** 0.5,
    "own-constant-step": lambda F, N, R: 0.2 * F**2 / (R * N * F ** (2 * N)),
    "own-smoothed-margin": lambda F, F_0, M_0, N: M_0 / F_0**N * F**N,
    "own-risk-time": lambda M_0, N, mu_0, n, t: (
        np.exp(M_0) + (N * M_0 * (mu_0 / M_0) ** (1 / N)) ** 2 / n * t
    ),
    "own-risk-time-speed": lambda M, N, mu_0, n: N * ((M / mu_0) ** (2 / N) / N) ** (N - 1) / n,
    "own-alignment-rates": lambda Delta, E_k, M, N, gamma: (
        E_k / (np.exp(2 / N * np.log(M / gamma)) - Delta)
    ),
    "own-inner-rate": lambda **values: values["d_k"] / (values["sigma_k"] ** 2 - values["E_k+1"]),
    "own-margin-rate-linear": lambda M, alpha, gamma, n, x_0: np.where(
        alpha * x_0 > spread_of(n), gamma * x_0 / M, gamma * spread_of(n) / (alpha * M)
    ),
    "own-margin-rate": lambda M, alpha, gamma, n: gamma / M * (2 * spread_of(n) / alpha),
    "own-margin-rate-from": lambda alpha, f_1, gamma, n, rho_0, y_1: (
        f_1 + 2 * y_1 * (gamma * rho_0 + spread_of(n)) / (alpha * rho_0)
    ),
    "own-margin-rate-start": lambda N, alpha, gamma, n, rho_0: np.exp(
        np.log(4 * (N - 1) * spread_of(n) * (gamma + spread_of(n) / rho_0) / alpha**2) / N
    ),
    "jt-txt-sec4-lower-bound": lambda q: q**-0.5,
    "jt-txt-sec4-lower-bound-null": lambda m, n: (np.sqrt(m) + np.sqrt(n)) / np.sqrt(m * n),
    "own-off-size": lambda N, lambda_0, s_0, sigma_1, tau: (
        abs(lambda_0 - s_0) / (s_0 * lambda_0) / np.exp(N * lambda_0 * tau)
        + 2 * (sigma_1 - lambda_0) * (sigma_1 + lambda_0) / (N * lambda_0**3)
    ),
    "own-off-clock": lambda lambda_0, s_0, tau: (
        1.5 / np.minimum(s_0, lambda_0) ** 2
        - 2
        * tau
        * np.minimum(np.log(np.minimum(s_0, lambda_0)) / np.minimum(s_0, lambda_0), -np.log(s_0))
    ),
    "own-off-nearby": lambda delta, s_0: delta / (2 * np.sqrt(2) * np.sqrt(s_0)),
    "lsz-lem-5-r1": lambda **values: values["eta_+"] * values["c_0"] * (1 + np.pi) / np.pi,
}


def random_values(bound, rng):
    """Arguments within the hypotheses: angles in (0, π), t after T, gaps below α, all positive."""
    values = {name: rng.lognormal(size=50) for name in bound.arguments}
    for name in values:
        if name.startswith("theta"):
            values[name] = rng.uniform(0.01, np.pi - 0.01, 50)
    if "N" in values:
        values["N"] = rng.uniform(2.1, 8.0, 50)
    if "sigma_2" in values:
        values["sigma_2"] = values["sigma_1"] * rng.uniform(0.01, 0.99, 50)
    for name in {"c", "C_1", "P"} & set(values):
        values[name] = rng.uniform(0.05, 0.95, 50)
    if "n" in values:
        values["n"] += 1.0
    if "gamma_Z" in values:
        values["alpha"] = rng.uniform(0.05, 0.95, 50)
        values["gamma_Z"] = values["alpha"] * rng.uniform(0.01, 0.99, 50)
        values["beta"], values["m"] = rng.uniform(1.1, 2.0, 50), rng.uniform(0.1, 1.0, 50)
    if "T" in values:
        values["t"] = values["T"] + values["t"]
    return {name: value for name, value in values.items() if name in bound.arguments}


@pytest.mark.parametrize("name", BOUNDS)
def test_expression_against_an_independent_function(name):
    values = random_values(BOUNDS[name], np.random.default_rng(1))
    expected = INDEPENDENT[name](**values)
    np.testing.assert_allclose(BOUNDS[name](**values), expected, rtol=1e-12, atol=1e-13)


def python_of(latex):
    """The generated LaTeX as a Python expression; a fraction becomes frac(a)(b)."""
    text = re.sub(r"\\mathrm\{(\w+)\}", r"\1", latex)
    text = text.replace(r"\left", "").replace(r"\right", "").replace(r"\,", " * ")
    text = re.sub(r"\|\{(.*?)\}\|", r"abs(\1)", text)
    text = re.sub(r"_\{([^{}]*)\}", lambda m: "_" + m[1].replace("+", "plus"), text)
    return text.replace("\\", "").replace("^", "**").replace("{", "(").replace("}", ")")


@pytest.mark.parametrize("name", BOUNDS)
def test_typeset_formula_evaluates_to_the_bound(name):
    bound = BOUNDS[name]
    values = random_values(bound, np.random.default_rng(2))
    scope = {"sqrt": np.sqrt, "ln": np.log, "tan": np.tan, "cos": np.cos, "abs": np.abs}
    scope |= {"W": omega, "min": np.minimum, "max": np.maximum}
    scope |= {"pi": np.pi, "e": np.e, "frac": lambda a: lambda b: a / b}
    scope |= {key.replace("+", "plus"): value for key, value in values.items()}
    latex = bound.latex.removeprefix("\\begin{aligned}\n&").removesuffix("\n\\end{aligned}")
    assert latex.startswith(bound.left)
    head, *tail = latex.removeprefix(bound.left).split(", \\\\\n&")
    for definition in reversed(tail):
        symbol, formula = definition.split(" = ", 1)
        scope[python_of(symbol)] = eval(python_of(formula), scope)
    np.testing.assert_allclose(eval(python_of(head), scope), bound(**values), rtol=1e-12)


def test_wrong_arguments_are_named():
    with pytest.raises(TypeError, match=r"lsz-lem-4: takes \('S_n', 'theta_0'\)"):
        BOUNDS["lsz-lem-4"](S=1.0)


def test_no_overflow_at_late_times():
    bound = BOUNDS["lsz-thm-1-i"]
    late = bound(t=[0.0, 1e300], c_0=1.0, rho_0=1.0, theta_0=3.0)
    np.testing.assert_allclose(late, [np.cos(3.0), 1.0], atol=1e-15)


def test_ids_and_pages():
    for name, bound in BOUNDS.items():
        assert isinstance(bound, Bound)
        assert bound.id == name
        assert bound.page.startswith(("lsz/", "eft/", "clz/", "jt/", "synthesis/"))


@pytest.mark.parametrize(
    ("clock", "expression"), [(clock_minus, CLOCK_MINUS), (clock_plus, CLOCK_PLUS)]
)
def test_clocks_against_their_symbolic_sums(clock, expression):
    import sympy as sp

    steps, rho, c0 = [0.7, 2.0, 0.1, 5.0], 1.3, 0.6
    eta, n = sp.IndexedBase("eta"), len(steps)
    A, C = sp.symbols("A C", positive=True)
    total = expression.subs(sp.Symbol("n", nonnegative=True), n).doit()
    values = {eta[k]: step for k, step in enumerate(steps)}
    exact = total.subs({A: (rho / c0) ** 2, C: 2 * float(GAIN_CEILING) / c0**2}).subs(values)
    assert float(exact) == pytest.approx(clock(steps, rho, c0)[-1], rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": [1.0, 0.0], "start_norm": 1.0, "c0": 1.0}, "steps"),
        ({"steps": [1.0], "start_norm": 0.0, "c0": 1.0}, "start_norm"),
        ({"steps": [1.0], "start_norm": 1.0, "c0": -1.0}, "c0"),
        ({"steps": [[1.0]], "start_norm": 1.0, "c0": 1.0}, "steps"),
    ],
)
def test_clocks_reject_bad_input(arguments, message):
    for clock in (clock_minus, clock_plus):
        with pytest.raises(ValueError, match=message):
            clock(**arguments)


def test_theorem_1_lies_below_the_flow():
    law = Gaussian(3)
    flow = SphericalFlow(law, [0, 0, 1], [0.6, 0.2, -0.8], depth=1)
    turn, rho, theta = flow.turning_time, float(np.linalg.norm(flow.start)), flow.at(0.0).angle
    first = np.linspace(0, turn, 40)
    bound = BOUNDS["lsz-thm-1-i"](t=first, c_0=law.c0, rho_0=rho, theta_0=theta)
    assert np.all(np.cos(flow.at(first).angle) >= bound - 1e-12)
    second, end = turn + np.geomspace(1e-3, 1e3, 40), flow.at(turn)
    values = {"T": turn, "c_0": law.c0, "rho_T": end.norm, "theta_T": end.angle}
    bound = BOUNDS["lsz-thm-1-ii"](t=second, **values)
    assert np.all(np.cos(flow.at(second).angle) >= bound - 1e-12)


def test_root_of_0_6_pi_would_be_wrong():
    """With π under the root of A₂ the second bound exceeds cos θ(T) at t = T already."""
    law = UniformSphere(2)
    flow = SphericalFlow(law, [0, 1], [0.6, -0.8], depth=1)
    end = flow.at(flow.turning_time)
    start = 4 * law.c0 * end.norm / np.sqrt(0.6)  # times 1/√(0.6π) or 1/(√0.6 π)
    shift = np.arctanh(np.cos(end.angle)) * 2 - start / (np.sqrt(0.6) * np.pi)
    wrong = 1 - 2 / (np.exp(start / np.sqrt(0.6 * np.pi) + shift) + 1)
    right = 1 - 2 / (np.exp(start / (np.sqrt(0.6) * np.pi) + shift) + 1)
    assert right == pytest.approx(np.cos(end.angle))
    assert wrong > np.cos(end.angle) + 0.1


def test_lemma_4_lies_below_gradient_descent():
    """On the weights themselves, not by the recursion in the plane that the ledger uses."""
    law, steps = UniformSphere(3), np.array([3.0, 0.1, 5.0, 1.0, 2.0, 0.5])
    start = np.array([0.5, 1.0, -6.0])
    run = gradient_descent(
        SphericalLogistic(law, [0, 0, 1]), (start[None, :],), step=steps, steps=len(steps)
    )
    w = run.product[:, 0]
    cosine = w[:, 2] / np.linalg.norm(w, axis=1)
    wrong = cosine < 0
    assert wrong.sum() > 3
    clock = clock_minus(steps, float(np.linalg.norm(start)), law.c0)
    bound = BOUNDS["lsz-lem-4"](S_n=clock, theta_0=np.arccos(cosine[0]))
    assert np.all(cosine[wrong] >= bound[wrong] - 1e-12)
