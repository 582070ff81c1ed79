"""Builds the two published databases with invented rows, so that report tests need no lake: same tables, same types."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from assets.lake.ledger import TABLES
from tests.unit.report_history_state import history

Row = dict[str, Any]
NOW = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)
PARTNER = ("การไฟฟ้าฝ่ายผลิตแห่งประเทศไทย (กฟผ.)", "Electricity Generating Authority of Thailand (EGAT)")
FLAGS = [
    {"flag": "D", "meaning_en": "station down", "meaning_th": "สถานีหยุดทำงาน", "is_verified": True},
    {"flag": "F", "meaning_en": "fail", "meaning_th": "เครื่องวัดขัดข้อง", "is_verified": True},
    {"flag": "P", "meaning_en": "not in the legend", "meaning_th": "ไม่มีในคำอธิบาย", "is_verified": False},
]
CONTRACTS = [
    {
        "source_id": "egat_ambient", "title_en": "Ambient air quality", "title_th": "คุณภาพอากาศในบรรยากาศ",
        "version": "1.0.0", "values": "synthetic", "shape": "documented", "flags": FLAGS,
    },
    {
        "source_id": "egat_weather", "title_en": "Weather", "title_th": "อุตุนิยมวิทยา",
        "version": "1.0.0", "values": "synthetic", "shape": "documented", "flags": FLAGS,
    },
]  # fmt: skip
STATIONS = {
    "EGAT-05": ("สถานีตรวจอากาศหลัก", "Main station"),
    "EGAT-07": ("ศูนย์ราชการแม่เมาะ", "Government Center"),
    "EGAT-09": ("บ้านสบป้าด", "Ban Sop Pat"),
}


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def write_status(path: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """`status.duckdb` with every ops table; columns that a row leaves out are NULL, instants default to NOW."""
    with duckdb.connect(str(path)) as db:
        db.execute("set TimeZone = 'UTC'")
        db.execute("create schema ops")
        for name, schema in TABLES.items():
            db.register("empty", schema.empty_table())
            db.execute(f"create table ops.{name} as select * from empty")
            rows = [{"recorded_at": NOW, "run_id": "run-1"} | row for row in tables.get(name, ())]
            for row in rows:
                columns = [column for column in row if column in schema.names]
                marks = ", ".join("?" for _ in columns)
                values = [row[column] for column in columns]
                db.execute(f"insert into ops.{name} ({', '.join(columns)}) values ({marks})", values)
    return path


def write_marts(path: Path, series: Sequence[Row], stations: Mapping[str, tuple[str, str]] = STATIONS) -> Path:
    """`marts.duckdb` with hourly (or `period`) observations: each series says how many of its rows are bad.

    A series has source_id, station_key, quantity, start, end (local dates, both included) and may have level, period,
    and `bad`: SQL over `d` (local day) and `h` (0..23) that gives 'flag:X', 'blank', 'none' (no row at all) or NULL.
    """
    with duckdb.connect(str(path)) as db:
        db.execute("set TimeZone = 'UTC'")
        db.execute("create schema silver; create schema gold")
        db.execute("""
            create table silver.observation (
                source_id varchar, partner_id varchar, station_key varchar, quantity varchar, level varchar,
                averaging_period varchar, interval_start_at timestamptz, interval_end_at timestamptz,
                observed_date date, value double, unit varchar, raw_value varchar, raw_unit varchar, flag varchar,
                is_valid boolean, instrument_class varchar, batch_id varchar
            )
        """)
        db.execute("create table gold.dim_station (station_key varchar, name_th varchar, name_en varchar)")
        db.executemany("insert into gold.dim_station values (?, ?, ?)", [(k, *names) for k, names in stations.items()])
        for one in series:
            _write_series(db, one)
    return path


STEPS = {"PT1H": "1 hour", "P1D": "1 day", "P1M": "1 month", "P1Y": "1 year"}


def _write_series(db: duckdb.DuckDBPyConnection, one: Row) -> None:
    period = one.get("period", "PT1H")
    step = STEPS[period]
    db.execute(
        f"""
        insert into silver.observation
        with local as (
            select t, t::date as d, hour(t) as h
            from unnest(
                generate_series(?::timestamp, ?::timestamp + interval 1 day - interval 1 second, interval {step})
            ) as s(t)
        ),

        judged as (select *, {one.get("bad", "null")}::varchar as bad from local)

        select ?, 'egat', ?, ?, ?, ?,
            (t - interval 7 hours)::timestamptz, (t + interval {step} - interval 7 hours)::timestamptz, d,
            case when bad is null then 10.0 end, 'ug/m3', coalesce(bad, '10'), 'ug/m3',
            case when starts_with(bad, 'flag:') then bad[6:] end, bad is null, 'reference', 'b1'
        from judged
        where bad is distinct from 'none'
        """,
        [one["start"], one["end"], one["source_id"], one["station_key"], one["quantity"], one.get("level"), period],
    )


def delivery(path: str, outcome: str, day: int = 1, source_id: str | None = "egat_ambient", **more: Any) -> Row:
    counts = {"rows_in": 0, "accepted": 0, "quarantined": 0, "dropped": 0, "findings": 0}
    return counts | {
        "delivery_id": sha(f"{path}{day}")[:16], "partner_id": "egat", "path": path, "sha256": sha(f"{path}{day}"),
        "received_at": datetime(2026, 10, day, 2, tzinfo=UTC), "source_id": source_id, "outcome": outcome,
        "reason_en": "", "reason_th": "",
    } | more  # fmt: skip


def batch(of: Row, series: str, start: date, end: date, status: str = "accepted", **more: Any) -> Row:
    """A batch of a delivery with the delivery's own counts."""
    shared = ("delivery_id", "sha256", "partner_id", "source_id", "path", "received_at", "rows_in", "accepted",
              "quarantined", "dropped")  # fmt: skip
    return {name: of[name] for name in shared} | {
        "batch_id": sha(of["path"] + series + of["sha256"])[:16], "entity": "observation", "layout": "hourly_grid",
        "series": series, "period_start": start, "period_end": end,
        "slot": f"{of['source_id']}|hourly_grid|{series}|{start}..{end}",
        "contract_version": "1.0.0", "parser_version": "3", "status": status,
    } | more  # fmt: skip


