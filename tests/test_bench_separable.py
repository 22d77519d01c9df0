"""The benchmark of margin_flow and max_margin: what each side computes, and what is stored."""

import numpy as np
import pytest

import lindyn.bench as bench
from lindyn import IntegrationError, max_margin
from lindyn.bench import separable
from lindyn.bench.separable import ACCURACY, FLOW_PEERS, MARGIN_JOBS, MARGIN_PEERS, FlowJob

SMALL = FlowJob(examples=6, dim=2, hidden=2, end=8.0)


def test_the_reference_is_better_than_what_is_asked():
    assert SMALL.error(SMALL.own().product) < ACCURACY / 100


@pytest.mark.parametrize("name", FLOW_PEERS)
def test_every_integrator_does_the_job(name):
    assert SMALL.error(FLOW_PEERS[name](SMALL, 1e-11)) < ACCURACY


def test_times_beyond_the_floats_are_reported():
    far = FlowJob(examples=6, dim=2, hidden=2, end=800.0)
    with pytest.raises(OverflowError, match="t overflows"):
        FLOW_PEERS["DOP853 in t"](far, 1e-8)
    assert separable.loosest(far, FLOW_PEERS["DOP853 in t"])[2] == "t overflows"


def test_an_integrator_that_cannot_is_reported(monkeypatch):
    assert separable.loosest(SMALL, lambda job, rtol: 1.01 * job.own().product)[2] == (
        "reaches only 1e-02"
    )

    def failing(job, rtol):
        raise IntegrationError("no")

    assert separable.loosest(SMALL, failing)[2] == "fails"
    monkeypatch.setattr(separable, "FLOW_PEERS", {"failing": failing})
    (row,) = separable.compare_flow(SMALL, repeats=1)
    assert row["ratio"] is None and row["note"] == "fails"


@pytest.mark.parametrize("name", MARGIN_PEERS)
def test_every_optimiser_does_the_job(name):
    X, y = separable.labelled(20, 3, gap=0.2)
    w, found = MARGIN_PEERS[name](X), max_margin(X, y)
    assert w / np.linalg.norm(w) == pytest.approx(found.direction, abs=1e-5)


def test_rows_and_tables_of_a_measurement():
    found = separable.measure([SMALL], [(12, 2)], repeats=1)
    for row in found["flows"]:
        assert max(row["error"], row["peer_error"]) <= ACCURACY and row["default_error"] < ACCURACY
        assert row["ratio"] == pytest.approx(row["peer_seconds"] / row["seconds"])
    for row in found["margins"]:
        assert -1e-12 < row["lacking"] < 1e-5 and row["ratio"] > 0
    assert "DOP853 in ln R" in repr(bench.margin_flow_table({"separable": found}))
    assert "SLSQP" in repr(bench.max_margin_table({"separable": found}))


def test_the_stored_measurement_is_complete():
    found = bench.results()["separable"]
    jobs = {(job.examples, job.dim, job.hidden, job.end) for job in separable.flow_jobs()}
    for name in FLOW_PEERS:
        rows = [row for row in found["flows"] if row["peer"] == name]
        assert {(r["examples"], r["dim"], r["hidden"], r["end"]) for r in rows} == jobs
    for row in found["flows"]:
        assert row["error"] <= ACCURACY and row["default_error"] <= ACCURACY
        assert row["note"] if row["ratio"] is None else row["peer_error"] <= ACCURACY
        assert row["end"] > 690 or row["certificate"] < 1e-8
    for name in MARGIN_PEERS:
        rows = [row for row in found["margins"] if row["peer"] == name]
        assert {(row["examples"], row["dim"]) for row in rows} == set(MARGIN_JOBS)
