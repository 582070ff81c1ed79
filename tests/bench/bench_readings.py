"""`make bench`: what a million readings cost from payloads to committed bronze, as a ratio to Polars reading the same payloads.

    python -m tests.bench.bench_readings [--stations 125] [--hours 8000]     BENCH=large: 1,250 stations, 10 million readings

Prints; never fails a test. Polars alone reads one payload after another into a frame of one row a reading, all fields,
without contract, gate or lake (`read_json`, `explode`, `unnest`); it is timed before and after the road, in the same
process, since the machine's speed swings. The payloads are synthetic: DustBoy histories as the service answers them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from assets.lake import embedded
from simulator.feeds._dustboy_bulk import histories
from tests.bench.bench_road import peak, peak_of, timed
from tests.conftest import ROOT

SOURCE, PARTNER = "cmu_dustboy", "cmu"
HISTORY = "https://open-api.cmuccdc.org/api/dustboy/data1year"
DAY = date(2026, 1, 1)
STATIONS, LARGE = 125, 1_250
UPLOADED_TOGETHER = 20
TICKS = os.sysconf("SC_CLK_TCK")
console = Console(width=110)


def main() -> None:
    stations = LARGE if os.environ.get("BENCH") == "large" else STATIONS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=stations, help=f"payloads (default {stations:,})")
    parser.add_argument("--hours", type=int, default=8_000, help="readings of each (default 8,000)")
    parser.add_argument("--child", nargs=2, metavar=("HOME", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        measure(Path(arguments.child[0]), Path(arguments.child[1]))
        return
    folder = payloads(arguments.stations, arguments.hours)
    show(arguments.stations * arguments.hours, in_child(folder))


def payloads(stations: int, hours: int) -> Path:
    """Histories of `stations` sensors, made once per size and kept under .lake/bench."""
    folder = ROOT / ".lake" / "bench" / f"dustboy-{stations}x{hours}"
    if not folder.is_dir():
        console.print(f"making {stations * hours:,} synthetic readings (once) …")
        fresh = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for sensor, answer in histories(stations, hours):
            (fresh / f"{sensor}.json").write_bytes(answer)
        fresh.rename(folder)
    return folder


def in_child(folder: Path) -> dict:
    with tempfile.TemporaryDirectory(prefix="maemoh-bench-") as home:
        command = [sys.executable, "-m", "tests.bench.bench_readings", "--child", home, str(folder)]
        try:
            done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            figures: dict = json.loads(done.stdout.splitlines()[-1])
            figures["store MB"] = peak_of(embedded.status(Path(home))["pid"])
            return figures
        finally:
            embedded.down(Path(home))


def measure(home: Path, folder: Path) -> None:
    """Runs in the child: prints one line of JSON."""
    start = time.monotonic()
    from assets import intake
    from assets.lake import keys
    from assets.lake.handle import Lake
    from assets.readers.pulled import pulled_path
    from assets.redact import Redactor
    from assets.road import new_run_id
    from assets.settle import settle
    from orchestration import settings

    figures: dict = {"imports": time.monotonic() - start}
    start = time.monotonic()
    from expectations import suite  # noqa: F401 - Great Expectations itself, several seconds

    figures["import of Great Expectations"] = time.monotonic() - start

    files = sorted(folder.glob("*.json"))
    figures["payloads"], figures["MB"] = len(files), sum(file.stat().st_size for file in files) / 1e6
    lake = Lake.open(embedded.up(home, settings.partners()))
    contracts = settings.contracts()
    paths = [
        pulled_path(SOURCE, DAY, datetime(2026, 1, 1, tzinfo=UTC), n, "history", 200, "json", is_synthetic=True)
        for n in range(len(files))
    ]
    addresses = [f"s3://{lake.config.bucket}/{keys.landing_key(PARTNER, path)}" for path in paths]
    for n in range(0, len(files), UPLOADED_TOGETHER):
        some = slice(n, n + UPLOADED_TOGETHER)
        lake.store.upload(dict(zip(addresses[some], files[some], strict=True)))
    urls = {path: f"{HISTORY}/{file.stem}" for path, file in zip(paths, files, strict=True)}  # fetched, not dropped
    redactor = Redactor.of(home)
    pid = embedded.status(home)["pid"]
    steps: dict[str, float] = {}

    def road() -> None:
        run_id = new_run_id()
        begin = time.monotonic()
        intake.take_in(lake.store, PARTNER, [], redactor=redactor, urls=urls)
        steps["landing → raw"] = time.monotonic() - begin
        steps.update(settle(lake, contracts, (PARTNER,), run_id, settings.threads()).seconds)

    figures["polars"], figures["polars CPU"] = timed_cpu(lambda: alone(files))
    store_before = cpu_of(pid)
    figures["bronze"], figures["bronze CPU"] = timed_cpu(road)
    figures["store CPU"] = cpu_of(pid) - store_before
    figures["peak MB"] = peak()
    again, again_cpu = timed_cpu(lambda: alone(files))
    figures["polars"], figures["polars again"] = (figures["polars"] + again) / 2, [figures["polars"], again]
    figures["polars CPU"] = (figures["polars CPU"] + again_cpu) / 2
    state = lake.ledger.state("delivery")
    figures["rows"], figures["accepted"] = int(state["rows_in"].sum()), int(state["accepted"].sum())
    figures["outcomes"] = dict(state["outcome"].value_counts().iter_rows())
    figures["steps"] = steps
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def alone(files: list[Path]) -> None:
    """What the same payloads cost without contract, gate and lake."""
    for file in files:
        pl.read_json(file).explode("readings").unnest("readings")


def timed_cpu(what: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock, and seconds of this process on all cores."""
    begin = resource.getrusage(resource.RUSAGE_SELF)
    seconds = timed(what)
    end = resource.getrusage(resource.RUSAGE_SELF)
    return seconds, end.ru_utime - begin.ru_utime + end.ru_stime - begin.ru_stime


def cpu_of(pid: int) -> float:
    """Seconds that another process has used on all cores."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def show(readings: int, figures: dict) -> None:
    base = figures["polars"]
    table = Table(title=f"{readings:,} readings in {figures['payloads']:,} payloads, {figures['MB']:,.0f} MB")
    for column in ("what", "seconds", "× Polars", "readings/s"):
        table.add_column(column, justify="left" if column == "what" else "right")

    def line(what: str, seconds: float) -> None:
        table.add_row(what, f"{seconds:.2f}", f"{seconds / base:.1f}", f"{readings / seconds:,.0f}")

    line("Polars alone (mean of before and after)", base)
    line("payloads → committed bronze", figures["bronze"])
    for step, seconds in figures["steps"].items():
        line(f"  {step}", seconds)
    for name in ("imports", "import of Great Expectations"):
        table.add_row(f"{name} (apart)", f"{figures[name]:.2f}", "", "")
    console.print(table)
    before, after = figures["polars again"]
    console.print(
        f"bronze: {figures['accepted']:,} of {figures['rows']:,} rows accepted, {figures['rows'] / figures['bronze']:,.0f} "
        f"rows/s; deliveries: {figures['outcomes']}\n"
        f"CPU: Polars {figures['polars CPU']:.1f} s, road {figures['bronze CPU']:.1f} s in Python "
        f"({figures['bronze CPU'] / figures['polars CPU']:.1f} ×) and {figures['store CPU']:.1f} s in the store; "
        f"Polars before {before:.2f} s, after {after:.2f} s\n"
        f"peak memory: Python {figures['peak MB']:,.0f} MB; store {figures['store MB']:,.0f} MB\n"
    )


if __name__ == "__main__":
    main()
