"""Open matters, answers and scores: what follows from the ledger once a run has settled, built and published.

An issue is one matter between us and a partner: (partner, source, gate, entity, rule, subject). The data open and close it,
nobody else: it is open while its rule fails on something that counts now. Recomputed from the ledger as a whole and compared
with what is recorded, so a second run writes nothing, and a rebuilt lake comes to the same matters, answers included.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from assets.accounts import Row
from assets.answers import answer_file, settle_answers
from assets.in_force import in_force_sql
from assets.intake import ANSWERS, read_manifest, take_in
from assets.lake import keys
from assets.lake.handle import Lake
from assets.lake.ledger import STATE_KEYS, TABLES, now
from assets.lake.lock import writing
from assets.lake.tables import ensure_table
from assets.readers.pulled import FOLDER, PATTERN
from assets.readers.route import contracts
from assets.redact import Redactor
from assets.scores import score_lines
from assets.state import write_status
from expectations.scorecard import policy

READ = ("delivery", "batch", "check_result", "publication", "freshness", "issue", "score")
MARK = "maemoh.matters"
"""Property of ops.issue: which state of ledger and manifests its matters were drawn from."""
THREADS = 8


@dataclass
class Kept:
    """What became of matters in a run: ops.issue lines, ops.delivery lines of answer files, ops.score lines."""

    issues: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    scores: list[Row] = field(default_factory=list)

    @property
    def did_work(self) -> bool:
        return bool(self.issues or self.answers or self.scores)

    @property
    def opened(self) -> int:
        return sum(row["state"] == "open" for row in self.issues)

    @property
    def closed(self) -> int:
        return sum(row["state"] == "closed" for row in self.issues)


def keep_matters(lake: Lake, run_id: str) -> Kept:
    """Opens and closes issues, takes answers in, scores sources. Call it with the lake's lock held, when all else of a run
    is in the ledger; nothing is read when nothing came since the last time."""
    kept = Kept()
    partner_ids = sorted({contract.partner_id for contract in contracts().values()})
    manifests = _manifests(lake, partner_ids)
    table = ensure_table(lake.catalog, "ops", "issue", TABLES["issue"])
    if table.properties.get(MARK) == _mark(lake, manifests):
        return kept
    at = now()
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        register_ledger(connection, ledger_frames(lake))
        kept.issues = issue_lines(connection, at)
        kept.scores = score_lines(connection, at)
    lake.ledger.append({"issue": kept.issues, "score": kept.scores}, run_id, at)
    # Answers name issues, so these come first; what becomes of answers opens none.
    kept.answers = settle_answers(lake, partner_ids, run_id)
    with lake.catalog.load_table(("ops", "issue")).transaction() as transaction:
        transaction.set_properties({MARK: _mark(lake, manifests)})
    return kept


def answer_for(lake: Lake, run_id: str, partner_id: str, issue_id: str, state: str, words: str) -> str:
    """Drops staff's answer where the partner's own would lie, and takes it in; returns its path.

    Raises AnswerRefused: no such issue of this partner, or words that may not be kept.
    """
    with writing(lake.config.home):
        path, data = answer_file(lake, partner_id, issue_id, state, words)
        lake.store.put({keys.landing_key(partner_id, path): data})
        known, _ = read_manifest(lake.store, partner_id)
        take_in(lake.store, partner_id, known, redactor=Redactor.of(lake.config.home))
        keep_matters(lake, run_id)
        write_status(lake.config, lake.ledger)
    return path


def ledger_frames(lake: Lake) -> dict[str, pl.DataFrame]:
    """The tables that matters are drawn from: the state where there is one, else every event."""
    with ThreadPoolExecutor(THREADS) as pool:
        frames = pool.map(lambda n: lake.ledger.state(n) if n in STATE_KEYS else lake.ledger.events(n), READ)
        return dict(zip(READ, frames, strict=True))


def register_ledger(connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame]) -> None:
    """Gives a connection the ledger (`ledger_<table>`) and the views on what is in force."""
    for name, frame in frames.items():
        connection.register(f"ledger_{name}", frame.to_arrow())
    connection.execute(in_force_sql("ledger_"))


def issue_lines(connection: duckdb.DuckDBPyConnection, at: datetime) -> list[Row]:
    """ops.issue lines for what is otherwise than recorded, on a connection that holds the ledger.

    An open matter whose count changed gets a new line and stays open since when it was; one that failed and was put right
    before anybody looked is recorded as closed.
    """
    connection.execute("set variable looked_at = $looked_at", {"looked_at": at})
    found = connection.execute(_CHANGED).pl()
    return found.select(name for name in TABLES["issue"].names if name in found.columns).to_dicts()


def _manifests(lake: Lake, partner_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Key and ETag of every manifest object: equal ones mean that nothing was delivered since."""
    with ThreadPoolExecutor(THREADS) as pool:
        listed = pool.map(lambda partner_id: lake.store.listing(keys.manifest_prefix(partner_id)), partner_ids)
        return [(info.key, info.etag) for infos in listed for info in infos]


