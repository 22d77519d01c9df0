"""Spectra at the critical points: second differences, the formula, the flat ones."""

import numpy as np
import pytest

from lindyn import end_to_end, imbalance
from lindyn.figures.eft import spectra
from lindyn.flows import flatten, unflatten


@pytest.fixture(scope="module")
def found():
    return spectra.compute_spectra()


def loss(layers):
    return np.sum((end_to_end(layers) - spectra.target()) ** 2) / 2


@pytest.mark.parametrize("depth", spectra.WIDTHS)
@pytest.mark.parametrize("j", range(4))
def test_spectra_are_those_of_second_differences_and_of_the_formula(found, depth, j):
    layers = spectra.point(depth, j)
    assert max(np.abs(gap).max() for gap in imbalance(layers)) < 1e-15
    flat = flatten(layers)
    shapes = [layer.shape for layer in layers]
    h, steps = 1e-3, np.eye(flat.size)

    def at(move):
        return loss(unflatten(flat + h * move, shapes))

    hessian = [[at(a + b) - at(a - b) - at(b - a) + at(-a - b) for a in steps] for b in steps]
    values = np.linalg.eigvalsh(np.array(hessian) / (4 * h**2))
    spectrum = found[f"spectrum_{depth}_{j}"]
    assert spectrum == pytest.approx(values, abs=2e-5)
    assert spectrum[np.abs(spectrum) > 1e-9] == pytest.approx(
        found[f"formula_{depth}_{j}"], abs=1e-12
    )


def test_only_the_origin_of_three_layers_or_more_is_flat(found):
    assert np.array_equal(found["kind_2"], [0, 1, 1, 1])
    for depth in (3, 4):
        assert np.array_equal(found[f"kind_{depth}"], [0, 1, 1, 2])
        assert np.abs(found[f"spectrum_{depth}_3"]).max() == 0
