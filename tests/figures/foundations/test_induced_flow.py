"""Only the balanced start follows the induced flow."""

import pytest

from lindyn.figures.foundations import induced_flow


def test_induced_flow_is_followed_by_the_balanced_start_only():
    data = induced_flow.compute_induced()
    assert data["apart_1"].max() < 1e-8
    for c in induced_flow.SCALES[1:]:
        assert data[f"path_{c}"][0] == pytest.approx(induced_flow.START[0], rel=1e-14)
        assert data[f"apart_{c}"].max() > 0.5
        assert data[f"path_{c}"][-1] == pytest.approx(induced_flow.TARGET[0], abs=1e-7)
