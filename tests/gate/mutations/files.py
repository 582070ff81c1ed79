"""G0: a delivery that is not what it says, or not what was agreed. The readers refuse it, or take it and tell."""

from __future__ import annotations

from datetime import date

from simulator.egat import Station, Traps
from simulator.egat.bad import html_page, unknown_layout, zip_without_workbook
from simulator.egat.cfb import encrypted_workbook

from .edits import (
    cell,
    column,
    column_twice,
    put,
    raw,
    renamed,
    replaced,
    trapped,
    without_column,
)
from .mutation import Delivery, Edit, accident, oddity

ELSEWHERE = Station("EGAT-13", 13, "XX", "บ้านสมมุติ", "Ban Sommut", ("Bansommut",), 970, 1.0)


def pulled(label: str, status: int, suffix: str, data: bytes | None = None) -> Edit:
    """The delivery as an answer that was fetched: its path says source, day, request and HTTP status."""

    def edit(delivery: Delivery) -> Delivery:
        from datetime import UTC, datetime

        from assets.readers.pulled import pulled_path

        at = datetime(2026, 3, 22, 2, tzinfo=UTC)
        where = pulled_path(delivery.source_id, date(2026, 3, 19), at, 0, label, status, suffix, is_synthetic=True)
        return delivery._replace(path=where, data=delivery.data if data is None else data)

    return edit


