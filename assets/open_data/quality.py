"""How good a dataset is, as it was judged: the scores of its feeds, the rules on the table, and what its rows show.

Taken as they stood when the publication was made: a later run changes nothing in a release of an earlier publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from assets.catalogue import Words
from assets.open_data.facts import Facts
from assets.open_data.what import Dataset

DIMENSIONS = ("completeness", "validity", "accuracy", "timeliness", "consistency", "uniqueness")


@dataclass(frozen=True)
class Metric:
    """What is measured; always a share from 0 to 1."""

    id: str
    dimension: str
    definition: Words


@dataclass(frozen=True)
class Measurement:
    """One figure. `about`: the feed, or the table."""

    metric: str
    dimension: str
    about: str
    value: float


def metrics() -> list[Metric]:
    """All metrics: three ways of measuring, by dimension."""
    found = [
        Metric(
            f"feed-{dimension}",
            dimension,
            Words(
                "สัดส่วนที่ผ่านเกณฑ์ของข้อมูลที่หน่วยงานส่งมา (0 ถึง 1)",
                "Share that passed of what the rules evaluated in the deliveries of a feed, 0 to 1.",
            ),
        )
        for dimension in DIMENSIONS
    ]
    found += [
        Metric(
            f"table-{dimension}",
            dimension,
            Words(
                "สัดส่วนที่ผ่านเกณฑ์ตรวจตารางก่อนเผยแพร่ (0 ถึง 1)",
                "Share that passed of what the rules on the table evaluated before it was published, 0 to 1.",
            ),
        )
        for dimension in DIMENSIONS
    ]
    filled = Words("สัดส่วนของช่องที่ต้องมีค่าและมีค่าจริง (0 ถึง 1)", "Share of the cells that must have a value and do, 0 to 1.")
    alike = Words("สัดส่วนของแถวที่มีคีย์ไม่ซ้ำ (0 ถึง 1)", "Distinct keys as a share of the rows, 0 to 1.")
    return [*found, Metric("rows-completeness", "completeness", filled), Metric("rows-uniqueness", "uniqueness", alike)]


def measured(
    status: duckdb.DuckDBPyConnection | None, dataset: Dataset, facts: Facts, run_id: str
) -> list[Measurement]:
    """Every figure of a dataset. `status`: the copied ledger, None where there is none; `run_id`: the publication's run."""
    found = list(_of_rows(dataset, facts))
    if status is not None:
        found = [*_of_feeds(status, dataset, run_id), *_of_table(status, dataset, run_id), *found]
    return found


def _of_feeds(status: duckdb.DuckDBPyConnection, dataset: Dataset, run_id: str) -> Iterator[Measurement]:
    columns = ", ".join(DIMENSIONS)
    for feed in dataset.feeds:
        row = status.execute(
            f"select {columns} from ops.score where source_id = ? and run_id <= ? order by event_seq desc limit 1",
            [feed.id, run_id],
        ).fetchone()
        for dimension, value in zip(DIMENSIONS, row or (), strict=False):
            if value is not None:
                yield Measurement(f"feed-{dimension}", dimension, feed.id, value)


def _of_table(status: duckdb.DuckDBPyConnection, dataset: Dataset, run_id: str) -> Iterator[Measurement]:
    """Rules of G2 and G3 on the table, each as it was judged last."""
    rows = status.execute(
        """select dimension, 1 - sum(failed) / sum(evaluated) from (
               select dimension, evaluated, failed from ops.check_result
               where gate in ('G2', 'G3') and entity = ? and run_id <= ?
               qualify row_number() over (partition by gate, rule order by run_id desc, recorded_at desc) = 1
           ) group by dimension having sum(evaluated) > 0 order by dimension""",
        [dataset.table.name, run_id],
    ).fetchall()
    for dimension, value in rows:
        yield Measurement(f"table-{dimension}", dimension, dataset.table.name, value)


def _of_rows(dataset: Dataset, facts: Facts) -> Iterator[Measurement]:
    name = dataset.table.name
    if facts.required_cells:
        yield Measurement("rows-completeness", "completeness", name, facts.filled_cells / facts.required_cells)
    if facts.distinct_keys is not None and facts.rows:
        yield Measurement("rows-uniqueness", "uniqueness", name, facts.distinct_keys / facts.rows)
