"""`maemoh demo`: EGAT played with synthetic workbooks, from delivery to answers. Every file says that it is synthetic."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

from assets import landing, reports, road
from assets.lake.handle import Lake
from orchestration import query, screens, settings

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
        "Where does the wind come from at night and by day on the main station's tower?",
        """select level,
                  case when hour(interval_start_at at time zone 'Asia/Bangkok') between 6 and 17
                       then 'day' else 'night' end as part,
                  round(avg(ws), 2) as mean_speed_m_s,
                  round((degrees(atan2(avg(wind_u), avg(wind_v))) + 180) % 360) as vector_mean_from_deg,
                  round(100 * avg(is_calm::int)) as calm_pct
           from gold.fct_weather_hourly where station_key = 'EGAT-05' and wind_u is not null
           group by all order by level, part""",
    ),
    (
        "Do the stacks' reported mass rates agree with concentration × flow (25 °C, 1 atm)?",
        """select stack_key, quantity, count(*) as months, round(avg(rate_ratio), 3) as reported_over_recomputed
           from gold.fct_stack_emission_monthly where rate_ratio is not null
           group by all order by abs(avg(rate_ratio) - 1) desc, stack_key limit 6""",
    ),
)


def play() -> int:
    """Delivers, runs, reports, answers; returns the exit code of the run."""
    start = time.monotonic()
    home = settings.home()
    deliveries = _workbooks(home / "demo")
    lake = Lake.open(settings.connect())
    files = landing.files_of([deliveries])
    known = {info.key.split("/", 2)[2] for info in lake.store.listing("landing/egat/")}
    fresh = {path: file for path, file in files.items() if path not in known}
    screens.say(f"\nSYNTHETIC deliveries of EGAT (ข้อมูลสังเคราะห์): {deliveries}")
    if fresh:
        with screens.progress() as report:
            landing.put(lake, "egat", fresh, lambda done, total: report("deliver", done, total))
        screens.show_delivered("egat", fresh, dry_run=False)
    else:
        screens.say(f"all {len(files)} were delivered before")
    with screens.progress() as report:
        summary = road.run(lake, settings.contracts(), settings.road_options(), report)
    screens.show_summary(summary)
    if summary.did_work:
        from orchestration.record import record

        record(lake, summary)
    page = reports.build(lake, "egat", settings.PARTNER_NAMES["egat"], settings.contracts())
    for question, sql in QUESTIONS:
        screens.say(f"\n{question}")
        screens.say('  maemoh sql "' + " ".join(sql.split()) + '"')
        query.show(home, sql, "table")
    screens.say(f"\nreport for EGAT (Thai and English): {page}")
    screens.say("asset graph, gates and runs:        .venv/bin/maemoh ui")
    screens.say("every delivery and its outcome:     .venv/bin/maemoh deliveries")
    screens.say("the embedded lake keeps running:    .venv/bin/maemoh status   (stop it: .venv/bin/maemoh down)")
    screens.say(f"done in {time.monotonic() - start:.0f} s")
    return 1 if summary.withheld else 0


def _workbooks(folder):
    """The simulator's workbooks, made once. It runs as a program of its own: the pipeline never imports it."""
    if folder.is_dir():
        return folder
    fresh = folder.with_name("demo.new")
    shutil.rmtree(fresh, ignore_errors=True)
    command = [sys.executable, "-m", "simulator", "egat", str(fresh), "--profile", "demo"]
    subprocess.run(command, check=True, cwd=settings.ROOT, stdout=subprocess.DEVNULL)
    fresh.rename(folder)
    return folder
