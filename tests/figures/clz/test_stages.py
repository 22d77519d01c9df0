"""Figure 2: three stages, their bounds and their laws."""

import numpy as np
import pytest

from lindyn.figures.clz import stages


@pytest.fixture(scope="module")
def data():
    return stages.compute_fig_2()


def test_figure_2_has_three_stages_and_its_bounds_hold(data):
    first, second = data["turns"]
    assert data["gd_first"][0] < 0
    assert 0 < first < second < stages.SHOWN_LEFT
    n = data["n"]
    assert np.all(data["flow_first"][n < first] < 0)
    assert np.all(data["flow_first"][n > first] > 0)
    assert np.all((data["flow_pull"] < data["flow_s"])[n < second])
    assert np.all((data["flow_pull"] > data["flow_s"] - 1e-12)[n > second])
    assert np.all(data["floor"] <= data["flow_s"] * (1 + 1e-12))
    after = n >= second
    assert np.all(np.isnan(data["bound"][~after]))
    assert np.all(data["bound"][after] >= 5 * data["flow_gap"][after])
    assert np.max(np.abs(data["gd_s"] / data["flow_s"] - 1)) < 0.1


def test_figure_2_ends_on_its_laws(data):
    late = data["n"] > 6000
    gap = 5 * data["flow_gap"][late]
    assert gap == pytest.approx(data["law_first"][late], rel=1e-3)
    assert 5 - data["flow_s"][late] == pytest.approx(data["law_s"][late], rel=5e-2, abs=1e-13)
    plain = 5 - data["flow_first"][late]
    assert gap == pytest.approx(plain, rel=1e-3, abs=1e-13)
