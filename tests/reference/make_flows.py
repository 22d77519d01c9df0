"""Reference trajectories of the spherical flow, to 30 digits: writes ``flows.json``.

Independent of the package: the flow that balanced layers induce on (ln ρ, θ), in ordinary time,

    (ln ρ)' = −N ρ^{1−2/N} (Φ'(ρ) − κ cos θ),     θ' = −ρ^{1−2/N} κ sin θ,

with the unknowns ln ρ and q = ln tan(θ/2), in 75-digit arithmetic (Arb): collocation at
Gauss–Legendre points on panels in σ = ln(1 + t/δ), accepted when two numbers of points agree to 29
digits.  No natural time, no closed form, and Φ' from a Gauss–Legendre rule graded at x₁ = 0,
tabulated in polynomials of degree 59 on the octaves of ρ.

Run ``python tests/reference/make_flows.py``; it takes some minutes.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable
from pathlib import Path

import mpmath
from flint import arb, arb_mat, arb_poly, ctx
from tqdm import tqdm

ctx.prec = 250
mpmath.mp.prec = 250
DIGITS = 30
TIMES = ["1e-6", "0.01", "1", "7.5", "100", "3e3", "1e6"]

# law, depth, norm of the start, angle of the start
CASES = [
    ("UniformSphere(2)", 1, "1", "2.5"),
    ("UniformSphere(2)", 2, "1", "2.5"),
    ("UniformSphere(2)", 3, "1", "2.5"),
    ("UniformSphere(2)", 4, "1", "2.5"),
    ("UniformSphere(2)", 7, "1", "2.5"),
    ("UniformSphere(2)", 1, "1e-6", "1"),
    ("UniformSphere(2)", 3, "1e-6", "1"),
    ("UniformSphere(2)", 7, "0.01", "0.001"),
    ("UniformSphere(2)", 1, "1e6", "3"),
    ("UniformSphere(2)", 2, "1e6", "0.001"),
    ("UniformSphere(2)", 4, "1e6", "2"),
    ("UniformSphere(2)", 1, "3", "pi-0.001"),
    ("UniformSphere(2)", 2, "3", "pi-0.001"),
    ("UniformSphere(2)", 4, "3", "pi-0.001"),
    ("Gaussian(3)", 1, "2", "2.2"),
    ("Gaussian(3)", 2, "1e3", "3"),
    ("Gaussian(3)", 7, "5", "1.6"),
    ("UniformBall(3)", 3, "20", "2.9"),
    ("StudentT(2, 3.0)", 1, "0.5", "3"),
    ("StudentT(2, 3.0)", 4, "10", "1"),
]


@functools.cache
def legendre(n: int) -> list[tuple[arb, arb]]:
    """Nodes on (−1, 1) and weights."""
    return [arb.legendre_p_root(n, k, weight=True) for k in range(n)][::-1]


@functools.cache
def integration(n: int) -> tuple[list[arb], arb_mat, list[arb]]:
    """Nodes, the matrix of ∫_{−1}^{x_i} at them, and the weights of the whole integral."""
    nodes = [x for x, _ in legendre(n)]
    weights = [w for _, w in legendre(n)]
    # ∫ P_k = (P_{k+1} − P_{k−1})/(2k + 1); coefficients of P_k by Gauss's rule.
    values = [[x.legendre_p(k) for k in range(n + 1)] for x in nodes]
    rows = []
    for i in range(n):
        tail = [(nodes[i] + 1)] + [
            (values[i][k + 1] - values[i][k - 1]) / (2 * k + 1) for k in range(1, n)
        ]
        rows.append(
            [
                weights[j]
                * sum((arb(2 * k + 1) / 2 * values[j][k] * tail[k] for k in range(n)), arb(0))
                for j in range(n)
            ]
        )
    return nodes, arb_mat(rows).mid(), weights


class Slope:
    """Φ' and Φ'' of a law of a = |x₁|, given by weight functions on panels."""

    def __init__(self, panels: list[tuple[arb, arb]], a: Callable, density: Callable) -> None:
        rule = [
            (a(x), w * (end - start) / 2 * density(x))
            for start, end in panels
            for node, w in legendre(50)
            for x in [((end - start) * node + end + start) / 2]
        ]
        mass = sum((w for _, w in rule), arb(0))
        self.rule = [(x, w / mass) for x, w in rule if float((w * x / mass).log()) > -180]
        self.kappa = (sum((w * x for x, w in self.rule), arb(0)) / 2).mid()
        self.octaves: dict[int, tuple[arb_poly, arb_poly]] = {}

    def residual(self, r: arb) -> arb:
        """E ln(1 + e^{−ra})."""
        return sum((w * (-r * x).exp().log1p() for x, w in self.rule), arb(0)).mid()

    def table(self, octave: int) -> tuple[arb_poly, arb_poly]:
        """Polynomials for Φ' and its derivative in u, r = 2^octave·(3 + u)/4, u in (−1, 1)."""
        if octave not in self.octaves:
            n = 60
            points = [(arb(2 * k + 1) / (2 * n)).cos_pi() for k in range(n)]
            radii = [(3 + u) / 4 * arb(2) ** octave for u in points]
            values = [
                (sum((w * x * (r * x / 2).tanh() for x, w in self.rule), arb(0)) / 2).mid()
                for r in radii
            ]
            with_guard = ctx.prec
            ctx.prec = 500  # interpolation in powers loses digits
            poly = arb_poly.interpolate([p.mid() for p in points], values)
            poly = arb_poly([c.mid() for c in poly.coeffs()])
            ctx.prec = with_guard
            self.octaves[octave] = poly, poly.derivative()
        return self.octaves[octave]

    def at(self, r: arb) -> tuple[arb, arb]:
        """Φ'(r), Φ''(r)."""
        octave = math.frexp(float(r))[1]
        scale = arb(2) ** octave
        u = 4 * r / scale - 3
        value, derivative = self.table(octave)
        return value(u).mid(), (derivative(u) * 4 / scale).mid()


