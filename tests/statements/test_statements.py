"""Every closed row in its quick form; the reports are those that verify keeps on disk."""

from __future__ import annotations

import pytest

from lindyn.ledger import verify
from lindyn.ledger.model import Proof
from lindyn.ledger.register import rows
from lindyn.ledger.report import quick

CLOSED = [row.id for row in rows().values() if row.proof is not Proof.OPEN]


@pytest.mark.parametrize("id", CLOSED)
def test_row_is_green(id):
    assert verify.red(quick(id)) == []
