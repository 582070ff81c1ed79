"""What Dagster sees: assets by step and partner, gates as checks, one job, one sensor, schedules. Wiring only."""

from __future__ import annotations

import dagster as dg

from assets.factory import partner_assets, pulled_key
from assets.lake.handle import Lake
from assets.publish import publication_assets
from assets.warehouse import warehouse_assets
from orchestration import settings
from orchestration.sensors import delivery_sensor, pull_schedules


def open_lake() -> Lake:
    """The lake of the settings; starts the embedded store when none runs."""
    return Lake.open(settings.connect())


def build_definitions() -> dg.Definitions:
    contracts = settings.contracts()
    options = settings.road_options()
    warehouse = warehouse_assets(contracts, open_lake, options, settings.home())
    tables = [
        key
        for asset in warehouse
        if isinstance(asset, dg.AssetsDefinition)
        for key in asset.keys
        if key.path[0] in ("silver", "gold")
    ]
    assets = [
        *(
            a
            for partner in settings.partners()
            for a in partner_assets(partner, contracts, open_lake, options, settings.pull_options)
        ),
        *(a for a in warehouse if not isinstance(a, dg.AssetChecksDefinition)),
        *publication_assets(contracts, settings.partner_names(), tables, open_lake),
    ]
    pulled = [pulled_key(contract) for contract in contracts.values() if contract.pull]
    road = dg.define_asset_job(
        "road",
        # What is fetched has a partition for every day and schedules of its own; the road takes what is there.
        selection=dg.AssetSelection.all() - dg.AssetSelection.assets(*pulled),
        executor_def=dg.in_process_executor,
        description="Everything that is pending, from landing to the publication and the reports.",
    )
    return dg.Definitions(
        assets=assets,
        asset_checks=[a for a in warehouse if isinstance(a, dg.AssetChecksDefinition)],
        jobs=[road],
        schedules=pull_schedules(contracts),
        sensors=[delivery_sensor(road.name, open_lake, settings.partners)],
        executor=dg.in_process_executor,
    )


defs = build_definitions()
