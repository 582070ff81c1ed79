"""`maemoh demo`: all partners played, from delivery and real HTTP to answers. Every invented value says that it is synthetic."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

from assets import intake, landing, reports, road
from assets.lake import keys
from assets.lake.handle import Lake
from assets.pull import step
from assets.redact import Redactor
from orchestration import partners, query, screens, screens_feeds, settings

BANGKOK = timezone(timedelta(hours=7))
HISTORY_DAYS = 425  # of what is dropped: a haze season is always inside, and one month of two years
LIVE_DAYS = 7  # that the partners' interfaces know of

QUESTIONS = (
    (
        "How many days was PM10 above the limit that was valid on the day, by station?",
        """select d.name_th as station, count(*) filter (is_exceedance) as days_above, count(*) as days_measured,
                  round(max(mean_value), 1) as highest_daily_mean
           from gold.fct_air_quality_daily f join gold.dim_station d using (station_key)
           where quantity = 'PM10' and has_sufficient_data
           group by all order by days_above desc, station""",
    ),
    (
        "On bad days, does PM2.5 go with fires or with generation? (correlations, given the other and the wind; no cause)",
        """select haze_season, n_days, round(partial_r_pm_hotspots, 2) as with_fires,
                  round(partial_r_pm_generation, 2) as with_generation, reason
           from gold.mart_haze_attribution_season where quantity = 'PM25' order by haze_season""",
    ),
    (
        "How does the city stand, and how good is each number?",
        """select kpi_id, name_en, round(value, 1) as value, unit, target, status, round(quality_score) as quality
           from gold.mart_city_scorecard where status in ('met', 'missed') order by pillar, kpi_id""",
    ),
)


def play() -> int:
    """Delivers, fetches, runs, reports, answers; returns the exit code of the run."""
    start = time.monotonic()
    home = settings.home()
    made = _made(home / "demo")
    lake = Lake.open(settings.connect())
    screens.say(f"\nSYNTHETIC deliveries of all partners (ข้อมูลสังเคราะห์): {made}")
    _deliver(lake, made)
    _fetch(lake, home)
    with screens.progress() as report:
        summary = road.run(lake, settings.contracts(), settings.road_options(), report)
    screens.show_summary(summary)
    if summary.did_work:
        from orchestration.record import record

        record(lake, summary)
    page = reports.build(lake, "egat", settings.partner_names()["egat"], settings.contracts())
    for question, sql in QUESTIONS:
        screens.say(f"\n{question}")
        screens.say('  maemoh sql "' + " ".join(sql.split()) + '"')
        query.show(settings.local_config(), sql, "table")
    screens.say(f"\nreport for EGAT (Thai and English): {page}")
    screens.say("the others' reports:                .venv/bin/maemoh report gistda")
    screens.say("every source and how fresh it is:   .venv/bin/maemoh sources")
    screens.say("asset graph, gates and runs:        .venv/bin/maemoh ui")
    screens.say("dashboards for analysts (Superset):  make bi")
    screens.say("every delivery and its outcome:     .venv/bin/maemoh deliveries")
    screens.say("the embedded lake keeps running:    .venv/bin/maemoh status   (stop it: .venv/bin/maemoh down)")
    screens.say(f"done in {time.monotonic() - start:.0f} s")
    return 1 if summary.withheld else 0


def _deliver(lake: Lake, made: Path) -> None:
    """Puts what partners drop where their S3 clients would, partner by partner; what is there already stays."""
    wanted = _drops(made)
    there = {info.key for info in lake.store.listing("landing/")}
    taken = {(d.partner_id, d.path) for p in wanted for d in intake.read_manifest(lake.store, p)[0]}
    total = done = 0
    with screens.progress() as report:
        for partner_id, files in sorted(wanted.items()):
            fresh = {
                path: file
                for path, file in files.items()
                if keys.landing_key(partner_id, path) not in there and (partner_id, path) not in taken
            }
            landing.put(lake, partner_id, fresh, lambda *_: None)
            total, done = total + len(files), done + len(fresh)
            report("deliver", total, sum(map(len, wanted.values())))
    screens.say(
        f"delivered {done} of {total} files by {len(wanted)} partners and providers (the others were there before)"
    )


def _drops(made: Path) -> dict[str, dict[str, Path]]:
    """Partner → delivered path → file: EGAT's workbooks, a history of every source that has one, and bundled open data."""
    found: dict[str, dict[str, Path]] = defaultdict(dict)
    found["egat"] |= landing.files_of([made / "egat"])
    for source_id, contract in settings.contracts().items():
        if (made / "feeds" / source_id).is_dir():
            found[contract.partner_id] |= landing.files_of([made / "feeds" / source_id])
        bundled = contract.path.parent / "data"
        if contract.values == "real" and bundled.is_dir():
            for file in sorted(bundled.glob("*.csv")):
                found[contract.partner_id][f"open-data/{file.name}"] = file
    return found


def _fetch(lake: Lake, home: Path) -> None:
    """Asks every partner that has an interface, played by a real server on this machine."""
    contracts = [contract for contract in settings.contracts().values() if contract.pull]
    today = datetime.now(BANGKOK).date()
    with partners.playing(home / "partners.json", "--days", str(LIVE_DAYS)) as options, screens.progress() as report:
        done = step.pull(lake, contracts, today, options, Redactor.of(home), road.new_run_id(), report)
    screens_feeds.show_pulled(done)


def _made(folder: Path) -> Path:
    """The simulator's files, made once. It runs as a program of its own: the pipeline never imports it."""
    if folder.is_dir():
        return folder
    fresh = folder.with_name("demo.new")
    shutil.rmtree(fresh, ignore_errors=True)
    simulator = [sys.executable, "-m", "simulator"]
    commands = (
        [*simulator, "egat", str(fresh / "egat"), "--profile", "demo"],
        [*simulator, "generate", str(fresh / "feeds"), "--days", str(HISTORY_DAYS), "--history"],
    )
    running = [subprocess.Popen(c, cwd=settings.ROOT, stdout=subprocess.DEVNULL) for c in commands]
    for process in running:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, process.args)
    fresh.rename(folder)
    return folder
