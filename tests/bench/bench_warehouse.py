"""`make bench`: what dbt costs from bronze to gold, as a ratio to the same final SQL in bare DuckDB over Parquet.

    python -m tests.bench.bench_warehouse [--millions 10]     BENCH=large: 100 million observations

Prints; never fails a test. All models are built from generated (synthetic) hours of air quality and weather; then one day is
added and what is due is built again. Bare DuckDB runs the SQL that dbt compiled, one statement a table, from local Parquet to
local Parquet: no lake, no contracts, no tests, no months.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import yaml
from rich.console import Console
from rich.table import Table

from assets.lake import embedded
from tests.bench.bench_road import peak, peak_of, timed
from tests.conftest import ROOT

FIRST, YEARS = date(2009, 1, 1), 12
ROWS_OF_A_STATION = 840_000  # 8 series of 12 years of hours
SERIES = {
    "egat_ambient__observation": {"SO2": "ug/m3", "NO2": "ug/m3", "PM10": "ug/m3", "TSP": "ug/m3"},
    "egat_weather__observation": {"WS": "m/s", "WD": "deg", "TEMP": "Cel", "RH": "%"},
}
# Values inside the limits of every quantity, the same in every run; one in fifty is flagged.
VALUE = {"SO2": "n % 40", "NO2": "n % 90", "PM10": "20 + n % 130", "TSP": "30 + n % 200", "WS": "n % 80 / 10.0",
         "WD": "n % 360", "TEMP": "15 + n % 25", "RH": "30 + n % 70"}  # fmt: skip
BARE_MEMORY = "8GB"
console = Console(width=110)


def main() -> None:
    millions = 100 if os.environ.get("BENCH") == "large" else 10
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=int, default=millions, help=f"million observations (default {millions})")
    parser.add_argument("--child", nargs=2, metavar=("WHAT", "HOME"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    stations = max(round(arguments.millions * 1e6 / ROWS_OF_A_STATION), 1)
    if arguments.child:
        {"dbt": measure_dbt, "bare": measure_bare}[arguments.child[0]](Path(arguments.child[1]), stations)
        return
    generate(stations)
    with tempfile.TemporaryDirectory(prefix="maemoh-bench-", dir=ROOT / ".lake") as home:
        try:
            figures = in_child("dbt", home, arguments.millions)
            figures["store MB"] = peak_of(embedded.status(Path(home))["pid"])
        finally:
            embedded.down(Path(home))
        figures |= in_child("bare", home, arguments.millions)
    show(stations, figures)


def in_child(what: str, home: str, millions: int) -> dict:
    command = [sys.executable, "-m", "tests.bench.bench_warehouse", "--millions", str(millions), "--child", what, home]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    figures: dict = json.loads(done.stdout.splitlines()[-1])
    return figures


# ── the rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def folder_of(stations: int) -> Path:
    return ROOT / ".lake" / "bench" / f"observations-{stations}"


def generate(stations: int) -> None:
    """A file a station, source and year, as workbooks come, made once and kept under .lake/bench; and one day more."""
    folder = folder_of(stations)
    if (folder / "ready").exists():
        return
    console.print(f"making {stations * ROWS_OF_A_STATION / 1e6:,.0f} million synthetic observations (once) …")
    days = [(FIRST.replace(year=year), FIRST.replace(year=year + 1)) for year in range(2009, 2009 + YEARS)]
    last = date(2009 + YEARS, 1, 1)
    for source, quantities in SERIES.items():
        (folder / source).mkdir(parents=True, exist_ok=True)
        (folder / "day" / source).mkdir(parents=True, exist_ok=True)
        for station in range(1, stations + 1):
            for start, end in days:
                write(folder / source / f"{station:03d}-{start.year}.parquet", station, quantities, start, end)
            write(
                folder / "day" / source / f"{station:03d}.parquet", station, quantities, last, last + timedelta(days=1)
            )
    (folder / "ready").touch()


def write(path: Path, station: int, quantities: dict[str, str], start: date, end: date) -> None:
    series = " union all ".join(
        f"""select h, n, '{quantity}' as quantity, '{unit}' as raw_unit, cast({VALUE[quantity]} as double) as v from hours"""
        for quantity, unit in quantities.items()
    )
    duckdb.execute(
        f"""
        copy (
            with hours as (
                select unnest(generate_series(timestamptz '{start} 00:00:00+07', timestamptz '{end} 00:00:00+07'
                    - interval 1 hour, interval 1 hour)) as h, hash(h, {station}) % 100000 as n
            ), cells as ({series})
            select 'EGAT-{station:02d}' as station_key, 'SYNTHETIC {station}' as station_name, quantity,
                cast(null as varchar) as level, 'PT1H' as averaging_period, h as interval_start_at,
                h + interval 1 hour as interval_end_at, cast(v as varchar) as raw_value, raw_unit,
                case when n % 50 > 0 then v end as value, case when n % 50 = 0 then 'D' end as flag, n % 50 > 0 as is_valid,
                cast(null as varchar) as from_path, 'SYNTHETIC' as sheet, 'B2' as cell,
                '{path.parent.name[5:9]}{station:05d}{start:%Y%j}' as batch_id, row_number() over () as row_id,
                'SYNTHETIC.xlsx' as path, timestamptz '2026-01-01 00:00:00+00' as received_at
            from cells order by interval_start_at, quantity
        ) to '{path}' (format parquet, compression zstd)
        """
    )


# ── dbt ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def measure_dbt(home: Path, stations: int) -> None:
    """Runs in the child: prints one line of JSON."""
    from assets.lake.commit import replace_batches
    from assets.lake.duck import install_extensions
    from assets.lake.handle import Lake
    from assets.warehouse_dbt import NodeResult, run_dbt
    from assets.warehouse_run import build, plan
    from orchestration import settings
    from tests.warehouse.cells import make_bronze_tables

    lake = Lake.open(embedded.up(home, settings.partners()))
    install_extensions(lake.config.extensions)
    tables = make_bronze_tables(lake.catalog)
    lake.ledger.make_tables()

    def bring(folder: Path) -> None:
        for source in SERIES:
            files = {f"{tables[source].location()}/data/{f.parent.parent.name}-{f.name}": f
                     for f in sorted((folder / source).glob("*.parquet"))}  # fmt: skip
            lake.store.upload(files)
            replace_batches(tables[source], [], list(files))

    def warehouse() -> None:
        for layer in ("silver", "gold"):
            due = plan(lake.catalog, layer)
            if due.is_needed:
                nodes.extend(build(lake.config.dbt_env(), due, folder=home / "dbt"))

    nodes: list[NodeResult] = []
    folder = folder_of(stations)
    bring(folder)
    figures: dict = {"import of dbt": timed(lambda: run_dbt(lake.config.dbt_env(), ["parse"], home / "dbt"))}
    figures["full"] = timed(warehouse)
    figures["models"] = {node.name: node.seconds for node in nodes if node.kind == "model"}
    figures["tests"] = sum(node.seconds for node in nodes if node.kind == "test")
    figures["peak MB"] = peak()
    bring(folder / "day")
    nodes.clear()
    figures["one day"] = timed(warehouse)
    figures["one day models"] = {node.name: node.seconds for node in nodes if node.kind == "model"}
    figures["one day tests"] = sum(node.seconds for node in nodes if node.kind == "test")
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


# ── bare DuckDB ───────────────────────────────────────────────────────────────────────────────────────────────────────


def measure_bare(home: Path, stations: int) -> None:
    """Runs in the child: prints one line of JSON."""
    from assets.bronze import arrow_schema
    from assets.lake.ledger import TABLES
    from assets.readers.route import contracts

    connection = duckdb.connect(
        config={"threads": 2, "memory_limit": BARE_MEMORY, "temp_directory": str(home / "bare")}
    )
    connection.execute("set timezone = 'UTC'; attach ':memory:' as lake")
    connection.execute(
        "create schema lake.bronze; create schema lake.silver; create schema lake.gold; create schema lake.ops"
    )
    for contract in contracts().values():
        for entity in contract.entities:
            name = contract.table(entity.name)
            if name in SERIES:
                files = folder_of(stations) / name / "*.parquet"
                connection.execute(f"create view lake.bronze.{name} as select * from read_parquet('{files}')")
            else:
                connection.register("empty", arrow_schema(entity).empty_table())
                connection.execute(f"create table lake.bronze.{name} as select * from empty")
    for name, schema in TABLES.items():
        connection.register("empty", schema.empty_table())
        connection.execute(f"create table lake.ops.{name} as select * from empty")
    load_seeds(connection)
    folder = home / "dbt" / "target" / "compiled" / "maemoh" / "models"
    compiled = {file.stem: file for file in folder.rglob("*.sql") if ".yml" not in str(file)}  # without unit tests
    total = {"seconds": 0.0}
    figures = {}
    (home / "out").mkdir()
    for layer, name in tables_in_order():
        target = home / "out" / f"{layer}.{name}.parquet"
        copy = f"copy ({compiled[name].read_text('utf-8')}) to '{target}' (format parquet, compression zstd)"
        figures[name] = timed(partial(connection.execute, copy))
        total["seconds"] += figures[name]
        connection.execute(f"create view lake.{layer}.{name} as select * from read_parquet('{target}')")
    sys.stdout.write(
        "\n" + json.dumps({"bare": total["seconds"], "bare models": figures, "bare peak MB": peak()}) + "\n"
    )


def load_seeds(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema memory.seed")
    project = ROOT / "dbt_project" / "seeds"
    types: dict[str, dict[str, str]] = {}
    for file in project.glob("*.yml"):
        for seed in yaml.safe_load(file.read_text("utf-8")).get("seeds", []):
            types[seed["name"]] = seed["config"]["column_types"]
    for file in project.glob("*.csv"):
        columns = json.dumps(types.get(file.stem, {"source": "varchar"})).replace('"', "'")
        connection.execute(
            f"create table memory.seed.{file.stem} as select * from read_csv('{file}', header=true, types={columns})"
        )


def tables_in_order() -> Iterator[tuple[str, str]]:
    """(layer, table), each after those that it reads."""
    from assets.warehouse_run import known_lineage

    known = known_lineage()
    order = TopologicalSorter({name: set(model.refs) for name, model in known.models.items()}).static_order()
    for name in order:
        model = known.models.get(name)
        if model is not None and model.layer:
            yield model.layer, name


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def show(stations: int, figures: dict) -> None:
    bare, rows = figures["bare"], stations * ROWS_OF_A_STATION
    table = Table(title=f"{rows:,} observations, {len(figures['models'])} tables")
    for column in ("what", "seconds", "× bare DuckDB"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("bare DuckDB, the same SQL over Parquet", f"{bare:.1f}", "1.00")
    table.add_row("dbt: plan, build and test of all models", f"{figures['full']:.1f}", f"{figures['full'] / bare:.2f}")
    for name, seconds in sorted(figures["models"].items(), key=lambda item: -item[1])[:8]:
        own = figures["bare models"].get(name, 0)
        table.add_row(f"  {name}", f"{seconds:.1f}", f"{seconds / own:.2f}" if own else "")
    table.add_row("  all tests (two at a time)", f"{figures['tests']:.1f}", "")
    table.add_row("dbt after one new day", f"{figures['one day']:.1f}", f"{figures['one day'] / bare:.2f}")
    for name, seconds in sorted(figures["one day models"].items(), key=lambda item: -item[1])[:4]:
        table.add_row(f"  {name}", f"{seconds:.1f}", "")
    table.add_row("import of dbt, reading the parsed project (apart)", f"{figures['import and first parse']:.1f}", "")
    console.print(table)
    console.print(
        f"one new day: {len(figures['one day models'])} tables, "
        f"{100 * figures['one day'] / figures['full']:.1f} % of the full build\n"
        f"peak memory: dbt {figures['peak MB']:,.0f} MB, store {figures['store MB']:,.0f} MB; "
        f"bare DuckDB {figures['bare peak MB']:,.0f} MB (allowed {BARE_MEMORY})\n"
    )


if __name__ == "__main__":
    main()
