"""Personal fields leave a delivery before its bytes are kept: dropped, hashed by the lake's own key, or masked."""

from __future__ import annotations

import csv
import io
import json
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import intake
from assets.lake.handle import Lake
from assets.readers.pulled import pulled_path
from assets.readers.route import contracts
from assets.redact import HASH_LENGTH, MASKED, Redactor
from expectations.contract import Contract
from simulator.feed import Request
from simulator.feeds import chula_cusense, ptt_ev_charging
from simulator.world import BANGKOK, World

SLOWLY = settings(deadline=None)  # a busy machine is no failure

DUST, EV, SOIL = "cmu_dustboy", "ptt_ev_charging", "chula_cusense"
PERSON = {"db_email": "somchai@example.org", "db_mobile": "081-234-5678", "db_addr": "99/1 หมู่ 4 บ้านสบป้าด"}
KNOWN = contracts()
WORLD = World(datetime(2026, 3, 20, 9, tzinfo=BANGKOK), days=1)


def redactor(key: bytes = b"one lake", **fields: list[dict[str, str]]) -> Redactor:
    """For the real contracts; `fields` replace those of a source."""
    known = dict(KNOWN)
    for source_id, wanted in fields.items():
        known[source_id] = replace(known[source_id], redact={"version": "9", "fields": wanted})
    return Redactor(known, key)


def answered(data: Any, fields: list[dict[str, str]], key: bytes = b"one lake", source_id: str = DUST) -> Any:
    body = json.dumps(data, ensure_ascii=False).encode()
    return json.loads(redactor(key, **{source_id: fields}).answered(source_id, body).data)


def table(text: str, fields: list[dict[str, str]], key: bytes = b"one lake") -> list[dict[str, str]]:
    data = redactor(key, **{EV: fields}).answered(EV, text.encode()).data
    return list(csv.DictReader(io.StringIO(data.decode()), delimiter=_separator()))


def _separator() -> str:
    return str((KNOWN[EV].read or {}).get("separator", ","))


def rows(*lines: str) -> str:
    return "".join(line.replace(",", _separator()) + "\r\n" for line in lines)


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dropped_field_goes_wherever_it_stands_and_nothing_else_does() -> None:
    data = {"db_email": 1, "list": [{"pm25": 31.5, "db_email": {"a": 1}, "deep": [{"db_email": None, "ชื่อ": "ก"}]}]}
    assert answered(data, [{"name": "db_email", "action": "drop"}]) == {"list": [{"pm25": 31.5, "deep": [{"ชื่อ": "ก"}]}]}


def test_a_hashed_field_says_who_is_the_same_and_not_who_it_is() -> None:
    data = [{"user": "somchai", "n": 1}, {"user": "malee", "n": 2}, {"user": "somchai", "n": 3}]
    made = answered(data, [{"name": "user", "action": "hash"}])
    first, second, third = (record["user"] for record in made)
    assert first == third != second and len(first) == HASH_LENGTH and "somchai" not in json.dumps(made)
    assert [record["n"] for record in made] == [1, 2, 3]


def test_an_absent_person_stays_absent() -> None:
    assert answered([{"user": None}, {"user": ""}], [{"name": "user", "action": "hash"}]) == [
        {"user": None},
        {"user": ""},
    ]


def test_a_number_and_its_text_are_the_same_person() -> None:
    made = answered([{"user": 42}, {"user": "42"}], [{"name": "user", "action": "hash"}])
    assert made[0] == made[1]


def test_keys_that_are_personal_are_hashed_and_their_records_kept() -> None:
    data = {"topics/aa:bb": {"info": {"id": "aa:bb"}, "v": 1}, "topics/cc:dd": {"v": 2}}
    made = answered(data, [{"name": "", "action": "hash_keys"}, {"name": "id", "action": "hash"}])
    assert sorted(record["v"] for record in made.values()) == [1, 2] and "aa:bb" not in json.dumps(made)
    inner = answered({"devices": {"aa:bb": {"v": 1}}, "v": 3}, [{"name": "devices", "action": "hash_keys"}])
    assert list(inner) == ["devices", "v"] and list(inner["devices"].values()) == [{"v": 1}]
    assert list(inner["devices"]) != ["aa:bb"]


def test_a_field_whose_name_is_written_in_escapes_is_dropped_too() -> None:
    body = rb'[{"\u0064b_email": "somchai@example.org", "pm25": 31.5}]'
    assert json.loads(redactor().answered(DUST, body).data) == [{"pm25": 31.5}]


