"""The register refuses rows that do not form a ledger, and holds every listed statement."""

from __future__ import annotations

import pytest

from lindyn.ledger import register
from lindyn.ledger.model import Domain, Proof, Row, Searched, Uniform, Verdict
from lindyn.ledger.register import RegisterError, assemble

LISTED = {
    "lsz-thm-1-i": {"kind": "theorem"},
    "lsz-lem-3": {"kind": "lemma", "where": "Lemma 3"},
    "eft-eq-4": {"kind": "equation"},
}
CHECK = Searched(lambda x: 1.0, Domain(x=Uniform(0, 1)))


def row(id: str, **changes) -> Row:
    settings = {"page": "lsz/turning", "proof": Proof.FULL, "no_control": "a try", **changes}
    return Row(id, id, **settings)


def test_rows_without_a_module_stand_as_open():
    rows = assemble([row("eft-eq-4")], LISTED)
    assert list(rows) == list(LISTED)
    assert rows["lsz-lem-3"].verdict is Verdict.OPEN
    assert rows["lsz-lem-3"].title == "Lemma 3"
    assert rows["lsz-thm-1-i"].title == "theorem 1 i"
    assert rows["eft-eq-4"].verdict is Verdict.HOLDS


def test_parts_and_own_rows_may_be_added():
    rows = assemble([row("own-gap"), row("lsz-lem-3-b")], LISTED)
    assert list(rows) == ["lsz-thm-1-i", "lsz-lem-3", "lsz-lem-3-b", "eft-eq-4", "own-gap"]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([row("lsz-lem-99")], "lsz-lem-99: unknown id"),
        ([row("LSZ-lem-3")], "LSZ-lem-3: unknown id"),
        ([row("lsz-lem-3"), row("lsz-lem-3")], "duplicate id"),
        ([row("lsz-lem-3", uses=("lsz-lem-9",))], "uses unknown id lsz-lem-9"),
        ([row("lsz-lem-3", page=None)], "page missing"),
        ([row("lsz-lem-3", shares_check_of="eft-eq-4")], "shares a check of eft-eq-4"),
        ([row("lsz-lem-3", no_control="")], "without a check"),
        (
            [row("lsz-lem-3", uses=("own-a",)), row("own-a", uses=("lsz-lem-3",))],
            "circle of uses: ",
        ),
    ],
)
def test_faults_are_named(rows, fault):
    with pytest.raises(RegisterError, match=fault):
        assemble(rows, LISTED)


def test_a_shared_check_closes_a_row():
    rows = [row("eft-eq-4", check=CHECK), row("lsz-lem-3", shares_check_of="eft-eq-4")]
    assert assemble(rows, LISTED)["lsz-lem-3"].shares_check_of == "eft-eq-4"


def test_every_listed_statement_has_a_row():
    assert set(register.statements()) <= set(register.rows())
    assert len(register.statements()) > 370


def test_used_by_turns_uses_round():
    rows = assemble([row("own-a"), row("own-b", uses=("own-a",))], LISTED)
    assert register.used_by("own-a", rows) == ("own-b",)
