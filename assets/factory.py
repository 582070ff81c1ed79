"""Contract → Dagster assets and checks: landing → raw → bronze, by partner.

A file drop has no day, so what it leads to is unpartitioned: each run takes what the ledger says is pending. A source that
is fetched has a partition for every local day: a day that was missed is fetched by materialising it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import dagster as dg
import polars as pl

from assets import data_docs, road
from assets.intake import is_synthetic
from assets.lake.handle import Lake
from assets.lake.lock import writing
from assets.options import Options
from assets.pull.step import PullOptions, pull
from assets.redact import Redactor
from assets.settle import Settled, settle
from expectations.contract import Contract

OpenLake = Callable[[], Lake]
PullSettings = Callable[[], PullOptions]
POOL = "lake"
ZONE = "Asia/Bangkok"
# The first day that may be fetched anew. Today's own partition is there from midnight on: it is still filling.
DAYS = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone=ZONE, end_offset=1)


def landing_key(partner_id: str) -> dg.AssetKey:
    return dg.AssetKey(["landing", partner_id])


def pulled_key(contract: Contract) -> dg.AssetKey:
    return dg.AssetKey(["landing", contract.partner_id, contract.source_id])


def raw_key(partner_id: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", partner_id])


def bronze_key(contract: Contract, entity: str) -> dg.AssetKey:
    return dg.AssetKey(["bronze", contract.table(entity)])


def partner_assets(
    partner_id: str,
    contracts: Mapping[str, Contract],
    open_lake: OpenLake,
    options: Options,
    pull_settings: PullSettings,
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Everything up to bronze for one partner."""
    own = [contract for contract in contracts.values() if contract.partner_id == partner_id]
    pulled = [_pulled(contract, open_lake, pull_settings) for contract in own if contract.pull]
    landing = dg.AssetSpec(
        landing_key(partner_id),
        group_name=f"{partner_id}_1_landing",
        description=f"What {partner_id} dropped under `landing/{partner_id}/`. Written by the partner alone.",
        owners=[f"team:{partner_id}"],
        kinds={"s3"},
    )
    raw = _raw(partner_id, [contract for contract in own if contract.pull], open_lake)
    return [landing, *pulled, raw, _bronze(partner_id, own, contracts, open_lake, options)]


def _pulled(contract: Contract, open_lake: OpenLake, pull_settings: PullSettings) -> dg.AssetsDefinition:
    @dg.asset(
        key=pulled_key(contract),
        partitions_def=DAYS,
        group_name=f"{contract.partner_id}_1_landing",
        description=f"Answers of {contract.owner} for one local day: {contract.title_en} / {contract.title_th}.",
        owners=["team:platform"],
        kinds={"s3"},
        metadata={"address": (contract.pull or {})["baseUrl"], "schedule": (contract.pull or {})["schedule"]},
        check_specs=[
            dg.AssetCheckSpec(
                "answered",
                asset=pulled_key(contract),
                description="Every request was answered, and all pages came; what did not is a warning with its reason",
            )
        ],
    )
    def answers(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        lake = open_lake()
        day = date.fromisoformat(context.partition_key)
        redactor = Redactor.of(lake.config.home)
        [done] = pull(lake, [contract], day, pull_settings(), redactor, context.run_id[:8])
        yield dg.MaterializeResult(
            metadata={
                "requests": len(done.lines),
                "answers kept": len(done.answers),
                "bytes": sum(map(len, done.answers.values())),
                "outcomes": ", ".join(dict.fromkeys(line["outcome"] for line in done.lines)),
            }
        )
        yield dg.AssetCheckResult(
            check_name="answered",
            passed=not done.troubles,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"what": "; ".join(dict.fromkeys(done.troubles)) or "every request was answered"},
        )

    return answers


