"""The run of all checks says what was not run, and leaves nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

import chromium
import run

PASSED = {"lint": ("passed", 1.0), "unit": ("passed", 2.0)}
NOT_RUN = PASSED | {"browser": ("NOT RUN", 0.0), "lab": ("NOT RUN", 0.0)}


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("at_home")
def test_what_was_not_run_is_said_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.report(NOT_RUN) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "NOT RUN: browser, lab",
        f"         {chromium.MISSING}",
    ]


@pytest.mark.usefixtures("at_home")
def test_a_failed_stage_fails_the_run() -> None:
    assert run.report(PASSED) == 0
    assert run.report(PASSED | {"unit": ("FAILED", 2.0)}) == 1


def test_a_missing_browser_is_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert run.report(PASSED) == 0
    assert run.report(NOT_RUN) == 1


def test_a_named_browser_that_is_not_there_counts_as_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "chromium"))
    assert chromium.find() is None


def test_an_unknown_stage_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["unti"]) == 2
    assert "unknown stage unti; there are: lint verify unit" in capsys.readouterr().out


def test_every_folder_of_tests_belongs_to_a_stage() -> None:
    commands = " ".join(" ".join(command) for stage in run.STAGES for command in stage.commands)
    for folder in ("book", "browser", "lab"):  # left out of the unit tests
        assert f"--ignore=tests/{folder}" in commands
        files = sorted(path.name for path in (run.ROOT / "tests" / folder).glob("test_*.py"))
        assert files
        named = [name for name in files if f"tests/{folder}/{name}" in commands]
        assert named in ([], files), "a stage names some of the files, not all"
        assert named or f" tests/{folder} " in f"{commands} "


def test_one_definition_of_green() -> None:
    script = (run.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make --no-print-directory test" in script
    workflow = (run.ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8")
    assert "- run: .ci/run" in workflow
