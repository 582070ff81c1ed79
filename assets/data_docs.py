"""The platform team's Data Docs: written to `<home>/data_docs`, and to the lake where only staff can read.

Pages are made of what the ledger says of the last judgements; nothing is judged again. Only pages whose content changed are
made anew, and Great Expectations is imported only when there is one.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb

from assets.lake import keys
from assets.lake.handle import Lake
from assets.state import write_status
from expectations import data_docs_model
from expectations.contract import Contract
from expectations.data_docs_model import INDEX, Judgement, Outcome, SuiteDoc

Progress = Callable[[str, int, int], None]
BUILT = ".built.json"
SERVED = "/data_docs/"
"""Where the web UI serves them, beside Dagster's own pages."""

# What decides how a page looks, besides what it shows.
_LOOKS = ("data_docs.py", "data_docs_model.py", "data_docs_assets/templates/*")

_OUTCOMES = """
with judged as (
    select * from status.ops.batch as b
    where b.status = 'accepted' or (b.status = 'refused' and not exists (
        select 1 from status.ops.batch as newer
        where newer.slot = b.slot and newer.entity = b.entity and newer.source_id = b.source_id
            and newer.status = 'accepted' and newer.received_at > b.received_at
    ))
),

batches as (
    select c.* exclude (entity, source_id), c.source_id || '.' || c.entity as suite, b.path
    from status.ops.check_result as c
    inner join judged as b using (batch_id)
    where c.gate = 'G1'
    qualify c.run_id = arg_max(c.run_id, c.recorded_at) over (partition by c.batch_id)
),

tables as (
    select * exclude (entity, source_id), entity as suite, null::varchar as path
    from status.ops.check_result
    where gate in ('G2', 'G3')
    qualify run_id = arg_max(run_id, recorded_at) over (partition by gate, entity)
),

latest as (select * from batches union all by name select * from tables),

per_batch as (
    -- of a table there may be a line for every source that failed a rule
    select gate, suite, rule, batch_id, any_value(path) as path, arg_max(run_id, recorded_at) as run_id,
        max(recorded_at) as recorded_at, any_value(dimension) as dimension, any_value(scope) as scope,
        any_value(severity) as severity, any_value(action) as action, max(evaluated) as evaluated, sum(failed) as failed,
        bool_and(outcome = 'pass') as is_passed, any_value(reason_en) as reason_en, any_value(reason_th) as reason_th,
        any_value(sample_sheet) as sheet, any_value(sample_cell) as cell
    from latest
    group by all
)

select gate, suite, rule, arg_max(run_id, recorded_at) as run_id, epoch_us(max(recorded_at)) as judged_us,
    any_value(dimension) as dimension, any_value(scope) as scope,
    any_value(severity) as severity, any_value(action) as action, sum(evaluated)::bigint as evaluated,
    sum(failed)::bigint as failed, bool_and(is_passed) as is_passed,
    arg_max(reason_en, recorded_at) as reason_en, arg_max(reason_th, recorded_at) as reason_th,
    count(*) as batches, max(batch_id) as batch_id,
    list({'path': path, 'sheet': sheet, 'cell': cell, 'failed': failed, 'evaluated': evaluated} order by failed desc, path)
        filter (where failed > 0 and path is not null)[:5] as places
from per_batch
group by all
order by all
"""


@dataclass(frozen=True)
class Built:
    """What a building came to: the first page, how many pages there are, how many of them were made anew."""

    index: Path
    pages: int
    made: int
    suites_failed: int


def build(lake: Lake, contracts: Mapping[str, Contract], progress: Progress = lambda *_: None) -> Built:
    """Makes the pages that changed, here and in the lake. Unchanged: nothing is written."""
    write_status(lake.config, lake.ledger)
    folder = folder_of(lake.config.home)
    suites = list(suites_of(contracts))
    personal = {name for name, contract in contracts.items() if contract.classification == "personal"}
    judgements = judgements_of(lake.config.status_db, personal)
    pages, static = _digests(suites, judgements), data_docs_model.static_files()
    wanted = pages | {path: _digest_of(file.read_bytes()) for path, file in static.items()}
    known = _known(folder)
    due = [path for path, digest in wanted.items() if known.get(path) != digest]
    gone = [path for path in known if path not in wanted]
    due_pages = [path for path in due if path in pages]
    if due or gone:
        files = {path: static[path].read_bytes() for path in due if path in static}
        files |= pages_of(suites, judgements, due_pages, progress)
        _write(folder, files, gone)
        _upload(lake, files, gone)
        # Last: a building that died half-way is done again.
        (folder / BUILT).write_text(json.dumps(wanted, indent=0), encoding="utf-8")
    failed = sum(not judgements[suite.name].is_passed for suite in suites if suite.name in judgements)
    return Built(folder / INDEX, len(pages), len(due_pages), failed)


