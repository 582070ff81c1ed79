"""Picks up new deliveries: compares what lies in landing with what the manifest names."""

import hashlib
from collections.abc import Callable

import dagster as dg

from assets import intake
from assets.lake.handle import Lake


def delivery_sensor(
    job_name: str, open_lake: Callable[[], Lake], partners: Callable[[], tuple[str, ...]]
) -> dg.SensorDefinition:
    """Requests one run for each new state of landing; a state that failed once is not asked for again and again."""

    @dg.sensor(
        name="new_deliveries",
        job_name=job_name,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for a run of the road when a partner delivered something.",
    )
    def new_deliveries() -> dg.RunRequest | dg.SkipReason:
        lake = open_lake()
        waiting = [info for partner in partners() for info in intake.waiting(lake.store, partner)]
        if not waiting:
            return dg.SkipReason("no new delivery in landing")
        state = "|".join(f"{info.key}:{info.etag}:{info.modified.isoformat()}" for info in waiting)
        return dg.RunRequest(run_key=hashlib.sha256(state.encode()).hexdigest(), tags={"deliveries": str(len(waiting))})

    return new_deliveries
