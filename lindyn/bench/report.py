"""The stored measurement as tables, for a terminal and for a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from lindyn._wording import format_number
from lindyn.laws import Gaussian, StudentT, UniformBall, UniformSphere

RESULTS = Path(__file__).parents[1] / "bench_results.json"
LAWS = {
    repr(UniformSphere(2)): "circle",
    repr(UniformBall(2)): "disc",
    repr(Gaussian(2)): "normal",
    repr(StudentT(2, 1.5)): "Student, ν = 1.5",
}


def _ms(seconds: float) -> str:
    return format_number(seconds * 1e3)


def _times(ratio: float) -> str:
    return f"{format_number(ratio)}×"


def _error(size: float) -> str:
    """To one digit: more of an error means nothing."""
    return format_number(float(f"{size:.0e}"))


class Table:
    """Results as a table, for a terminal and for a page."""

    def __init__(self, title: str, head: Sequence[str], body: Sequence[Sequence[str]]) -> None:
        self.title, self.head, self.body = title, tuple(head), [tuple(row) for row in body]

    def __repr__(self) -> str:
        columns = list(zip(self.head, *self.body, strict=True))
        widths = [max(len(cell) for cell in column) for column in columns]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (self.head, *self.body)
        ]
        return "\n".join([self.title, *lines])

    def _repr_html_(self) -> str:
        def row(tag: str, cells: Sequence[str]) -> str:
            scope = ' scope="col"' if tag == "th" else ""
            return "<tr>" + "".join(f"<{tag}{scope}>{escape(c)}</{tag}>" for c in cells) + "</tr>"

        body = "".join(row("td", cells) for cells in self.body)
        return (
            f'<table class="table"><caption>{escape(self.title)}</caption>'
            f"<thead>{row('th', self.head)}</thead><tbody>{body}</tbody></table>"
        )


def results(path: Path = RESULTS) -> dict[str, Any]:
    """The stored measurement (or another file of the same form)."""
    return dict(json.loads(Path(path).read_text(encoding="utf-8")))


def table(found: dict[str, Any] | None = None) -> Table:
    """How many times faster SphericalFlow is, a row for each job, a column for each integrator."""
    found = results() if found is None else found
    names = list(dict.fromkeys(row["peer"] for row in found["rows"]))
    body: dict[tuple[str, int, float], list[str]] = {}
    for row in found["rows"]:
        key = row["law"], row["depth"], row["horizon"]
        if key not in body:
            body[key] = [
                LAWS.get(row["law"], row["law"]),
                str(row["depth"]),
                f"{row['horizon']:g}",
                _ms(row["seconds"]),
                _error(row["error"]),
                *["–"] * len(names),
            ]
        cell = row["note"] if row["ratio"] is None else _times(row["ratio"])
        body[key][5 + names.index(row["peer"])] = cell
    head = ("law", "depth", "to t", "own ms", "own error", *names)
    title = (
        f"Time of each integrator over that of SphericalFlow, at error {_error(found['accuracy'])}"
    )
    return Table(title, head, list(body.values()))


def cost_table(found: dict[str, Any] | None = None) -> Table:
    """What dimension, depth and width cost."""
    found = results() if found is None else found
    body = [(c["what"], f"{c['value']:,}", _ms(c["seconds"])) for c in found["costs"]]
    return Table("What grows, and what it costs", ("what grows", "value", "ms"), body)


def ensemble_table(found: dict[str, Any] | None = None) -> Table:
    """How many times faster RankOneFlow is, a row for each ensemble, a column for each peer."""
    rows = (results() if found is None else found)["rank_one"]["rows"]
    names = list(dict.fromkeys(row["peer"] for row in rows))
    body: dict[tuple[int, int, int], list[str]] = {}
    for row in rows:
        key = row["starts"], row["dim"], row["depth"]
        if key not in body:
            own = _ms(row["seconds"]), _error(row["error"])
            body[key] = [f"{key[0]:,}", str(key[1]), str(key[2]), *own, *["–"] * len(names)]
        cell = f"{_times(row['ratio'])} ({_error(row['peer_error'])})"
        body[key][5 + names.index(row["peer"])] = cell
    head = ("starts", "d", "depth", "own ms", "own error", *names)
    return Table(
        "Time of each peer over that of RankOneFlow (and its error)", head, list(body.values())
    )


def late_table(found: dict[str, Any] | None = None) -> Table:
    """What it costs to follow the same starts to t = 1e12 instead of 20."""
    rows = (results() if found is None else found)["rank_one"]["late"]
    body = [
        (f"{row['starts']:,}", str(row["dim"]), str(row["depth"]), f"{row['ratio']:.2f}")
        for row in rows
    ]
    return Table("Time to t = 1e12 over time to t = 20", ("starts", "d", "depth", "ratio"), body)


def margin_flow_table(found: dict[str, Any] | None = None) -> Table:
    """How many times faster margin_flow is, a row for each flow, a column for each peer."""
    stored = (results() if found is None else found)["separable"]
    names = list(dict.fromkeys(row["peer"] for row in stored["flows"]))
    body: dict[tuple[int, ...], list[str]] = {}
    for row in stored["flows"]:
        key = row["examples"], row["dim"], row["hidden"], row["end"]
        if key not in body:
            body[key] = [
                f"{row['examples']}",
                f"{row['dim']}, {row['hidden']}, {row['hidden']}, 1",
                f"{row['end']:g}",
                _ms(row["seconds"]),
                _ms(row["default_seconds"]),
                _error(row["default_error"]),
                _error(row["certificate"]),
                *["–"] * len(names),
            ]
        cell = row["note"] if row["ratio"] is None else _times(row["ratio"])
        body[key][7 + names.index(row["peer"])] = cell
    own = ("own ms", "by default ms", "error", "certificate")
    title = (
        f"Time of each integrator over that of margin_flow, at error {_error(stored['accuracy'])}"
    )
    return Table(title, ("n", "widths", "ln(1/R) up", *own, *names), list(body.values()))


def max_margin_table(found: dict[str, Any] | None = None) -> Table:
    """How many times faster max_margin is, and what the margins of the others lack."""
    rows = (results() if found is None else found)["separable"]["margins"]
    names = list(dict.fromkeys(row["peer"] for row in rows))
    body: dict[tuple[int, int], list[str]] = {}
    for row in rows:
        key = row["examples"], row["dim"]
        if key not in body:
            own = _ms(row["seconds"])
            body[key] = [f"{key[0]:,}", str(key[1]), own, *["–"] * len(names)]
        cell = f"{_times(row['ratio'])} ({_error(max(row['lacking'], 0.0))})"
        body[key][3 + names.index(row["peer"])] = cell
    title = "Time of each optimiser over that of max_margin (and the part of the margin it misses)"
    return Table(title, ("n", "d", "own ms", *names), list(body.values()))


def machine_line(found: dict[str, Any] | None = None) -> str:
    """The machine in one line."""
    where = (results() if found is None else found)["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    return f"{where['processor']}, {where['cores']} cores, one thread; {versions}"
