"""What the terminal shows: progress, tables, summaries. Texts and layout only."""

from __future__ import annotations

import contextlib
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from assets.lake import embedded
from assets.lake.config import LakeConfig

DELIVERY_COLUMNS = (
    "path", "sha256", "source", "outcome", "rows_in", "accepted", "quarantined", "dropped", "reason",
)  # fmt: skip
STEPS = {
    "deliver": "deliver → landing",
    "intake": "landing → raw",
    "pull": "partners → raw",
    "stage": "raw → stage",
    "gate": "G1 gate",
    "commit": "stage → bronze",
    "silver": "bronze → silver",
    "g2": "G2 gate",
    "gold": "silver → gold",
    "g3": "G3 gate",
    "publish": "gold → published",
    "upkeep": "upkeep",
    "matters": "issues and scores",
    "report": "reports",
}

console = Console()


def say(text: str) -> None:
    console.print(escape(text), soft_wrap=True)


def fail(text: str) -> None:
    Console(stderr=True).print(f"maemoh: {escape(text)}", soft_wrap=True)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar per step; hands out the function that steps report to."""
    columns = (TextColumn("{task.description:<18}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(STEPS.get(step, step), total=total or None)
            bars.update(tasks[step], completed=done, total=total or None)

        yield report


def show_status(home: Path) -> None:
    """What runs and where."""
    from orchestration import ui

    state = embedded.status(home)
    table = Table(show_header=False, box=None)
    rows = {
        "home": state["home"],
        "lake": "running" if state["running"] else "not running (`maemoh up` starts it)",
    }
    if state["running"]:
        rows |= {
            "process": f"{state['pid']}, {state['resident_bytes'] / 1024**2:,.0f} MiB in memory",
            "S3": state["s3"],
            "Iceberg catalog": state["catalog"],
            "data": f"{state['data_bytes'] / 1024**2:,.1f} MiB on disk",
        }
    rows["web UI"] = ui.address(home) or "not running (`maemoh ui` starts it)"
    config = LakeConfig(home, "", "", "", "", "")
    rows["published"] = str(config.marts_db) if config.marts_db.is_file() else "nothing yet"
    for name, value in rows.items():
        table.add_row(name, escape(str(value)))
    console.print(table)


def show_reset(gone: Mapping[str, int], dry_run: bool) -> None:
    say("would remove:" if dry_run else "removed:")
    for name, count in gone.items():
        say(f"  {name}  {count} objects" if name.endswith("/") else f"  table {name}")
    say("raw and its manifest stay; `maemoh run` rebuilds the rest")


def show_delivered(partner: str, files: Mapping[str, Path], dry_run: bool) -> None:
    size = sum(file.stat().st_size for file in files.values())
    verb = "would deliver" if dry_run else "delivered"
    say(f"{verb} {len(files)} file(s), {size / 1024**2:,.1f} MiB, as {partner}")
    for path in list(files)[: 20 if dry_run else 0]:
        say(f"  {path}")
    if not dry_run:
        say("next: `maemoh run`")


def show_deliveries(lines: pl.DataFrame, as_format: str) -> None:
    """One line per delivery, oldest first."""
    chosen = lines.rename({"source_id": "source", "reason_en": "reason"}).select(DELIVERY_COLUMNS)
    if as_format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(DELIVERY_COLUMNS)
        writer.writerows(["" if value is None else value for value in row] for row in chosen.iter_rows())
    elif as_format == "json":
        sys.stdout.write(json.dumps(chosen.to_dicts(), ensure_ascii=False, indent=1) + "\n")
    else:
        console.print(_deliveries_table(chosen))


def _deliveries_table(chosen: pl.DataFrame) -> Table:
    """Figures at the left; path and reason share the wide column, so that it reads well on a narrow terminal too."""
    table = Table(show_lines=True)
    for name in ("sha256", "outcome"):
        table.add_column(name)
    for name in ("in", "accepted", "held", "dropped"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("path and reason", overflow="fold", ratio=1)
    for row in chosen.iter_rows(named=True):
        counts = [f"{row[name]:,}" for name in ("rows_in", "accepted", "quarantined", "dropped")]
        reason = f"\n[dim]{escape(shorten(row['reason'], 180, placeholder=' …'))}[/dim]" if row["reason"] else ""
        outcome = row["outcome"].replace("_with_", "\nwith ")
        table.add_row(row["sha256"][:8], outcome, *counts, escape(row["path"]) + reason)
    return table


def show_withdrawal(line: Mapping[str, Any], going: list[Any], back: list[Any], dry_run: bool) -> None:
    say(f"{'would withdraw' if dry_run else 'withdrawing'} {line['path']} ({line['sha256'][:8]})")
    for row in going:
        say(
            f"  goes: batch {row['batch_id']} {row['series']} {row['period_start']}..{row['period_end']}, {row['accepted']:,} rows"
        )
    for row in back:
        say(f"  returns: batch {row['batch_id']} {row['series']} from {row['path']}, {row['accepted']:,} rows")
    if not going:
        say("  it holds no batch now; only its line changes")


def show_preview(previews: list[Any]) -> None:
    """What `maemoh dry-run` found, file by file."""
    for item in previews:
        say(f"\n{item.path}: {item.outcome}")
        if item.reason:
            say(f"  {item.reason}")
        for batch in item.batches:
            say(f"  {batch.source_id}.{batch.entity}  {batch.series}  {batch.period_start}..{batch.period_end}")
            say(
                f"    {batch.rows_in:,} rows in = {batch.accepted:,} accepted + {batch.quarantined:,} quarantined "
                f"+ {batch.dropped:,} dropped"
            )
            for line in batch.quantities:
                say(f"    {line}")
            for text in batch.notes:
                say(f"    ! {text}")


def show_summary(summary: Any) -> None:
    """The final table of a run."""
    if not summary.did_work:
        say(f"nothing to do: no new delivery, everything published is current ({summary.seconds:.1f} s)")
        return
    # Narrow enough for a terminal of 80 columns: nothing of a figure may be cut off.
    table = Table(
        title=f"run {summary.run_id}", box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="underline"
    )
    for name in ("source", "files", "rows in", "accepted", "quaran-\ntined", "dropped", "findings", "s"):
        table.add_column(name, justify="left" if name == "source" else "right", no_wrap=True)
    for tally in summary.tallies:
        table.add_row(
            tally.source or "(not recognised)",
            *(
                f"{n:,}"
                for n in (
                    tally.deliveries,
                    tally.rows_in,
                    tally.accepted,
                    tally.quarantined,
                    tally.dropped,
                    tally.findings,
                )
            ),
            f"{tally.seconds:.1f}",
        )
    if summary.tallies:
        console.print(table)
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items())
    if outcomes:
        say(f"deliveries: {outcomes}")
    say(
        "seconds: "
        + ", ".join(f"{STEPS.get(name, name)} {seconds:.1f}" for name, seconds in summary.step_seconds.items())
    )
    kept = summary.matters
    if kept.issues:
        say(f"issues: {kept.opened} opened or changed, {kept.closed} closed (`maemoh issues`)")
    for line in kept.answers:
        say(f"answers: {line['path']}: {line['reason_en']}")
    for name, reason in summary.withheld.items():
        say(f"withheld: {name} keeps its last publication: {reason}")
    for silver in dict.fromkeys(summary.waiting.values()):
        waiting = [name for name, source in summary.waiting.items() if source == silver]
        say(f"waiting for {silver}: {', '.join(waiting)} keep their last publication")
    for name, text in summary.warnings.items():
        say(f"warning: {name}: {text}")
    if summary.publication_id:
        say(f"published: {summary.publication_id}")
