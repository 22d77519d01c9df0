"""The benchmark: structure of the stored measurement, and errors. Times are never tested."""

import json
import os
import sys

import numpy as np
import pytest

import lindyn.bench as bench
from lindyn import UniformSphere
from lindyn.bench.jobs import PEERS, Job, heyoka_solver, jobs, log_polar
from lindyn.bench.measure import ACCURACY, Row, compare, costs, error, machine, seconds

SHORT = Job(UniformSphere(2), 2, 3.0)


def test_the_stored_measurement_is_complete_and_as_accurate_as_it_says():
    found = bench.results()
    assert found["accuracy"] == ACCURACY and found["times"] == 1000
    assert set(found["machine"]) == {"processor", "cores", "versions"}
    expected = {(repr(job.law), job.depth, job.horizon) for job in jobs()}
    for name in PEERS:
        rows = [row for row in found["rows"] if row["peer"] == name]
        assert {(row["law"], row["depth"], row["horizon"]) for row in rows} == expected
    for entry in found["rows"]:
        row = Row(**entry)
        assert row.error <= ACCURACY
        if row.ratio is None:
            assert row.note
        else:
            assert row.peer_error <= ACCURACY
            assert row.seconds > 0 and np.isclose(row.ratio, row.peer_seconds / row.seconds)
    assert {cost["what"].split()[0].rstrip(",") for cost in found["costs"]} == {
        "dimension",
        "depth",
        "width",
    }


def test_stored_file_names_no_host():
    text = bench.report.RESULTS.read_text()
    assert os.uname().nodename not in text and "/" not in json.loads(text)["machine"]["processor"]


@pytest.mark.parametrize("name", PEERS)
def test_every_integrator_does_the_job(name):
    assert error(PEERS[name](SHORT, 1e-11), SHORT.own()) < 1e-8


def test_the_reference_is_better_than_what_is_asked():
    assert error(log_polar(SHORT, 3e-14), SHORT.own()) < ACCURACY / 20


def test_heyoka_does_the_job_where_it_is_installed():
    pytest.importorskip("heyoka")
    assert error(heyoka_solver()(SHORT, 1e-12), SHORT.own()) < 1e-8


def test_heyoka_is_optional(monkeypatch):
    monkeypatch.setitem(sys.modules, "heyoka", None)
    assert heyoka_solver() is None


def test_a_comparison_is_at_equal_accuracy():
    (row,) = compare(SHORT, {"DOP853": PEERS["DOP853"]}, repeats=1)
    assert row.error <= ACCURACY and row.peer_error <= ACCURACY and row.ratio > 0


def test_an_integrator_that_cannot_is_reported():
    (row,) = compare(SHORT, {"poor": lambda job, rtol: job.own() * 1.01}, repeats=1)
    assert row.ratio is None and row.note == "reaches only 1e-02"


def test_seconds_are_those_of_one_call():
    calls = []
    assert 0 < seconds(lambda: calls.append(sum(range(20_000))), repeats=3, least=0.005) < 0.1
    assert len(calls) > 3


def test_costs_and_machine_have_their_fields():
    found = costs(repeats=1)
    assert all(cost.seconds > 0 for cost in found)
    assert machine()["cores"] >= 1


def test_main_prints_tables_and_writes_the_file(monkeypatch, tmp_path, capsys):
    stored = bench.results()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(bench, "measure", lambda *chosen, repeats: stored)
    assert bench.main(["--quick", "--out", str(tmp_path / "out.json")]) == 0
    printed = capsys.readouterr().out
    assert "own error" in printed and stored["machine"]["processor"] in printed
    assert bench.results(tmp_path / "out.json") == stored


def test_main_starts_anew_with_one_thread(monkeypatch):
    seen = {}

    def run(command, env):
        seen.update(command=command, threads=env["OMP_NUM_THREADS"])
        return type("Done", (), {"returncode": 3})

    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(bench.subprocess, "run", run)
    assert bench.main(["--quick"]) == 3
    assert seen["threads"] == "1" and seen["command"][-3:] == ["lindyn", "bench", "--quick"]


def test_tables_for_pages_are_headed_and_escaped():
    html = bench.table()._repr_html_()
    assert html.count("<tr>") == 1 + len(jobs()) and 'scope="col"' in html and "<caption>" in html
    assert "&lt;" in bench.report.Table("<", ("a",), [("b",)])._repr_html_()
    assert "weights" in repr(bench.cost_table())
