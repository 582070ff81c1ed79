"""`make bench`: what the gate of an observation entity (G1) costs, all rules over a million rows, and how much of the way
from delivered to bronze it is.

    python -m tests.bench.bench_gates [--rows 1000000] [--skip-road]     BENCH=large: 10 million rows

Prints; never fails a test. The rows are synthetic: hours of EGAT's stations made in DuckDB, forty thousand a batch, with the
faults that a gate has to find in some of them. Bare DuckDB runs each rule's own query once over the same files, with the same
settings, and only counts what it finds: no verdict for each batch, no samples, no quarantined rows. It is timed between two
passes of the gate, in the same process, since the machine's speed swings. For the share, DustBoy histories of as many rows
take the whole road to committed bronze, at most a million of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from assets.lake.duck import MEMORY_LIMIT
from assets.stage import ROW_GROUP, StagedBatch
from tests.bench import bench_readings
from tests.bench.bench_road import peak, timed
from tests.conftest import ROOT

SOURCE, ENTITY = "egat_ambient", "observation"
ROWS, LARGE = 1_000_000, 10_000_000
BATCH_ROWS = 40_000
QUANTITIES = ("PM10", "TSP", "SO2", "NO2")
READINGS, QUANTITIES_OF_A_READING = 8_000, 4
ROAD_ROWS = 1_000_000
GOAL_RATIO, GOAL_SHARE = 2.0, 0.15
AT = datetime(2026, 3, 22, tzinfo=UTC)
console = Console(width=110)

# One series a batch: a level that swings by day and season, a letter in one hour of fifty; in one hour of 2,000 a value
# that cannot be, in one of 5,000 a spike, and once a month an instrument that is stuck for eight hours.
_HOURS = """
with drawn as (
    select n, hash(n, $batch) % 1000000 as dice,
        40 + 18 * sin(n / 3.8) + 9 * sin(n / 700.0) + hash($batch, n, 1) % 900 / 100.0 as level
    from range($rows) as hours(n)
)
select 'EGAT-' || lpad(cast(1 + $batch % 12 as varchar), 2, '0') as station_key, 'SYNTHETIC' as station_name,
    $quantity as quantity, cast(null as varchar) as level, 'PT1H' as averaging_period,
    timestamptz '2009-01-01 00:00:00+07' + to_hours(cast(n as integer)) as interval_start_at,
    timestamptz '2009-01-01 01:00:00+07' + to_hours(cast(n as integer)) as interval_end_at,
    coalesce(cast(value as varchar), flag) as raw_value, 'ug/m3' as raw_unit, value, flag, flag is null as is_valid,
    cast(null as varchar) as from_path, 'SYNTHETIC' as sheet, 'B' || (3 + n) as cell,
    'b' || $batch as batch_id, n as row_id, 'SYNTHETIC/' || $batch as path, $at as received_at
