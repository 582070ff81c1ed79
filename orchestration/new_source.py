"""`maemoh new-source`: the files of a new feed, from a small sample of it. Columns and their types are read off the sample;
what only a person can say is marked TODO."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl

from assets.intake import is_synthetic
from assets.lake.errors import LakeError
from assets.readers.delimited import read_delimited
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.typed import MISSING, clean, instant, number
from orchestration import settings

TIME_NAMES = ("time", "date", "timestamp", "datetime", "วันที่", "เวลา")


class CannotStart(LakeError):
    """A source that cannot be started as asked."""


def files_for(source: str, partner: str, entity: str, sample: Path, rows: str) -> dict[str, str]:
    """Path from the project's root → text: contract, sample, staging model. Raises CannotStart and Refusal."""
    _check(source, partner, entity, sample)
    document = Document(sample.read_bytes(), sample.name)
    frame, reading = _texts(document, rows)
    fields = [name for name in frame.columns if name != "cell"]
    kinds = {name: _kind(frame[name]) for name in fields}
    time = next((name for name, kind in kinds.items() if kind == "timestamp"), None)
    if time is None:
        named = [name for name in fields if any(word in name.lower() for word in TIME_NAMES)]
        time = named[0] if named else fields[0]
    folder = f"assets/sources/{source}"
    model = f"dbt_project/models/staging/{partner}/stg_{source}__{entity}.sql"
    return {
        f"{folder}/contract.yml": _contract(source, partner, entity, reading, kinds, time, _period(frame[time])),
        f"{folder}/sample-synthetic{sample.suffix}": document.text,
        model: f"{{{{ stage_record(source('bronze', '{source}__{entity}'), '{source}', '{partner}') }}}}\n",
    }


def write(files: dict[str, str]) -> None:
    """Writes the files; none of them may be there already."""
    there = [path for path in files if (settings.ROOT / path).exists()]
    if there:
        raise CannotStart(f"{', '.join(there)} is there already", "choose another name, or remove it first")
    for path, text in files.items():
        target = settings.ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def _check(source: str, partner: str, entity: str, sample: Path) -> None:
    for name in (source, partner, entity):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise CannotStart(f"{name!r} is no id", "use lower-case letters, digits and underscores")
    if source in settings.contracts():
        raise CannotStart(f"the source {source} exists", "choose another name")
    if not is_synthetic(sample.name):
        raise CannotStart(
            f"{sample.name} does not say that it is synthetic",
            "a sample in the project holds invented values: name it so",
        )


def _texts(document: Document, rows: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """(the fields as text, the contract's `read`)."""
    if document.kind == "json":
        _, names, _ = read_records(document, rows, ["?"], {})  # a field that is not there: only the names are asked for
        frame, _, _ = read_records(document, rows, names, {})
        return frame, {"format": "json", "rows": rows}
    first = document.text.splitlines()[0] if document.text else ""
    separator = max(",;|\t", key=first.count)
    return read_delimited(document, {"separator": separator}), {"format": "csv", "separator": separator}


def _kind(values: pl.Series) -> str:
    """The narrowest type that every entry fits."""
    frame = values.alias("text").to_frame().select(clean("text", MISSING).alias("text")).drop_nulls()
    if not frame.height:
        return "string"
    figures = frame.select(number(pl.col("text")))["text"]
    if figures.null_count() == 0:
        whole = bool((figures == figures.round(0)).all()) and not frame["text"].str.contains(r"\.").any()
        return "integer" if whole else "number"
    if frame.select(instant(pl.col("text")))["text"].null_count() == 0:
        return "timestamp"
    return "string"


def _period(times: pl.Series) -> str:
    """A day where every time is a bare date, else an instant."""
    return "P1D" if times.drop_nulls().str.contains(r"^\d{4}-\d{2}-\d{2}$").all() else "PT0S"


def _contract(
    source: str, partner: str, entity: str, reading: dict[str, Any], kinds: dict[str, str], time: str, period: str
) -> str:
    own = [name for name in kinds if name != time]
    first_key = next((name for name in own if kinds[name] == "string"), own[0] if own else "")
    properties = "\n".join(_property(name, kinds[name], name == first_key) for name in own)
    read = "\n".join(f"      {name}: {value!r}" for name, value in reading.items())
    return f"""# The contract of {source}: an Open Data Contract Standard v3 document. Our own additions are the
# customProperties; their meaning stands in expectations/contract.schema.json. All else about this source follows from here.
kind: DataContract
apiVersion: v3.0.2
id: {source}
name: {source.replace("_", " ")}
version: 1.0.0
status: draft
domain: environment # TODO environment, economy or energy; the same under pillar
description:
  purpose: TODO what it is, from whom, and what for
schema:
  - name: {entity}
    businessName: {entity.replace("_", " ").capitalize()}
    physicalType: table
    dataGranularityDescription: TODO one row per …
    # primaryKey: what makes a record one of its kind at its time. logicalTypeOptions minimum, maximum: what is possible.
    properties:
{properties}
    customProperties:
      - {{property: titleTh, value: TODO}}
      - {{property: rowShape, value: record}}
slaProperties: # TODO hours after the event
  - {{property: cadence, value: daily}}
  - {{property: onTimeHours, value: 24, unit: h}}
  - {{property: lateHours, value: 72, unit: h}}
  - {{property: staleHours, value: 168, unit: h}}
customProperties:
  - {{property: propertiesVersion, value: 1}}
  - {{property: partner, value: {partner}}}
  - {{property: titleEn, value: {source.replace("_", " ")}}}
  - {{property: titleTh, value: TODO}}
  - {{property: pillar, value: environment}}
  - {{property: transport, value: drop}}
  - {{property: shape, value: assumed}}
  - {{property: values, value: synthetic}}
  - {{property: windowStart, value: "2000-01-01"}}
  - {{property: maxQuarantinedShare, value: 0.05}}
  - {{property: licence, value: unknown}}
  - {{property: classification, value: internal}}
  - {{property: owner, value: TODO}}
  - {{property: contactRole, value: TODO}}
  - property: read
    value:
{read}
      entity: {entity}
      # label: is the time the beginning or the ending of the period? period: PT0S for an instant, PT1H, P1D, P1M …
      time: {{column: {time!r}, period: {period}, label: beginning}}
"""


def _property(name: str, kind: str, is_key: bool) -> str:
    column = re.sub(r"\W+", "_", name.lower()).strip("_") or "field"
    if not column.isascii() or not column[0].isalpha():
        column = "field_" + "".join(f"{ord(letter):x}" for letter in name[:4])
    key = ", required: true, primaryKey: true" if is_key else ""
    return (
        f"      - {{name: {column}, businessName: {name!r}, logicalType: {kind}{key},\n"
        f"         customProperties: [{{property: titleTh, value: TODO}}, {{property: from, value: {name!r}}}]}}"
    )
