"""Tells Dagster what a run from the terminal did, so that the UI shows the same state whoever ran the road."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
import polars as pl

from assets import factory, warehouse
from assets.lake.handle import Lake
from assets.publication import current_publication
from assets.publish import PUBLISHED, docs_link
from assets.refresh import Refreshed
from assets.road import Summary
from assets.warehouse_dbt import NodeResult, manifest_of_lake
from orchestration import settings, ui

Event = dg.MaterializeResult | dg.AssetCheckResult


def record(lake: Lake, summary: Summary) -> None:
    """Writes materialisations and check results of a run into Dagster's event log, outside of any Dagster run."""
    os.environ["DAGSTER_HOME"] = str(ui.dagster_home(lake.config.home))
    with dg.DagsterInstance.get() as instance:
        for event in _events(lake, summary):
            instance.report_runless_asset_event(_as_runless(event))


def _events(lake: Lake, summary: Summary) -> Iterator[Event]:
    contracts = settings.contracts()
    batches, deliveries = lake.ledger.state("batch"), lake.ledger.state("delivery")
    for partner_id in settings.partners():
        own = [contract for contract in contracts.values() if contract.partner_id == partner_id]
        new = deliveries.filter((pl.col("partner_id") == partner_id) & (pl.col("run_id") == summary.run_id))
        yield dg.MaterializeResult(asset_key=factory.raw_key(partner_id), metadata={"new deliveries": new.height})
        yield factory.g0_check(partner_id, own[0], deliveries)
        for contract in own:
            for entity in contract.entities:
                mine = batches.filter((pl.col("source_id") == contract.source_id) & (pl.col("entity") == entity.name))
                yield factory.materialized(contract, entity.name, None, mine)
                yield from factory.gate_checks(contract, entity.name, mine)
    manifest = manifest_of_lake(lake.config.home)
    yield from warehouse.events(Refreshed(nodes=summary.built), *tables_and_checks(manifest, summary.built))
    yield from warehouse.g2_checks(lake, warehouse.judged(), summary.withheld)
    if current := current_publication(lake.store):
        yield dg.MaterializeResult(
            asset_key=PUBLISHED,
            metadata={"publication": current.publication_id, "tables": len(current.tables)},
        )
        yield dg.AssetCheckResult(
            check_name="gate_g3",
            asset_key=PUBLISHED,
            passed=not summary.withheld,
            metadata={"data docs": docs_link()},
        )


def tables_and_checks(
    manifest: Mapping[str, Any], ended: Iterable[NodeResult]
) -> tuple[list[dg.AssetKey], list[dg.AssetCheckKey]]:
    """The tables that were built, each after those it is made of (else Dagster holds it for outdated), and their tests."""
    nodes, key_of = manifest["nodes"], warehouse.Translator().get_asset_key
    built = {node.name for node in ended if node.kind == "model"}
    order = TopologicalSorter({name: node.get("depends_on", {}).get("nodes", []) for name, node in nodes.items()})
    models = [nodes[name] for name in order.static_order() if name.startswith("model.")]
    checks = [
        dg.AssetCheckKey(key_of(nodes[node["attached_node"]]), node["name"])
        for node in nodes.values()
        if (node.get("attached_node") or "").startswith("model.")
    ]
    return [key_of(node) for node in models if node["name"] in built], checks


def _as_runless(event: Event) -> dg.AssetMaterialization | dg.AssetCheckEvaluation:
    assert event.asset_key is not None
    key = dg.AssetKey.from_coercible(event.asset_key)
    if isinstance(event, dg.MaterializeResult):
        return dg.AssetMaterialization(asset_key=key, metadata=event.metadata, description="run from the terminal")
    assert event.check_name is not None
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=event.check_name,
        passed=event.passed,
        metadata=event.metadata,
        severity=event.severity,
    )
