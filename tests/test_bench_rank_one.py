"""The benchmark of RankOneFlow: what each side computes, and the stored measurement."""

import sys

import numpy as np
import pytest

import lindyn.bench as bench
from lindyn.bench import rank_one
from lindyn.bench.rank_one import Ensemble

SMALL = Ensemble(starts=5, dim=3, depth=3, horizon=4.0)
TWO = Ensemble(starts=5, dim=3, depth=2, horizon=4.0)


@pytest.mark.parametrize("job", [SMALL, TWO], ids=["N3", "N2"])
def test_own_agrees_with_the_reference(job):
    assert np.allclose(job.own()(), rank_one.reference(job, 5), rtol=1e-11, atol=0)
    assert np.allclose(job.own(directions=True)()[..., -1], job.own()(), rtol=1e-14)


@pytest.mark.parametrize(("method", "rtol"), [("DOP853", 1e-11), ("LSODA", 1e-11)])
def test_integrators_do_the_job(method, rtol):
    found = rank_one.scipy_peer(SMALL, method, rtol, 5)
    assert np.allclose(found, SMALL.own(directions=True)(), rtol=0, atol=1e-7)


@pytest.mark.parametrize("job", [SMALL, TWO], ids=["N3", "N2"])
@pytest.mark.parametrize("name", ["heyoka", "diffrax"])
def test_optional_peers_do_the_job_where_they_are_installed(job, name):
    pytest.importorskip(name)
    solve = getattr(rank_one, f"{name}_peer")(job)
    assert np.allclose(solve(), job.own(directions=True)(), rtol=0, atol=1e-7)


@pytest.mark.parametrize("name", ["heyoka", "diffrax"])
def test_optional_peers_are_optional(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    assert getattr(rank_one, f"{name}_peer")(SMALL) is None


def test_rows_of_a_measurement(monkeypatch):
    for name in ("heyoka", "diffrax"):
        monkeypatch.setitem(sys.modules, name, None)
    found = rank_one.measure([SMALL], repeats=1)
    assert [row["peer"] for row in found["rows"]] == ["DOP853 (1e-10)", "LSODA (1e-08)"]
    for row in found["rows"]:
        assert row["error"] < 1e-10 and row["peer_error"] < 1e-4
        assert np.isclose(row["ratio"], row["peer_seconds"] / row["seconds"])
    assert found["late"][0]["ratio"] > 0
    assert "DOP853" in repr(bench.ensemble_table({"rank_one": found}))


def test_the_stored_measurement_is_complete():
    found = bench.results()["rank_one"]
    jobs = {(job.starts, job.dim, job.depth) for job in rank_one.ensembles()}
    peers = {"DOP853 (1e-10)", "LSODA (1e-08)", "heyoka (SIMD batch)", "diffrax (batch)"}
    for name in peers:
        rows = [row for row in found["rows"] if row["peer"] == name]
        assert {(row["starts"], row["dim"], row["depth"]) for row in rows} == jobs
    assert all(row["error"] < 1e-10 for row in found["rows"])
    assert {(row["starts"], row["dim"], row["depth"]) for row in found["late"]} == jobs
    html = bench.ensemble_table()._repr_html_() + bench.late_table()._repr_html_()
    assert html.count("<tr>") == 2 * (1 + len(jobs))
