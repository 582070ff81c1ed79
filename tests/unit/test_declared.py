"""Feeds without Python: the contract's `read` alone turns bytes into rows, tells what is new and refuses what is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.declared import Declared
from assets.readers.document import Document
from assets.readers.pulled import pulled_path
from assets.readers.result import Batch, NoData, Refusal
from expectations.contract import Contract, load_contract

SLOWLY = settings(max_examples=40, deadline=None)  # a busy machine is no failure

SOURCE = "declared_feed"
HEAD = {
    "kind": "DataContract",
    "apiVersion": "v3.0.2",
    "id": SOURCE,
    "name": "A feed of these tests",
    "version": "1.0.0",
    "status": "active",
    "slaProperties": [{"property": "cadence", "value": "daily"}],
}
SAYS = {
    "propertiesVersion": 1,
    "partner": "egat",
    "titleEn": "A feed",
    "titleTh": "ชุดข้อมูล",
    "pillar": "energy",
    "transport": "drop",
    "shape": "assumed",
    "values": "synthetic",
    "windowStart": "2015-01-01",
    "maxQuarantinedShare": 0.05,
    "licence": "unknown",
    "classification": "internal",
    "owner": "EGAT",
    "contactRole": "EGAT",
}


def prop(name: str, source: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    extra = [{"property": "titleTh", "value": "ชื่อ"}, {"property": "from", "value": source}]
    return {"name": name, "logicalType": kind, "customProperties": extra, **more}


PROPERTIES = [
    prop("gate", "GATE", primaryKey=True),
    prop("visitors", "N", "integer", required=True),
    prop("note", "NOTE"),
]
CSV = {"format": "csv", "entity": "visit", "time": {"column": "AT", "period": "PT1H"}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Contract]:
    def make(read: dict[str, Any], properties: list[dict[str, Any]] = PROPERTIES, **says: Any) -> Contract:
        folder = tmp_path_factory.mktemp("sources") / SOURCE
        folder.mkdir()
        is_record = bool(properties)
        about = {"titleTh": "การเยี่ยมชม", "rowShape": "record" if is_record else "observation"}
        about |= {} if is_record else {"quantities": [m["quantity"] for m in says["measures"]]}
        entity = {"name": "visit", "properties": properties, "customProperties": _listed(about)}
        document = {**HEAD, "schema": [entity], "customProperties": _listed({**SAYS, **says, "read": read})}
        (folder / "contract.yml").write_text(yaml.safe_dump(document, allow_unicode=True))
        return load_contract(folder / "contract.yml")

    return make


def _listed(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in values.items()]


def parse(contract: Contract, data: bytes | str, path: str = "x.csv") -> Batch:
    body = data.encode() if isinstance(data, str) else data
    (batch,) = Declared(contract).parse(Document(body, path), contract).batches
    return batch


def table(*lines: str, header: str = "AT,GATE,N,NOTE") -> str:
    return "\r\n".join([header, *lines, ""])


def refused(contract: Contract, data: str, path: str = "x.csv") -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(contract, data, path)
    assert caught.value.reason_en and caught.value.reason_th
    return caught.value


SOUND = table("2026-03-20 09:00,main,12,-", '2026-03-20 10:00,main,"1,012",ฝนตก')


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def visits(made: Callable[..., Contract]) -> Contract:
    return made(CSV)


def test_a_table_becomes_typed_rows_with_their_place(visits: Contract) -> None:
    batch = parse(visits, SOUND)
    columns = ["interval_start_at", "interval_end_at", "gate", "visitors", "note", "problem", "sheet", "cell"]
    nine = datetime(2026, 3, 20, 2, tzinfo=UTC)
    assert batch.rows.select(columns).rows() == [
        (nine, nine.replace(hour=3), "main", 12, None, None, "csv", "2"),
        (nine.replace(hour=3), nine.replace(hour=4), "main", 1012, "ฝนตก", None, "csv", "3"),
    ]
    assert (batch.findings, batch.drops, batch.rows_in) == ((), (), 2)
    assert (batch.layout, batch.series, batch.period_start) == ("csv", "all", date(2026, 3, 20))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_the_encoding_of_a_table_does_not_matter(visits: Contract, encoding: str) -> None:
    assert parse(visits, SOUND.encode(encoding)).rows["note"].to_list() == [None, "ฝนตก"]


@pytest.mark.parametrize("header", ["N,GATE,AT,NOTE", ' AT ,GATE, N,"NOTE"'])
def test_the_order_of_columns_and_blanks_around_their_names_do_not_matter(visits: Contract, header: str) -> None:
    values = {"AT": "2026-03-20 09:00", "GATE": "main", "N": "12", "NOTE": "x"}
    line = ",".join(values[name.strip(' "')] for name in header.split(","))
    assert Declared(visits).claims(Document(table(line, header=header).encode(), "x.csv"))
    assert parse(visits, table(line, header=header)).rows.select("gate", "visitors", "note").rows() == [
        ("main", 12, "x")
    ]


@SLOWLY
@given(
    st.lists(
        st.tuples(st.integers(0, 23), st.integers(-999, 99_999)), min_size=1, max_size=20, unique_by=lambda x: x[0]
    )
)
def test_every_line_is_a_row(visits: Contract, lines: list[tuple[int, int]]) -> None:
    batch = parse(visits, table(*(f"2026-03-20 {hour:02d}:00,main,{n}," for hour, n in lines)))
    assert batch.rows["visitors"].to_list() == [n for _, n in lines]
    assert batch.rows["cell"].to_list() == [str(i + 2) for i in range(len(lines))]


def test_a_cell_that_cannot_be_read_is_a_row_that_says_so(visits: Contract) -> None:
    lines = [f"2026-03-20 {hour:02d}:00,main,{hour}," for hour in range(4)]
    rows = parse(visits, table(*lines, "2026-03-20 04:00,main,many,", "noon,main,5,")).rows
    assert rows["problem"].to_list()[4:] == [
        "visitors: “many” is not a whole number",
        "time: “noon” is not a time of the agreed form",
    ]
    assert rows["raw_value"].to_list() == [None] * 4 + ["many", "noon"]


def test_a_line_that_stands_twice_is_taken_once_and_counted(visits: Contract) -> None:
    line = "2026-03-20 09:00,main,12,"
    batch = parse(visits, table(line, line, "2026-03-20 09:00,main,13,"))
    assert batch.rows["visitors"].to_list() == [12, 13] and batch.rows_in == 3
    (drop,) = batch.drops
    assert (drop.rule, drop.n) == ("same_record", 1)


@pytest.mark.parametrize("blank", ["", ",,,", " "])
def test_lines_without_anything_in_them_are_no_records(visits: Contract, blank: str) -> None:
    lines = ["2026-03-20 09:00,main,12,", blank, "2026-03-20 10:00,main,13,", blank, blank]
    rows = parse(visits, table(*lines)).rows
    assert rows.select("visitors", "cell").rows() == [(12, "2"), (13, "4")]


def test_a_new_column_is_told_and_the_rows_are_taken(visits: Contract) -> None:
    batch = parse(visits, table("2026-03-20 09:00,main,12,,7", header="AT,GATE,N,NOTE,ใหม่"))
    (finding,) = batch.findings
    assert (finding.rule, finding.n, batch.rows.height) == ("new_column", 1, 1)
    assert "ใหม่" in finding.reason_en and "ใหม่" in finding.reason_th and "ใหม่" not in batch.rows.columns


def test_a_column_that_is_known_and_ignored_is_not_told(made: Callable[..., Contract]) -> None:
    contract = made({**CSV, "ignore": ["ใหม่"]})
    assert parse(contract, table("2026-03-20 09:00,main,12,,7", header="AT,GATE,N,NOTE,ใหม่")).findings == ()


@pytest.mark.parametrize("lost", ["GATE", "N", "AT"])
def test_a_lost_column_refuses_the_delivery_and_is_named(visits: Contract, lost: str) -> None:
    header = ["AT", "GATE", "N", "NOTE"]
    values = dict(zip(header, ["2026-03-20 09:00", "main", "12", ""], strict=True))
    left = [name for name in header if name != lost]
    data = table(",".join(values[name] for name in left), header=",".join(left))
    refusal = refused(visits, data)
    assert refusal.rule == "column_missing" and f"lacks {lost} " in refusal.reason_en and lost in refusal.reason_th
    assert not Declared(visits).claims(Document(data.encode(), "x.csv"))


def test_a_column_that_nobody_needs_may_be_missing(visits: Contract) -> None:
    assert parse(visits, table("2026-03-20 09:00,main,12", header="AT,GATE,N")).rows["note"].to_list() == [None]


def test_a_column_of_another_type_refuses_the_delivery(visits: Contract) -> None:
    lines = [f"2026-03-20 {hour:02d}:00,main,ไม่ทราบค่า," for hour in range(4)]
    assert refused(visits, table(*lines)).rule == "type_flip"


@pytest.mark.parametrize("data", ["", "\n\n", "AT,GATE,N,NOTE\n", "AT,GATE,N,NOTE\n\n"])
def test_a_table_without_a_line_is_no_data(visits: Contract, data: str) -> None:
    with pytest.raises(NoData) as nothing:
        parse(visits, data)
    assert nothing.value.reason_en and nothing.value.reason_th


@pytest.mark.parametrize("line", ["2026-03-20 09:00,main,12,,,,", '2026-03-20 09:00,"main,12,'])
def test_a_line_that_is_no_row_of_the_table_refuses_it(visits: Contract, line: str) -> None:
    assert refused(visits, table("2026-03-20 08:00,main,12,", line)).rule == "malformed_csv"


def test_bytes_that_are_no_text_are_refused_as_such(visits: Contract) -> None:
    with pytest.raises(Refusal) as caught:
        parse(visits, bytes(range(256)))
    assert caught.value.rule == "not_text"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"PK\3\4", b"<html>", b"a,b\n1,2\n", "AT,GATE\n".encode("utf-16"), b"AT;GATE;N"]
)
def test_foreign_deliveries_are_not_claimed_and_do_not_trip_the_reader(visits: Contract, data: bytes) -> None:
    assert Declared(visits).claims(Document(data, "x.csv")) is False


def test_two_feeds_of_one_layout_are_told_apart_by_what_they_hold(made: Callable[..., Contract]) -> None:
    contract = made({**CSV, "claims": {"where": "main"}})
    assert Declared(contract).claims(Document(SOUND.encode(), "x.csv"))
    assert not Declared(contract).claims(Document(SOUND.replace("main", "north").encode(), "x.csv"))


def test_text_without_a_header_is_named_by_the_contract(made: Callable[..., Contract]) -> None:
    contract = made({**CSV, "separator": "|", "header": False, "columns": ["AT", "GATE", "N"], "skipRows": 1})
    batch = parse(contract, "SYNTHETIC\n2026-03-20 09:00|main|12|x\n2026-03-20 10:00|main|13|y\n")
    assert batch.rows.select("gate", "visitors", "cell").rows() == [("main", 12, "2"), ("main", 13, "3")]
    assert [finding.rule for finding in batch.findings] == ["new_column"]
    assert refused(contract, "SYNTHETIC\n2026-03-20 09:00|main\n").rule == "malformed_csv"


def test_the_slot_is_named_after_what_the_rows_are_about(made: Callable[..., Contract]) -> None:
    contract = made({**CSV, "series": "gate/{GATE}"})
    assert parse(contract, SOUND).series == "gate/main"
    assert parse(contract, SOUND + "2026-03-20 11:00,north,1,\r\n").series == "gate/main..north"


def test_what_says_that_there_is_nothing_is_the_source_s_own(made: Callable[..., Contract]) -> None:
    contract = made({**CSV, "missing": ["ไม่มี"]})
    rows = parse(contract, table("2026-03-20 09:00,main,12,ไม่มี", "2026-03-20 10:00,main,12,-")).rows
    assert rows["note"].to_list() == [None, "-"]


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

JSON = {
    "format": "json",
    "entity": "visit",
    "rows": "sites[].data",
    "parent": {"site": "id"},
    "ignore": ["at.zone"],
    "time": {"column": "at.clock", "period": "PT0S"},
}
NESTED = [prop("gate", "site", primaryKey=True), prop("visitors", "n.total", "integer", required=True)]


def sites(*records: dict[str, Any], site: str = "main") -> str:
    return json.dumps({"sites": [{"id": site, "data": list(records)}]}, ensure_ascii=False)


def record(n: Any = 12, **more: Any) -> dict[str, Any]:
    return {"at": {"clock": "2026-03-20T09:00", "zone": "ICT"}, "n": {"total": n}, **more}


def test_nested_records_are_read_with_what_stands_around_them(made: Callable[..., Contract]) -> None:
    contract = made(JSON, NESTED)
    batch = parse(contract, sites(record(12), record("1,013")), "x.json")
    assert batch.rows.select("gate", "visitors", "sheet", "cell").rows() == [
        ("main", 12, "sites[].data", "0"),
        ("main", 1013, "sites[].data", "1"),
    ]
    assert (batch.findings, batch.layout) == ((), "json")


def test_json_that_drifts_is_told_or_refused(made: Callable[..., Contract]) -> None:
    contract = made(JSON, NESTED)
    (finding,) = parse(contract, sites(record(new=1)), "x.json").findings
    assert finding.rule == "new_column" and "new" in finding.reason_en
    lost = {"at": {"clock": "2026-03-20T09:00"}, "n": {"sum": 1}}
    assert refused(contract, sites(lost), "x.json").rule == "column_missing"
    assert refused(contract, sites(*[record("many")] * 3), "x.json").rule == "type_flip"
    assert refused(contract, '{"places": []}', "x.json").rule == "unexpected_json"
    assert refused(contract, sites(record())[:-1], "x.json").rule == "invalid_json"
    with pytest.raises(NoData):
        parse(contract, '{"sites": []}', "x.json")


def test_an_answer_s_series_is_the_request_that_it_answers(made: Callable[..., Contract]) -> None:
    contract = made(JSON, NESTED)
    at = datetime(2026, 3, 20, 2, tzinfo=UTC)
    path = pulled_path(SOURCE, date(2026, 3, 20), at, 1, "latest", 200, "json", True)
    assert parse(contract, sites(record()), path).series == "latest"


# ── observations ──────────────────────────────────────────────────────────────────────────────────────────────────────

WIDE = {
    "format": "csv",
    "entity": "visit",
    "missing": ["-", ""],
    "time": {"column": "AT", "period": "PT1H", "label": "ending"},
    "observations": {
        "station": "ID",
        "prefix": "X-",
        "name": "NAME",
        "quantities": [
            {"quantity": "PM25", "from": "PM", "unit": "ug/m3", "period": "PT24H"},
            {"quantity": "TEMP", "from": "T", "unit": "Cel", "period": "PT1H"},
        ],
    },
}
MEASURES = [
    {"quantity": "PM25", "rawUnits": ["ug/m3"], "averagingPeriods": ["PT24H"]},
    {"quantity": "TEMP", "rawUnits": ["Cel"], "averagingPeriods": ["PT1H"]},
]


@pytest.fixture(scope="module")
def air(made: Callable[..., Contract]) -> Contract:
    return made(WIDE, [], measures=MEASURES)


def measured(*lines: str) -> str:
    return table(*lines, header="AT,ID,NAME,PM,T")


def test_a_wide_record_is_one_row_for_every_quantity(air: Contract) -> None:
    rows = parse(air, measured("2026-03-20 09:00,7,สบป้าด,31.50,28")).rows
    nine = datetime(2026, 3, 20, 2, tzinfo=UTC)
    columns = ["station_key", "station_name", "quantity", "averaging_period", "raw_unit", "value", "raw_value"]
    assert rows.select(columns).rows() == [
        ("X-7", "สบป้าด", "PM25", "PT24H", "ug/m3", 31.5, "31.50"),
        ("X-7", "สบป้าด", "TEMP", "PT1H", "Cel", 28.0, "28"),
    ]
    assert rows["interval_end_at"].to_list() == [nine, nine]
    assert rows["interval_start_at"].to_list() == [nine.replace(day=19), nine.replace(hour=1)]


def test_an_empty_cell_is_a_row_without_a_value_and_a_word_keeps_its_text(air: Contract) -> None:
    rows = parse(air, measured("2026-03-20 09:00,7,a,-,NaN", "2026-03-20 10:00,7,a,30,broken")).rows
    found = {(r["quantity"], r["interval_end_at"].hour): r for r in rows.iter_rows(named=True)}
    empty = found["PM25", 2]
    assert (empty["value"], empty["flag"], empty["is_valid"], empty["raw_value"]) == (None, None, False, None)
    for hour, word in ((2, "NaN"), (3, "broken")):
        cell = found["TEMP", hour]
        assert (cell["value"], cell["flag"], cell["is_valid"], cell["raw_value"]) == (None, word, False, word)


def test_an_answer_without_any_value_is_blank(air: Contract) -> None:
    assert parse(air, measured("2026-03-20 09:00,7,a,-,")).is_blank
    assert not parse(air, measured("2026-03-20 09:00,7,a,-,1")).is_blank


@pytest.mark.parametrize("lost", ["AT", "ID", "PM", "T"])
def test_observations_that_lost_a_column_are_refused(air: Contract, lost: str) -> None:
    data = (
        measured("2026-03-20 09:00,7,a,1,2").replace(f"{lost},", "OTHER,", 1)
        if lost != "T"
        else measured("2026-03-20 09:00,7,a,1,2").replace(",T\r", ",OTHER\r", 1)
    )
    assert refused(air, data).rule == "column_missing"


def test_rows_are_sorted_by_series_and_time(air: Contract) -> None:
    rows = parse(air, measured("2026-03-20 10:00,8,b,1,2", "2026-03-20 09:00,8,b,1,2", "2026-03-20 09:00,7,a,1,2")).rows
    by = ["station_key", "quantity", "interval_start_at"]
    assert rows.select(by).equals(rows.select(by).sort(by)) and rows.height == 6
