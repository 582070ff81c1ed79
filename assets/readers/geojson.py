"""Features of a GeoJSON answer → columns of text, by the names that the contract gives; and codes of places as text."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.readers.declared import column_missing, new_columns
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import Finding, Parsed
from assets.readers.typed import clean
from expectations.contract import Contract

FEATURES = "features"
PLACE_DIGITS = {"province_code": 2, "district_code": 4, "tambon_code": 6}
HEAD_BYTES = 4_000_000  # the outline of one polygon may stand before the first property


def is_collection(document: Document, *marks: str) -> bool:
    """Is it a GeoJSON collection whose first features name all of `marks`?"""
    if document.kind != "json":
        return False
    head = document.data[:HEAD_BYTES]
    return all(f'"{mark}"'.encode() in head for mark in ("FeatureCollection", *marks))


def read_features(
    document: Document,
    contract: Contract,
    entity: str,
    also: Sequence[str],
    ignored: Sequence[str],
    needed: Sequence[str] = (),
) -> tuple[pl.DataFrame, list[Finding]]:
    """(own columns of the entity, the fields `also` under their own names, `cell` and `sheet`; findings on new fields).

    `ignored` are fields that are known and not taken; `needed` are fields beside the required columns without which there
    is no record. Raises Refusal: invalid_json, unexpected_json, column_missing;
    NoData when there is no feature.
    """
    own = {c.name: c.source for c in contract.entity(entity).own_columns if c.source}
    required = [c.source for c in contract.entity(entity).own_columns if c.source and c.required]
    # one list of names: a field may be both a column and an ingredient
    fields = list(dict.fromkeys([*own.values(), *also]))
    frame, present, section = read_records(document, FEATURES, fields, {})
    if not frame.height:
        raise nothing_in_it()
    there = set(present) | {name.split(".")[0] for name in present}
    if lost := [name for name in (*required, *needed) if name not in there]:
        raise column_missing(lost, present)
    known = {*fields, *ignored}
    strange = [name for name in present if name not in known and name.split(".")[0] not in known]
    made = frame.select(
        *(pl.col(source).alias(name) for name, source in own.items()),
        *(pl.col(name) for name in also),
        pl.lit(section).alias("sheet"),
        "cell",
    )
    return made, new_columns(strange)


def place_code(name: str) -> pl.Expr:
    """TIS 1099 as text: `52` of 52 or 52.0; 0, which stands for a place outside Thailand, is no code."""
    whole = clean(name).str.replace(r"\.0+$", "")
    is_place = whole.cast(pl.Int64, strict=False).fill_null(1) != 0
    return pl.when(is_place).then(whole.str.zfill(PLACE_DIGITS[name])).alias(name)


def parsed_features(
    document: Document,
    contract: Contract,
    entity: str,
    rows: pl.DataFrame,
    ids: pl.Series,
    findings: Sequence[Finding],
) -> Parsed:
    """One batch of features; `ids` tells the pages of an answer apart."""
    series = _series_of(document, entity, ids)
    batch = record_batch(contract, entity, rows, layout="geojson", series=series, findings=findings)
    return Parsed(contract.source_id, (batch,))


def _series_of(document: Document, what: str, ids: pl.Series) -> str:
    """What the slot of a delivery is about. Pages of one answer that were saved as files speak of the same days: the ids in
    them tell them apart, so that the second page does not take the place of the first."""
    known = sorted(ids.drop_nulls().to_list())
    span = f"{known[0]}..{known[-1]}" if known else "none"
    return document.label or f"{what}/{span}"
