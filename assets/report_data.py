"""Reads what a partner report shows: the state from `status.duckdb`, the calendar from `marts.duckdb` if there is one.

All counting happens in DuckDB, read-only; what comes back is a few thousand lines however many observations there are.
Only batches in force count as open matters: a refused file that a later delivery put right is shown as resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from assets import report_history as history
from assets import report_sql as sql
from assets.report_feeds import feeds_of, narrowed, tables_of
from expectations.report.agreed import agreed
from expectations.report.model import (
    Batch,
    Bilingual,
    Delivery,
    FindingGroup,
    Flag,
    FlagCount,
    MonthCount,
    Publication,
    PublishedTable,
    QuarantineGroup,
    RefusedBatch,
    ReportData,
    RuleResult,
    Sample,
    SeriesSpan,
    Source,
)

SAMPLES = 5
Row = dict[str, Any]


class ReportDataMissing(Exception):
    """The state a report is made from is not there."""


def gather(
    status_db: Path,
    marts_db: Path,
    partner_id: str,
    partner_names: tuple[str, str],
    contracts: Sequence[Mapping[str, Any]],
    is_synthetic: Callable[[str], bool] | None = None,
) -> ReportData:
    """Fill the model for one partner.

    `partner_names` is (th, en). Each contract gives source_id, title_en, title_th, version, values (real | synthetic)
    and shape (documented | assumed); it may give classification (`personal`: no samples, only counts) and flags (each
    with flag, meaning_en, meaning_th, is_verified). `dataclasses.asdict` of a loaded contract fits. `is_synthetic`, if
    given, judges by the path of what was delivered instead of by the contract. `marts_db` may be missing: nothing was
    ever published. ReportDataMissing when `status_db` is not there.
    """
    if not status_db.is_file():
        raise ReportDataMissing(f"{status_db} is not there: run `maemoh run` once, then ask for the report again")
    sources = tuple(_source(c) for c in contracts)
    personal = {s.source_id for s in sources if s.is_personal}
    with duckdb.connect(":memory:") as db:
        db.execute("set TimeZone = 'UTC'")
        _attach(db, status_db, "status")
        db.execute("set variable partner = $partner", {"partner": partner_id})
        db.execute("set variable sources = $sources", {"sources": [s.source_id for s in sources]})
        db.execute(sql.STATE)
        has_marts = marts_db.is_file() and _attach(db, marts_db, "marts") and _has(db, "silver", "observation")
        if has_marts:
            db.execute(sql.SILVER)
        deliveries = tuple(_delivery(r) for r in _rows(db, "select * from delivery order by received_us, path"))
        if is_synthetic:
            sources = tuple(_as_delivered(s, deliveries, is_synthetic) for s in sources)
        as_of, run_id = _latest_run(db)
        ask = partial(_rows, db)
        feeds = feeds_of({s.source_id for s in sources})
        feeds = narrowed(feeds, ask) if has_marts else feeds
        held = _rows(db, "select is_in_force, sum(n_rows)::bigint as n from held group by all")
        return ReportData(
            partner_id=partner_id,
            partner=Bilingual(*partner_names),
            as_of=as_of,
            run_id=run_id,
            is_synthetic=any(s.values == "synthetic" for s in sources),
            sources=sources,
            deliveries=deliveries,
            batches=tuple(_batch(r) for r in _rows(db, "select * from batch order by path, entity, series")),
            refused_batches=tuple(_refused_batch(r) for r in _rows(db, sql.REFUSED_BATCH)),
            rules=_rules(db, personal, tables_of(feeds)),
            quarantine=_quarantine(db, personal),
            quarantined_in_force=sum(r["n"] for r in held if r["is_in_force"]),
            quarantined_closed=sum(r["n"] for r in held if not r["is_in_force"]),
            findings=_findings(db, personal),
            months=_months(db) if has_marts else (),
            spans=_spans(db) if has_marts else (),
            flags=_flags(db) if has_marts else (),
            stations=_stations(db) if has_marts else (),
            published_rows=_published_rows(db) if has_marts else None,
            publication=_publication(db),
            scores=history.scores(ask),
            issues=history.issues(ask),
            fetched=history.fetched(ask),
            freshness=history.freshness(ask),
            feeds=feeds,
            days=history.days(ask, agreed().calendars) if has_marts else (),
        )


def _rules(db: duckdb.DuckDBPyConnection, personal: set[str], fed: Collection[str]) -> tuple[RuleResult, ...]:
    """Rules on the partner's batches, rules that name its sources, and those on whole tables that it feeds."""
    found = [r for r in _rows(db, sql.RULES) if r["gate"] == "G1" or r["source_id"] or r["entity"] in fed]
    samples = _samples(db, sql.RULE_SAMPLES, personal)
    return tuple(
        RuleResult(
            r["gate"], r["source_id"], r["rule"], r["dimension"], r["scope"], r["severity"], r["action"],
            r["evaluated"], r["failed"], r["batches"], r["failed_batches"], _reason(r),
            samples.get((r["source_id"], r["gate"] + r["rule"]), ()), r["entity"],
        )
        for r in found
    )  # fmt: skip