def check(of: Row, rule: str, evaluated: int, failed: int = 0, **more: Any) -> Row:
    """A G1 line for a batch; a row rule of validity unless told otherwise."""
    return {
        "gate": "G1", "partner_id": "egat", "source_id": of["source_id"], "entity": of["entity"],
        "batch_id": of["batch_id"], "rule": rule, "dimension": "validity", "scope": "row", "severity": "major",
        "action": "quarantine_row", "evaluated": evaluated, "failed": failed, "outcome": "fail" if failed else "pass",
        "reason_en": f"{rule}: outside what the contract allows", "reason_th": f"{rule}: อยู่นอกช่วงที่สัญญาข้อมูลกำหนด",
    } | more  # fmt: skip


def table_check(gate: str, table: str, rule: str, evaluated: int, failed: int = 0, **more: Any) -> Row:
    """A line of a gate over a whole table: no partner, no source, the snapshot stands where the batch id would."""
    return {
        "gate": gate, "entity": table, "batch_id": "7", "rule": rule, "dimension": "consistency", "scope": "table",
        "severity": "critical", "action": "withhold_publish", "evaluated": evaluated, "failed": failed,
        "outcome": "fail" if failed else "pass", "reason_en": f"{rule} does not hold", "reason_th": f"{rule} ไม่ผ่าน",
    } | more  # fmt: skip


def held(of: Row, rule: str, cell: str | None, raw_value: str | None, n_rows: int = 1, **more: Any) -> Row:
    return {
        "partner_id": "egat", "source_id": of["source_id"], "entity": "observation", "batch_id": of.get("batch_id"),
        "delivery_id": of["delivery_id"], "rule": rule, "path": of["path"], "sheet": "Sheet1" if cell else None,
        "cell": cell, "raw_value": raw_value, "n_rows": n_rows,
        "reason_en": f"{rule}: outside what the contract allows", "reason_th": f"{rule}: อยู่นอกช่วงที่สัญญาข้อมูลกำหนด",
        "row_json": '{"interval_start_at": "2019-03-01 05:00:00+00:00"}',
    } | more  # fmt: skip


def found(of: Row, rule: str, en: str, th: str, cell: str | None = None, n: int = 1) -> Row:
    return {
        "partner_id": "egat", "source_id": of["source_id"], "delivery_id": of["delivery_id"],
        "batch_id": of.get("batch_id"), "rule": rule, "reason_en": en, "reason_th": th, "path": of["path"],
        "sheet": "Sheet1", "cell": cell, "n": n,
    }  # fmt: skip


def publication() -> list[Row]:
    names = ("silver.observation", "gold.fct_air_quality_daily", "gold.dim_station")
    return [
        {"publication_id": "20261102T033000Z-run-1", "published_at": NOW, "table_name": name, "snapshot_id": 7 + i,
         "state": "published"}
        for i, name in enumerate(names)
    ]  # fmt: skip