def folder_of(home: Path) -> Path:
    """Where the pages of a lake lie on this machine."""
    return home / "data_docs"


def link_to(gate: str, table: str) -> str:
    """Address of a suite's last judgement in the web UI."""
    return SERVED + data_docs_model.result_page(gate, table)


def suites_of(contracts: Mapping[str, Contract]) -> Iterator[SuiteDoc]:
    """Every suite there is: of these contracts (G1), of silver (G2) and of gold (G3)."""
    for _, contract in sorted(contracts.items()):
        yield from data_docs_model.contract_suites(contract)
    yield from data_docs_model.table_suites()


def judgements_of(status_db: Path, personal: set[str]) -> dict[str, Judgement]:
    """Suite name → its last judgement. Of personal sources there are counts and no places."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{status_db}' as status (read_only)")
        found = connection.execute(_OUTCOMES)
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    by_suite = defaultdict(list)
    for row in rows:
        by_suite[row["gate"], row["suite"]].append(row)
    return {
        f"{gate}.{suite}": _judgement(gate, lines, hides_places=suite.split(".")[0] in personal)
        for (gate, suite), lines in by_suite.items()
    }


def _judgement(gate: str, lines: list[dict], hides_places: bool) -> Judgement:
    last = max(lines, key=lambda line: line["judged_us"])
    batches = max(line["batches"] for line in lines)
    subject = (
        f"{batches:,} {'batch' if batches == 1 else 'batches'}" if gate == "G1" else f"snapshot {last['batch_id']}"
    )
    names = ("rule", "dimension", "scope", "severity", "action", "evaluated", "failed", "is_passed")
    return Judgement(
        last["run_id"],
        datetime.fromtimestamp(last["judged_us"] / 1e6, tz=UTC),
        subject,
        tuple(
            Outcome(
                **{name: line[name] for name in names},
                reason_en=line["reason_en"] or "",
                reason_th=line["reason_th"] or "",
                places=() if hides_places else tuple(map(_place, line["places"] or ())),
            )
            for line in lines
        ),
    )


def _place(found: Mapping) -> str:
    where = " › ".join(part for part in (found["path"], found["sheet"], found["cell"]) if part)
    return f"{where} ({found['failed']:,} of {found['evaluated']:,})"


def _digests(suites: Sequence[SuiteDoc], judgements: Mapping[str, Judgement]) -> dict[str, str]:
    """Page → digest of all that it is made of."""
    judged = [suite for suite in suites if suite.name in judgements]
    shown = {suite.page: _digest(asdict(suite)) for suite in suites}
    shown |= {s.result_page: _digest([asdict(judgements[s.name]), shown[s.page]]) for s in judged}
    return shown | {INDEX: _digest(shown)}


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return _digest_of((_looks() + text).encode())


def _digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


@cache
def _looks() -> str:
    folder = Path(data_docs_model.__file__).parent
    files = [file for pattern in _LOOKS for file in sorted(folder.glob(pattern))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _known(folder: Path) -> dict[str, str]:
    """Digests of the pages that are there; none when the folder was lost."""
    file = folder / BUILT
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() and (folder / INDEX).is_file() else {}


def pages_of(
    suites: Sequence[SuiteDoc],
    judgements: Mapping[str, Judgement],
    due: Sequence[str],
    progress: Progress = lambda *_: None,
) -> dict[str, bytes]:
    """Path → page, of those that are due."""
    if not due:
        return {}
    progress("data docs", 0, len(due))
    from expectations import data_docs  # pulls in Great Expectations: only when there is a page to make

    rules = {suite.page: suite for suite in suites}
    results = {suite.result_page: suite for suite in suites}
    pages = {}
    for done, path in enumerate(due, start=1):
        if path in rules:
            html = data_docs.suite_html(rules[path])
        elif path in results:
            html = data_docs.result_html(results[path], judgements[results[path].name])
        else:
            html = data_docs.index_html(suites, judgements)
        pages[path] = html.encode()
        progress("data docs", done, len(due))
    return pages


def _write(folder: Path, files: Mapping[str, bytes], gone: list[str]) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for path in gone:
        (folder / path).unlink(missing_ok=True)


def _upload(lake: Lake, files: Mapping[str, bytes], gone: list[str]) -> None:
    by_type: dict[str, dict[str, bytes]] = defaultdict(dict)
    for path, data in files.items():
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        by_type[f"{kind}; charset=utf-8" if kind.startswith("text/") else kind][keys.data_docs_key(path)] = data
    for kind, items in by_type.items():
        lake.store.put(items, content_type=kind)
    lake.store.delete(map(keys.data_docs_key, gone))
