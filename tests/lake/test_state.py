"""What analysts are told of the state is written once, and anew when it has to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assets import state
from assets.lake.handle import Lake


def test_it_is_written_when_the_ledger_or_what_is_made_of_it_changed(
    new_lake: Callable[[], Lake], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = new_lake()
    lake.ledger.make_tables()
    assert state.write_status(lake.config, lake.ledger)
    assert not state.write_status(lake.config, lake.ledger)
    # a newer version of the program says one thing more: the file of the older one must not stay
    monkeypatch.setattr(state, "_VIEWS", state._VIEWS.replace("as level_label", "as level_label, 1 as one_more"))
    assert state.write_status(lake.config, lake.ledger)
