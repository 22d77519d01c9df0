"""Figure 3: every way of the ledger and no other, downwards past the boxes."""

import numpy as np

from lindyn.figures.clz import roadmap
from lindyn.ledger.register import rows


def test_figure_3_has_every_way_of_the_ledger_and_no_other():
    graph, register = roadmap.roadmap(), rows()

    def above(id):
        return {id}.union(*(above(used) for used in register[id].uses))

    for id, premises in graph.items():
        assert set(premises) <= above(id) - {id}
        for used in register[id].uses:
            assert id in roadmap.ROOTS or used not in graph or used in premises
    assert set(roadmap.GOALS) | set(roadmap.ROOTS) <= set(graph)
    assert {"clz-prop-2-2-4", "clz-prop-2-2-5", "clz-lem-3-2", "clz-lem-3-6"} <= set(graph)


def test_figure_3_leaves_out_the_equations_but_not_what_stands_behind_them():
    graph = roadmap.roadmap()
    assert not any(id.startswith("clz-eq") for id in set(graph) - set(roadmap.ROOTS))
    assert "clz-prop-2-2-2" in graph["clz-lem-3-5-a"]  # through equations (29), (30)


def test_figure_3_is_not_circular_and_its_arrows_go_down_past_the_boxes():
    placed = roadmap.arranged(roadmap.roadmap())
    width, height = roadmap.BOX
    for (used, using), points in placed.arrows.items():
        assert placed.place[used][1] > placed.place[using][1]
        assert np.all(np.diff([y for _, y in points]) < 0)
        inner = [
            np.add(start, share * np.subtract(end, start))
            for start, end in zip(points[:-1], points[1:], strict=True)
            for share in np.linspace(0.05, 0.95, 19)
        ]
        for x, y in placed.place.values():
            hit = [abs(px - x) < width / 2 and abs(py - y) < height / 2 for px, py in inner]
            assert not any(hit), (used, using)
    boxes = np.array(list(placed.place.values()))
    apart = np.abs(boxes[:, None] - boxes[None]) >= np.array(roadmap.BOX)
    assert np.all(apart.any(axis=-1) | np.eye(len(boxes), dtype=bool))
