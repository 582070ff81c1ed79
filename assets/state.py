"""The state of now, as files: `status.duckdb` for the pipeline's own people, `state.duckdb` for analysts.

`status.duckdb` is the whole ledger, quarantined rows included. DuckDB has no rights per table, so BI reads a file of its
own that never holds a row that a partner sent. How fresh a source is, is a view there: it goes on counting while nothing
runs.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl

from assets.catalogue import Catalogue, Words, catalogue
from assets.intake import SYNTHETIC_MARKS
from assets.lake.config import LakeConfig
from assets.lake.ledger import STATE_KEYS, TABLES, Ledger
from assets.publication import fresh_beside
from assets.readers.route import contracts

MEANING = {
    "banner": Words("สถานะข้อมูล ขณะนี้", "State of the data, now"),
    "freshness": Words("ความเป็นปัจจุบันของแหล่งข้อมูล", "How current each source is"),
    "held": Words("ตารางที่พักการเผยแพร่", "Tables whose publication is held"),
    "publication": Words("การเผยแพร่ล่าสุด", "The last publication"),
}
_PILLAR = ("pillar", "varchar", Words("ด้าน", "Pillar"), None)
COLUMNS: dict[str, list[tuple[str, str, Words, str | None]]] = {
    "banner": [
        _PILLAR,
        ("sort_order", "integer", Words("ลำดับ", "Order"), None),
        ("level", "varchar", Words("ระดับ", "Level"), None),
        ("level_label", "varchar", Words("ระดับ เป็นคำ", "Level, in words"), None),
        ("message_th", "varchar", Words("สถานะข้อมูล", "State, in Thai"), None),
        ("message_en", "varchar", Words("สถานะข้อมูล (ภาษาอังกฤษ)", "State"), None),
        ("since_at", "timestamptz", Words("ตั้งแต่", "Since"), None),
    ],
    "freshness": [
        ("source_id", "varchar", Words("รหัสแหล่งข้อมูล", "Source"), None),
        ("partner_id", "varchar", Words("หน่วยงาน", "Partner"), None),
        ("title_th", "varchar", Words("แหล่งข้อมูล", "Source, in Thai"), None),
        ("title_en", "varchar", Words("แหล่งข้อมูล (ภาษาอังกฤษ)", "Source, in English"), None),
        _PILLAR,
        ("on_time_hours", "double", Words("กำหนดส่งภายใน", "On time within"), "h"),
        ("late_hours", "double", Words("ถือว่าเก่าเมื่อเกิน", "Stale after"), "h"),
        ("values_are", "varchar", Words("ค่าจริงหรือสังเคราะห์", "Real or synthetic values"), None),
        ("last_event_at", "timestamptz", Words("ข้อมูลล่าสุดของเวลา", "Time of the last value"), None),
        ("last_received_at", "timestamptz", Words("ได้รับล่าสุด", "Last received"), None),
        ("quality_score", "double", Words("คะแนนคุณภาพ", "Quality score"), "%"),
        ("grade", "varchar", Words("เกรด", "Grade"), None),
        ("score_date", "date", Words("วันที่ให้คะแนน", "Date of the score"), None),
        ("age_hours", "double", Words("อายุข้อมูล", "Age"), "h"),
        ("status", "varchar", Words("สถานะ", "Status"), None),
        ("status_label", "varchar", Words("สถานะ เป็นคำ", "Status, in words"), None),
        ("values_label", "varchar", Words("ค่าจริงหรือสังเคราะห์ เป็นคำ", "Real or synthetic values, in words"), None),
        ("sort_order", "integer", Words("ลำดับ มีปัญหาก่อน", "Order, trouble first"), None),
    ],
    "held": [
        ("table_name", "varchar", Words("ตาราง", "Table"), None),
        ("label_th", "varchar", Words("ชื่อตาราง", "Table, in Thai"), None),
        ("label_en", "varchar", Words("ชื่อตาราง (ภาษาอังกฤษ)", "Table, in English"), None),
        _PILLAR,
        ("state", "varchar", Words("สถานะ", "State"), None),
        ("reason_en", "varchar", Words("เหตุผล", "Reason"), None),
        ("held_since_at", "timestamptz", Words("พักตั้งแต่", "Held since"), None),
        ("published_at", "timestamptz", Words("เผยแพร่ครั้งก่อน", "Last published"), None),
    ],
    "publication": [
        ("publication_id", "varchar", Words("รหัสการเผยแพร่", "Publication"), None),
        ("published_at", "timestamptz", Words("เผยแพร่เมื่อ", "Published"), None),
    ],
}
"""What BI shows of `state.duckdb`: name, type, words and unit of each column."""

ALL = "all"
"""Pillar of what concerns every dashboard."""


def write_status(config: LakeConfig, ledger: Ledger) -> bool:
    """Copies the ledger to `status.duckdb` (schema `ops`), and what analysts may know of it to `state.duckdb`, unless they
    are there already. True when they were written."""
    marks = json.dumps({"ledger": ledger.snapshot_ids(), "shape": _shape()}, sort_keys=True)
    if _marks_of(config.status_db) == marks and config.state_db.is_file():
        return False
    fresh = fresh_beside(config.status_db)
    with ThreadPoolExecutor(4) as pool:
        frames = dict(
            zip(
                TABLES,
                pool.map(lambda n: ledger.state(n) if n in STATE_KEYS else ledger.events(n), TABLES),
                strict=True,
            )
        )
    with duckdb.connect(str(fresh)) as connection:
        connection.execute("create schema ops")
        for name, frame in frames.items():
            connection.register("incoming", frame.to_arrow())
            connection.execute(f"create table ops.{name} as select * from incoming")
            connection.unregister("incoming")
        connection.execute("create table ops.marks as select ? as marks", [marks])
    fresh.replace(config.status_db)
    write_state(config)
    return True


def write_state(config: LakeConfig) -> None:
    """Writes `state.duckdb` from `status.duckdb` and renames it into place: readers of the old file go on.

    Schema `board`: `publication` (one row), `source` (one a feed), `held` (tables that keep an older publication), and the
    views `freshness` and `banner`, which compare with the clock when they are read.
    """
    fresh = fresh_beside(config.state_db)
    with duckdb.connect(str(fresh)) as connection:
        connection.execute(f"attach '{config.status_db}' as status (read_only)")
        connection.register("feeds", _feeds())
        connection.register("named", _named(catalogue()))
        connection.execute(_TABLES)
        connection.execute("detach status")
        connection.execute(_VIEWS)
    fresh.replace(config.state_db)


def _feeds() -> pl.DataFrame:
    """One row a feed: what its contract agrees."""
    return pl.DataFrame(
        [
            {
                "source_id": contract.source_id,
                "partner_id": contract.partner_id,
                "title_th": contract.title_th,
                "title_en": contract.title_en,
                "pillar": contract.pillar,
                "on_time_hours": float(contract.sla.get("onTimeHours") or 0),
                "late_hours": float(contract.sla.get("lateHours") or 0),
            }
            for contract in contracts().values()
        ]
    )


def _named(known: Catalogue) -> pl.DataFrame:
    """One row a published table."""
    return pl.DataFrame(
        [
            {"table_name": t.name, "pillar": t.pillar, "label_th": t.label.th, "label_en": t.label.en}
            for t in known.tables.values()
        ]
    )


def _shape() -> str:
    """Changes when what is made of the ledger does: a file of an older version is written anew."""
    return hashlib.sha256((_TABLES + _VIEWS).encode()).hexdigest()[:16]


def _marks_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("select marks from ops.marks").fetchone()
    return found[0] if found else None


_TABLES = f"""
create schema board;

