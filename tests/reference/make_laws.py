"""Reference values of the four radial means, to 30 digits: writes ``laws.json``.

Rigorous integration in ball arithmetic (Arb), straight from the definitions; every printed digit is
certified.  Run ``python tests/reference/make_laws.py``; it takes half a minute.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from flint import acb, arb, ctx
from tqdm import tqdm

ctx.prec = 250
DIGITS = 30
RADII = ["1e-6", "1e-3", "0.1", "1", "2.5", "10", "137", "1e3", "1e6", "1e12"]
FAR = 400  # e^{−ra} is dropped beyond r·a = FAR: below 1e-170

Integrand = Callable[[acb, bool], acb]

# Functions of a, r and a flag: whether a ball that meets a branch cut must be refused.
MEANS: dict[str, Callable[[acb, arb, bool], acb]] = {
    "psi": lambda a, r, flag: a / (1 + (r * a).exp()),
    "residual": lambda a, r, flag: (1 + (-r * a).exp()).log(analytic=flag),
    "d2Phi": lambda a, r, flag: (a / (r * a / 2).cosh()) ** 2 / 4,
}


def integral(function: Integrand, cuts: list[arb]) -> arb:
    """∫ of an analytic function over the panels between rising cuts."""
    total = arb(0)
    for low, high in zip(cuts[:-1], cuts[1:], strict=True):
        total += acb.integral(
            function, low, high, rel_tol=arb(10) ** -40, abs_tol=arb(10) ** -95
        ).real
    return total


class Law:
    """|x₁| = a(u) with u in (low, high) of the given density, not normalised."""

    def __init__(
        self,
        a: Callable[[acb], acb],
        inverse: Callable[[arb], arb],
        density: Integrand,
        low: arb,
        high: arb,
    ) -> None:
        self.a, self.inverse, self.density = a, inverse, density
        self.low, self.high = low, high
        self.mass = integral(density, self.cuts(arb(1)))
        self.kappa = self.mean("", arb(1)) / 2

    def cuts(self, r: arb, last: arb | None = None) -> list[arb]:
        """The ends, and points where r·a is of order 1."""
        last = self.high if last is None else last
        inner = [self.inverse(arb(c) / r) for c in ("1e-9", 1, 8, 40)]
        return [self.low, *(u for u in inner if self.low < u < last), last]

    def mean(self, name: str, r: arb) -> arb:
        """One of MEANS, or E a."""
        if name == "dPhi":  # both integrals are certified, and 75 digits outlast the cancellation
            return self.kappa - self.mean("psi", r)
        end = self.inverse(FAR / r)
        last = end if name and end < self.high else self.high

        def weighted(u: acb, flag: bool) -> acb:
            value = MEANS[name](self.a(u), r, flag) if name else self.a(u)
            return value * self.density(u, flag)

        return integral(weighted, self.cuts(r, last)) / self.mass


class Points(Law):
    """|x₁| = 1."""

    def __init__(self) -> None:
        self.kappa = arb(1) / 2

    def mean(self, name: str, r: arb) -> arb:
        """One of MEANS."""
        if name == "residual":
            return (-r).exp().log1p()
        return super().mean(name, r) if name == "dPhi" else MEANS[name](acb(1), r, False).real


def angles(power: int) -> Law:
    """|x₁| = sin α with density ∝ cos^power α."""
    top = arb.pi() / 2
    return Law(
        lambda u: u.sin(),
        lambda a: a.asin() if a < 1 else arb(2),
        lambda u, flag: u.cos() ** power,
        arb(0),
        top,
    )


def line(density: Integrand, high: int) -> Law:
    """|x₁| = e^u with the given density of |x₁| on (0, e^high)."""
    return Law(
        lambda u: u.exp(),
        lambda a: a.log(),
        lambda u, flag: density(u.exp(), flag) * u.exp(),
        arb(-110),
        arb(high),
    )


LAWS: dict[str, Callable[[], Law]] = {
    "UniformSphere(1)": Points,
    "UniformSphere(2)": lambda: angles(0),
    "UniformSphere(3)": lambda: angles(1),
    "UniformSphere(10)": lambda: angles(8),
    "UniformSphere(100)": lambda: angles(98),
    "UniformBall(1)": lambda: angles(1),
    "UniformBall(3)": lambda: angles(3),
    "Gaussian(3)": lambda: line(lambda a, flag: (-a * a / 2).exp(), 5),
    "StudentT(2, 1.5)": lambda: line(
        lambda a, flag: (1 + a * a / arb("1.5")).pow(arb("-1.25"), analytic=flag), 165
    ),
    "StudentT(2, 3.0)": lambda: line(lambda a, flag: (1 + a * a / 3) ** -2, 45),
}


def main() -> None:
    """Compute and write everything."""
    table: dict[str, dict[str, list[str]]] = {}
    for name, make in tqdm(LAWS.items(), desc="laws"):
        law, table[name] = make(), {}
        for mean in ("psi", "residual", "dPhi", "d2Phi"):
            values = []
            for text in tqdm(RADII, desc=f"{name} {mean}", leave=False):
                value = law.mean(mean, arb(text))
                tiny = name == "UniformSphere(1)" and float(text) > 700 and mean != "dPhi"
                if not (value.is_finite() and (value.rel_accuracy_bits() > 100 or tiny)):
                    raise ArithmeticError(f"{name} {mean} at {text}: {value}")
                values.append(value.mid().str(DIGITS, radius=False))
            table[name][mean] = values
    path = Path(__file__).with_name("laws.json")
    path.write_text(json.dumps({"r": RADII, "laws": table}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
