"""What every figure gives: drawings for pages and print, and words."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure

from lindyn import figures
from lindyn.__main__ import main
from lindyn.figures import style

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
