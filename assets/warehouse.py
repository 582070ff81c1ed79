"""The dbt models as Dagster assets, their tests as checks, and gate G2 between silver and gold."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from assets import data_docs
from assets.factory import POOL, OpenLake
from assets.lake.handle import Lake
from assets.lake.lock import writing
from assets.marts_gate import failed_rules
from assets.options import Options
from assets.refresh import Refreshed, build_gold, build_silver, gate_silver, silver_snapshots
from assets.warehouse_dbt import NodeResult, manifest_of_lake
from assets.warehouse_run import outputs
from expectations.contract import Contract
from expectations.suites import load_suites


class Translator(DagsterDbtTranslator):
    """Asset keys are schema and name, so that bronze, silver and gold meet; groups are the layers."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folder = Path(dbt_resource_props.get("path") or "").parent.name
        return dbt_resource_props["schema"] + (f"_{folder}" if folder not in ("", dbt_resource_props["schema"]) else "")

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str] | None:
        return ["team:platform"]


def warehouse_assets(
    contracts: Mapping[str, Contract], open_lake: OpenLake, options: Options, home: Path
) -> list[dg.AssetsDefinition | dg.AssetChecksDefinition | dg.AssetSpec]:
    """Seeds, silver, gate G2, gold."""
    manifest = manifest_of_lake(home)
    silver = _layer(
        "silver",
        "fqn:maemoh.silver.*",
        manifest,
        lambda lake, run_id, done: build_silver(lake, contracts, options, run_id, done),
        open_lake,
    )
    gold = _layer(
        "gold",
        "fqn:maemoh.marts.*",
        manifest,
        lambda lake, run_id, done: _build_gold(lake, options, run_id, done),
        open_lake,
    )
    return [*_seeds(manifest), *_ledger(manifest), silver, _gate_g2(open_lake), gold]


def _build_gold(lake: Lake, options: Options, run_id: str, done: Refreshed) -> None:
    """Asks for G2's verdicts first, whether its checks ran before or not: what they hold back is not built on."""
    gate_silver(lake, run_id, done)
    build_gold(lake, options, run_id, done)


def _seeds(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """Reference data kept in the project: loaded anew by every build, so they are never materialised on their own."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "seed"]
    return [
        dg.AssetSpec(
            Translator().get_asset_key(node),
            group_name="seeds",
            description=node["description"] or f"dbt_project/{node['original_file_path']}",
            owners=["team:platform"],
            kinds={"dbt", "csv"},
        )
        for node in nodes
    ]


def _ledger(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """The `ops` tables that models read: every run writes them, none of them is ever materialised on its own."""
    return [
        dg.AssetSpec(
            Translator().get_asset_key(source),
            group_name="ops",
            description=f"{source['source_description']} ({source['name']})",
            owners=["team:platform"],
            kinds={"iceberg"},
        )
        for source in manifest["sources"].values()
        if source["schema"] == "ops"
    ]


def _layer(
    name: str,
    select: str,
    manifest: Mapping[str, Any],
    build: Callable[[Any, str, Refreshed], None],
    open_lake: OpenLake,
) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=manifest,
        select=select,
        exclude="resource_type:unit_test",
        name=name,
        dagster_dbt_translator=Translator(),
        pool=POOL,
    )
    def layer(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        lake = open_lake()
        done = Refreshed()
        with writing(lake.config.home):
            build(lake, context.run_id[:8], done)
        within = {k: deps & context.selected_asset_keys for k, deps in context.assets_def.asset_deps.items()}
        ordered = [key for key in TopologicalSorter(within).static_order() if key in context.selected_asset_keys]
        yield from events(done, ordered, context.selected_asset_check_keys)

    return layer


def events(
    done: Refreshed, assets: Sequence[dg.AssetKey], checks: Collection[dg.AssetCheckKey]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """What dbt did, as Dagster's events (`assets`: each after those it depends on). A table whose inputs did not change is
    current: it says so."""
    nodes: dict[str, NodeResult] = {node.name: node for node in done.nodes}
    for key in assets:
        node = nodes.get(key.path[-1])
        metadata: dict[str, Any] = (
            {"rows written": node.rows or 0, "seconds": node.seconds, "what": node.message}
            if node
            else {"what": "unchanged: nothing that it is built from changed"}
        )
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)
    for check in sorted(checks, key=lambda c: c.name):
        if (node := nodes.get(check.name)) is not None:
            yield dg.AssetCheckResult(
                check_name=check.name,
                asset_key=check.asset_key,
                passed=node.status == "pass",
                severity=dg.AssetCheckSeverity.WARN if node.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"failing rows": node.rows or 0},
            )


def _gate_g2(open_lake: OpenLake) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name="gate_g2",
        specs=[
            dg.AssetCheckSpec(
                "gate_g2",
                asset=dg.AssetKey(name.split(".")),
                description="Great Expectations on this table before gold is built. What is made of a table that fails keeps "
                "its last publication; everything else goes on.",
            )
            for name in judged()
        ],
        pool=POOL,
    )
    def gate_g2(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        lake = open_lake()
        done = Refreshed()
        with writing(lake.config.home):
            gate_silver(lake, context.op_execution_context.run_id[:8], done)
        yield from g2_checks(lake, judged(), done.withheld)

    return gate_g2


def judged() -> list[str]:
    """Silver tables that have a suite."""
    suites = load_suites()
    return [name for name in outputs("silver") if name.split(".")[1] in suites]


def g2_checks(lake: Lake, tables: Sequence[str], withheld: Collection[str]) -> Iterator[dg.AssetCheckResult]:
    """G2's verdict on each table, with every rule that it failed; only a table that is held back is an error."""
    failed = failed_rules(lake, silver_snapshots(lake))
    for name in tables:
        rules = failed.get(name, {})
        yield dg.AssetCheckResult(
            check_name="gate_g2",
            asset_key=dg.AssetKey(name.split(".")),
            passed=not rules,
            severity=dg.AssetCheckSeverity.ERROR if name in withheld else dg.AssetCheckSeverity.WARN,
            metadata={
                "data docs": dg.MetadataValue.url(data_docs.link_to("G2", name)),
                **(rules or {"failed rules": 0}),
            },
        )