def doubling(top: arb, octaves: int) -> list[tuple[arb, arb]]:
    """Panels from 0 that double in length."""
    edges = [arb(0)] + [top * arb(2) ** -k for k in range(octaves, -1, -1)]
    return list(zip(edges[:-1], edges[1:], strict=True))


@functools.cache
def law(name: str) -> Slope:
    """The laws of CASES."""
    if name == "UniformSphere(2)":
        return Slope(doubling(arb.pi() / 2, 70), lambda x: x.sin(), lambda x: arb(1))
    if name == "UniformBall(3)":
        return Slope(doubling(arb.pi() / 2, 70), lambda x: x.sin(), lambda x: x.cos() ** 3)
    if name == "Gaussian(3)":
        return Slope(doubling(arb(16), 75), lambda x: x, lambda x: (-x * x / 2).exp())
    if name == "StudentT(2, 3.0)":
        return Slope(doubling(arb(2) ** 60, 130), lambda x: x, lambda x: (1 + x * x / 3) ** -2)
    raise KeyError(name)


class Flow:
    """Collocation in σ = ln(1 + t/δ) for (ln ρ, q)."""

    def __init__(self, slope: Slope, depth: int, norm: arb, angle: arb, points: int) -> None:
        self.slope, self.depth, self.points = slope, depth, points
        self.sigma = arb(0)
        self.state = norm.log().mid(), (angle / 2).tan().log().mid()
        rate = norm ** (1 - arb(2) / depth)
        self.delta = (arb("0.3") / (depth * slope.kappa * rate)).mid()

    def field(self, ell: arb, q: arb, reach: arb) -> tuple[arb, arb, arb, arb, arb]:
        """Both velocities with respect to σ, and the derivatives of the field in ln ρ and q."""
        n, kappa = self.depth, self.slope.kappa
        r = ell.exp()
        slope, curvature = self.slope.at(r)
        power = 1 - arb(2) / n
        gear = reach * (power * ell).exp()
        square = (2 * q).exp()
        cos = (1 - square) / (1 + square)
        away = slope - kappa * cos
        dell = -n * gear * away
        dq = -kappa * gear
        d_ell_ell = power * dell - n * gear * curvature * r
        d_ell_q = -n * gear * kappa * 4 * square / (1 + square) ** 2
        return dell, dq, d_ell_ell, d_ell_q, power * dq

    def panel(self, width: arb, targets: list[arb]) -> tuple[list, arb] | None:
        """Values at σ-targets inside the panel, or None where it is not resolved; steps on."""
        nodes, matrix, weights = integration(self.points)
        n, half = self.points, width / 2
        reach = [(self.delta * (self.sigma + half * (1 + x)).exp()).mid() for x in nodes]
        start = self.state
        first = self.field(*start, self.delta * self.sigma.exp())
        ell = [(start[0] + first[0] * half * (1 + x) / 2).mid() for x in nodes]
        q = [(start[1] + first[1] * ((half * (1 + x)).exp() - 1)).mid() for x in nodes]
        for _ in range(25):
            try:
                f = [self.field(e, p, d) for e, p, d in zip(ell, q, reach, strict=True)]
            except (OverflowError, ValueError):
                return None
            ints = (half * matrix * arb_mat([[v[0], v[1]] for v in f])).mid()
            rest_e = [start[0] + ints[i, 0] - ell[i] for i in range(n)]
            rest_q = [start[1] + ints[i, 1] - q[i] for i in range(n)]
            big = arb_mat(2 * n, 2 * n)
            for i in range(n):
                for j in range(n):
                    b = half * matrix[i, j]
                    big[i, j] = (i == j) - b * f[j][2]
                    big[i, n + j] = -b * f[j][3]
                    big[n + i, j] = -b * f[j][4]
                big[n + i, n + i] = arb(1)
            step = big.mid().solve(
                arb_mat([[v.mid()] for v in rest_e + rest_q]), algorithm="approx"
            )
            size = max(abs(float(step[i, 0].mid())) for i in range(2 * n))
            if not math.isfinite(size) or size > 3 + 0.2 * max(abs(float(p)) for p in q):
                return None
            ell = [(ell[i] + step[i, 0]).mid() for i in range(n)]
            q = [(q[i] + step[n + i, 0]).mid() for i in range(n)]
            if size < 1e-40:
                break
        else:
            return None
        f = [self.field(e, p, d) for e, p, d in zip(ell, q, reach, strict=True)]
        for component in (0, 1):  # Legendre coefficients of the velocities
            values = [v[component] for v in f]
            size = max(abs(float(v)) for v in values)
            for k in (n - 1, n - 2, n - 3):
                c = sum(
                    (
                        w * x.legendre_p(k) * v
                        for x, w, v in zip(nodes, weights, values, strict=True)
                    ),
                    arb(0),
                )
                if abs(float(c)) * k * float(half) > 1e-35 * max(1.0, size * float(half)):
                    return None
        found = []
        for target in targets:
            x = 2 * (target - self.sigma) / width - 1
            row = [x.legendre_p(k) for k in range(n + 1)]
            tail = [x + 1] + [(row[k + 1] - row[k - 1]) / (2 * k + 1) for k in range(1, n)]
            value = []
            for component in (0, 1):
                total = arb(0)
                for k in range(n):
                    c = sum(
                        (
                            w * y.legendre_p(k) * v[component]
                            for y, w, v in zip(nodes, weights, f, strict=True)
                        ),
                        arb(0),
                    )
                    total += arb(2 * k + 1) / 2 * c * tail[k]
                value.append((start[component] + half * total).mid())
            found.append(tuple(value))
        ends = [sum((w * v[c] for w, v in zip(weights, f, strict=True)), arb(0)) for c in (0, 1)]
        self.state = tuple((start[c] + half * ends[c]).mid() for c in (0, 1))
        self.sigma = (self.sigma + width).mid()
        return found

    def run(self, times: list[arb]) -> list[tuple[arb, arb]]:
        """(ln ρ, q) at the times."""
        targets = [(1 + t / self.delta).log().mid() for t in times]
        out: list[tuple[arb, arb]] = []
        width = arb("0.5")
        while len(out) < len(targets):
            inside = [s for s in targets[len(out) :] if float(s) <= float(self.sigma + width)]
            found = self.panel(width, inside)
            if found is None:
                width = width / 2
                if float(width) < 1e-5:
                    raise ArithmeticError(f"no progress at σ = {self.sigma}")
                continue
            out += found
            width = (width * arb("1.3")).mid()
        return out