def _mark(lake: Lake, manifests: Sequence[tuple[str, str]]) -> str:
    # What is written here is left out: only what it is drawn from makes it due again.
    ids = lake.ledger.snapshot_ids()
    drawn_from = {name: ids.get(name) for name in READ if name not in ("issue", "score")}
    text = json.dumps([drawn_from, manifests, policy().version, in_force_sql(""), _CHANGED], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# Minor rules that only mark rows (an unusual value, a flat line) are told with their counts in the report; a matter is what
# a partner can act upon: everything grave, and minor warnings about a delivery or a table as a whole.
_IS_MATTER = "(severity <> 'minor' or action = 'warn')"

# One request of an interface is asked again and again: its newest answer says how things are, under whatever path.
_SUBJECT = (
    rf"case when starts_with(path, '{FOLDER}/') then regexp_replace(path, '^{PATTERN}$', '{FOLDER}/\1/\4-\5') "
    "else path end"
)

_CHANGED = f"""
with judged_file as (
    select c.*, coalesce(d.path, b.path) as path, coalesce(d.received_at, b.received_at) as happened_at,
        case
            when d.is_withdrawn or b.is_withdrawn then 'withdrawn'
            when c.gate = 'G0' then d.put_right_by
            else b.put_right_by
        end as put_right_by,
        case
            when d.is_withdrawn or b.is_withdrawn then coalesce(d.recorded_at, b.recorded_at)
            when c.gate = 'G0' then d.put_right_at
            else b.put_right_at
        end as put_right_at
    from check_state as c
    left join delivery_state as d on d.delivery_id = c.judged_delivery_id
    left join batch_state as b on b.batch_id = c.judged_batch_id
    where c.gate in ('G0', 'G1') and not starts_with(lower(coalesce(d.path, b.path, '')), '{ANSWERS}')
),

named_file as (
    select *, {_SUBJECT} as subject
    from judged_file
    where path is not null
),

-- of answers that were fetched only the newest one of each request counts
newest as (
    select subject, entity, gate, max(happened_at) as newest_at, arg_max(path, happened_at) as newest_path
    from named_file
    where subject <> path
    group by all
),

failing as (
    select f.partner_id, f.source_id, f.gate, f.entity, f.rule, f.dimension, f.severity, f.action, f.subject, f.failed,
        f.reason_en, f.reason_th, f.happened_at,
        f.counts and coalesce(f.happened_at = n.newest_at, true) as stands,
        case when f.put_right_by = 'withdrawn' then f.put_right_by else coalesce(n.newest_path, f.put_right_by) end
            as put_right_by,
        case when f.put_right_by = 'withdrawn' then f.put_right_at else coalesce(n.newest_at, f.put_right_at) end
            as put_right_at
    from named_file as f
    left join newest as n on n.subject = f.subject and n.gate = f.gate and n.entity is not distinct from f.entity
    where f.outcome = 'fail' and {_IS_MATTER}
    union all
    select partner_id, source_id, gate, entity, rule, dimension, severity, action, entity, failed, reason_en, reason_th,
        recorded_at, true, null, null
    from check_state
    where gate in ('G2', 'G3') and outcome = 'fail' and {_IS_MATTER}
),

matter as (
    select
        left(sha256(concat_ws(
            '|', coalesce(partner_id, ''), coalesce(source_id, ''), gate, coalesce(entity, ''), rule, subject
        )), 12) as issue_id,
        partner_id, source_id, gate, entity, rule, subject,
        arg_max(dimension, (stands, happened_at)) as dimension,
        arg_max(severity, (stands, happened_at)) as severity,
        arg_max(action, (stands, happened_at)) as action,
        arg_max(reason_en, (stands, happened_at)) as reason_en,
        arg_max(reason_th, (stands, happened_at)) as reason_th,
        bool_or(stands) as is_open,
        coalesce(sum(failed) filter (where stands), 0)::bigint as failed,
        min(happened_at) filter (where stands) as stands_since,
        min(happened_at) as first_at,
        arg_max(put_right_by, put_right_at) as put_right_by,
        max(put_right_at) as put_right_at
    from failing
    group by all
),

-- the last verdict on each table, and the publication that came of it
verdict as (
    select gate, entity, max(recorded_at) as judged_at, arg_max(run_id, recorded_at) as run_id
    from check_state
    where gate in ('G2', 'G3')
    group by all
),

published as (
    select table_name, run_id, max(publication_id) as publication_id
    from ledger_publication
    group by all
)

select
    coalesce(m.issue_id, i.issue_id) as issue_id,
    coalesce(m.partner_id, i.partner_id) as partner_id,
    coalesce(m.source_id, i.source_id) as source_id,
    coalesce(m.gate, i.gate) as gate,
    coalesce(m.entity, i.entity) as entity,
    coalesce(m.rule, i.rule) as rule,
    coalesce(m.dimension, i.dimension) as dimension,
    coalesce(m.severity, i.severity) as severity,
    coalesce(m.action, i.action) as action,
    coalesce(m.subject, i.subject) as subject,
    case when coalesce(m.is_open, false) then 'open' else 'closed' end as state,
    coalesce(m.failed, 0) as failed,
    case
        when i.state = 'open' then i.opened_at
        when m.is_open then m.stands_since
        else m.first_at
    end as opened_at,
    case when not coalesce(m.is_open, false) then coalesce(m.put_right_at, v.judged_at, getvariable('looked_at')) end
        as closed_at,
    -- what was read again and passed closes its own matter
    case when not coalesce(m.is_open, false) then coalesce(m.put_right_by, p.publication_id, v.run_id, i.subject, m.subject) end
        as closed_by,
    coalesce(m.reason_en, i.reason_en) as reason_en,
    coalesce(m.reason_th, i.reason_th) as reason_th
from matter as m
full join ledger_issue as i on i.issue_id = m.issue_id
left join verdict as v on v.gate = i.gate and v.entity = i.subject
left join published as p on p.table_name = i.subject and p.run_id = v.run_id
where case
    when m.is_open then i.state is distinct from 'open' or i.failed is distinct from m.failed
    when i.issue_id is null then true
    else i.state = 'open'
end
order by coalesce(m.partner_id, i.partner_id), opened_at, issue_id
"""
