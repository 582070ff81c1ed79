"""What the terminal shows of open data. Texts and layout only."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from assets.open_data.release import Plan
from assets.open_data.release_model import Release
from orchestration.screens import console, say


def show_plan(planned: Plan, leave_out_blocked: bool) -> None:
    """The tables, and under them every blocker: which table, which field, where, what to do, in Thai and English."""
    table = Table(title=f"open data of publication {planned.publication_id}", title_justify="left")
    table.add_column("table", no_wrap=True)
    for head in ("what it is", "licences", "values", "state"):
        table.add_column(head, overflow="fold")
    for dataset in planned.datasets:
        is_blocked = dataset.table.name in planned.blocked
        names = dict.fromkeys(origin.licence or "unknown" for origin in dataset.origins)
        state = ("left out" if leave_out_blocked else "blocked") if is_blocked else "ready"
        values = "SYNTHETIC" if dataset.is_synthetic else "real"
        table.add_row(dataset.table.name, escape(dataset.table.label.both), escape(", ".join(names)), values, state)
    console.print(table)
    if planned.blockers:
        say(f"\nสิ่งที่ทำให้ยังเผยแพร่ไม่ได้ / what forbids it: {len(planned.blockers)}")
    for number, blocker in enumerate(planned.blockers, start=1):
        say(f"{number:>3}. {blocker.table} · {blocker.field} · {blocker.where}")
        say(f"     {blocker.what.th} → {blocker.to_do.th}")
        say(f"     {blocker.what.en} → {blocker.to_do.en}")


def show_release(folder: Path, made: Release) -> None:
    """Where it lies and how much it is."""
    rows = sum(one.facts.rows for one in made.released)
    files = [file for one in made.released for file in one.files]
    size = sum(file.size_bytes for file in files)
    synthetic = sum(one.dataset.is_synthetic for one in made.released)
    say(
        f"released: {folder} ({len(made.released)} tables, {synthetic} of them synthetic, {rows:,} rows, "
        f"{len(files)} files of rows, {size / 1024**2:,.1f} MiB)"
    )
    say(f"  newest: {folder.parent / 'latest'}; read README.md and LICENSES.md first")
