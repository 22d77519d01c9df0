"""Names of curves in the static pictures of widgets: what they cover, and where they stay."""

from __future__ import annotations

import numpy as np
import pytest

from lindyn.explore import labels, picture, table
from lindyn.explore.labels import Box, Line, Name
from lindyn.explore.spec import Exploration

ROOM = Box(0.0, 0.0, 200.0, 100.0)
EXPLORATIONS = table.explorations()


def flat(height: float, shift: float = 0.0) -> np.ndarray:
    """A level line across the room."""
    ends = np.array([(shift, height), (200.0, height)])
    return labels.seen_points(ends, ROOM, False)


def covered(text: Box, lines: list[Line]) -> int:
    return sum(int(np.sum(text.away(line.points) < 0)) for line in lines)


@pytest.mark.parametrize("side", labels.SIDES)
def test_where_nothing_is_in_the_way_a_name_stands_as_wished(side: str) -> None:
    wish = np.array([100.0, 50.0])
    (text,) = labels.place([Name(30.0, wish, side, wish[None])], [], ROOM)
    across, up, tied = labels.SIDES[side]
    assert (text.left, text.bottom) == (100 + across - 30 * tied, 50 + up)
    assert (text.right - text.left, text.top - text.bottom) == (30, labels.CAPITAL)


def test_a_name_gives_way_to_a_line_and_to_another_name() -> None:
    own, other = Line(flat(50), 1.5, 1.0), Line(flat(58), 1.5, 1.0)
    names = [Name(40.0, own.points[20], "upper right", own.points) for _ in range(2)]
    alone, beside = labels.place(names, [own], ROOM)
    assert alone.bottom > 50 and alone.gap(beside) >= 2
    assert covered(alone, [own]) == covered(beside, [own]) == 0
    (under,) = labels.place(names[:1], [own, other], ROOM)
    assert under.top < 50


@pytest.mark.parametrize(("wish", "side"), [((199, 50), "right"), ((1, 1), "lower left")])
def test_a_name_is_turned_inward_at_the_border(wish: tuple[float, float], side: str) -> None:
    point = np.array(wish, dtype=float)
    (text,) = labels.place([Name(40.0, point, side, point[None])], [], ROOM)
    assert text.left >= 0 and text.right <= 200 and text.bottom >= 0 and text.top <= 100


def test_the_name_of_an_area_lies_in_it() -> None:
    area = np.array([(100.0, 0.0), (100.0, 100.0), (200.0, 100.0), (200.0, 0.0)])
    border = labels.seen_points(area, ROOM, False)
    (text,) = labels.place([Name(60.0, border[0], "left", border, area)], [], ROOM)
    assert text.left >= 100


def test_only_what_is_inside_is_seen() -> None:
    crossing = labels.seen_points(np.array([(-300.0, 50.0), (500.0, 50.0)]), ROOM, False)
    np.testing.assert_allclose(crossing[[0, -1]], [(0, 50), (200, 50)])
    assert np.all(np.diff(crossing[:, 0]) <= labels.GRAIN)
    outside = np.array([(-1.0, 150.0), (201.0, 150.0), (np.nan, 50.0)])
    assert len(labels.seen_points(outside, ROOM, False)) == 0
    dots = np.array([(10.0, 10.0), (300.0, 10.0)])
    np.testing.assert_array_equal(labels.seen_points(dots, ROOM, True), dots[:1])


@pytest.mark.parametrize("exploration", EXPLORATIONS, ids=lambda e: e.name)
def test_names_cover_next_to_nothing(
    exploration: Exploration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the setting on the page no name lies on another, and hardly a curve is touched."""
    panels = []
    place = labels.place

    def watched(names: list[Name], lines: list[Line], room: Box) -> list[Box]:
        panels.append((lines, room, place(names, lines, room)))
        return panels[-1][-1]

    monkeypatch.setattr(labels, "place", watched)
    assert picture.draw(exploration, exploration.start, "names").html
    assert len(panels) >= len(exploration.panels)
    for lines, room, texts in panels:
        for number, text in enumerate(texts):
            assert room.left <= text.left and room.bottom <= text.bottom and text.top <= room.top
            assert text.right <= room.right + 1e-9
            assert all(text.gap(other) > 0 for other in texts[:number])
        assert sum(covered(text, lines) for text in texts) <= 9