from (
    select n, case when dice < 20000 then 'C' end as flag, case
        when dice < 20000 then null
        when dice < 20500 then -9
        when dice < 20700 then 700
        when n % 720 between 100 and 107 then 33
        else round(level, 1)
    end as value from drawn
)
order by n
"""


def main() -> None:
    rows = LARGE if os.environ.get("BENCH") == "large" else ROWS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=rows, help=f"rows to judge (default {rows:,})")
    parser.add_argument("--skip-road", action="store_true", help="only the gate, not its share of delivered → bronze")
    parser.add_argument("--child", metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        measure(Path(arguments.child), arguments.rows)
        return
    with tempfile.TemporaryDirectory(prefix="maemoh-bench-") as folder:
        command = [sys.executable, "-m", "tests.bench.bench_gates", "--child", folder, "--rows", str(arguments.rows)]
        done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    show(json.loads(done.stdout.splitlines()[-1]))
    if not arguments.skip_road:
        show_share(min(arguments.rows, ROAD_ROWS))


def measure(folder: Path, rows: int) -> None:
    """Runs in the child: prints one line of JSON."""
    batches = staged(folder, rows)
    start = time.monotonic()
    from expectations import suite  # noqa: F401 - Great Expectations itself, several seconds

    figures: dict = {"import of Great Expectations": time.monotonic() - start}
    from assets.bronze import gate_entity
    from assets.readers.route import contracts
    from expectations.entity_rules import rules_of

    contract = contracts()[SOURCE]
    entity = contract.entity(ENTITY)
    before = peak()
    found = []
    first = timed(lambda: found.extend(gate_entity(contract, entity, batches)))
    figures["peak MB"], figures["peak before MB"] = peak(), before
    queries = {rule.id: query_of(rule.expectation, rule.kwargs) for rule in rules_of(contract, entity)}
    figures["bare"] = alone([batch.file for batch in batches], queries)
    again = timed(lambda: gate_entity(contract, entity, batches))
    figures |= {"gate": [first, again], "rows": sum(batch.n_rows for batch in batches), "batches": len(batches)}
    figures["quarantined"] = sum(one.quarantined for one in found if not one.refused_by)
    figures["refused"] = sum(one.refused_by is not None for one in found)
    figures["failed"] = sum(not result.passed for one in found for result in one.results)
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def staged(folder: Path, rows: int) -> list[StagedBatch]:
    """Synthetic batches as the stage writes them: a Parquet file each, exactly the bronze columns."""
    from assets.intake import Delivery

    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        batches = []
        for number in range(max(1, rows // BATCH_ROWS)):
            file = folder / f"b{number}.parquet"
            given = {"batch": number, "rows": BATCH_ROWS, "quantity": QUANTITIES[number // 12 % 4], "at": AT}
            relation = connection.execute(_HOURS, given).to_arrow_table()
            connection.register("hours", relation)
            options = f"(format parquet, compression zstd, row_group_size {ROW_GROUP})"
            connection.execute(f"copy hours to '{file}' {options}")
            delivery = Delivery(str(number), "egat", f"SYNTHETIC/{number}", "0" * 64, 0, "", AT, "")
            batches.append(_batch(number, delivery, file))
    return batches


def _batch(number: int, delivery: object, file: Path) -> StagedBatch:
    return StagedBatch(
        batch_id=f"b{number}",
        delivery=delivery,  # type: ignore[arg-type]
        source_id=SOURCE,
        entity=ENTITY,
        layout="hourly",
        series=f"SYNTHETIC/{number}",
        period_start=date(2009, 1, 1),
        period_end=date(2013, 7, 25),
        content_hash="",
        contract_version="0",
        parser_version="0",
        file=file,
        n_rows=BATCH_ROWS,
        findings=(),
        drops=(),
        is_blank=False,
    )


def query_of(expectation: str, kwargs: object) -> str:
    """The rule's predicate as a query of its own."""
    assert isinstance(kwargs, dict)
    if "unexpected_rows_query" in kwargs:
        return str(kwargs["unexpected_rows_query"]).replace("{table}", "staged")
    known = ", ".join(f"'{value}'" for value in kwargs["value_set"])
    assert expectation == "ExpectColumnValuesToBeInSet"
    return f"select batch_id, row_id from staged where {kwargs['column']} not in ({known})"


def alone(files: list[Path], queries: dict[str, str]) -> dict[str, float]:
    """Rule → seconds that its query needs by itself."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = '{files[0].parent / 'bare_tmp'}'")
        connection.execute("set parquet_metadata_cache = true")
        connection.execute(f"create view staged as select * from read_parquet({[str(file) for file in files]!r})")
        return {
            rule: timed(lambda query=query: connection.execute(f"select count(*) from ({query})").fetchall())  # type: ignore[misc]
            for rule, query in queries.items()
        }


def show(figures: dict) -> None:
    rows, bare = figures["rows"], sum(figures["bare"].values())
    gate = sum(figures["gate"]) / len(figures["gate"])
    table = Table(title=f"G1 on {rows:,} synthetic rows in {figures['batches']} batches, {len(figures['bare'])} rules")
    for column in ("what", "seconds", "× bare DuckDB", "rows/s"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("bare DuckDB, a query a rule", f"{bare:.2f}", "1.0", f"{rows / bare:,.0f}")
    for rule, seconds in sorted(figures["bare"].items(), key=lambda pair: -pair[1])[:5]:
        table.add_row(f"  {rule}", f"{seconds:.2f}", "", "")
    table.add_row("the gate (mean of two passes)", f"{gate:.2f}", f"{gate / bare:.2f}", f"{rows / gate:,.0f}")
    table.add_row("import of Great Expectations (apart)", f"{figures['import of Great Expectations']:.2f}", "", "")
    console.print(table)
    first, again = figures["gate"]
    console.print(
        f"gate {first:.2f} s before and {again:.2f} s after bare DuckDB: {gate / bare:.2f} × (goal: at most {GOAL_RATIO:g} ×)\n"
        f"found: {figures['quarantined']:,} rows quarantined, {figures['refused']} batches refused, "
        f"{figures['failed']:,} failed checks\n"
        f"peak memory: {figures['peak MB']:,.0f} MB ({figures['peak before MB']:,.0f} MB before the gate)\n"
    )


def show_share(rows: int) -> None:
    """What part of delivered → bronze the gate is, on the road that `bench_readings` measures."""
    stations = max(1, rows // (READINGS * QUANTITIES_OF_A_READING))
    figures = bench_readings.in_child(bench_readings.payloads(stations, READINGS))
    share = figures["steps"]["gate"] / figures["bronze"]
    steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in figures["steps"].items())
    console.print(
        f"delivered → bronze, {figures['rows']:,} rows of DustBoy histories: {figures['bronze']:.2f} s ({steps})\n"
        f"share of the gate: {share:.0%} (goal: under {GOAL_SHARE:.0%})\n"
    )


if __name__ == "__main__":
    main()
