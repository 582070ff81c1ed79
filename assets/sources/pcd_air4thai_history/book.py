"""The history table of one PCD station: two header rows (names, then height and unit), a row per hour, columns by name."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.readers.declared import column_missing, new_columns
from assets.readers.document import Document
from assets.readers.pcd_stations import station_key
from assets.readers.records import nothing_in_it, observation_batch
from assets.readers.result import Batch, Drop, Finding, Refusal
from assets.readers.sheet_xml import column_letters
from assets.readers.wide import SPACES, Channel, unreadable_times, wide_rows
from expectations.units import UnitError, ucum

DATE, HOUR = "ปี/เดือน/วัน", "ชั่วโมง"
HEAD_ROWS = 20
DECIMALS = 4  # the finest column has 2; behind the 5th stands noise such as 0.599999
NOTHING = ("-", "--")
ACCEPTED_UNITS = {
    "PM10": "ug/m3",
    "PM25": "ug/m3",
    **dict.fromkeys(("NO", "NO2", "NOX", "SO2", "O3", "H2S"), "[ppb]"),
    "CO": "[ppm]",
    "RAIN": "[in_i]",
    "BP": "mbar",
    "TEMP": "Cel",
    "RH": "%",
    "WS": "m/s",
    "WD": "deg",
    "SW": "W/m2",
}
# Names as written, in lower case and without blanks and dots.
QUANTITIES = {
    **{name.lower(): name for name in ("PM10", "PM25", "CO", "NO", "NO2", "NOX", "SO2", "O3", "H2S")},
    "rain": "RAIN",
    "pressure": "BP",
    "temp": "TEMP",
    "relhum": "RH",
    "windspeed": "WS",
    "winddir": "WD",
    "globrad": "SW",
}
# Known to us and in no unit that the registry has: counted, not taken.
NOT_TAKEN = {"netrad": "net radiation"}
_STATION = re.compile(r"(?<![0-9A-Za-z])(\d{1,3}t)(?![0-9A-Za-z])", re.IGNORECASE)
_UNIT = re.compile(r"\(([^()]*)\)\s*$")


@dataclass(frozen=True)
class _Table:
    """One sheet: `grid` has String columns c0…, `top` is the row of the names (from 0)."""

    sheet: str
    grid: pl.DataFrame
    top: int


def is_history_table(document: Document) -> bool:
    """True when a sheet (or the text) has the header of the date and the hour."""
    if document.kind == "text":
        return DATE in document.text[:2_000] and HOUR in document.text[:2_000]
    return any(_top(sheet.grid) is not None for sheet in document.workbook.sheets)


def parse_book(document: Document) -> Batch:
    """Rows of one station. Every cell under a quantity's name is a row or counted in a drop."""
    tables, others = _tables(document)
    if not tables:
        raise column_missing([DATE, HOUR], others or ["?"])
    code, name = _station(document, tables)
    parts: list[pl.DataFrame] = []
    findings = [_not_understood(sheet) for sheet in others]
    drops: list[Drop] = []
    for table in tables:
        channels, left_out, told = _columns(table)
        frame = _hours(table, [channel.column for channel in channels], code, name)
        findings += [*told, *unreadable_times(frame, "date")]
        drops += _drops(left_out, frame.height)
        if frame.height and channels:
            parts.append(wide_rows(frame, channels, NOTHING, cell=_address, decimals=DECIMALS))
    if not parts:
        raise nothing_in_it()
    rows = pl.concat(parts).sort("station_key", "quantity", "interval_start_at", maintain_order=True)
    series = f"station/{rows['station_key'][0]}"
    return observation_batch("observation", rows, layout="workbook", series=series, findings=findings, drops=drops)


def _tables(document: Document) -> tuple[list[_Table], list[str]]:
    """Sheets with the header, and the names of those that hold something else (marks and empty ones left out)."""
    if document.kind == "text":
        text = io.BytesIO(document.text.removeprefix("\ufeff").encode())
        grid = pl.read_csv(text, has_header=False, infer_schema=False, truncate_ragged_lines=True)
        grid.columns = [f"c{number}" for number in range(grid.width)]
        sheets = [("csv", grid)]
    else:
        sheets = [(sheet.name, sheet.grid) for sheet in document.workbook.sheets]
    tops = [(name, grid, _top(grid)) for name, grid in sheets]
    tables = [_Table(name, grid, top) for name, grid, top in tops if top is not None]
    others = [name for name, grid, top in tops if top is None and grid.height > 1]
    return tables, others


def _top(grid: pl.DataFrame) -> int | None:
    for number, row in enumerate(grid.head(HEAD_ROWS).rows()):
        words = [(cell or "").strip(SPACES) for cell in row]
        if DATE in words and HOUR in words:
            return number
    return None


def _station(document: Document, tables: Sequence[_Table]) -> tuple[str, str]:
    """(code, name): the file's name says both, as in `(37t)ศาลหลักเมือง(ปิดสถานี).xlsx`; a sheet may say the code."""
    file = document.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    found = _STATION.search(file)
    if found:
        return found[1].lower(), file.replace(f"({found[1]})", "").replace(found[1], "").strip(SPACES + "_-") or found[
            1
        ]
    for table in tables:
        if in_sheet := _STATION.search(table.sheet):
            return in_sheet[1].lower(), file
    raise Refusal(
        "station_missing",
        f"The table does not say of which station it is, and neither does its name “{file}”. Name the file after the "
        "station, as in “(38t)สบป้าด.xlsx”, and send it again.",
        f"ตารางและชื่อไฟล์ “{file}” ไม่ระบุว่าเป็นสถานีใด โปรดตั้งชื่อไฟล์ตามรหัสสถานี เช่น “(38t)สบป้าด.xlsx” แล้วส่งใหม่",
        sheet=tables[0].sheet,
    )


