"""What partners hand over of a long past: few files, marked, the same for the same day, and all of one world."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from assets.readers.route import contracts, parse_delivery
from simulator.cli import app
from simulator.egat import CLEAN, GridSpec, StackSpec, StackTraps
from simulator.feed import feeds
from simulator.feeds import egat_stack, nasa_firms_hotspot, pcd_air4thai_history, tat_visitors
from simulator.feeds._air import FROM_PLANT, PLUME_WIDTH, air
from simulator.feeds._egat import hours_of
from simulator.feeds._fires import STATIC, detections
from simulator.generate import checked
from simulator.world import BANGKOK, World

MIDNIGHT = datetime(2026, 11, 23, tzinfo=BANGKOK)
YEAR = World(MIDNIGHT, days=425)
SHORT = World(datetime(2026, 3, 22, tzinfo=BANGKOK), days=40)
WITH_HISTORY = sorted(name for name, feed in feeds().items() if hasattr(feed, "history"))


@pytest.fixture(scope="module")
def handed() -> dict[str, dict[str, bytes]]:
    """Source → path → bytes of forty days."""
    return {name: dict(feeds()[name].history(SHORT)) for name in WITH_HISTORY}


def hours_of_year() -> list[datetime]:
    return [hour for hour in YEAR.hours if hour <= MIDNIGHT]


@pytest.mark.parametrize("source", WITH_HISTORY)
def test_every_file_says_that_it_is_synthetic_and_is_read_by_its_source(
    source: str, handed: dict[str, dict[str, bytes]]
) -> None:
    assert handed[source]
    for path, data in handed[source].items():
        checked(source, path)
        parsed = parse_delivery(contracts()[source].partner_id, data, path)
        assert parsed.source_id == source and any(batch.rows.height for batch in parsed.batches)


def test_what_only_answers_by_the_hour_has_no_history() -> None:
    assert {"gistda_pm25", "pcd_air4thai", "tmd_weather", "tat_places", "egat_system_demand"}.isdisjoint(WITH_HISTORY)


def test_a_longer_past_is_larger_files_and_not_many_more(handed: dict[str, dict[str, bytes]]) -> None:
    """A month more is at most two files of a source; what is asked for on chosen days is as many days."""
    longer = World(SHORT.until, days=70)
    for source in ("egat_generation", "egat_renewable", "ptt_ev_charging", "pea_electricity_use", "dopa_population"):
        assert sum(1 for _ in feeds()[source].history(longer)) <= len(handed[source]) + 2
    for source in ("cmu_dustboy", "egat_ambient", "egat_weather", "nasa_firms_hotspot", "moc_cpi", "tat_visitors"):
        assert sum(1 for _ in feeds()[source].history(SHORT)) == len(handed[source]) <= 8
    assert len(handed["ptt_oil_price"]) <= 30 and len(handed["moen_oil_price"]) <= 40


def test_the_same_day_gives_the_same_bytes_at_whatever_hour(tmp_path: Path) -> None:
    made = []
    for hour in ("00:00", "17:00"):
        folder = tmp_path / hour
        words = ["generate", str(folder), "--days", "20", "--history", "--until", f"2026-03-22T{hour}+07:00"]
        chosen = ("cmu_dustboy", "nasa_firms_hotspot", "egat_stack", "pcd_air4thai_history")
        result = CliRunner().invoke(app, [*words, *(word for name in chosen for word in ("--source", name))])
        assert result.exit_code == 0, result.output
        made.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert made[0] == made[1] and len(made[0]) >= 10


def test_a_feed_without_a_history_is_left_out_and_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["generate", str(tmp_path / "x"), "--history", "--source", "tmd_weather"])
    assert result.exit_code == 0 and "tmd_weather: skipped, it makes no history" in result.output
    assert not (tmp_path / "x").exists()


# ── one world ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_haze_season_is_inside_and_the_rains_are_clear() -> None:
    hours = hours_of_year()
    pm25 = YEAR.pm25("38t", hours)
    months = np.array([(hour - timedelta(minutes=1)).month for hour in hours])
    mean = {month: float(pm25[months == month].mean()) for month in range(1, 13)}
    assert 55 < mean[3] < 95 and mean[3] > mean[4] > mean[5] > mean[8] and mean[3] > mean[2] > mean[1]
    assert max(mean[month] for month in range(6, 11)) < 15 < mean[1] < 45


def test_egat_and_the_department_measure_one_air_at_sop_pat() -> None:
    start, days = date(2026, 2, 1), 89
    hours = [datetime.combine(start, datetime.min.time(), BANGKOK) + timedelta(hours=n + 1) for n in range(24 * days)]
    pcd = air(YEAR, "38t", hours, ["PM10"])["PM10"].reshape(days, 24).mean(axis=1)
    egat = hours_of(YEAR, "PM10", "EGAT-09", start, days).mean(axis=1)
    assert 0.8 < np.median(egat / pcd) < 1.2
    assert 0.8 < np.corrcoef(egat, pcd)[0, 1] < 0.9999


def test_dust_of_all_sizes_is_more_than_fine_dust() -> None:
    pm10, tsp = (hours_of(YEAR, quantity, "EGAT-05", date(2026, 1, 1), 120) for quantity in ("PM10", "TSP"))
    assert (tsp >= pm10 * 0.9 - 5).mean() > 0.99


@pytest.mark.parametrize("station", FROM_PLANT)
def test_sulphur_peaks_where_the_wind_blows_from_the_plant(station: str) -> None:
    measured = air(YEAR, station, hours_of_year(), ["SO2", "WD"])
    high = measured["SO2"] * 2.62 > 10
    off = np.abs((measured["WD"][high] - FROM_PLANT[station] + 180) % 360 - 180)
    assert 0.003 < high.mean() < 0.03 and (off <= PLUME_WIDTH).all()


def test_fires_follow_the_haze_and_static_heat_does_not() -> None:
    seen = detections(YEAR, "VIIRS_SNPP_NRT", MIDNIGHT - timedelta(days=425), MIDNIGHT)
    month = seen["acq_at"].dt.convert_time_zone("Asia/Bangkok").dt.month()
    fires = seen.with_columns(month=month).filter(~pl.col("is_static"))["month"].value_counts()
    count = dict(fires.iter_rows())
    assert 300 < count[3] < 3000 and count[3] > 10 * count.get(8, 0)
    near = seen.filter("is_static").with_columns(month=month.filter(seen["is_static"]))
    assert near["month"].n_unique() == 12
    for latitude, longitude, *_ in STATIC:
        one = near.filter((pl.col("latitude") - latitude).abs() + (pl.col("longitude") - longitude).abs() < 0.006)
        assert one["acq_at"].dt.date().n_unique() > 40  # the same cell, again and again


# ── single sources ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_firms_hands_over_standard_processing_and_then_near_real_time() -> None:
    made = {path.rsplit("/", 1)[1]: data for path, data in nasa_firms_hotspot.history(World(MIDNIGHT, days=120))}
    archive, recent = (pl.read_csv(made[f"fire_{kind}_SV-C2_700001.csv"]) for kind in ("archive", "nrt"))
    assert set(archive["type"]) <= {0, 2} and "type" not in recent.columns
    assert not archive["version"].cast(pl.String).str.contains("NRT").any()
    assert str(archive["acq_date"].max()) <= str(recent["acq_date"].min())
    assert len(made) == 8


def test_firms_and_gistda_count_the_same_fires() -> None:
    world = World(datetime(2026, 3, 22, tzinfo=BANGKOK), days=10)
    [nasa] = [data for path, data in nasa_firms_hotspot.history(world) if "SV-C2" in path]
    gistda = b"".join(data for _, data in feeds()["gistda_hotspot"].history(world))
    found = len(re.findall(rb'"hotspotid"', gistda))
    assert abs(nasa.count(b"\n") - found) <= 0.05 * found


def test_the_departments_csv_names_units_and_its_hours_run_from_100_to_2400() -> None:
    days = date(2026, 3, 1), date(2026, 3, 3)
    head, units, *rows = (
        pcd_air4thai_history.table(SHORT, "38t", *days, pcd_air4thai_history.RECENT).decode().splitlines()
    )
    assert len(rows) == 72 and rows[0].startswith("260301,100,") and rows[-1].startswith("260303,2400,")
    assert "PM2.5" in head and "SYNTHETIC" in units and units.endswith("at 10 m (deg)")


def test_months_to_come_are_not_in_the_stack_workbook() -> None:
    until = date(2026, 11, 23)
    rows = StackSpec(2025, 2, StackTraps(False, False, False, True, False), until=until).build().truth.rows
    assert max(row.interval_end_at for row in rows).astimezone(BANGKOK).date() == date(2026, 11, 1)
    with_value = {row.station_key for row in rows if row.value is not None}
    assert with_value == {*(f"STACK-{n}" for n in range(8, 15))}  # 45 and 67 have retired
    yearly = {row.interval_start_at.astimezone(BANGKOK).year for row in rows if row.averaging_period == "P1Y"}
    assert yearly == {2025}
    [(path, _)] = egat_stack.history(YEAR)
    assert "2568-2569" in path


def test_visitors_of_the_year_before_are_known_and_fewer_in_the_haze() -> None:
    assert len({path for path, _ in tat_visitors.history(SHORT)}) == 7
    march, december = (tat_visitors.figures(YEAR, "52", (2026, month), False) for month in (3, 12))
    assert march[2] + march[3] < december[2] + december[3]


def test_a_grid_of_the_world_is_written_as_any_other() -> None:
    values = hours_of(SHORT, "SO2", "EGAT-09", date(2026, 1, 1), 10)
    made = GridSpec("SO2", "EGAT-09", date(2026, 1, 1), 10, traps=CLEAN, values=values).build()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(made.data)).get_sheet_by_index(0).to_python()
    assert str(sheet[0][0]).startswith("SO2 Station no.9") and len(made.truth.rows) == 240
    assert [row.value for row in made.truth.rows] == values.ravel().tolist()
    with pytest.raises(ValueError, match="does not know DEV"):
        hours_of(SHORT, "DEV", "EGAT-09", date(2026, 1, 1), 10)