create table board.publication as
select publication_id, max(published_at) as published_at
from status.ops.publication
where state = 'published'
group by publication_id
qualify row_number() over (order by max(published_at) desc) = 1;

-- the last word on each table; what was published before it is held is what consumers go on reading
create table board.held as
with last_word as (
    select table_name, state, reason_en, recorded_at
    from status.ops.publication
    qualify row_number() over (partition by table_name order by recorded_at desc) = 1
),

published as (
    select table_name, max(published_at) as published_at
    from status.ops.publication
    where state = 'published'
    group by table_name
)

select l.table_name, coalesce(n.label_th, l.table_name) as label_th, coalesce(n.label_en, l.table_name) as label_en,
    case when n.pillar in ('environment', 'energy', 'economy', 'city') then n.pillar else '{ALL}' end as pillar,
    l.state, l.reason_en, l.recorded_at as held_since_at, p.published_at
from last_word as l
left join named as n using (table_name)
left join published as p using (table_name)
where l.state in ('withheld', 'waiting');

create table board.source as
with score as (
    select source_id, points, grade, score_date
    from status.ops.score
    qualify row_number() over (partition by source_id order by score_date desc, recorded_at desc) = 1
)

select f.*, case when d.n_synthetic > 0 then 'synthetic' when d.n > 0 then 'real' end as values_are,
    fresh.last_event_at, fresh.last_received_at, s.points as quality_score, s.grade, s.score_date
