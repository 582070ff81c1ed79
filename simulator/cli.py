"""`python -m simulator`: writes synthetic deliveries into a folder, ready for `maemoh deliver`."""

from __future__ import annotations

import multiprocessing
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .egat.bad import bad
from .egat.bench import bench
from .egat.book import MARK, Planned
from .egat.demo import demo

WORKERS = 2
EXAMPLES = """
Examples:

  python -m simulator egat ./egat

  python -m simulator egat ./egat-bad --profile bad

  python -m simulator egat ./egat-300 --profile bench --workbooks 300 --seed 7
"""

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode="markdown")


class Profile(StrEnum):
    """What to make."""

    demo = "demo"
    bench = "bench"
    bad = "bad"


@app.callback()
def simulator() -> None:
    """Plays the partners: makes deliveries like theirs. Everything is synthetic and says so."""


@app.command(epilog=EXAMPLES)
def egat(
    out_dir: Annotated[
        Path, typer.Argument(help="Folder to write into; made if absent.", file_okay=False, resolve_path=True)
    ],
    profile: Annotated[
        Profile,
        typer.Option(
            help="demo: 25 small ones, every layout and trap. bench: many, real sizes. bad: one of each bad input."
        ),
    ] = Profile.demo,
    workbooks: Annotated[int | None, typer.Option(min=1, help="How many; bench only. [default: 300]")] = None,
    year_from: Annotated[
        int | None, typer.Option(min=1990, max=2100, help="First year. [default: demo 2019, bench 2009]")
    ] = None,
    year_to: Annotated[int | None, typer.Option(min=1990, max=2100, help="Last year. [default: 2020]")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
) -> None:
    """Synthetic EGAT Mae Moh workbooks: the layouts and mistakes of the real ones, invented values."""
    started = time.perf_counter()
    try:
        planned = plan(profile, workbooks, year_from, year_to, seed)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    console = Console()
    sizes: dict[str, list[int]] = defaultdict(list)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"{profile} workbooks", total=len(planned))
        for path, size in write_all(planned, out_dir, WORKERS if profile is Profile.bench else 1):
            sizes[path.split("/")[1]].append(size)
            bar.advance(task)
    table = Table(planned[0][0].split("/")[0], "workbooks", "kB", title=MARK)
    table.columns[1].justify = table.columns[2].justify = "right"
    for folder, group in sizes.items():
        table.add_row(folder, str(len(group)), f"{sum(group) / 1000:,.0f}")
    console.print(table)
    total = sum(sum(group) for group in sizes.values())
    console.print(
        f"{len(planned)} workbooks, {total / 1e6:.1f} MB, {time.perf_counter() - started:.1f} s → {out_dir}\n"
        f"Next: maemoh deliver egat '{out_dir}' && maemoh run",
        soft_wrap=True,
    )


def plan(
    profile: Profile, workbooks: int | None, year_from: int | None, year_to: int | None, seed: int
) -> list[Planned]:
    """The deliveries of a profile. ValueError, with what to do, when the options do not fit."""
    if workbooks is not None and profile is not Profile.bench:
        raise ValueError(f"--workbooks is for --profile bench; {profile} has a fixed set")
    if profile is Profile.bad:
        if year_from or year_to:
            raise ValueError("--year-from and --year-to are for demo and bench; bad has fixed dates")
        return bad(seed)
    last = year_to or 2020
    first = year_from or min(last, 2019 if profile is Profile.demo else 2009)
    if first > last:
        raise ValueError(f"--year-from {first} is after --year-to {last}")
    return demo(first, last, seed) if profile is Profile.demo else bench(workbooks or 300, first, last, seed)


def write_all(planned: list[Planned], out_dir: Path, workers: int = 1) -> Iterator[tuple[str, int]]:
    """Writes every delivery under `out_dir`; yields path and bytes as each is done."""
    write = partial(write_one, out_dir=out_dir)
    if workers == 1:
        yield from map(write, planned)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(write, planned, chunksize=4)


def write_one(item: Planned, out_dir: Path) -> tuple[str, int]:
    path, spec = item
    target = out_dir / path
    target.parent.mkdir(parents=True, exist_ok=True)
    data = spec.build().data
    target.write_bytes(data)
    return path, len(data)


def main() -> None:
    app(prog_name="python -m simulator")