def _raw(partner_id: str, pulled: Sequence[Contract], open_lake: OpenLake) -> dg.AssetsDefinition:
    @dg.asset(
        key=raw_key(partner_id),
        deps=[landing_key(partner_id), *map(pulled_key, pulled)],
        group_name=f"{partner_id}_2_raw",
        description=f"Every byte that {partner_id} delivered, kept by SHA-256, and a manifest line for each delivery.",
        owners=["team:platform"],
        kinds={"s3"},
        pool=POOL,
    )
    def raw(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        lake = open_lake()
        summary = road.Summary(context.run_id[:8])
        with writing(lake.config.home):
            taken = road.take_in(lake, partner_id, summary, Redactor.of(lake.config.home))
        return dg.MaterializeResult(
            metadata={"new deliveries": len(taken), "seconds": round(summary.step_seconds["intake"], 2)}
        )

    return raw


def _bronze(
    partner_id: str,
    own: Sequence[Contract],
    contracts: Mapping[str, Contract],
    open_lake: OpenLake,
    options: Options,
) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            bronze_key(contract, entity.name),
            deps=[raw_key(partner_id)],
            group_name=f"{partner_id}_3_bronze",
            description=f"{entity.title_en} / {entity.title_th}. {entity.grain}. {contract.description}",
            owners=["team:platform", f"team:{partner_id}"],
            kinds={"iceberg", "greatexpectations"},
            metadata={
                "contract": f"{contract.source_id} {contract.version}",
                "shape": contract.shape,
                "values shipped": contract.values,
                "what": ", ".join(entity.quantities or [column.name for column in entity.own_columns]),
            },
        )
        for contract in own
        for entity in contract.entities
    ]
    checks = [
        check
        for contract in own
        for entity in contract.entities
        for check in (
            dg.AssetCheckSpec(
                "accounts_balance",
                asset=bronze_key(contract, entity.name),
                blocking=True,
                description="rows in = accepted + quarantined + dropped, for every batch",
            ),
            dg.AssetCheckSpec(
                "gate_g1",
                asset=bronze_key(contract, entity.name),
                description="Great Expectations on pending batches: refused ones are warnings, with their reasons",
            ),
        )
    ]

    checks.append(
        dg.AssetCheckSpec(
            "gate_g0",
            asset=bronze_key(own[0], own[0].entities[0].name),
            description=f"Every delivery of {partner_id} is what it says it is; refused files are warnings, with their reasons",
        )
    )

    @dg.multi_asset(name=f"bronze_{partner_id}", specs=specs, check_specs=checks, pool=POOL)
    def bronze(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        lake = open_lake()
        with writing(lake.config.home):
            settled = settle(lake, contracts, (partner_id,), context.run_id[:8], options.threads, _log(context))
        batches = lake.ledger.state("batch")
        yield g0_check(partner_id, own[0], lake.ledger.state("delivery"))
        for contract in own:
            for entity in contract.entities:
                mine = batches.filter((pl.col("source_id") == contract.source_id) & (pl.col("entity") == entity.name))
                yield materialized(contract, entity.name, settled, mine)
                yield from gate_checks(contract, entity.name, mine)

    return bronze


def materialized(
    contract: Contract, entity: str, settled: Settled | None, batches: pl.DataFrame
) -> dg.MaterializeResult:
    """Counts of one bronze table as the UI shows them."""
    accepted = batches.filter(pl.col("status") == "accepted")
    lines = [line for line in (settled.lines if settled else []) if line["source_id"] == contract.source_id]
    return dg.MaterializeResult(
        asset_key=bronze_key(contract, entity),
        metadata={
            "dagster/row_count": int(accepted["accepted"].sum()),
            "batches": accepted.height,
            "batches with synthetic values": sum(map(is_synthetic, accepted["path"])),
            "deliveries in this run": len(lines),
            "rows quarantined": int(batches["quarantined"].sum()),
            "first day": str(accepted["period_start"].min()),
            "last day": str(accepted["period_end"].max()),
        },
    )


def gate_checks(contract: Contract, entity: str, batches: pl.DataFrame) -> Iterator[dg.AssetCheckResult]:
    """The two checks of a bronze table, from the ledger."""
    key = bronze_key(contract, entity)
    odd = batches.filter(pl.col("rows_in") != pl.col("accepted") + pl.col("quarantined") + pl.col("dropped"))
    yield dg.AssetCheckResult(
        check_name="accounts_balance",
        asset_key=key,
        passed=odd.is_empty(),
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"batches": batches.height, "batches that do not balance": odd.height},
    )
    refused = batches.filter(pl.col("status") == "refused")
    held = batches.filter(pl.col("quarantined") > 0)
    table = "\n".join(f"- {row['path']}: {row['quarantined']:,} rows" for row in held.head(20).iter_rows(named=True))
    yield dg.AssetCheckResult(
        check_name="gate_g1",
        asset_key=key,
        passed=refused.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "data docs": dg.MetadataValue.url(data_docs.link_to("G1", f"{contract.source_id}.{entity}")),
            "batches refused": refused.height,
            "batches with quarantined rows": held.height,
            "where": dg.MetadataValue.md(table or "nothing is held"),
        },
    )


def g0_check(partner_id: str, contract: Contract, deliveries: pl.DataFrame) -> dg.AssetCheckResult:
    """Files that could not be taken at all, whatever source they belong to."""
    own = deliveries.filter(pl.col("partner_id") == partner_id)
    refused = own.filter(pl.col("outcome") == "refused")
    listed = "\n".join(f"- {row['path']}: {row['reason_en']}" for row in refused.head(20).iter_rows(named=True))
    return dg.AssetCheckResult(
        check_name="gate_g0",
        asset_key=bronze_key(contract, contract.entities[0].name),
        passed=refused.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "deliveries": own.height,
            "deliveries refused": refused.height,
            "which": dg.MetadataValue.md(listed or "none"),
        },
    )


def _log(context: dg.AssetExecutionContext) -> Callable[[str, int, int], None]:
    def report(step: str, done: int, total: int) -> None:
        if done == total:
            context.log.info(f"{step}: {done} of {total}")

    return report