from feeds as f
left join (
    select source_id, count(*) as n, count(*) filter (regexp_matches(lower(path), '{"|".join(SYNTHETIC_MARKS)}')) as n_synthetic
    from status.ops.batch
    where status = 'accepted'
    group by source_id
) as d using (source_id)
left join status.ops.freshness as fresh using (source_id)
left join score as s using (source_id);
"""

_VIEWS = f"""
create view board.freshness as
with judged as (
    select *, round(epoch(now() - last_event_at) / 3600, 1) as age_hours,
        case
            when last_event_at is null then 'never'
            when epoch(now() - last_event_at) / 3600 <= on_time_hours then 'on_time'
            when epoch(now() - last_event_at) / 3600 <= late_hours then 'late'
            else 'stale'
        end as status
    from board.source
)

select *,
    case status
        when 'on_time' then 'ตรงเวลา / on time'
        when 'late' then 'ล่าช้า / late'
        when 'stale' then 'เก่า / stale'
        else 'ยังไม่เคยได้รับ / never'
    end as status_label,
    case values_are when 'synthetic' then '⚠ สังเคราะห์ / synthetic' when 'real' then 'จริง / real' else '-' end as values_label,
    case status when 'never' then 0 when 'stale' then 1 when 'late' then 2 else 3 end as sort_order
from judged;

create view board.banner as
with pillars as (select unnest(['environment', 'energy', 'economy', 'city']) as pillar),

published as (select strftime(max(published_at) at time zone 'Asia/Bangkok', '%Y-%m-%d %H:%M') as at_local from board.publication),

held as (
    select p.pillar, 1 as sort_order, 'held' as level,
        'พักการเผยแพร่ ' || h.label_th || ' (' || h.table_name || ') ไม่ผ่านด่านตรวจ แสดงข้อมูลเผยแพร่ครั้งก่อน '
        || coalesce(strftime(h.published_at at time zone 'Asia/Bangkok', '%Y-%m-%d %H:%M'), '(ยังไม่เคยเผยแพร่)') as message_th,
        'Held: ' || h.label_en || ' did not pass its gate; shown is the publication of '
        || coalesce(strftime(h.published_at at time zone 'Asia/Bangkok', '%Y-%m-%d %H:%M'), '(never published)')
        || '. ' || coalesce(h.reason_en, '') as message_en,
        h.held_since_at as since_at
    from board.held as h
    join pillars as p on h.pillar in (p.pillar, '{ALL}') or p.pillar = 'city'
),

stale as (
    select p.pillar, 2 as sort_order, 'stale' as level,
        'ข้อมูลเก่า ' || f.title_th || ' ข้อมูลล่าสุด '
        || coalesce(strftime(f.last_event_at at time zone 'Asia/Bangkok', '%Y-%m-%d %H:%M'), 'ยังไม่เคยได้รับ') as message_th,
        'Stale: ' || f.title_en || ', last value of '
        || coalesce(strftime(f.last_event_at at time zone 'Asia/Bangkok', '%Y-%m-%d %H:%M'), 'never received') as message_en,
        f.last_event_at as since_at
    from board.freshness as f
    join pillars as p on f.pillar = p.pillar or p.pillar = 'city'
    where f.status in ('stale', 'never')
),

synthetic as (
    select p.pillar, 0 as sort_order, 'synthetic' as level,
        'ข้อมูลสังเคราะห์ สำหรับสาธิตเท่านั้น จาก ' || count(*) || ' แหล่ง' as message_th,
        'Synthetic data, for demonstration only, from ' || count(*) || ' sources' as message_en,
        max(f.last_received_at) as since_at
    from board.source as f
    join pillars as p on f.pillar = p.pillar or p.pillar = 'city'
    where f.values_are = 'synthetic'
    group by p.pillar
),

trouble as (select * from held union all select * from stale),

late as (
    select p.pillar, count(*) as n
    from board.freshness as f
    join pillars as p on f.pillar = p.pillar or p.pillar = 'city'
    where f.status = 'late'
    group by p.pillar
),

well as (
    select pillar, 3 as sort_order, 'ok' as level,
        case when late.n > 0 then 'ไม่มีข้อมูลเก่าเกินกำหนด ล่าช้า ' || late.n || ' แหล่ง' else 'ข้อมูลทุกแหล่งเป็นปัจจุบัน' end
        || ' เผยแพร่ล่าสุด ' || (select at_local from published) as message_th,
        case
            when late.n > 0 then 'Nothing is stale; ' || late.n || if(late.n = 1, ' source is late', ' sources are late')
            else 'All sources are current'
        end
        || '; last published ' || (select at_local from published) as message_en,
        (select max(published_at) from board.publication) as since_at
    from pillars
    left join late using (pillar)
    where pillar not in (select pillar from trouble)
),

said as (select * from synthetic union all select * from trouble union all select * from well)

select *,
    case level
        when 'held' then '⛔ พักเผยแพร่ / held'
        when 'stale' then '⚠ เก่า / stale'
        when 'synthetic' then '⚠ สังเคราะห์ / synthetic'
        else '✓ ปกติ / ok'
    end as level_label
from said;
"""
