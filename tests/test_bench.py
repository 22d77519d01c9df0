"""The benchmark harness: both sides solve the job, and what is stored is complete."""

from __future__ import annotations

import numpy as np

from lindyn import bench
from lindyn.natural import SphericalFlow


def test_both_sides_solve_the_same_job():
    law = bench.LAWS["circle"]
    flow = SphericalFlow(law, direction=bench.TEACHER, start=bench.START, depth=3)
    peer = bench.integrate(law, 3, "DOP853", bench.TOLERANCE)
    assert bench.relative_error(flow.at(bench.TIMES).w, peer) < 1e-7


def test_stored_results_are_complete_and_accurate():
    results = bench.stored()
    jobs = {(row["job"], row["peer"]) for row in results["integrators"]}
    assert len(jobs) == len(bench.LAWS) * len(bench.PEERS) * 4
    assert set(results["machine"]) == set(bench.machine())
    for row in results["integrators"]:
        assert row["ours_error"] < 1e-11
        assert row["ratio"] == row["peer_seconds"] / row["ours_seconds"]


def test_the_error_is_relative_to_the_truth():
    truth = np.array([[3.0, 4.0], [0.0, 1e-3]])
    assert np.isclose(bench.relative_error(truth * (1 + 1e-6), truth), 1e-6, rtol=1e-6)


def test_the_text_names_every_job():
    shown = bench.text(bench.stored())
    for row in bench.stored()["integrators"]:
        assert row["job"] in shown and f"{row['ratio']:.1f}" in shown
