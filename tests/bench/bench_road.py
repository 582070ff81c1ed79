"""`make bench`: what the road costs, as ratios to what python-calamine alone needs to read the same workbooks.

    python -m tests.bench.bench_road [--workbooks 300] [--skip-warehouse]

Prints; never fails a test. Absolute times swing on shared machines, ratios of one run less so. Each set of workbooks is
measured in a process of its own, so that imports and peak memory can be told apart.
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
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assets.lake import embedded
from tests.conftest import ROOT, SHARED

REAL = SHARED / "data" / "real" / "egat_mae_moh"
console = Console(width=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workbooks", type=int, default=300, help="how many generated workbooks (default 300)")
    parser.add_argument("--skip-warehouse", action="store_true", help="only delivered → bronze")
    parser.add_argument("--child", nargs=2, metavar=("HOME", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        measure(Path(arguments.child[0]), Path(arguments.child[1]), not arguments.skip_warehouse)
        return
    sets = [(f"{arguments.workbooks} generated", generated(arguments.workbooks))]
    if REAL.is_dir():
        sets.insert(0, ("51 real", REAL))
    else:
        console.print(f"the real workbooks are not at hand ({REAL}); only generated ones are measured")
    for name, folder in sets:
        show(name, in_child(folder, arguments.skip_warehouse))


def generated(count: int) -> Path:
    """Workbooks of the same shapes as the real ones, made once per number and kept under .lake/bench."""
    folder = ROOT / ".lake" / "bench" / str(count)
    if not folder.is_dir():
        console.print(f"making {count} synthetic workbooks (once) …")
        fresh = folder.with_name(f"{count}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        command = [
            sys.executable,
            "-m",
            "simulator",
            "egat",
            str(fresh),
            "--profile",
            "bench",
            "--workbooks",
            str(count),
        ]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        fresh.rename(folder)
    return folder


def in_child(folder: Path, skip_warehouse: bool) -> dict:
    with tempfile.TemporaryDirectory(prefix="maemoh-bench-") as home:
        command = [sys.executable, "-m", "tests.bench.bench_road", "--child", home, str(folder)]
        command += ["--skip-warehouse"] if skip_warehouse else []
        try:
            done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            figures = json.loads(done.stdout.splitlines()[-1])
            figures["store MB"] = peak_of(embedded.status(Path(home))["pid"])
            if not skip_warehouse:
                figures["unchanged run"] = unchanged(home)
            return figures
        finally:
            embedded.down(Path(home))


def unchanged(home: str) -> dict[str, float]:
    """An unchanged `maemoh run`: the whole process, and what it says it took after its start."""
    start = time.monotonic()
    done = subprocess.run(
        [str(Path(sys.executable).parent / "maemoh"), "run"],
        env=os.environ | {"MAEMOH_HOME": home, "COLUMNS": "200"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "nothing to do" in done.stdout, done.stdout
    return {"process": time.monotonic() - start, "after start": float(done.stdout.rsplit("(", 1)[1].split(" s")[0])}


def measure(home: Path, folder: Path, with_warehouse: bool) -> None:
    """Runs in the child: prints one line of JSON."""
    figures: dict = {}
    start = time.monotonic()
    from python_calamine import CalamineWorkbook

    from assets import intake, landing
    from assets.lake.handle import Lake
    from assets.redact import Redactor
    from assets.refresh import refresh
    from assets.road import new_run_id
    from assets.settle import settle
    from orchestration import settings

    figures["imports"] = time.monotonic() - start
    start = time.monotonic()
    from expectations import suite  # noqa: F401 - Great Expectations itself, several seconds

    figures["import of Great Expectations"] = time.monotonic() - start

    files = landing.files_of([folder])
    figures["workbooks"] = len(files)
    figures["MB"] = sum(file.stat().st_size for file in files.values()) / 1e6
    lake = Lake.open(embedded.up(home, settings.partners()))
    contracts = settings.contracts()
    landing.put(lake, "egat", files, lambda *_: None)

    def calamine() -> None:
        for file in files.values():
            try:
                book = CalamineWorkbook.from_path(str(file))
            except Exception:  # noqa: BLE001, S112 - a broken workbook costs calamine nothing more
                continue
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()

    figures["calamine"] = timed(calamine)

    run_id = new_run_id()

    def road() -> None:
        begin = time.monotonic()
        intake.take_in(lake.store, "egat", [], redactor=Redactor.of(home))
        steps["landing → raw"] = time.monotonic() - begin
        steps.update(settle(lake, contracts, ("egat",), run_id, settings.threads()).seconds)

    steps: dict[str, float] = {}
    figures["bronze"] = timed(road)
    figures["peak MB to bronze"] = peak()
    state = lake.ledger.state("delivery")
    figures["rows"] = int(state["rows_in"].sum())
    if with_warehouse:
        begin = time.monotonic()
        done = refresh(lake, contracts, settings.road_options(), run_id)
        figures["refresh"] = time.monotonic() - begin
        steps.update({f"{name} (built)" if name in ("silver", "gold") else name: s for name, s in done.seconds.items()})
        figures["peak MB"] = peak()
    figures["steps"] = steps
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def timed(what: Callable[[], object]) -> float:
    start = time.monotonic()
    what()
    return time.monotonic() - start


def peak() -> float:
    """Peak resident memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_of(pid: int) -> float:
    """Peak resident memory of another process, MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def show(name: str, figures: dict) -> None:
    base = figures["calamine"]
    table = Table(title=f"{name} workbooks: {figures['MB']:.1f} MB, {figures['rows']:,} rows")
    for column in ("what", "seconds", "× calamine"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("python-calamine alone", f"{base:.2f}", "1.0")
    table.add_row("delivered → committed bronze", f"{figures['bronze']:.2f}", f"{figures['bronze'] / base:.1f}")
    for step, seconds in figures["steps"].items():
        table.add_row(f"  {step}", f"{seconds:.2f}", f"{seconds / base:.1f}")
    table.add_row("imports (apart)", f"{figures['imports']:.2f}", "")
    table.add_row("import of Great Expectations (apart)", f"{figures['import of Great Expectations']:.2f}", "")
    if "refresh" in figures:
        table.add_row("bronze → published", f"{figures['refresh']:.2f}", f"{figures['refresh'] / base:.1f}")
        again = figures["unchanged run"]
        table.add_row("unchanged run, after start", f"{again['after start']:.2f}", "")
        table.add_row("unchanged run, whole process", f"{again['process']:.2f}", "")
    console.print(table)
    peaks = f"{figures['peak MB to bronze']:.0f} MB to bronze"
    if "peak MB" in figures:
        peaks += f", {figures['peak MB']:.0f} MB in all"
    console.print(f"peak memory: Python {peaks}; store {figures['store MB']:.0f} MB\n")


if __name__ == "__main__":
    main()
