"""landing → raw copies inside the store, and a file that is overwritten meanwhile is never kept under the wrong name."""

from __future__ import annotations

import hashlib

import pytest

from assets import intake
from assets.lake import keys
from assets.lake.handle import Lake
from assets.lake.objects import ObjectStore
from assets.redact import Redactor

PARTNER = "intake_copy"


def test_raw_holds_the_bytes_as_they_came(lake: Lake) -> None:
    data = b"as it came " * 1000
    lake.store.put({keys.landing_key(PARTNER, "a [1]*?/ข้อมูล.bin"): data})
    [line] = intake.take_in(lake.store, PARTNER, [], redactor=Redactor({}, b"key"))
    assert lake.store.get(keys.raw_key(PARTNER, line.sha256)) == data


def test_a_file_overwritten_between_reading_and_copying_keeps_what_was_read(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.landing_key(PARTNER, "race.bin")
    lake.store.put({key: b"first"})
    read = ObjectStore.get_many

    def read_then_overwritten(store: ObjectStore, names: object) -> dict[str, bytes]:
        found = read(store, names)  # type: ignore[arg-type]
        monkeypatch.setattr(ObjectStore, "get_many", read)
        store.put({key: b"second"})  # the partner is quick
        return found

    known = intake.read_manifest(lake.store, PARTNER)[0]
    monkeypatch.setattr(ObjectStore, "get_many", read_then_overwritten)
    [line] = intake.take_in(lake.store, PARTNER, known, redactor=Redactor({}, b"key"))
    assert line.sha256 == hashlib.sha256(b"first").hexdigest()
    assert lake.store.get(keys.raw_key(PARTNER, line.sha256)) == b"first"
    known = intake.read_manifest(lake.store, PARTNER)[0]
    [later] = intake.take_in(lake.store, PARTNER, known, redactor=Redactor({}, b"key"))
    assert lake.store.get(keys.raw_key(PARTNER, later.sha256)) == b"second"