KINDS = (
    # ── any file ──
    accident("no bytes at all", "pm10", "empty_file", raw(lambda data: b"")),
    accident("a CSV of no bytes", "units", "empty_file", raw(lambda data: b"")),
    accident("nothing but blanks", "units", "empty_file", raw(lambda data: b" \r\n" * 40)),
    accident("a server's error page as .xlsx", "pm10", "not_xlsx", raw(lambda data: html_page())),
    accident("a server's error page as .csv", "units", "html_page", raw(lambda data: html_page())),
    accident("plain text as .xlsx", "pm10", "not_xlsx", raw(lambda data: b"Date/Time,1:00\r\n")),
    accident("a workbook that was cut", "pm10", "truncated_zip", raw(lambda data: data[: len(data) * 2 // 3])),
    accident("a byte of a packed sheet turned", "pm10", "damaged_zip", raw(lambda data: _turned(data))),
    accident("a zip without a workbook", "pm10", "no_workbook", raw(lambda data: zip_without_workbook())),
    accident("a workbook with a password", "pm10", "password_protected", raw(lambda data: encrypted_workbook(seed=1))),
    accident(
        "a sheet that unpacks without end",
        "pm10",
        "zip_bomb",
        raw(lambda data: _swollen(data)),
    ),
    accident(
        "the minutes of a meeting", "pm10", "unrecognised", raw(lambda data: unknown_layout()), ("รายงานการประชุม",)
    ),
    accident("another partner's file", "units", "unrecognised", raw(lambda data: "ลำดับ,เรื่อง\n1,ติดตั้ง\n".encode())),
    accident("a text with zero bytes in it", "units", "unrecognised", raw(lambda data: data[:400] + bytes(200))),
    # ── EGAT's workbooks ──
    accident(
        "a title that names a station nobody knows",
        "pm10",
        "station_unknown",
        cell("A1", "PM10 Station บ้านสมมุติ"),
        ("Bansoppad A1",),
    ),
    oddity(
        "a station number that nobody knows, without a known name",
        "pm10",
        "station_unknown",
        cell("A1", "PM10 Station no.13 บ้านสมมุติ"),
        ("A1",),
        told={"path_disagrees"},
    ),
    oddity(
        "a station's number beside another's name",
        "pm10",
        "station_number",
        cell("A1", "PM10 Station no.2 บ้านสบป้าด"),
        ("A1",),
    ),
    accident(
        "a title that names a quantity nobody knows",
        "pm10",
        "quantity_unknown",
        cell("A1", "H9S Station no.9 บ้านสบป้าด"),
        ("Bansoppad A1",),
    ),
    oddity(
        "the title names another station than the path",
        "pm10",
        "path_disagrees",
        cell("A1", "PM10 Station no.2 บ้านท่าสี"),
        ("A1",),
    ),
    oddity(
        "the title names another quantity than the path",
        "pm10",
        "path_disagrees",
        cell("A1", "TSP Station no.9 บ้านสบป้าด"),
        ("A1",),
    ),
    accident("an hour missing in the header", "pm10", "hour_columns", cell("M2", None), ("Bansoppad B2",)),
    accident("an hour twice in the header", "pm10", "hour_columns", cell("M2", "11:00"), ("Bansoppad B2",)),
    oddity("a unit in the footer that cannot be", "pm10", "unit_label", cell("C27", "(furlong)"), ("C27",)),
    oddity("the footer's months are others", "pm10", "footer_period", cell("A28", "2018/01 - 2018/12"), ("A28",)),
    oddity(
        "days that are left out",
        "pm10",
        "missing_days",
        trapped(traps=Traps(outages=False, missing_days=5)),
        ("A6",),
        n=5,
    ),
    oddity(
        "a date that is none", "pm10", "unreadable_date", cell("A9", "35 มกราคม 2562"), ("A9",), told={"missing_days"}
    ),
    oddity(
        "an export that stopped within the last row",
        "pm10",
        "last_row_cut",
        trapped(traps=Traps(outages=False, cut_last_row=True)),
        ("O22",),
        n=11,
        told={"no_footer"},
    ),
    oddity(
        "a footer that counts otherwise",
        "pm10",
        "footer_count",
        trapped(traps=Traps(outages=False, footer="differs")),
        ("C23",),
        n=3,
    ),
    oddity("a table without its footer", "pm10", "no_footer", trapped(traps=Traps(outages=False, footer="absent"))),
    oddity(
        "a formula that was never calculated",
        "pm10",
        "formula_without_value",
        trapped(traps=Traps(outages=False, formulas="uncached")),
        ("S3",),
        n=6,
    ),
    oddity(
        "zeros where nothing was measured",
        "deviation",
        "day_without_summary",
        trapped(traps=Traps(outages=False, only_hours=3, blank_max_days=20)),
        ("AA3",),
        n=20,
    ),
    oddity("a maximum that the day does not have", "pm10", "daily_max", cell("AB9", 7), ("AB9",)),
    # ── CSV ──
    accident("a column left out", "units", "column_missing", without_column("NET_MW")),
    accident("a column under another name", "units", "column_missing", renamed("NET_MW", "NET")),
    accident("a column twice", "units", "column_twice", column_twice("NET_MW")),
    accident("words where numbers were", "units", "type_flip", column("NET_MW", "ON")),
    accident("a column twice in a declared feed", "renewable", "column_twice", column_twice("ENERGY_KWH")),
    oddity("a column more", "renewable", "new_column", column_twice("ENERGY_KWH", "REMARK")),
    accident(
        "a header and no rows",
        "charging",
        "no_data",
        raw(lambda data: data.splitlines(keepends=True)[0]),
        severity="minor",
    ),
    accident("a quotation mark that never ends", "charging", "malformed_csv", replaced("CCS2", '"CCS2')),
    accident(
        "letters of another code page",
        "electricity use",
        "unrecognised",
        raw(lambda data: data.decode("latin-1").encode()),
    ),
    accident(
        "UTF-16 without its mark",
        "electricity use",
        "unrecognised",
        raw(lambda data: data.decode("cp874").encode("utf-16-be")),
    ),
    # ── answers ──
    accident(
        "an answer that says server error", "sensors", "http_error", pulled("daily", 500, "json", b'{"error": "oops"}')
    ),
    accident("an answer that refuses the key", "sensors", "http_error", pulled("daily", 401, "json", b"{}")),
    accident("a page that says all is well", "sensors", "html_page", pulled("daily", 200, "json", html_page())),
    accident("an answer of no bytes", "sensors", "no_data", pulled("daily", 200, "json", b""), severity="minor"),
    accident("a JSON answer that was cut", "sensors", "invalid_json", raw(lambda data: data[: len(data) // 2])),
    accident(
        "a JSON answer of another shape",
        "fires",
        "unexpected_json",
        pulled("hotspots", 200, "json", b'{"features": {"a": 1}}'),
    ),
    oddity("a field that became an object", "places", "new_column", put("data", 0, "name", value={"th": "ก"})),
    accident("an XML answer that was cut", "fuel prices", "invalid_xml", raw(lambda data: data[: len(data) // 2])),
)


def _swollen(data: bytes) -> bytes:
    """The workbook with a first sheet that is said to unpack to 2 GB."""
    listed = data.rindex(b"xl/worksheets/sheet1.xml") - 46  # its entry in the archive's list of contents
    return data[: listed + 24] + (2 << 30).to_bytes(4, "little") + data[listed + 28 :]


def _turned(data: bytes) -> bytes:
    place = data.index(b"xl/worksheets/sheet1.xml") + 200
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