def _quarantine(db: duckdb.DuckDBPyConnection, personal: set[str]) -> tuple[QuarantineGroup, ...]:
    found = _rows(db, sql.QUARANTINE)
    samples = _samples(db, sql.QUARANTINE_SAMPLES, personal)
    return tuple(
        QuarantineGroup(
            r["source_id"], r["rule"], _reason(r), r["n"], r["files"], samples.get((r["source_id"], r["rule"]), ()),
            r["is_refusal"], _instant(r["first_us"]), _instant(r["last_us"]),
        )
        for r in found
    )  # fmt: skip


def _findings(db: duckdb.DuckDBPyConnection, personal: set[str]) -> tuple[FindingGroup, ...]:
    db.execute(sql.NOTED)
    found = _rows(db, sql.FINDINGS)
    samples = _samples(db, sql.FINDING_SAMPLES, personal)
    return tuple(
        FindingGroup(
            r["source_id"], r["rule"], r["places"], r["n"], r["files"], tuple(r["paths"]),
            samples.get((r["source_id"], r["rule"]), ()),
        )
        for r in found
    )  # fmt: skip


def _months(db: duckdb.DuckDBPyConnection) -> tuple[MonthCount, ...]:
    return tuple(MonthCount(**r) for r in _rows(db, sql.MONTHS))


def _spans(db: duckdb.DuckDBPyConnection) -> tuple[SeriesSpan, ...]:
    found = _rows(db, sql.SPANS)
    return tuple(
        SeriesSpan(
            r["station_key"], r["quantity"], r["level"], r["averaging_period"],
            datetime.fromtimestamp(r["start_us"] / 1e6, UTC), datetime.fromtimestamp(r["end_us"] / 1e6, UTC),
        )
        for r in found
    )  # fmt: skip


def _flags(db: duckdb.DuckDBPyConnection) -> tuple[FlagCount, ...]:
    found = _rows(db, sql.FLAGS)
    return tuple(FlagCount(**r) for r in found)


def _stations(db: duckdb.DuckDBPyConnection) -> tuple[tuple[str, Bilingual], ...]:
    if not _has(db, "gold", "dim_station"):
        return ()
    found = _rows(db, sql.STATIONS)
    return tuple((r["station_key"], Bilingual(r["name_th"] or "", r["name_en"] or "")) for r in found)


def _published_rows(db: duckdb.DuckDBPyConnection) -> int:
    return _rows(db, "select coalesce(sum(n), 0)::bigint as n from counted")[0]["n"]