AIR = "ผลการตรวจวัดคุณภาพอากาศ"
PHP_EN = (
    "The workbook holds the error page of the export program ('Maximum execution time of 30 seconds exceeded') and no "
    "data. Export SO2 of สถานีตรวจอากาศหลัก 2010-2020 again, year by year if the program times out, and send it."
)
PHP_TH = (
    "ไฟล์มีเพียงข้อความแสดงข้อผิดพลาดของโปรแกรมส่งออก ('Maximum execution time of 30 seconds exceeded') ไม่มีข้อมูล "
    "โปรดส่งออกข้อมูล SO2 สถานีตรวจอากาศหลัก ปี 2553-2563 ใหม่ หากโปรแกรมหมดเวลาให้ส่งออกทีละปี"
)


def story(folder: Path) -> tuple[Path, Path]:
    """A state with everything: every outcome, both kinds of refusal, resolved matters, quarantine and findings."""
    first, last = date(2009, 1, 1), date(2010, 12, 31)
    good = delivery(f"{AIR}/NO2 2009-2019/Government center.xlsx", "accepted", 1, rows_in=17_520, accepted=17_520)
    noted = delivery(
        f"{AIR}/PM10 2009-2019/Bansoppad.xlsx", "accepted_with_findings", 1,
        rows_in=17_524, accepted=17_513, quarantined=7, dropped=4, findings=3,
        reason_en="the footer counts differ", reason_th="จำนวนในส่วนท้ายไม่ตรงกัน",
    )  # fmt: skip
    old = delivery(
        f"{AIR}/SO2 2009/Bansoppad.xlsx", "replaced", 1, rows_in=8_760, accepted=8_758, quarantined=2,
        reason_en="replaced by SO2 Bansoppad v2.xlsx", reason_th="ถูกแทนที่ด้วย SO2 Bansoppad v2.xlsx",
    )  # fmt: skip
    new = delivery(f"{AIR}/SO2 2009/SO2 Bansoppad v2.xlsx", "accepted", 3, rows_in=8_760, accepted=8_760)
    broken = delivery(f"{AIR}/SO2 2010-2020/สถานีตรวจอากาศหลัก.xlsx", "refused", 1, reason_en=PHP_EN, reason_th=PHP_TH)
    blank = delivery(f"{AIR}/PM10 2009-2019/Pratupha.xlsx", "no_data", 1,
                     reason_en="its only cell says that there are no data for site pc",
                     reason_th="มีเพียงช่องเดียวที่แจ้งว่า ไม่มีข้อมูลของไซต์ pc")  # fmt: skip
    again = delivery(
        f"{AIR}/copy of Government center.xlsx", "repeat", 2,
        reason_en="same bytes as Government center.xlsx", reason_th="ไฟล์เดียวกับ Government center.xlsx",
    )  # fmt: skip
    cut = delivery("truncated.xlsx", "refused", 1, None, reason_en="The file ends in the middle. Send it again.",
                   reason_th="ไฟล์ขาดตอนกลาง โปรดส่งใหม่")  # fmt: skip
    mended = delivery("truncated.xlsx", "accepted", 4, "egat_weather", rows_in=24, accepted=24)
    taken = delivery("wrong partner.xlsx", "refused", 2, "egat_weather", rows_in=48, dropped=48,
                     reason_en="withdrawn: sent by mistake", reason_th="ถอนออก: sent by mistake")  # fmt: skip
    mixed = delivery("อุตุนิยมวิทยา/2010/RH main.xlsx", "accepted_with_findings", 5, "egat_weather", rows_in=17_544,
                     accepted=8_784, quarantined=8_760, findings=1, reason_en="one set was refused",
                     reason_th="มีชุดข้อมูลที่ไม่รับ")  # fmt: skip

    b_good = batch(good, "EGAT-07/NO2", first, last)
    b_noted = batch(noted, "EGAT-09/PM10", first, last)
    b_old = batch(old, "EGAT-09/SO2", first, date(2009, 12, 31), "replaced")
    b_new = batch(new, "EGAT-09/SO2", first, date(2009, 12, 31))
    b_mended = batch(mended, "EGAT-05/TEMP", first, first)
    b_taken = batch(taken, "EGAT-05/WS", first, date(2009, 1, 2), "withdrawn", accepted=48, dropped=0)
    b_rh = batch(mixed, "EGAT-05/RH", first, date(2009, 12, 31), rows_in=8_784, accepted=8_784, quarantined=0)
    b_refused = batch(mixed, "EGAT-05/BP", first, date(2009, 12, 31), "refused", rows_in=8_760, accepted=0)
    window = {
        "reason_en": "Dates lie outside the period of the contract. Check the year and send again.",
        "reason_th": "วันที่อยู่นอกช่วงของสัญญาข้อมูล โปรดตรวจสอบปี (พ.ศ. หรือ ค.ศ.) แล้วส่งใหม่",
    }
    refusing = {"dimension": "timeliness", "scope": "batch", "severity": "critical", "action": "refuse_batch"}
    status = write_status(folder / "status.duckdb", {
        "delivery": [good, noted, old, new, broken, blank, again, cut, mended, taken, mixed],
        "batch": [b_good, b_noted, b_old, b_new, b_mended, b_taken, b_rh, b_refused],
        "check_result": [
            check(b_good, "no2_range", 17_520), check(b_noted, "pm10_range", 17_524, 7, sample_sheet="Sheet1",
                  sample_cell="C7", sample_value="-1"),
            check(b_noted, "flat_line", 17_524, 12, dimension="accuracy", severity="minor", action="flag",
                  sample_sheet="Sheet1", sample_cell="D40", sample_value="55"),
            check(b_good, "unique_hour", 17_520, dimension="uniqueness", severity="critical"),
            check(b_old, "so2_range", 8_760, 2), check(b_rh, "rh_range", 8_784),
            check(b_refused, "window", 1, 1, **refusing, **window),
            table_check("G2", "silver.observation", "one_row", 51_904),
            table_check("G3", "gold.fct_air_quality_daily", "enough_hours", 1_460, 180, action="warn",
                        partner_id="egat", source_id="egat_ambient", severity="major"),
        ],
        "quarantine": [
            *(held(b_noted, "pm10_range", f"{c}7", "-1") for c in "CDEFGHI"),
            *(held(b_old, "so2_range", f"{c}9", "9999") for c in "CD"),
            held(b_refused, "window", None, None, 8_760, row_json=None, **window),
            held(broken, "export_error", "A1", None, 0, row_json=None, reason_en=PHP_EN, reason_th=PHP_TH),
            held(b_taken, "ws_range", "B3", "516"),
        ],
        "finding": [
            found(b_noted, "footer_differs", "the footer says D = 83, the cells hold 85",
                  "ส่วนท้ายระบุ D = 83 แต่ในตารางมี 85", "A4025"),
            found(b_noted, "footer_differs", "the footer says F = 12, the cells hold 11",
                  "ส่วนท้ายระบุ F = 12 แต่ในตารางมี 11", "A4025"),
            found(b_noted, "error_row", "an error line of the export program stands above the table",
                  "มีบรรทัดข้อผิดพลาดของโปรแกรมส่งออกอยู่เหนือตาราง", "A1", 4),
            found(b_rh, "path_disagrees", "the folder says 2010, the cells say 2009",
                  "โฟลเดอร์ระบุปี 2010 แต่ในตารางเป็นปี 2009", "A3"),
        ],
        "publication": publication(),
        **history(noted["path"], broken["path"]),
    })  # fmt: skip
    middle = date(2009, 12, 31)
    marts = write_marts(folder / "marts.duckdb", [
        {"source_id": "egat_ambient", "station_key": "EGAT-07", "quantity": "NO2", "start": first, "end": last,
         "bad": "case when d between '2009-08-05' and '2009-10-20' then 'flag:D' when h = 3 then 'flag:P' end"},
        {"source_id": "egat_ambient", "station_key": "EGAT-09", "quantity": "PM10", "start": first, "end": last,
         "bad": "case when d between '2010-02-01' and '2010-04-10' then 'blank' when d = '2009-03-03' then 'flag:F' "
                "end"},
        {"source_id": "egat_ambient", "station_key": "EGAT-09", "quantity": "SO2", "start": first, "end": middle},
        {"source_id": "egat_weather", "station_key": "EGAT-05", "quantity": "RH", "start": first, "end": middle,
         "bad": "case when month(d) = 6 then 'none' end"},
        {"source_id": "egat_weather", "station_key": "EGAT-05", "quantity": "TEMP", "start": first,
         "end": date(2009, 3, 5), "period": "P1D"},
    ])  # fmt: skip
    return status, marts


def hours(start: date, end: date) -> int:
    return ((end - start) + timedelta(days=1)).days * 24
