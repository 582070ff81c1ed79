"""The rules that set one source beside another, or a table beside its last publication: who is told, and of what."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.gate import gate_table
from expectations.rules import RuleError
from expectations.suites import load_suites, read_suite

from .suite_tables import CleanTables

# February and March 2026 by the hour: two villages with a station of EGAT and one of PCD each, which see the same air; by
# the day: a sensor beside two references, fires and particles, what PEA's households used, coal and lignite of the country.
CLEAN = """
create schema silver; create schema gold;
create table silver.observation as
select source_id, partner_id, station as station_key, station as station_name, quantity, cast(null as varchar) as level,
    'PT1H' as averaging_period, to_timestamp(1769878800 + hour_no * 3600) as interval_start_at,
    to_timestamp(1769882400 + hour_no * 3600) as interval_end_at,
    date '2026-02-01' + cast(hour_no // 24 as integer) as observed_date,
    case quantity when 'SO2' then 4e0 when 'PM25' then 0.5 else 1 end
    * (20 + hash(hour_no // 24) % 40 + hash(hour_no, station) % 7) as value,
    'ug/m3' as unit, 'ug/m3' as raw_unit, cast(value as varchar) as raw_value, cast(null as varchar) as flag,
    true as is_valid, 'reference' as instrument_class, 'b-' || station as batch_id, hour_no as row_id,
    cast(null as double) as value_corrected, cast(null as varchar) as correction_version
from range(1416) as hours(hour_no),
    (values ('egat_ambient', 'egat', 'EGAT-09'), ('egat_ambient', 'egat', 'EGAT-02'),
        ('pcd_air4thai_history', 'pcd', 'PCD-38t'), ('pcd_air4thai_history', 'pcd', 'PCD-39t'))
    as stations(source_id, partner_id, station),
    (values ('PM10'), ('PM25'), ('SO2')) as quantities(quantity);
create table gold.dim_station as
select * from (values
    ('CMU-1', 'indicative', 18.30, 99.75, true), ('PCD-40t', 'reference', 18.31, 99.74, true),
    ('PCD-37t', 'reference', 18.60, 99.40, true), ('PCD-99t', 'reference', null, null, false)
) as s(station_key, instrument_class, lat, lon, has_position);
create table gold.fct_air_quality_hourly as select * from silver.observation where false;
create table gold.fct_air_quality_daily as
select case when station_key like 'CMU%' then 'cmu_dustboy' else 'pcd_air4thai_history' end as source_id, station_key,
    'PM25' as quantity, date '2026-02-01' + cast(d as integer) as observed_date, 'mean_of_hours' as method,
    20e0 + hash(d) % 30 + (hash(d, station_key) % 4) as mean_value, mean_value as max_1h, 24 as n_valid, 24 as n_expected,
    1e0 as completeness, true as has_sufficient_data, 'ug/m3' as unit, null::double as limit_value,
    null::varchar as limit_unit, null::boolean as is_exceedance, null::double as limit_today,
    null::boolean as is_above_limit_today, instrument_class
from range(59) as days(d), gold.dim_station;
insert into gold.fct_air_quality_hourly by name
select station_key, quantity, true as is_valid from gold.fct_air_quality_daily, range(24);
create table gold.mart_haze_attribution_daily as
select '5202' as place_code, date '2026-02-01' + cast(d as integer) as observed_date, 'core' as haze_season,
    case when d < 30 then 30e0 else 60e0 end as pm25_ug_m3, 0 as n_hotspots_0_10_km, 2 as n_hotspots_10_50_km,
    case when d < 30 then 3 else 20 end as n_hotspots_50_100_km, true as has_hotspot_delivery
from range(59) as days(d);
create table gold.fct_population_monthly as
select '520204' as place_code, 'tambon' as native_place_level, date '2026-02-01' as month_date, 5000 as total;
create table gold.mart_energy_equity as
select 'B1' as branch_code, '520204' as place_code, 'tambon' as native_place_level, date '2026-02-01' as month_date,
    5000 as population, date '2026-02-01' as population_month_date;
create table gold.fct_generation_unit_daily as
select 'egat_generation' as source_id, 'MM-10' as unit_key, date '2026-02-01' + cast(d as integer) as observed_date,
    40000e0 as net_mwh from range(28) as days(d);
create table gold.fct_electricity_statistic_monthly as
select 'moen_electricity' as source_id, '5.2-1M' as table_id, 'COAL & LIGNITE' as category,
    date '2026-02-01' as month_date, true as is_latest_vintage, 3000e0 as value_gwh;
"""
TABLES = {
    "observation": "silver",
    "fct_air_quality_daily": "gold",
    "mart_haze_attribution_daily": "gold",
    "mart_energy_equity": "gold",
    "fct_electricity_statistic_monthly": "gold",
}
SOP_PAT = "station_key = 'PCD-38t' and month(observed_date) = 3"


@pytest.fixture(scope="module")
def clean() -> CleanTables:
    return CleanTables(CLEAN, TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_clean_table_passes(clean: CleanTables, table: str) -> None:
    assert clean.failing(table, previous=clean.address(table)) == {}


@pytest.mark.parametrize(
    ("table", "fault", "expected"),
    [
        (
            "observation",
            f"update {{t}} set value = value * 1.6 where quantity = 'PM10' and {SOP_PAT}",
            {
                "pm10_of_neighbours_agrees": {"egat_ambient": 1, "pcd_air4thai_history": 1},
                "level_beside_others_steady": {"pcd_air4thai_history": 1},
            },
        ),
        (
            "observation",  # the level agrees, the days do not
            f"update {{t}} set value = 40 + hash(observed_date, 'x') % 9 + hash(row_id) % 5 where quantity = 'PM10' and {SOP_PAT}",
            {"pm10_of_neighbours_agrees": {"egat_ambient": 1, "pcd_air4thai_history": 1}},
        ),
        (
            "observation",
            "update {t} set value = value + 12 where quantity = 'SO2' and station_key = 'EGAT-02'",
            {"so2_of_neighbours_agrees": {"egat_ambient": 2, "pcd_air4thai_history": 2}},
        ),
        (
            "observation",
            "update {t} set value = 200 where quantity = 'PM25' and station_key = 'EGAT-02' and observed_date < '2026-02-21'",
            {"pm10_not_below_pm25": {"egat_ambient": 480}, "level_beside_others_steady": {"egat_ambient": 1}},
        ),
        (
            "observation",  # a year copied, month by month, in a file of its own
            "insert into {t} select * replace ('b-2' as batch_id, interval_start_at + interval 365 day as interval_start_at, "
            "interval_end_at + interval 365 day as interval_end_at, observed_date + 365 as observed_date) from {t} "
            "where quantity = 'PM10' and station_key = 'EGAT-02' and observed_date < date '2026-02-11'",
            {"days_copied_across_deliveries": {"egat_ambient": 10}},
        ),
        (
            "observation",
            "update {t} set value = value * 10, batch_id = 'b-2' where quantity = 'PM10' and station_key = 'EGAT-02' "
            "and observed_date >= date '2026-03-01'",
            {"unit_slip_between_deliveries": {"egat_ambient": 1}, "level_beside_others_steady": {"egat_ambient": 1}},
        ),
        (
            "observation",
            "update {t} set value = value * 4.5, batch_id = 'b-2' where quantity = 'PM10' and station_key = 'EGAT-02' "
            "and observed_date >= date '2026-03-01'",
            {"level_shift_between_deliveries": {"egat_ambient": 1}, "level_beside_others_steady": {"egat_ambient": 1}},
        ),
        (
            "observation",  # µg/m³ from one day on, among three that stay in ppb; no station by itself shows it
            "update {t} set value = value * 1.88 where quantity = 'PM25' and station_key = 'PCD-39t' "
            "and observed_date >= date '2026-03-01'",
            {"level_beside_others_steady": {"pcd_air4thai_history": 1}},
        ),
        (
            "fct_air_quality_daily",
            "update {t} set mean_value = 30 + hash(observed_date, 'y') % 9, max_1h = 99 where station_key = 'CMU-1'",
            {"low_cost_follows_reference": {"cmu_dustboy": 2, "pcd_air4thai_history": 2}},
        ),
        (
            "mart_haze_attribution_daily",
            "update {t} set pm25_ug_m3 = 30",
            {"hotspots_up_particles_flat": {}},
        ),
        ("mart_energy_equity", "update {t} set population = 4999", {"population_is_the_register": {}}),
        (
            "fct_electricity_statistic_monthly",
            "update {t} set value_gwh = 1000",
            {"plant_within_the_country": {"egat_generation": 1, "moen_electricity": 1}},
        ),
        (
            "fct_electricity_statistic_monthly",
            "alter table {t} add column customer_name varchar",
            {"no_personal_columns": {}},
        ),
    ],
)
def test_each_rule_catches_its_fault_and_tells_every_source_concerned(
    clean: CleanTables, table: str, fault: str, expected: dict[str, dict[str, int]]
) -> None:
    clean.conn.execute("begin")
    try:
        clean.conn.execute(fault.format(t=clean.address(table)))
        results = gate_table(clean.conn, clean.address(table), load_suites()[table])
    finally:
        clean.conn.execute("rollback")
    assert {r.rule.id: dict(r.failed_by_source) for r in results if not r.passed} == expected
    assert all(r.failed <= r.evaluated for r in results)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("(from {t} union all from {t} limit 7000)", {"rows_not_fewer"}),
        (
            "(from {t} union all select * replace (observed_date - 40 as observed_date) from {t} limit 300)",
            {"rows_not_fewer", "coverage_not_shorter"},
        ),
        ("(from {t} where hash(observed_date, station_key) % 4 = 0)", {"known_time_not_swollen"}),
    ],
)
def test_a_table_is_set_beside_its_last_publication(clean: CleanTables, last: str, expected: set[str]) -> None:
    table = "fct_air_quality_daily"
    assert set(clean.failing(table, previous=last.format(t=clean.address(table)))) == expected
    assert not expected & {rule.id for rule in load_suites()[table]}  # without a last publication there is none


def test_a_sum_that_doubled_for_the_same_days_is_a_warning(clean: CleanTables) -> None:
    last = "(select * replace (value / 3 as value) from silver.observation where quantity = 'PM10')"
    assert clean.failing("observation", previous=last) == {"magnitude_steady": 4}


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (
            "{use: rows_not_less, by: a}",
            "no shared rule is called 'rows_not_less'; known: no_personal_columns, rows_not_fewer",
        ),
        ("{use: coverage_not_shorter, by: a}", "missing: day"),
        ("{use: rows_not_fewer, by: a, bye: b}", "not known: bye"),
    ],
)
def test_a_shared_rule_named_wrongly_says_what_is_missing(tmp_path: Path, entry: str, text: str) -> None:
    path = tmp_path / "suite.yml"
    path.write_text(f"table: gold.t\nrules:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        read_suite(path)
    assert text in str(caught.value)
