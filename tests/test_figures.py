"""Figures: their arrays against frozen values and against what they mean, and their output."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure

from lindyn import figures
from lindyn.__main__ import main
from lindyn.figures import foundations, lsz, style
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


# --- Figure 1a ---------------------------------------------------------------------------------


def test_figure_1a_runs_as_the_paper_says():
    assert (lsz.TEACHER, lsz.START) == ((0.0, 1.0), (0.6, -0.8))
    assert (lsz.STEP, lsz.BATCH, lsz.RESTART) == (1e-3, 1000, 5000)
    data = lsz.compute_fig_1a()
    assert data["sgd_gap"][0] == pytest.approx(1.8)
    assert data["sgd_norm"][0] == pytest.approx(1.0)
    assert data["n"][-1] == lsz.STEPS


def test_figure_1a_sgd_stays_in_a_band_around_the_flow():
    """Noise of one step is at most η/√batch in mean square: after n steps √n times that."""
    data = lsz.compute_fig_1a()
    band = 4 * lsz.STEP * np.sqrt(np.maximum(data["n"], 1) / lsz.BATCH) + lsz.STEP
    assert np.all(np.abs(data["sgd_norm"] - data["flow_norm"]) < band)
    assert np.all(np.abs(data["sgd_loss"] - data["flow_loss"]) < band)
    angles = [np.arccos(1 - data[f"{name}_gap"]) for name in ("sgd", "flow")]
    assert np.all(np.abs(angles[0] - angles[1]) < band / data["flow_norm"])
    apart = np.max(np.abs(data["sgd_norm"] - data["flow_norm"]))
    assert apart > 1e-6, "SGD without noise: it is not stochastic"


def test_figure_1a_bounds_hold_after_their_restart_and_touch_there():
    data = lsz.compute_fig_1a()
    for name, restart in (("bound_0", 0), ("bound_5000", lsz.RESTART)):
        after = data["n"] >= restart
        assert np.all(np.isnan(data[name][~after]))
        bound, gap = data[name][after], data["flow_gap"][after]
        assert np.all(bound >= gap * (1 - 1e-11))
        assert bound[0] == pytest.approx(gap[0], rel=1e-11)
        assert np.all(np.diff(bound) < 0)
        assert bound[-1] > 1.5 * gap[-1]
    late = data["n"] > lsz.RESTART
    assert np.all(data["bound_5000"][late] < data["bound_0"][late])


def test_figure_1a_norm_falls_then_grows():
    data = lsz.compute_fig_1a()
    turn = int(np.argmin(data["flow_norm"]))
    assert abs(data["t"][turn] - data["turning"]) <= lsz.RECORD_EVERY * lsz.STEP
    assert np.all(np.diff(data["sgd_norm"][: turn - 1]) < 0)
    assert np.all(np.diff(data["sgd_norm"][turn + 2 :]) > 0)
    assert data["turning"] < lsz.RESTART * lsz.STEP, "the paper restarts after the turn"


# --- Figure 2 ----------------------------------------------------------------------------------


def test_figure_2_signs_agree_with_the_exact_boundary_away_from_it():
    """The mean of 1000 values z/(1+e^z) spreads by their standard deviation over √1000."""
    data = lsz.compute_fig_2()
    nodes, weights = np.polynomial.legendre.leggauss(60)
    turn = np.pi / 2 * (nodes + 1)
    first, second = np.meshgrid(data["first"], data["second"])
    z = first[..., None] * np.cos(turn) + second[..., None] * np.sin(turn)
    values = z / (1 + np.exp(z))
    spread = np.sqrt((values**2 @ weights / 2 - data["exact"] ** 2) / lsz.SAMPLES)
    assert np.all(np.abs(data["estimate"] - data["exact"]) <= 5 * spread)
    clear = np.abs(data["exact"]) > 5 * spread
    assert np.mean(clear) > 0.8
    assert np.array_equal(data["estimate"][clear] > 0, data["exact"][clear] > 0)
    assert np.mean((data["estimate"] > 0) == (data["exact"] > 0)) > 0.97


def test_figure_2_gain_against_its_definition():
    """g(w) = E[z/(1+e^z)] with z = y w·x, by quadrature on the half circle."""
    data = lsz.compute_fig_2()
    nodes, weights = np.polynomial.legendre.leggauss(300)
    turn = np.pi / 2 * (nodes + 1)
    for row, column in ((10, 20), (45, 45), (80, 70)):
        z = data["first"][column] * np.cos(turn) + data["second"][row] * np.sin(turn)
        direct = np.sum(weights * z / (1 + np.exp(z))) / 2
        assert data["exact"][row, column] == pytest.approx(direct, abs=1e-12)


def test_figure_2_boundary_is_where_the_gain_vanishes():
    data = lsz.compute_fig_2()
    nodes, weights = np.polynomial.legendre.leggauss(300)
    turn = np.pi / 2 * (nodes + 1)
    for rho, theta in zip(data["norm"][1::30], data["angle"][1::30], strict=True):
        z = rho * (np.sin(theta) * np.cos(turn) + np.cos(theta) * np.sin(turn))
        assert np.sum(weights * z / (1 + np.exp(z))) == pytest.approx(0, abs=1e-11)
    assert data["angle"][0] == pytest.approx(np.pi / 2)


# --- Foundations -------------------------------------------------------------------------------


def test_first_run_of_one_layer_is_exponential():
    data = foundations.compute_first_run()
    start = np.sum((np.diag(foundations.TARGET) - foundations.SMALL) ** 2) / 2
    exact = start * np.exp(-2 * data["t"])
    assert data["risk_1"] == pytest.approx(exact, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("depth", [2, 3])
def test_first_run_waits_on_the_level_of_each_missing_singular_value(depth):
    """With the k largest learned the risk is ½ Σ of the squares of the others."""
    data = foundations.compute_first_run()
    slow = np.abs(np.gradient(np.log(data[f"risk_{depth}"]), np.log(data["t"] + 1e-9)))
    for level in (0.5 * (1 + 0.09), 0.5 * 0.09):
        near = np.abs(np.log(data[f"risk_{depth}"] / level)) < 0.35
        assert near.any()
        assert slow[near].min() < slow.max() / 3


def test_first_run_small_steps_follow_the_flow_and_a_large_one_does_not():
    data = foundations.compute_first_run()
    for k, expected in ((0, True), (1, True), (2, False)):
        late = data[f"descent_t_{k}"] > 6
        flow = np.interp(data[f"descent_t_{k}"][late], data["near"], data["risk_near"])
        assert np.all(np.abs(data[f"descent_risk_{k}"][late] - flow) < 0.01) == expected
    sharpness = 3 * foundations.TARGET.max() ** (4 / 3)  # N s^{2−2/N} at the minimum
    assert max(foundations.RUN_STEPS[:2]) < 2 / sharpness < foundations.RUN_STEPS[2]


def test_conserved_gaps_stand_still_while_layers_move():
    data = foundations.compute_conserved()
    assert np.ptp(data["gap"], axis=0).max() < 1e-8
    assert np.ptp(data["size"], axis=0).min() > 1


def test_conserved_drift_of_descent_is_linear_in_the_step_and_below_its_bound():
    data = foundations.compute_conserved()
    assert data["met"].all()
    assert np.all(data["drift"] <= data["bound"])
    slope = np.polyfit(np.log(data["step"]), np.log(data["drift"]), 1)[0]
    assert slope == pytest.approx(1, abs=0.1)
    assert data["flow_drift"] < 1e-9


def test_induced_flow_is_followed_by_the_balanced_start_only():
    data = foundations.compute_induced()
    assert data["apart_1"].max() < 1e-8
    for c in foundations.SCALES[1:]:
        assert data[f"path_{c}"][0] == pytest.approx(foundations.PLANE_START[0], rel=1e-14)
        assert data[f"apart_{c}"].max() > 0.5
        assert data[f"path_{c}"][-1] == pytest.approx(foundations.PLANE_TARGET[0], abs=1e-7)


def test_clock_and_gear_one_direction_and_many_norms():
    data = foundations.compute_clock_and_gear()
    angles = np.stack([data[f"tau_angle_{n}"] for n in foundations.DEPTHS])
    assert np.ptp(angles, axis=0).max() < 1e-6
    kappa = 1 / np.pi
    start = np.arctanh(-0.8)
    exact = np.degrees(np.arccos(np.tanh(start + kappa * data["tau"])))
    assert angles[0] == pytest.approx(exact, abs=1e-6)
    # The gear: ln ρ moves N times as fast at the start, where all norms are equal.
    moved = [np.log(data[f"tau_norm_{n}"][1] / 0.5) for n in foundations.DEPTHS]
    assert np.array(moved) / moved[0] == pytest.approx(foundations.DEPTHS, rel=0.02)


# --- Output ------------------------------------------------------------------------------------

ALLOWED = {style.BLUE, style.ORANGE, style.GREEN, style.PINK}


@pytest.fixture(scope="module", params=list(figures.FIGURES))
def picture(request):
    return figures.show(request.param)


def drawings(picture):
    inline = re.findall(r"<svg.*?</svg>", picture.html, flags=re.DOTALL)
    return [picture.svg[picture.svg.index("<svg") :], *inline]


def test_every_drawing_is_an_accessible_svg_of_the_palette(picture):
    found = drawings(picture)
    assert len(found) == 1 + len(picture.panels)
    for text in found:
        root = ET.fromstring(text)
        assert root.get("role") == "img"
        assert root.get("fill") == "currentColor"
        assert root.get("viewBox")
        assert root.get("width") is None
        assert "<style" not in text
        assert "<metadata" not in text
        assert "#000000" not in text
        assert set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", text)) <= ALLOWED
    words = [ET.fromstring(text).get("aria-label") for text in found]
    assert words == [picture.alt, *(panel.alt for panel in picture.panels)]


def test_ids_of_a_drawing_are_its_own(picture):
    seen = set()
    for number, text in enumerate(drawings(picture)):
        prefix = picture.id if number == 0 else f"{picture.id}-{number}"
        ids = re.findall(r'\bid="([^"]*)"', text)
        used = re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', text)
        assert all(id.startswith(f"{prefix}-") for id in ids)
        assert len(ids) == len(set(ids))
        assert {a or b for a, b in used} <= set(ids)
        assert not seen & set(ids)
        seen |= set(ids)


def test_words_say_what_the_data_show(picture):
    for panel in picture.panels:
        assert len(panel.alt) > 80
        assert re.search(r"\d", panel.alt)
        assert panel.alt[0].isupper()
        assert panel.alt.endswith(".")
        assert "nan" not in panel.alt.lower().split()


def test_drawings_are_the_same_bytes_each_time(picture):
    again = figures.show(picture.id)
    assert again.svg == picture.svg
    assert again.html == picture.html
    assert again.png == picture.png
    assert again.pdf == picture.pdf


def test_a_notebook_gets_three_outputs(picture):
    bundle = picture._repr_mimebundle_()
    assert bundle["text/plain"] == picture.alt == repr(picture)
    assert bundle["text/html"] == picture.html
    assert base64.b64decode(bundle["application/pdf"]) == picture.pdf
    assert picture.pdf.startswith(b"%PDF")
    assert isinstance(picture.figure(), Figure)


def test_pictures_are_twice_as_fine_as_a_screen():
    import matplotlib.image

    width = matplotlib.image.imread(io.BytesIO(figures.show("lsz-fig-2").png)).shape[1]
    assert width >= 2 * 96 * 3.9 * 0.99


def test_the_reader_s_own_settings_of_matplotlib_are_neither_used_nor_changed():
    import matplotlib

    before = figures.show("lsz-fig-1a-norm").svg
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9}):
        assert figures.show("lsz-fig-1a-norm").svg == before
        assert matplotlib.rcParams["font.size"] == 30


def test_an_unknown_figure_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"id: must be .*Near: lsz-fig-1a-angle"):
        figures.show("lsz-fig-1a-angl")


def test_the_command_writes_svg_and_png(tmp_path):
    assert main(["figures", "lsz-fig-1a-norm", "--out", str(tmp_path)]) == 0
    picture = figures.show("lsz-fig-1a-norm")
    assert (tmp_path / "lsz-fig-1a-norm.svg").read_text(encoding="utf-8") == picture.svg
    assert (tmp_path / "lsz-fig-1a-norm.png").read_bytes() == picture.png