def _publication(db: duckdb.DuckDBPyConnection) -> Publication | None:
    found = _rows(db, sql.PUBLICATION)
    if not found:
        return None
    rows = {r["table_name"]: r["rows"] for r in _rows(db, sql.TABLE_SIZES)}
    tables = tuple(
        PublishedTable(
            r["table_name"], str(r["snapshot_id"] or ""), r["rows"] or rows.get(r["table_name"], 0),
            r.get("state") or "published", r.get("reason_en") or "",
        )
        for r in found
    )  # fmt: skip
    last = max(found, key=lambda r: r["us"])
    return Publication(last["publication_id"], _at(last["us"]), last["run_id"], tables)


def _latest_run(db: duckdb.DuckDBPyConnection) -> tuple[datetime | None, str | None]:
    found = _rows(db, sql.LATEST_RUN)
    return (_instant(found[0]["recorded_us"]), found[0]["run_id"]) if found else (None, None)


def _samples(
    db: duckdb.DuckDBPyConnection, query: str, personal: set[str]
) -> dict[tuple[str | None, str], tuple[Sample, ...]]:
    found: dict[tuple[str | None, str], tuple[Sample, ...]] = {}
    for r in _rows(db, query, {"n": SAMPLES}):
        if r["source_id"] in personal:
            continue
        reason = _reason(r) if "reason_en" in r else None
        sample = Sample(r["path"], r["sheet"], r["cell"], r["value"], reason)
        key = (r["source_id"], r["rule"])
        found[key] = (*found.get(key, ()), sample)
    return found


def _source(contract: Mapping[str, Any]) -> Source:
    return Source(
        contract["source_id"],
        Bilingual(contract["title_th"], contract["title_en"]),
        str(contract["version"]),
        contract.get("values", "real"),
        contract.get("shape", "documented"),
        contract.get("classification", "open"),
        tuple(
            Flag(f["flag"], Bilingual(f["meaning_th"], f["meaning_en"]), f["is_verified"])
            for f in contract.get("flags", ())
        ),
    )


def _as_delivered(source: Source, deliveries: Sequence[Delivery], is_synthetic: Callable[[str], bool]) -> Source:
    paths = [d.path for d in deliveries if d.source_id == source.source_id and d.outcome != "withdrawn"]
    if not paths:
        return source
    return replace(source, values="synthetic" if any(map(is_synthetic, paths)) else "delivered")


def _delivery(r: Row) -> Delivery:
    return Delivery(
        r["delivery_id"], r["path"], r["sha256"], _at(r["received_us"]), r["source_id"] or None, r["outcome"],
        r["rows_in"] or 0, r["accepted"] or 0, r["quarantined"] or 0, r["dropped"] or 0, r["findings"] or 0, _reason(r),
        r["sheet"], r["cell"], r["is_resolved"],
    )  # fmt: skip


def _batch(r: Row) -> Batch:
    return Batch(
        r["batch_id"], r["path"], r["source_id"], r["entity"], r["series"], r["period_start"], r["period_end"],
        r["status"], str(r["contract_version"]), str(r["parser_version"]), r["accepted"] or 0,
    )  # fmt: skip


def _refused_batch(r: Row) -> RefusedBatch:
    return RefusedBatch(
        r["batch_id"], r["path"], r["source_id"], r["series"], r["period_start"], r["period_end"], r["rows_in"] or 0,
        r["rule"], _reason(r), r["sheet"], r["cell"], r["is_resolved"],
    )  # fmt: skip


def _reason(r: Row) -> Bilingual:
    return Bilingual(r["reason_th"] or r["reason_en"] or "", r["reason_en"] or r["reason_th"] or "")


def _at(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1e6, UTC)


def _instant(us: int | None) -> datetime | None:
    return None if us is None else _at(us)


def _rows(db: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None) -> list[Row]:
    result = db.execute(query, values) if values else db.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _attach(db: duckdb.DuckDBPyConnection, path: Path, name: str) -> bool:
    quoted = str(path).replace("'", "''")
    db.execute(f"attach '{quoted}' as {name} (read_only)")
    return True


def _has(db: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    query = "select 1 from duckdb_tables() where database_name = 'marts' and schema_name = $s and table_name = $t"
    return bool(_rows(db, query, {"s": schema, "t": table}))
