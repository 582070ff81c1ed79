"""Corrections: applied where the cell still holds what was expected, told when it does not, refused when written wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from assets import corrections
from assets.corrected import correct
from assets.readers.records import observation_batch, record_batch
from assets.readers.result import Batch
from expectations.contract import Contract, ContractError
from orchestration import settings

PATH = "ผลการตรวจวัด/2019/RH/Example.xlsx"
SHA = "ab" * 32
START = datetime(2019, 3, 31, tzinfo=UTC)


@pytest.fixture
def weather(tmp_path: Path) -> Contract:
    return replace(settings.contracts()["egat_weather"], path=tmp_path / "contract.yml")


def write(contract: Contract, *given: dict[str, Any]) -> Contract:
    document = {"correctionsVersion": 1, "corrections": list(given)}
    (contract.path.parent / corrections.FILE).write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return contract


def entry(**changed: Any) -> dict[str, Any]:
    """A correction of the cell B2, in which 374 stands."""
    return {
        "id": "decimal-point",
        "reason": {"en": "The decimal point was lost.", "th": "จุดทศนิยมหายไป"},
        "reportedOn": date(2026, 2, 11),
        "by": "Example organisation, environment division",
        "where": {"path": "*/RH/Example.xlsx", "sheet": "Example", "cell": "B2"},
        "expect": "374",
        "set": {"value": 37.4},
    } | changed


def hours(raw: list[str | None]) -> Batch:
    """One series; the cells are B2, C2, …"""
    number = pl.Series(raw, dtype=pl.String).cast(pl.Float64, strict=False)
    n = len(raw)
    rows = pl.DataFrame(
        {
            "station_key": ["EGAT-09"] * n,
            "station_name": ["Example"] * n,
            "quantity": ["RH"] * n,
            "averaging_period": ["PT1H"] * n,
            "interval_start_at": [START + timedelta(hours=i) for i in range(n)],
            "interval_end_at": [START + timedelta(hours=i + 1) for i in range(n)],
            "raw_value": raw,
            "raw_unit": ["%"] * n,
            "value": number,
            "is_valid": number.is_not_null(),
            "sheet": ["Example"] * n,
            "cell": [f"{chr(66 + i)}2" for i in range(n)],
        }
    )
    return observation_batch(
        settings.contracts()["egat_weather"].entities[0].name, rows, layout="hourly", series="EGAT-09/RH"
    )


def corrected(contract: Contract, batch: Batch) -> Batch:
    return correct(batch, corrections.naming(corrections.of(contract), batch.entity, PATH, SHA), contract)


def test_a_cell_that_holds_what_was_expected_is_corrected_and_the_delivered_text_stays(weather: Contract) -> None:
    done = corrected(write(weather, entry()), hours(["374", "80"]))
    assert done.rows.select("raw_value", "value", "is_valid").rows() == [("374", 37.4, True), ("80", 80.0, True)]
    [finding] = done.findings
    assert (finding.rule, finding.sheet, finding.cell, finding.n) == ("corrected", "Example", "B2", 1)
    assert (
        "“374” → “37.4”" in finding.reason_en
        and "The decimal point was lost. Reported on 2026-02-11 by Example" in finding.reason_en
    )
    assert "“374” → “37.4”" in finding.reason_th and "จุดทศนิยมหายไป" in finding.reason_th
    assert finding.subject == "decimal-point"


@pytest.mark.parametrize("now", ["37.4", "375", None, "D"])
def test_a_cell_that_holds_something_else_is_left_alone_and_said_so(weather: Contract, now: str | None) -> None:
    before = hours([now, "80"])
    done = corrected(write(weather, entry()), before)
    assert done.rows.equals(before.rows)
    assert [(f.rule, f.cell) for f in done.findings] == [("correction_obsolete", "B2")]


@pytest.mark.parametrize(
    ("to", "row"),
    [({"value": None}, (None, None, False)), ({"flag": "C"}, (None, "C", False)), ({"value": 0}, (0.0, None, True))],
)
def test_a_value_may_be_taken_out_or_flagged(weather: Contract, to: dict[str, Any], row: tuple) -> None:
    done = corrected(write(weather, entry(set=to, expect=374)), hours(["374.0", "80"]))
    assert done.rows.select("value", "flag", "is_valid").row(0) == row


def test_a_row_may_be_named_by_its_columns_in_one_delivery(weather: Contract) -> None:
    where = {"sha256": SHA, "rows": {"station_key": "EGAT-09", "interval_start_at": "2019-03-31T08:00:00+07:00"}}
    write(weather, entry(where=where, expect=80), entry(id="empty-cell", where=where | {"cell": "D2"}, expect=None))
    done = corrected(weather, hours(["374", "80", None]))
    assert done.rows["value"].to_list() == [374.0, 37.4, None]  # D2 is another hour: both are asked for
    assert not corrections.naming(corrections.of(weather), done.entity, PATH, "cd" * 32)


def test_what_no_delivery_has_leaves_no_trace_in_the_batch(weather: Contract) -> None:
    elsewhere = entry(id="other-file", where={"path": "*/RH/Other.xlsx", "cell": "B2"})
    batch = hours(["374"])
    assert corrected(write(weather, elsewhere, entry(where={"path": "*", "cell": "ZZ9"})), batch) == batch


def test_a_column_of_a_record_is_set_and_its_trouble_is_gone(tmp_path: Path) -> None:
    contract = replace(settings.contracts()["open_power_plants"], path=tmp_path / "contract.yml")
    entity = contract.entities[0]
    column = next(c for c in entity.own_columns if c.type == "DOUBLE" and not c.is_key and not c.required)
    key = next(c for c in entity.own_columns if c.is_key and c.type == "VARCHAR")
    frame = pl.DataFrame(
        {
            key.name: ["a", "b", "c"],
            column.name: ["12,5", "7", "8"],
            "interval_start_at": [START] * 3,
            "interval_end_at": [START] * 3,
            "sheet": ["s"] * 3,
            "cell": ["0", "1", "2"],
        }
    )
    batch = record_batch(contract, entity.name, frame, layout="l", series="s")
    assert batch.rows["problem"].null_count() == 2
    more = {"entity": entity.name, "column": column.name}
    write(
        contract,
        entry(where={"path": "*", "cell": "0"} | more, expect="12,5", set={"value": 12.5}),
        entry(id="by-key", where={"path": "*", "rows": {key.name: "b"}} | more, expect=7, set={"value": None}),
    )
    done = corrected(contract, batch)
    assert done.rows.select(column.name, "problem", "raw_value").rows() == [
        (12.5, None, "12,5"),
        (None, None, "7.0"),
        (8.0, None, None),
    ]
    assert [f.rule for f in done.findings] == ["corrected", "corrected"]


def test_of_a_personal_source_no_value_is_told(weather: Contract) -> None:
    done = corrected(write(replace(weather, classification="personal"), entry()), hours(["374"]))
    assert "374" not in done.findings[0].reason_en + done.findings[0].reason_th


def test_the_fingerprint_follows_what_is_done_and_not_the_words(weather: Contract) -> None:
    def of(*given: dict[str, Any]) -> str:
        corrections._load.cache_clear()  # two files within one tick of the clock
        return corrections.fingerprint(corrections.of(write(weather, *given)))

    assert of() == "" and len(of(entry())) == 12
    assert of(entry()) == of(entry(by="Another organisation", reportedOn=date(2026, 3, 1)))
    assert len({of(entry()), of(entry(expect=375)), of(entry(set={"value": 1})), of(entry(set={"flag": "D"}))}) == 4


def broken(**changed: Any) -> list[dict[str, Any]]:
    return [entry(**changed)]


@pytest.mark.parametrize(
    ("given", "where", "says"),
    [
        (broken(expect=374, set={}), "corrections[0] (decimal-point).set", "{value: 37.4}"),
        (broken(set={"value": "many"}), "(decimal-point).set.value", "cannot be read as DOUBLE"),
        (broken(set={"flag": "Q"}), "(decimal-point).set.flag", "legend"),
        (broken(by="somchai@example.org"), "(decimal-point).by", "a role or an organisation"),
        (broken(reason={"en": "Why.", "th": "why"}), "(decimal-point).reason.th", "does not match"),
        (broken(where={"path": "*"}), "(decimal-point).where", "`cell`"),
        (broken(where={"path": "*", "rows": {"statoin": "x"}}), "where.rows.statoin", "is no column"),
        (broken(where={"path": "*", "cell": "B2", "column": "station_key"}), "where.column", "withdraw"),
        (broken(where={"path": "*", "cell": "B2", "entity": "nothing"}), "where.entity", "use one of"),
        ([entry(), entry()], "corrections[1]", "has the id of decimal-point"),
        ([entry(), entry(id="again")], "corrections[1]", "the place of decimal-point"),
        ([{"id": "abc"}], "corrections[0] (abc)", "required property"),
    ],
)
def test_a_wrong_entry_says_where_and_what_to_do(
    weather: Contract, given: list[dict[str, Any]], where: str, says: str
) -> None:
    with pytest.raises(ContractError) as told:
        corrections.of(write(weather, *given))
    assert where in str(told.value) and says in str(told.value) and "What to do" in str(told.value)


def test_the_example_is_well_formed_and_no_file_means_no_corrections(weather: Contract) -> None:
    assert corrections.of(weather) == ()
    example = Path(corrections.__file__).with_name("corrections.example.yml").read_text("utf-8")
    (weather.path.parent / corrections.FILE).write_text(example, "utf-8")
    assert [one.id for one in corrections.of(weather)] == ["example-rh-decimal-point", "example-calibration"]
