"""`make bench-bi`: how long each chart of each dashboard takes when the marts hold millions of observations.

    python -m tests.bench.bench_bi [--millions 10] [--loads 5]

Prints; never fails a test. The demo's lake gets generated (synthetic) hours of air quality and weather beside its own rows;
everything is built and published without its gates, whose cost bench_gates tells. Then each dashboard is opened in a real
browser again and again: what is timed is each chart's question, asked while all others of the page are asked too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Request, sync_playwright
from rich.console import Console
from rich.table import Table

from assets.lake import embedded
from assets.lake.commit import replace_batches
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.publication import built_snapshots, publish, write_marts
from assets.refresh import dbt_folder
from assets.state import write_status
from assets.warehouse_run import build, plan
from orchestration import bi, demo, settings
from tests.bench.bench_road import peak_of
from tests.bench.bench_warehouse import ROWS_OF_A_STATION, SERIES, folder_of, generate
from tests.bi.conftest import WEBGL
from tests.bi.reading import ASKED, Analyst, Server, slugs
from tests.browser import ARGUMENTS, find_browser
from tests.conftest import ROOT

console = Console(width=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=int, default=10, help="million observations (default 10)")
    parser.add_argument("--loads", type=int, default=5, help="how often each dashboard is opened (default 5)")
    arguments = parser.parse_args()
    stations = max(round(arguments.millions * 1e6 / ROWS_OF_A_STATION), 1)
    generate(stations)
    with tempfile.TemporaryDirectory(prefix="maemoh-bench-", dir=ROOT / ".lake") as folder:
        home = Path(folder)
        os.environ["MAEMOH_HOME"] = str(home)
        try:
            demo.play()
            fill(stations)
            embedded.down(home)
            measure(home, arguments.loads)
        finally:
            bi.stop(home)
            embedded.down(home)


def fill(stations: int) -> None:
    """Brings the generated hours into the demo's lake, builds what is due and publishes it."""
    lake = Lake.open(settings.connect())
    for source in SERIES:
        table = lake.catalog.load_table(("bronze", source))
        files = {
            f"{table.location()}/data/{file.parent.parent.name}-{file.name}": file
            for file in sorted((folder_of(stations) / source).glob("*.parquet"))
        }
        lake.store.upload(files)
        replace_batches(table, [], list(files))
    for layer in ("silver", "gold"):
        due = plan(lake.catalog, layer)
        console.print(f"building {len(due.due)} {layer} tables …")
        build(lake.config.dbt_env(), due, folder=dbt_folder(lake.config))
    publication = publish(lake.store, lake.catalog, built_snapshots(lake.catalog), "bench00", now())
    write_marts(lake.config, publication)
    write_status(lake.config, lake.ledger)


def measure(home: Path, loads: int) -> None:
    """Opens every dashboard `loads` times and prints what each chart took."""
    config = settings.local_config()
    address = bi.up(config, 0, console.print)
    took: dict[str, list[float]] = defaultdict(list)
    drawn: dict[str, list[float]] = defaultdict(list)
    server = Server(address, home, bi.logins(home))
    with sync_playwright() as play:
        arguments = [argument for argument in ARGUMENTS if argument != "--disable-gpu"]
        browser = play.chromium.launch(executable_path=find_browser(), args=[*arguments, *WEBGL])
        reader = Analyst(server, browser, "analyst")

        def finished(request: Request) -> None:
            if ASKED.search(request.url):
                took[slug].append(request.timing["responseEnd"] / 1000)

        reader.context.on("requestfinished", finished)
        for slug in slugs():
            for _ in range(loads):
                start = time.monotonic()
                with reader.opened(slug):
                    drawn[slug].append(time.monotonic() - start)
        browser.close()
    show(config.marts_db, took, drawn, server_memory(server))


def server_memory(server: Server) -> list[float]:
    """Peak memory of each process of the server, MB."""
    return [peak_of(process) for process in server.workers()]


def show(marts: Path, took: dict[str, list[float]], drawn: dict[str, list[float]], memory: list[float]) -> None:
    table = Table(title=f"charts over {marts.stat().st_size / 1e6:,.0f} MB of marts")
    for heading in (
        "dashboard",
        "questions",
        "median s",
        "95th percentile s",
        "slowest s",
        "whole page drawn, median s",
    ):
        table.add_column(heading, justify="left" if heading == "dashboard" else "right")
    everything = [seconds for of_one in took.values() for seconds in of_one]
    for slug, seconds in [*took.items(), ("all", everything)]:
        page = statistics.median(drawn[slug]) if slug in drawn else 0.0
        table.add_row(
            slug, str(len(seconds)), f"{statistics.median(seconds):.2f}", f"{percentile(seconds, 95):.2f}",
            f"{max(seconds):.2f}", f"{page:.1f}" if page else "",
        )  # fmt: skip
    console.print(table)
    console.print(f"memory of the server's processes at their peak: {', '.join(f'{mb:,.0f} MB' for mb in memory)}")


def percentile(values: list[float], part: int) -> float:
    """The nearest-rank percentile."""
    return sorted(values)[max(0, -(-len(values) * part // 100) - 1)]


if __name__ == "__main__":
    main()