def _names(table: _Table) -> list[str]:
    return [(cell or "").strip(SPACES) for cell in table.grid.row(table.top)]


def _columns(table: _Table) -> tuple[list[Channel], dict[str, str], list[Finding]]:
    """(what is read, names of columns that are not with the reason if there is one, what to tell)."""
    units = table.grid.row(table.top + 1) if table.grid.height > table.top + 1 else ()
    channels: list[Channel] = []
    findings: list[Finding] = []
    left_out: dict[str, str] = {}
    for number, name in enumerate(_names(table)):
        if name in ("", DATE, HOUR):
            continue
        plain = re.sub(r"[\s.]+", "", name).lower()
        if plain not in QUANTITIES:
            left_out[name] = NOT_TAKEN.get(plain, "")
            continue
        quantity = QUANTITIES[plain]
        unit, told = _unit(quantity, name, units[number] if number < len(units) else None, table, number)
        findings += told
        channels.append(Channel(f"c{number}", quantity, unit))
    if not channels:
        raise column_missing(["PM10"], _names(table))
    findings += new_columns([name for name, why in left_out.items() if not why])
    return channels, left_out, findings


def _hours(table: _Table, columns: Sequence[str], code: str, name: str) -> pl.DataFrame:
    """The rows below the two headers that hold anything, ready for `wide_rows`; `cell` is the row's number."""
    names = _names(table)
    body = table.grid.with_row_index("row", offset=1).slice(table.top + 2)
    is_empty = pl.all_horizontal(pl.exclude("row").str.strip_chars(SPACES).fill_null("") == "")
    date, hour = pl.col(f"c{names.index(DATE)}"), pl.col(f"c{names.index(HOUR)}")
    return body.filter(~is_empty).select(
        *columns,
        date.alias("date"),
        _end(date, hour).alias("at"),
        station_key(pl.lit(code), pl.lit(name)).alias("station_key"),
        pl.lit(name).alias("station_name"),
        pl.lit("station").alias("from_path"),
        pl.lit(table.sheet).alias("sheet"),
        pl.col("row").cast(pl.String).alias("cell"),
    )


def _end(date: pl.Expr, hour: pl.Expr) -> pl.Expr:
    """UTC end of the hour. 90118 is 2009-01-18: the leading zero of the year is lost; 2400 is the next midnight."""
    digits = date.str.strip_chars(SPACES).str.replace(r"\.0$", "").str.zfill(6)
    day = pl.coalesce(
        ("20" + digits).str.to_datetime("%Y%m%d", time_unit="us", strict=False),
        date.str.strip_chars(SPACES).str.slice(0, 10).str.to_datetime("%Y-%m-%d", time_unit="us", strict=False),
    )
    number = hour.str.strip_chars(SPACES).str.replace(r"\.0$", "").cast(pl.Int64, strict=False)
    is_hour = number.is_between(0, 2400) & (number % 100 == 0)
    local = pl.when(is_hour).then(day + pl.duration(hours=number // 100))
    return local.dt.replace_time_zone("Asia/Bangkok").dt.convert_time_zone("UTC")


def _unit(quantity: str, name: str, written: str | None, table: _Table, number: int) -> tuple[str, list[Finding]]:
    """The unit in the brackets of `at 3 m (ppb)`; a column without one is read in the usual unit, and told."""
    cell = f"{column_letters(number)}{table.top + 2}"
    found = _UNIT.search(written or "")
    if found and found[1].strip():
        try:
            return ucum(found[1]), []
        except UnitError as error:
            raise Refusal(
                "unit_unknown",
                f"Sheet {table.sheet}, {cell}: the unit “{found[1]}” of {name} is not known. Tell us what it is, or write it "
                "as in the other columns.",
                f"แผ่นงาน {table.sheet} เซลล์ {cell}: ไม่รู้จักหน่วย “{found[1]}” ของ {name} โปรดแจ้งความหมาย หรือเขียนให้เหมือนคอลัมน์อื่น",
                sheet=table.sheet,
                cell=cell,
            ) from error
    unit = ACCEPTED_UNITS[quantity]
    return unit, [
        Finding(
            "unit_missing",
            f"{name} has no unit in {cell}; it was read as {unit}. Write the unit in brackets.",
            f"{name} ไม่มีหน่วยในเซลล์ {cell} จึงอ่านเป็น {unit} โปรดระบุหน่วยในวงเล็บ",
            sheet=table.sheet,
            cell=cell,
        )
    ]


def _address(channel: Channel) -> pl.Expr:
    return pl.lit(column_letters(int(channel.column.removeprefix("c")))) + pl.col("cell")


def _drops(left_out: dict[str, str], height: int) -> list[Drop]:
    return [
        Drop(
            "quantity_not_agreed",
            f"Column {name}{f' ({why})' if why else ''}: no quantity of ours, {height:,} cells were not taken.",
            f"คอลัมน์ {name} ไม่ใช่ตัวแปรที่ตกลงกันไว้ จึงไม่รับ {height:,} เซลล์",
            n=height,
        )
        for name, why in left_out.items()
        if height
    ]


def _not_understood(sheet: str) -> Finding:
    return Finding(
        "sheet_not_understood",
        f"Sheet {sheet} holds no table with {DATE} and {HOUR}; it was not read.",
        f"แผ่นงาน {sheet} ไม่มีตารางที่มี {DATE} และ {HOUR} จึงไม่ได้อ่าน",
        sheet=sheet,
    )