def test_a_thai_name_of_a_field_is_found_in_escapes_and_plain() -> None:
    fields = [{"name": "อีเมล", "action": "drop"}]
    for body in (json.dumps([{"อีเมล": "a", "n": 1}]), json.dumps([{"อีเมล": "a", "n": 1}], ensure_ascii=False)):
        assert json.loads(redactor(**{DUST: fields}).answered(DUST, body.encode()).data) == [{"n": 1}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_fields_go_in_whatever_encoding_the_answer_came(encoding: str) -> None:
    body = json.dumps([{"name": "สบป้าด", **PERSON}], ensure_ascii=False).encode(encoding)
    assert json.loads(redactor().answered(DUST, body).data) == [{"name": "สบป้าด"}]


def test_bytes_without_personal_fields_stay_as_they_came() -> None:
    body = b'[ {"pm25":   31.50} ]'
    assert redactor().answered(DUST, body).data == body
    assert redactor().answered("gistda_pm25", body).version is None


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

FIELDS = [{"name": "USER", "action": "hash"}, {"name": "PLATE", "action": "drop"}]


def test_columns_are_dropped_and_hashed_by_name_and_the_rest_is_the_same() -> None:
    made = table(rows("USER,PLATE,KWH", "somchai,กข 1234,31.50", "malee,ขค 99,2", "somchai,,007"), FIELDS)
    assert [list(row) for row in made] == [["USER", "KWH"]] * 3
    assert [row["KWH"] for row in made] == ["31.50", "2", "007"]
    assert made[0]["USER"] == made[2]["USER"] != made[1]["USER"] and len(made[0]["USER"]) == HASH_LENGTH


def test_blanks_around_a_column_name_do_not_save_it() -> None:
    assert table(rows("USER,PLATE ,KWH", "somchai,กข 1234,1"), FIELDS)[0].keys() == {"USER", "KWH"}


def test_a_column_of_persons_that_is_empty_stays_empty() -> None:
    assert table(rows("USER,KWH", ",1", ",2"), FIELDS) == [{"USER": "", "KWH": "1"}, {"USER": "", "KWH": "2"}]


def test_the_same_person_is_the_same_in_csv_and_json() -> None:
    (in_csv,) = table(rows("USER,KWH", "somchai,1"), FIELDS)
    (in_json,) = answered([{"USER": "somchai"}], FIELDS)
    assert in_csv["USER"] == in_json["USER"]


@SLOWLY
@given(st.text(min_size=1), st.binary(min_size=8), st.binary(min_size=8))
def test_a_person_has_one_hash_in_a_lake_and_another_in_another(person: str, one: bytes, other: bytes) -> None:
    fields = [{"name": "user", "action": "hash"}]
    hashes = [answered({"user": person}, fields, key)["user"] for key in (one, one, other)]
    assert hashes[0] == hashes[1] and (hashes[0] != hashes[2]) == (one != other)
    assert hashes[0] != person


# ── what cannot be read ───────────────────────────────────────────────────────────────────────────────────────────────

UNREADABLE = {
    "JSON that breaks off": b'[{"db_email": "somchai@example.org", "db_mobile": "081-234-5678", "id": "1-1017-00230-70-8"',
    "a web page": "<html><body>ติดต่อ somchai@example.org 0812345678 1101700230708</body></html>".encode(),
    "a line of text": b"ask somchai@example.org or 081-234-5678, id 1101700230708",
    "Thai Windows": "ติดต่อ somchai@example.org 0812345678 1101700230708".encode("cp874"),
    "UTF-16": json.dumps([{"db_email": "somchai@example.org", "m": "0812345678", "i": "1101700230708"}]).encode(
        "utf-16"
    ),
    "Thai without blanks": "<p>โทร0812345678 โทร.081-234-5678 เลข1101700230708ของsomchai@example.org</p>".encode(),
    "a table that is none": b"a,b\n1,2,somchai@example.org,0812345678,1101700230708\n",
}


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("source_id", [DUST, EV])
def test_what_cannot_be_read_is_masked(what: str, source_id: str) -> None:
    found = redactor().answered(source_id, UNREADABLE[what])
    text = found.data.decode("utf-8", "replace") + found.data.decode("utf-16", "replace")
    for person in ("somchai@", "081-234-5678", "0812345678", "1101700230708", "1-1017-00230-70-8"):
        assert person not in text
    assert "***" in found.data.decode() and found.version in (MASKED, KNOWN[source_id].redact["version"])  # type: ignore[index]


def test_figures_that_only_look_like_a_citizen_id_are_not_masked() -> None:
    body = b"<html>1774000000000 1101700230707 18.0812345678</html>"  # milliseconds; a wrong check digit; a place
    assert redactor().answered(DUST, body).data == body


def test_a_delivery_that_nobody_claims_is_masked_where_a_partner_sends_personal_fields() -> None:
    note = "เบอร์ใหม่ 0812345678".encode()
    masked = redactor().dropped("ptt", "note.txt", note)
    assert masked.data == "เบอร์ใหม่ ***".encode() and masked.version == MASKED
    assert redactor().dropped("ptt", "note.txt", b"no one").version is None
    assert redactor().dropped("egat", "note.txt", note).data == note


# ── the lake ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_key_of_a_lake_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    hashes = {Redactor.of(tmp_path)._hash("somchai") for _ in range(2)}
    file = tmp_path / "redaction.key"
    assert len(hashes) == 1 and len(file.read_bytes()) == 64 and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Redactor.of(tmp_path / "other")._hash("somchai") not in hashes


@pytest.mark.parametrize("contract", [c for c in KNOWN.values() if c.redact], ids=lambda c: c.source_id)
def test_a_contract_says_how_every_personal_field_goes(contract: Contract) -> None:
    assert contract.redact and contract.redact["version"]
    for field in contract.redact["fields"]:
        assert field["action"] in ("drop", "hash", "hash_keys")
        assert field["name"] or field["action"] == "hash_keys"


def test_what_held_personal_fields_is_kept_nowhere_with_them(lake: Lake) -> None:
    path, data = next(iter(ptt_ev_charging.deliveries(WORLD)))
    header, first = data.decode("utf-8-sig").splitlines()[:2]
    person = dict(zip(header.split(_separator()), first.split(_separator()), strict=True))
    personal = [person[field["name"]] for field in KNOWN[EV].redact["fields"] if person.get(field["name"])]  # type: ignore[index]
    assert personal, "the feed holds personal fields"
    lake.store.put({f"landing/ptt/{path}": data})
    (line,) = intake.take_in(lake.store, "ptt", intake.read_manifest(lake.store, "ptt")[0], redactor=redactor())
    assert line.redaction_version == KNOWN[EV].redact["version"]  # type: ignore[index]
    places = [info.key for place in ("raw/ptt/", "landing/ptt/") for info in lake.store.listing(place)]
    kept = lake.store.get_many(places)
    assert f"raw/ptt/{line.sha256}" in kept and not [key for key in places if key.startswith("landing/")]
    for value in personal:
        assert not [key for key, body in kept.items() if value.encode() in body]
    again = list(
        csv.DictReader(io.StringIO(kept[f"raw/ptt/{line.sha256}"].decode("utf-8-sig")), delimiter=_separator())
    )
    assert len(again) == len(data.decode("utf-8-sig").splitlines()) - 1, "every session is there"


def test_a_dropped_file_that_pretends_to_be_an_answer_is_redacted_all_the_same(lake: Lake) -> None:
    path = pulled_path(DUST, date(2026, 3, 20), datetime(2026, 3, 20, 2, tzinfo=UTC), 1, "latest", 200, "json", True)
    body = json.dumps([{"pm25": 31.5, **PERSON}], ensure_ascii=False).encode()
    lake.store.put({f"landing/cmu/{path}": body})
    (line,) = intake.take_in(lake.store, "cmu", intake.read_manifest(lake.store, "cmu")[0], redactor=redactor())
    assert json.loads(lake.store.get(f"raw/cmu/{line.sha256}")) == [{"pm25": 31.5}]
    assert lake.store.listing("landing/cmu/") == []


def test_an_answer_is_hashed_once_and_not_again_when_it_is_taken_in(lake: Lake) -> None:
    path = pulled_path(SOIL, date(2026, 3, 20), datetime(2026, 3, 20, 2, tzinfo=UTC), 1, "latest", 200, "json", True)
    body = redactor().answered(SOIL, b'{"topic/aa:bb": {"v": 1}}').data
    lake.store.put({f"landing/cu/{path}": body})
    known = intake.read_manifest(lake.store, "cu")[0]
    (line,) = intake.take_in(lake.store, "cu", known, redactor=redactor(), urls={path: "https://partner.example"})
    assert lake.store.get(f"raw/cu/{line.sha256}") == body
    assert (line.url, line.redaction_version) == ("https://partner.example", redactor().version(SOIL))


def test_the_addresses_of_devices_in_an_answer_are_hashed() -> None:
    path = "/api/v1/sensorData/realtime/all"
    (route,) = [r for r in chula_cusense.routes(WORLD) if r.match("GET", r.host, path) is not None]
    body = route.respond(Request("GET", path, {}, {}, {})).body
    found = redactor().answered(SOIL, body)
    before, after = json.loads(body), json.loads(found.data)
    assert len(after) == len(before) > 0
    for topic in before:
        address = topic.rsplit("/", 1)[-1]
        assert topic not in after and address.encode() not in found.data
