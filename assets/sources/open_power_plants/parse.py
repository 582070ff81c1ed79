"""Open data on power plants: WRI's list of plants (Global Power Plant Database, Thailand) and Ember's capacity by fuel and year.

Neither file says when it was made. A plant speaks of the month of the database's edition; a capacity of its year.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import polars as pl

from assets.readers.calendar import month_span, year_span
from assets.readers.declared import left_out_columns
from assets.readers.document import Document
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import UTC_US, Batch, Parsed, Refusal
from assets.sources.open_power_plants.units import capacity_of_units
from expectations.contract import Contract

PARSER_VERSION = "1"
EDITION = (2021, 6)  # Global Power Plant Database 1.3.0
# our column → WRI's
PLANT = {
    "plant_id": "Power Plant ID",
    "name": "Name",
    "fuel": "Fuel",
    "technology": "Generator Technology",
    "units": "Units",
    "capacity_mw": "Capacity (MW)",
    "commissioned": "Commissioning Date",
    "owner": "Owner",
    "operational_status": "Operational Status",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "source": "Source",
    "geolocation_source": "Geolocation Source",
}
# Columns of WRI's file that are known and not taken: empty for Thailand but for a stray cell, or links.
PLANT_UNUSED = frozenset(
    (
        "Secondary Fuel",
        "Location",
        "Annual Generation (GWh)",
        "Year of Data",
        "Generation Data Source",
        "Cooling Technology",
        "Cooling Source",
        "Fuel Consumption (g/kWh)",
        "CO2 Annual Reported",
        "CO2 Specific Emissions (tCO2/MWh)",
        "Efficiency",
        "Other",
        "URL",
        "Source 2",
        "URL 2",
        "Peak Load (MW)",
        "Load Factor",
        "Capacity Factor",
        "Availability",
        "Grid Connection (kV)",
        "Grid Balancing Area",
        "Address",
        "Municipality",
        "Postal Code",
        "Country",
        "Natural Language",
    )
)
CAPACITY = {"fuel": "fuel", "valid_from": "valid_from", "capacity_mw": "capacity_mw", "source": "source"}
_CLAIMS = {"plant": {"Power Plant ID", "Capacity (MW)"}, "capacity": {"fuel", "valid_from", "capacity_mw"}}
_TIMES: dict[str, pl.DataType] = {
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "sheet": pl.String(),
    "cell": pl.String(),
}


def claims(document: Document) -> bool:
    return document.kind == "text" and _entity(_header(document.text)) is not None


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch. Raises Refusal: column_missing, type_flip; NoData."""
    header = _header(document.text)
    if _entity(header) == "capacity":
        return Parsed(contract.source_id, (_capacities(document, contract, header),))
    return Parsed(contract.source_id, (_plants(document, contract, header),))


def _entity(header: Sequence[str]) -> str | None:
    return next((entity for entity, names in _CLAIMS.items() if names <= set(header)), None)


def _plants(document: Document, contract: Contract, header: Sequence[str]) -> Batch:
    _require(PLANT.values(), header)
    start, end = month_span(*EDITION)
    rows = []
    for line, record in _records(document.text):
        texts = {ours: record.get(theirs) or "" for ours, theirs in PLANT.items()}
        counted = capacity_of_units(texts["units"])
        rows.append((start, end, "csv", f"line {line}", *texts.values(), counted))
    if not rows:
        raise nothing_in_it()
    schema: dict[str, pl.DataType] = {
        **_TIMES,
        **dict.fromkeys(PLANT, pl.String()),
        "capacity_of_units_mw": pl.Float64(),
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    findings = left_out_columns([name for name in header if name not in {*PLANT.values(), *PLANT_UNUSED}])
    return record_batch(contract, "plant", frame, layout="gppd", series="plants/THA", findings=findings)


def _capacities(document: Document, contract: Contract, header: Sequence[str]) -> Batch:
    _require(CAPACITY.values(), header)
    rows = []
    for line, record in _records(document.text):
        texts = {ours: (record.get(theirs) or "").strip() for ours, theirs in CAPACITY.items()}
        year = int(texts["valid_from"][:4]) if texts["valid_from"][:4].isdigit() else None
        times = year_span(year) if year else (None, None)
        rows.append((*times, "csv", f"line {line}", *texts.values()))
    if not rows:
        raise nothing_in_it()
    frame = pl.DataFrame(rows, schema={**_TIMES, **dict.fromkeys(CAPACITY, pl.String())}, orient="row")
    findings = left_out_columns([name for name in header if name not in CAPACITY.values()])
    return record_batch(contract, "capacity", frame, layout="ember", series="capacity/THA", findings=findings)


def _header(text: str) -> list[str]:
    return [name.strip() for name in next(csv.reader(io.StringIO(text)), [])]


def _records(text: str) -> list[tuple[int, dict[str, Any]]]:
    """(line of the file, record) of every record; a field may run over lines."""
    reader = csv.DictReader(io.StringIO(text), fieldnames=_header(text))
    return [(reader.line_num, record) for n, record in enumerate(reader) if n and any(record.values())]


def _require(names: Any, header: Sequence[str]) -> None:
    lost = [name for name in names if name not in header]
    if not lost:
        return
    listed = ", ".join(lost)
    raise Refusal(
        "column_missing",
        f"The file lacks {listed}. Send it with all columns, or tell us that the layout changed.",
        f"ไฟล์ขาดคอลัมน์ {listed} โปรดส่งให้ครบ หรือแจ้งเราว่ามีการเปลี่ยนรูปแบบ",
    )