def number(text: str) -> arb:
    """A number, or π less a number."""
    return arb.pi() - arb(text[3:]) if text.startswith("pi-") else arb(text)


def case(name: str, depth: int, norm: str, angle: str) -> dict[str, object]:
    """One trajectory, with two numbers of points that must agree."""
    slope = law(name)
    start = number(norm), number(angle)
    runs = [Flow(slope, depth, *start, points).run([arb(t) for t in TIMES]) for points in (32, 40)]
    rows = []
    for t, (ell, q), (ell_2, q_2) in zip(TIMES, *runs, strict=True):
        if max(abs(float(ell - ell_2)), abs(float((q - q_2) / (1 + abs(q))))) > 1e-29:
            raise ArithmeticError(f"{name} {depth} {norm} {angle} at {t}: {ell} {ell_2} {q} {q_2}")
        norm_t, square = ell.exp(), (2 * q).exp()
        away = 2 * square / (1 + square)
        loss = slope.residual(norm_t) + slope.kappa * norm_t * away
        rows.append(
            {
                "t": t,
                "norm": norm_t.str(DIGITS, radius=False),
                "one_minus_cos": away.str(DIGITS, radius=False),
                "loss": loss.str(DIGITS, radius=False),
            }
        )
    return {"law": name, "depth": depth, "norm": norm, "angle": angle, "rows": rows}


def main() -> None:
    """Compute and write everything."""
    path = Path(__file__).with_name("flows.json")
    cases = []
    for item in tqdm(CASES, desc="trajectories"):
        cases.append(case(*item))
        path.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
