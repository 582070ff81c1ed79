"""`python -m simulator`: writes synthetic deliveries into a folder, ready for `maemoh deliver`, or serves them by HTTP."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from .egat.bad import bad
from .egat.bench import bench
from .egat.book import MARK, Planned
from .egat.demo import demo
from .feed import Request, Route
from .generate import Kind, chosen_feeds, write_feed
from .server import PartnerServer, readable, shown, world_routes
from .world import BANGKOK, World

WORKERS = 2
EXAMPLES = """
Examples:

  python -m simulator egat ./egat

  python -m simulator egat ./egat-bad --profile bad

  python -m simulator egat ./egat-300 --profile bench --workbooks 300 --seed 7
"""
PARTNERS_EXAMPLES = """
Examples:

  python -m simulator partners

  python -m simulator partners --port 8470 --days 30 --state partners.json

  python -m simulator partners --source pcd_air4thai --until 2026-03-20T09:00+07:00
"""
GENERATE_EXAMPLES = """
Examples:

  python -m simulator generate ./feeds --days 3

  python -m simulator generate ./feeds --days 365 --scale 20 --seed 7

  python -m simulator generate ./feeds --source gistda_hotspot --source tmd_weather

  python -m simulator generate ./past --days 425 --history
"""
Days = Annotated[int, typer.Option(min=1, help="Whole days of data before the last hour.")]
Scale = Annotated[int, typer.Option(min=1, help="Multiplies what can be many: stations, detections, sessions.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")]
Until = Annotated[
    str | None,
    typer.Option(metavar="ISO", help="The last hour, e.g. 2026-03-20T09:00+07:00. [default: the last full hour]"),
]
Sources = Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="Only this feed; may be repeated.")]

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


@app.command(epilog=PARTNERS_EXAMPLES)
def partners(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    days: Days = 3,
    scale: Scale = 1,
    seed: Seed = 0,
    until: Until = None,
    source: Sources = None,
    state: Annotated[
        Path | None, typer.Option(help="File for address, process id and keys; only you can read it.", dir_okay=False)
    ] = None,
) -> None:
    """The partners as a real HTTP server on this machine alone: their paths, keys and faults. Ends with Ctrl-C."""
    with refusing():
        routes = world_routes(made_world(until, days, scale, seed), chosen_feeds(source or []))
    server = PartnerServer(routes, port=port)
    try:
        server.start()
    except OSError as error:
        raise typer.BadParameter(
            f"port {port} is taken ({error.strerror}); use another, or 0 for a free one"
        ) from error
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        if state:
            write_private(state, {"url": server.url, "pid": os.getpid(), "keys": server.keys})
        show_partners(server, state)
        stop.wait()
    finally:
        server.stop()
        if state:
            state.unlink(missing_ok=True)
        for number, handler in before.items():
            signal.signal(number, handler)


@app.command(epilog=GENERATE_EXAMPLES)
def generate(
    out_dir: Annotated[
        Path, typer.Argument(help="Folder to write into; made if absent.", file_okay=False, resolve_path=True)
    ],
    days: Days = 3,
    scale: Scale = 1,
    seed: Seed = 0,
    until: Until = None,
    source: Sources = None,
    history: Annotated[
        bool,
        typer.Option("--history", help="A long past in few, large files, up to the midnight before; not all feeds."),
    ] = False,
) -> None:
    """Synthetic deliveries of every feed, named and written as the partners would."""
    console = Console()
    kind: Kind = "history" if history else "deliveries"
    with refusing():
        world = made_world(until, days, scale, seed)
        if history:  # whole days, so that the same day gives the same bytes
            world = replace(world, until=world.last_hour.replace(hour=0))
        chosen = chosen_feeds(source or [])
    table = Table("source", "files", "MB", "seconds", title=MARK)
    for column in table.columns[1:]:
        column.justify = "right"
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("feeds", total=len(chosen))
        for name, feed in chosen.items():
            started, sizes = time.perf_counter(), []
            if not hasattr(feed, kind):
                console.print(f"{name}: skipped, it makes no {kind}")
            elif getattr(feed, "IS_REAL", False):  # everything written here is invented and says so
                console.print(f"{name}: skipped, it holds real open data and not synthetic")
            else:
                with refusing():
                    for _, size in write_feed(name, feed, world, out_dir, kind):
                        sizes.append(size)
                        bar.update(task, description=f"{name}: {len(sizes)} files")
                table.add_row(
                    name, f"{len(sizes):,}", f"{sum(sizes) / 1e6:,.1f}", f"{time.perf_counter() - started:.1f}"
                )
            bar.advance(task)
    console.print(table)
    console.print(f"{world.days} days until {world.last_hour.isoformat()} → {out_dir}", soft_wrap=True)


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """What does not fit is said in words, with what to do."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def made_world(until: str | None, days: int, scale: int, seed: int) -> World:
    now = datetime.now(BANGKOK).replace(minute=0, second=0, microsecond=0)
    return World(datetime.fromisoformat(until) if until else now, days, scale, seed)


def write_private(path: Path, content: dict[str, Any]) -> None:
    """JSON that only its owner reads; whole or not at all, so that a waiting process never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    draft.replace(path)


def show_partners(server: PartnerServer, state: Path | None) -> None:
    """Hosts and paths, and how to ask one. Keys are not shown: they are in the state file."""
    console = Console(markup=False, highlight=False)
    table = Table(*(Column(name, overflow="fold") for name in ("source", "host", "path", "key")), title=MARK)
    told = [shown(route) for route in server.routes]
    for route in told:
        table.add_row(route["source_id"], route["host"], f"{route['method']} {route['path']}", route["key"] or "")
    console.print(table)
    lines = [f"{server.url}   (keys: {state or 'give --state FILE'})"]
    lines += [f"curl -H 'Host: {route.host}' {server.url}{readable(route.path)}" for route in plain(server)[:1]]
    some = told[0]["source_id"] if told else "SOURCE"
    fault = json.dumps({"source_id": some, "kind": "too_many", "times": 1, "retry_after": 2})
    lines += [f"curl -X PUT {server.url}/_control/faults -d '{fault}'", f"curl {server.url}/_control/requests"]
    console.print("\n".join(lines), soft_wrap=True)


def plain(server: PartnerServer) -> list[Route]:
    """The routes that answer without a key and without any parameter."""
    found = []
    for route in server.routes:
        path = readable(route.path)
        if route.key is None and route.method == "GET" and not set("{([*+?") & set(path):
            with contextlib.suppress(LookupError, ValueError):
                if route.respond(Request("GET", path, {}, {}, {})).status == 200:
                    found.append(route)
    return found


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
