"""pyproject.toml, the lock and environment.yml say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKED_EXTRAS = ("book", "test", "dev")
LOCK_LINE = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>.+))?")


def requirements(lines: list[str]) -> dict[str, str]:
    """Name to range, both in one spelling."""
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): ranges(str(one.specifier)) for one in parsed}


def ranges(text: str) -> str:
    """A range in one spelling."""
    return ",".join(sorted(text.replace(" ", "").split(",")))


def lock_lines() -> list[str]:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def environment() -> tuple[list[str], list[str]]:
    """The conda and the pip part of environment.yml."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = [entry for entry in entries if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    return conda, pip


def test_lock_is_exact_and_names_no_index() -> None:
    assert [line for line in lock_lines() if not LOCK_LINE.fullmatch(line)] == []
    for line in lock_lines():
        Requirement(line)


@pytest.mark.parametrize("extra", ["", *LOCKED_EXTRAS])
def test_lock_satisfies_every_range(extra: str) -> None:
    wanted = EXTRAS[extra] if extra else PROJECT["dependencies"]
    pins: dict[str, list[Version]] = {}
    for line in lock_lines():
        match = LOCK_LINE.fullmatch(line)
        assert match
        pins.setdefault(match["name"], []).append(Version(match["version"]))
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} is not locked: run `make lock`"
        for version in pins[name]:
            assert version in requirement.specifier, f"{requirement} but {version} is locked"


def test_the_package_has_ranges_not_pins() -> None:
    for line in PROJECT["dependencies"]:
        assert "==" not in line, line


def test_environment_agrees_with_the_project() -> None:
    conda, pip = environment()
    (python,) = [line for line in conda if line.startswith("python>")]
    assert python.removeprefix("python") == PROJECT["requires-python"]
    listed = requirements([line for line in conda if line not in (python, "pip")])
    by_pip = requirements([line for line in pip if not line.startswith("-")])
    assert not listed.keys() & by_pip.keys()
    assert listed | by_pip == requirements(PROJECT["dependencies"] + EXTRAS["book"])
    assert [line for line in pip if line.startswith("-")] == ["-e ."]


def test_citation_and_package_name_one_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
