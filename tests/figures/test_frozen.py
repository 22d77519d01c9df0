"""Arrays of the figures against frozen values."""

import numpy as np
import pytest

from lindyn import figures
from reference.figures.make import COMPUTED, FROZEN

FROM_LEDGER = {"clz-fig-3"}  # drawn from the uses of its rows


@pytest.mark.parametrize("id", COMPUTED)
def test_arrays_are_the_frozen_ones(id):
    """To seven digits; what is round-off itself (below 1e-7) may differ."""
    frozen, found = np.load(FROZEN / f"{id}.npz"), COMPUTED[id]()
    assert set(frozen.files) == set(found)
    for name in frozen.files:
        assert np.shape(found[name]) == frozen[name].shape, name
        np.testing.assert_allclose(
            np.asarray(found[name], float), frozen[name], rtol=3e-6, atol=1e-7, err_msg=name
        )


def test_every_figure_is_computed_by_a_frozen_function():
    for id in set(figures.FIGURES) - FROM_LEDGER:
        assert any(id.startswith(computed) for computed in COMPUTED), id
