"""The command: what it prints and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from lindyn.__main__ import main
from lindyn.ledger import report, verify
from lindyn.ledger.model import Domain, Proof, Row, Searched, Uniform

CHECK = Searched(lambda x, c: 1 - c * x, Domain(x=Uniform(0, 1)), {"c": 1.0}, {"c": 1.03})
GREEN = Row("own-green", "Right", "lsz/turning", Proof.FULL, check=CHECK)
STEP = Row("own-step", "A step", "lsz/turning", Proof.FULL, shares_check_of="own-green")
WRONG = replace(GREEN, id="own-wrong", check=replace(CHECK, constants={"c": 1.01}))

# A ledger with one wrong row, in a fresh interpreter as the command line has it.
SCRIPT = """
import sys
from pathlib import Path
from lindyn.__main__ import main
from lindyn.ledger import register, stored
from lindyn.ledger.model import Domain, Proof, Row, Searched, Uniform
check = Searched(lambda x, c: {slack}, Domain(x=Uniform(0, 1)), {{"c": 1.0}}, {{"c": {control}}})
row = Row("own-try", "A try", "lsz/turning", Proof.FULL, check=check)
register._discovered = lambda: [row]
stored.WORST_CASES = Path(sys.argv[1])
main(["verify", "own-try", "--jobs", "1", "--deep"])
sys.exit(main(["verify", "own-try", "--jobs", "1", "--fresh"]))
"""


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lindyn", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("slack", "control", "status"),
    [("1 - c * x", 1.03, 0), ("0.9 - c * x", 1.03, 1), ("1 - c * x", 0.99, 1)],
    ids=["right", "false statement", "idle control"],
)
def test_exit_status_of_closed_rows(slack, control, status, tmp_path):
    script = tmp_path / "try_it.py"  # a file, since stamps hash the source of a check
    script.write_text(SCRIPT.format(slack=slack, control=control))
    done = subprocess.run(
        [sys.executable, script, tmp_path / "worst_cases.json"], capture_output=True, text=True
    )
    assert done.returncode == status, done.stderr
    assert ("RED own-try" in done.stderr) is bool(status)
    assert "own-try" in done.stdout


def test_open_rows_are_red_only_when_all_must_be_complete(capsys, monkeypatch):
    register = dict(report.rows())
    register["eft-eq-4"] = Row("eft-eq-4", "an equation", None, Proof.OPEN)
    for module in (report, verify):
        monkeypatch.setattr(module, "rows", lambda: register)
    assert main(["verify", "eft-eq-4"]) == 0
    assert main(["verify", "eft-eq-4", "--complete"]) == 1
    assert "RED eft-eq-4: open" in capsys.readouterr().err


def test_json_on_the_command_line():
    done = command("verify", "eft-eq-4", "--json")
    assert done.returncode == 0
    [row] = json.loads(done.stdout)
    assert list(row) == list(report.JSON_KEYS)
    assert (row["verdict"], row["kind"], row["control"]) == ("holds", None, None)


def test_an_unknown_id_is_an_error_with_a_suggestion(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["verify", "lsz-thm-1-j"])
    assert stopped.value.code == 2
    assert "lsz-thm-1-i" in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_impossible_jobs_are_an_error(jobs, capsys):
    with pytest.raises(SystemExit):
        main(["verify", f"--jobs={jobs}"])
    assert "--jobs" in capsys.readouterr().err


def test_patterns_select_rows():
    assert set(verify.select(["jt-fig-*"])) == {i for i in verify.select([]) if "jt-fig" in i}
    with pytest.raises(verify.UnknownId):
        verify.select(["nothing-*"])


def test_help_names_every_subcommand(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("verify", "figures", "bench"))


def test_table_and_shared_rows(ledger_of):
    ledger_of(GREEN, STEP, WRONG)
    found = verify.run(["own-step", "own-green", "own-wrong"], jobs=1)
    assert [r.id for r in found] == ["own-step", "own-green", "own-wrong"]
    step, green, wrong = found
    assert (step.slack, step.where, step.control) == (green.slack, green.where, True)
    assert "check of own-green" in step.note
    text = verify.table([replace(green, stale=""), replace(wrong, stale="")])
    assert "ok   own-green" in text
    assert "RED  own-wrong" in text
    assert "refuted" in text


def test_a_step_is_red_with_its_parent(ledger_of):
    ledger_of(WRONG, replace(STEP, shares_check_of="own-wrong"))
    assert "own-wrong: slack" in report.quick("own-step").failures[0]
