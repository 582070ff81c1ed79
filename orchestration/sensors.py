"""What asks for runs: a sensor for new deliveries, and schedules for the sources that are fetched."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from assets import intake
from assets.factory import ZONE, pulled_key
from assets.lake.handle import Lake
from assets.plan import pending
from expectations.contract import Contract


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
        fetched = pending(lake, partners())
        if not waiting and not fetched:
            return dg.SkipReason("no new delivery in landing, no new answer in raw")
        state = "|".join([*(f"{i.key}:{i.etag}:{i.modified.isoformat()}" for i in waiting), *fetched])
        tags = {"deliveries": str(len(waiting) + len(fetched))}
        return dg.RunRequest(run_key=hashlib.sha256(state.encode()).hexdigest(), tags=tags)

    return new_deliveries


def pull_schedules(contracts: Mapping[str, Contract]) -> list[dg.ScheduleDefinition]:
    """One schedule for every rhythm that contracts ask for: it fetches today from the sources of that rhythm.

    They are off until somebody turns them on: a stranger's first look must not call the partners.
    """
    rhythms: dict[str, list[Contract]] = defaultdict(list)
    for contract in contracts.values():
        if contract.pull:
            rhythms[contract.pull["schedule"]].append(contract)
    return [_schedule(cron, found) for cron, found in sorted(rhythms.items())]


def _schedule(cron: str, contracts: Sequence[Contract]) -> dg.ScheduleDefinition:
    name = "pull_" + re.sub(r"\W+", "_", cron.replace("*", "x").replace("/", "per")).strip("_")
    sources = ", ".join(contract.source_id for contract in contracts)

    @dg.schedule(
        name=name,
        cron_schedule=cron,
        execution_timezone=ZONE,
        target=dg.AssetSelection.assets(*map(pulled_key, contracts)),
        description=f"Fetches today from {sources}.",
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        # In its first half hour a day has nothing to give yet: then the day before is fetched, now that it is whole.
        day = (context.scheduled_execution_time - timedelta(minutes=30)).astimezone(ZoneInfo(ZONE)).date()
        return dg.RunRequest(partition_key=day.isoformat())

    return schedule
