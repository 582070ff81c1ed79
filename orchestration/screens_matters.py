"""What the terminal shows of issues and answers. Texts and layout only."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime

import polars as pl
from rich.markup import escape
from rich.table import Table

from assets.lake.months import LOCAL_OFFSET
from orchestration.query import as_text
from orchestration.screens import console, say

COLUMNS = (
    "issue_id", "partner_id", "source_id", "gate", "entity", "rule", "severity", "state", "failed", "subject",
    "opened_at", "closed_at", "closed_by", "reason_en", "reason_th", "answer", "answer_words", "answered_at",
)  # fmt: skip
GRAVITY = {"critical": 0, "major": 1, "minor": 2}


def with_answers(
    issues: pl.DataFrame, answers: pl.DataFrame, partner: str | None, source: str | None, everything: bool
) -> pl.DataFrame:
    """The issues asked for, open ones and grave ones first, each beside its latest answer."""
    latest = (
        answers.sort("answered_at", "event_seq")
        .unique("issue_id", keep="last")
        .select("issue_id", pl.col("state").alias("answer"), pl.col("words").alias("answer_words"), "answered_at")
    )
    wanted = [
        pl.lit(everything) | (pl.col("state") == "open"),
        *([pl.col("partner_id") == partner] if partner else []),
        *([pl.col("source_id") == source] if source else []),
    ]
    order = [pl.col("state") != "open", pl.col("severity").replace_strict(GRAVITY, default=3), "opened_at", "issue_id"]
    return issues.filter(wanted).join(latest, on="issue_id", how="left").sort(order).select(COLUMNS)


def show_issues(found: pl.DataFrame, as_format: str) -> None:
    """One line per issue."""
    if as_format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([as_text(value) for value in row] for row in found.iter_rows())
    elif as_format == "json":
        sys.stdout.write(json.dumps(found.to_dicts(), ensure_ascii=False, indent=1, default=as_text) + "\n")
    else:
        console.print(_table(found))
        say(f"{found.height} issues; columns for a sheet: --format csv")


def _table(found: pl.DataFrame) -> Table:
    """Narrow columns at the left; where, why and the answer share the wide one. Dates are local."""
    table = Table(show_lines=True)
    table.add_column("issue", no_wrap=True)
    table.add_column("what is wrong, and what was answered", overflow="fold", ratio=1)
    for row in found.iter_rows(named=True):
        whose = f"{row['partner_id'] or 'platform team'} {row['source_id'] or ''}".strip()
        lines = [
            f"{whose}: {row['gate']} {row['rule']}" + (f", {row['failed']:,} failed" if row["state"] == "open" else ""),
            escape(row["subject"]),
            f"[dim]{escape(row['reason_en'] or '')}[/dim]",
        ]
        if row["state"] == "closed":
            lines.append(f"closed {_day(row['closed_at'])} by {escape(row['closed_by'] or '')}")
        if row["answer"]:
            words = f": {escape(row['answer_words'])}" if row["answer_words"] else ""
            lines.append(f"answered {_day(row['answered_at'])}, {row['answer']}{words}")
        table.add_row(f"{row['issue_id']}\n{row['severity']}\n{_day(row['opened_at'])}", "\n".join(lines))
    return table


def _day(at: datetime) -> str:
    return f"{at + LOCAL_OFFSET:%Y-%m-%d}"
