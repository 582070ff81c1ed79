"""What the terminal shows of feeds: pulls and sources. Texts and layout only."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

from assets.freshness import freshness_lines
from assets.lake.ledger import Ledger
from assets.lake.months import LOCAL_OFFSET
from assets.pull.step import Pulled
from expectations.contract import Contract
from orchestration.screens import console, say

SOURCE_COLUMNS = ("source", "partner", "pillar", "transport", "cadence", "status", "last_event", "shape", "values")
SHOWN = ("source", "transport", "cadence", "status", "last_event")


def show_pulled(done: Sequence[Pulled]) -> None:
    """A line a source: requests, answers, bytes, and what was wrong."""
    table = Table(title="pulled")
    table.add_column("source", no_wrap=True)
    for name in ("calls", "tries", "kept", "kB", "s"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("outcome", overflow="fold")
    for one in done:
        lines = one.lines
        outcomes = dict.fromkeys(line["outcome"] for line in lines)
        table.add_row(
            one.source_id,
            str(len(lines)),
            str(sum(line["attempts"] for line in lines)),
            str(len(one.answers)),
            f"{sum(map(len, one.answers.values())) / 1000:,.0f}",
            f"{sum(line['seconds'] for line in lines):.1f}",
            escape(", ".join(outcomes)),
        )
    console.print(table)
    for one in done:
        for trouble in dict.fromkeys(one.troubles):
            say(f"{one.source_id}: {trouble}")
    say("next: `maemoh run`")


def show_sources(contracts: Mapping[str, Contract], ledger: Ledger, as_format: str) -> None:
    """Every source with its state of now."""
    fresh = {line["source_id"]: line for line in freshness_lines(ledger, contracts, datetime.now(UTC))}
    rows = [_source_row(contract, fresh[source_id]) for source_id, contract in contracts.items()]
    if as_format == "csv":
        writer = csv.DictWriter(sys.stdout, SOURCE_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    elif as_format == "json":
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        table = Table(
            title=f"{len(rows)} sources", box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="underline"
        )
        for name in SHOWN:
            table.add_column(name.replace("_", " "), no_wrap=True)
        for row in rows:
            table.add_row(*(escape(str(row[name])) for name in SHOWN))
        console.print(table)
        say("more columns: --format csv")


def _source_row(contract: Contract, fresh: Mapping[str, Any]) -> dict[str, str]:
    last = fresh.get("last_event_at")
    return {
        "source": contract.source_id,
        "partner": contract.partner_id,
        "pillar": contract.pillar,
        "transport": contract.transport,
        "cadence": str(contract.sla.get("cadence", "")),
        "status": fresh["status"],
        "last_event": (last + LOCAL_OFFSET).strftime("%Y-%m-%d %H:%M+07:00") if last else "",
        "shape": contract.shape,
        "values": contract.values,
    }
