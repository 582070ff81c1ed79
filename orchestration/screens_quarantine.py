"""What `maemoh quarantine`, `replay` and `corrections` show. Texts and layout only."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from textwrap import shorten
from typing import Any

import polars as pl
import typer
from rich.markup import escape
from rich.table import Table

from assets.corrections_met import Met
from assets.replay import Due
from assets.replay_preview import Change
from orchestration.screens import console, say

FORMATS = ("table", "csv", "json")
NOTHING_DUE = (
    "nothing to judge again: what is held back was judged by today's rules, readers, contracts and corrections "
    "(choose with --source, --rule or --sha256 to do it all the same)"
)
SUMMARY_COLUMNS = ("source", "gate", "rule", "rows", "files", "first", "last", "state", "reason_en", "reason_th")
ROW_COLUMNS = (
    "path", "sha256", "sheet", "cell", "text_in_file", "beside", "value", "rule", "rows", "received_at", "state",
    "reason_en", "reason_th",
)  # fmt: skip
CORRECTION_COLUMNS = (
    "id", "source", "state", "rows", "files", "named_files", "place", "expect", "set", "reported_on", "by",
    "reason_en", "reason_th",
)  # fmt: skip
MAX_FILES = 40
LOCAL = "Asia/Bangkok"


def check_format(as_format: str) -> None:
    """Raises BadParameter for a format that nothing is printed in."""
    if as_format not in FORMATS:
        raise typer.BadParameter(f"{as_format!r} is none of {', '.join(FORMATS)}", param_hint="--format")


def show_summary(summary: pl.DataFrame, limit: int, as_format: str) -> None:
    """By source and rule."""
    day = pl.col("first_at", "last_at").dt.convert_time_zone(LOCAL).dt.strftime("%Y-%m-%d")
    renamed = {"source_id": "source", "first_at": "first", "last_at": "last"}
    lines = summary.head(limit).with_columns(day).rename(renamed).select(SUMMARY_COLUMNS).to_dicts()
    if _as_data(SUMMARY_COLUMNS, lines, as_format):
        return
    if not lines:
        say("nothing is held back")
        return
    table = _table("source and rule", "rows", "files", "from … to", "reason")
    for line in lines:
        history = "" if line["state"] == "held" else f"\n[dim]{line['state']}[/dim]"
        table.add_row(
            f"{line['source'] or '(not recognised)'}\n{line['rule']}{history}",
            f"{line['rows']:,}" if line["rows"] else "the file",
            f"{line['files']:,}",
            f"{line['first']}\n{line['last']}",
            f"{escape(line['reason_en'])}\n[dim]{escape(line['reason_th'])}[/dim]",
        )
    console.print(table)
    _more(summary.height, limit)
    held = summary.filter(pl.col("state") == "held")
    say(
        f"held now: {_rows(int(held['rows'].sum()))}; `maemoh quarantine --rows` shows them beside the text in the file"
    )


def show_rows(lines: pl.DataFrame, private: pl.DataFrame, total: int, as_format: str) -> None:
    """Row by row, file by file, beside what stands in the delivered bytes; of private ones only how many."""
    at = pl.col("received_at").dt.convert_time_zone(LOCAL).dt.strftime("%Y-%m-%dT%H:%M:%S+07:00")
    renamed = {"raw_text": "text_in_file", "raw_value": "value", "n_rows": "rows"}
    shown = lines.with_columns(at).rename(renamed).select(ROW_COLUMNS)
    if _as_data(ROW_COLUMNS, shown.to_dicts(), as_format):
        return
    if not lines.height and not private.height:
        say("nothing is held back")
    has_history = (shown["state"] != "held").any()
    for (path,), some in shown.group_by("path", maintain_order=True):
        say(f"\n{path}")
        for (rule,), own in some.group_by("rule", maintain_order=True):
            first = own.row(0, named=True)
            say(f"  {rule}: {first['reason_en']}\n  {first['reason_th']}")
            table = _table("cell", "in the file", "beside it", "value", "rows", *(["state"] if has_history else []))
            for row in own.iter_rows(named=True):
                table.add_row(*_row_cells(row), *([row["state"]] if has_history else []))
            console.print(table)
    for row in private.iter_rows(named=True):
        say(
            f"\n{row['source_id']} {row['rule']}: {_rows(row['rows'])} in {_files(row['files'])}; personal, only counts are shown"
        )
    _more(total - int(private["rows"].len()), lines.height)


def _row_cells(row: dict[str, Any]) -> tuple[str, ...]:
    place = "!".join(filter(None, (row["sheet"], row["cell"])))
    text = row["text_in_file"]
    return (
        escape(place) or ("(all other rows)" if row["rows"] else "(the file)"),
        "[dim]not found[/dim]" if text is None else escape(shorten(text, 60, placeholder=" …")),
        escape(shorten(row["beside"] or "", 60, placeholder=" …")),
        escape(row["value"] or ""),
        f"{row['rows']:,}" if row["rows"] else "the file",
    )


def show_due(chosen: Sequence[Due]) -> None:
    """What a replay is about to judge again, and why."""
    say(f"judging {_deliveries(len(chosen))} again")
    for one in chosen[:MAX_FILES]:
        say(f"  {one.path}: {', '.join(one.why)}")
    _more(len(chosen), MAX_FILES)


def show_changes(changes: Sequence[Change]) -> None:
    """What a replay would change."""
    say(f"would judge {_deliveries(len(changes))} again; nothing is written")
    for change in changes[:MAX_FILES]:
        before, after = change.before, change.after
        say(f"\n{after['path']}\n  why: {', '.join(change.why)}")
        say(f"  {_outcome(before)} → {_outcome(after)}: {_rows(change.back)} back, {change.newly_held:,} newly held")
        for rule, (was, will) in change.rules.items():
            say(f"    {rule}: {was:,} held → {will:,}" + (" (no change)" if was == will else ""))
        for note in dict.fromkeys(change.notes):
            say(f"    ! {note}")
        if after["outcome"] == "refused":
            say(f"    ! {after['reason_en']}")
    _more(len(changes), MAX_FILES)
    back, held = sum(c.back for c in changes), sum(c.newly_held for c in changes)
    say(f"\nin all: {_rows(back)} back, {held:,} newly held; `maemoh replay` does it")


def _outcome(line: dict[str, Any]) -> str:
    return f"{line['outcome']} ({line['accepted']:,} accepted, {line['quarantined']:,} held)"


def show_corrections(found: Sequence[Met], as_format: str) -> None:
    """Every correction and its state."""
    lines = [_correction_line(one) for one in found]
    if _as_data(CORRECTION_COLUMNS, lines, as_format):
        return
    if not found:
        say("no source has corrections (assets/sources/<source>/corrections.yml; see assets/corrections.example.yml)")
        return
    table = _table("correction", "state", "what", "why")
    for line, one in zip(lines, found, strict=True):
        table.add_row(
            f"{line['id']}\n[dim]{line['source']}[/dim]",
            f"{one.state}\n[dim]{_state_says(one)}[/dim]",
            escape(f"{line['expect'] or '(empty)'} → {line['set'] or '(empty)'}\n{line['place']}"),
            escape(f"{line['reason_en']}\n{line['reason_th']}\n{line['reported_on']}, {line['by']}"),
        )
    console.print(table)


def _correction_line(one: Met) -> dict[str, Any]:
    correction = one.correction
    where = correction.path or correction.sha256 or ""
    return {
        "id": correction.id,
        "source": one.source_id,
        "state": one.state,
        "rows": one.rows,
        "files": one.files,
        "named_files": one.named,
        "place": one.first_place or f"{where} [{correction.sheet or '*'}!{correction.cell or '*'}]",
        "expect": correction.expect,
        "set": f"flag {correction.flag}" if correction.flag else correction.value,
        "reported_on": str(correction.reported_on),
        "by": correction.by,
        "reason_en": correction.reason_en,
        "reason_th": correction.reason_th,
    }


def _state_says(one: Met) -> str:
    return {
        "applied": f"{_rows(one.rows)} in {_files(one.files)}",
        "obsolete": "the cell holds something else now: take it out",
        "waiting": "`maemoh replay` applies it",
        "never met": f"{_files(one.named)} named, without such a cell" if one.named else "no delivery is named so",
    }[one.state]


def _as_data(columns: Sequence[str], lines: Sequence[dict[str, Any]], as_format: str) -> bool:
    """Prints CSV or JSON; False when a table is wanted."""
    if as_format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(_cells(line, columns) for line in lines)
    elif as_format == "json":
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1, default=str) + "\n")
    return as_format != "table"


def _cells(line: dict[str, Any], columns: Iterable[str]) -> list[Any]:
    return ["" if line[name] is None else line[name] for name in columns]


def _table(*columns: str) -> Table:
    table = Table(show_lines=True)
    for name in columns:
        is_count = name in ("rows", "files")
        table.add_column(name, justify="right" if is_count else "left", no_wrap=is_count, overflow="fold")
    return table


def _more(total: int, shown: int) -> None:
    if total > shown:
        say(f"… and {total - shown:,} more (--limit, or a narrower choice)")


def _rows(n: int) -> str:
    return f"{n:,} row" if n == 1 else f"{n:,} rows"


def _files(n: int) -> str:
    return f"{n:,} file" if n == 1 else f"{n:,} files"


def _deliveries(n: int) -> str:
    return f"{n:,} delivery" if n == 1 else f"{n:,} deliveries"
