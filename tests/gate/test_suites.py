"""The suites of silver and of the marts: clean tables pass, each rule catches its fault, warnings never withhold."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.rules import RuleError
from expectations.suites import FOLDER, load_suites, read_suite

from .suite_tables import CleanTables

# Two stations, two quantities, 60 whole local days from 1 March 2015; SO2 is 0, TSP lies above PM10.
SILVER = """
create schema silver; create schema gold;
create table silver.observation as
select 'egat_ambient' as source_id, 'egat' as partner_id, station as station_key, station as station_name, quantity,
    cast(null as varchar) as level, 'PT1H' as averaging_period,
    to_timestamp(1425142800 + hour_no * 3600) as interval_start_at,
    to_timestamp(1425142800 + (hour_no + 1) * 3600) as interval_end_at,
    date '2015-03-01' + cast(hour_no // 24 as integer) as observed_date,
    cast(base + hour_no % 24 as double) as value, 'ug/m3' as unit, cast(base + hour_no % 24 as varchar) as raw_value,
    'ug/m3' as raw_unit, cast(null as varchar) as flag, true as is_valid, 'reference' as instrument_class,
    'b1' as batch_id, hour_no as row_id, cast(null as double) as value_corrected, cast(null as varchar) as correction_version
from range(1440) as hours(hour_no),
    (values ('EGAT-04'), ('EGAT-05')) as stations(station),
    (values ('PM10', 20), ('TSP', 60)) as quantities(quantity, base);
create table gold.dim_station as
select station_key, 'reference' as instrument_class, 18.3 as lat, 99.7 as lon, true as has_position
from (select distinct station_key from silver.observation union all values ('STACK-8'), ('STACK-9'), ('STACK-10'));
create table gold.fct_air_quality_hourly as select * from silver.observation;
create table gold.fct_air_quality_daily as
select station_key, quantity, observed_date, 'mean_of_hours' as method, avg(value) as mean_value, max(value) as max_1h,
    count(*) as n_valid, 24 as n_expected, count(*) / 24 as completeness, true as has_sufficient_data, 'ug/m3' as unit,
    case quantity when 'PM10' then 120.0 else 330.0 end as limit_value, 'ug/m3' as limit_unit, false as is_exceedance,
    limit_value as limit_today, false as is_above_limit_today, 'reference' as instrument_class, source_id
from silver.observation group by all;
create table gold.fct_aqi_daily as
select station_key, observed_date, 16 as aqi, false as is_above_200, 'PM10' as main_quantity, 32e0 as main_concentration,
    cast(null as integer) as sub_pm25, 16 as sub_pm10, 4 as sub_o3, cast(null as integer) as sub_co, 0 as sub_no2,
    cast(null as integer) as sub_so2, cast(null as varchar) as reason, 'reference' as instrument_class, source_id
from gold.fct_air_quality_daily where quantity = 'PM10';
create table gold.fct_aqi_hourly as
select *, to_timestamp(1425142800) as interval_start_at from gold.fct_aqi_daily;
create table gold.fct_weather_hourly as
select 'EGAT-05' as station_key, 'H' as level, to_timestamp(1425142800 + hour_no * 3600) as interval_start_at,
    hour_no % 8 / 4 as ws, (hour_no * 10) % 360 as wd, 40e0 as wd_dev, 25e0 as temp, 60e0 as rh, 968e0 as bp,
    0e0 as rain, 100e0 as sw, ws < 0.5 as is_calm,
    case when ws < 0.5 then 0 else -ws * sin(radians(wd)) end as wind_u,
    case when ws < 0.5 then 0 else -ws * cos(radians(wd)) end as wind_v, 'egat_weather' as source_id
from range(48) as hours(hour_no);
create table gold.fct_stack_emission_monthly as
select stack as stack_key, quantity, 'P1M' as averaging_period,
    cast(date '2013-01-01' + to_months(cast(m as integer)) as date) as month_date,
    100e0 as concentration, '[ppm]' as concentration_unit,
    1e6 + stack_no + year(month_date) as flow_m3_h, 72.8e0 as rate_reported_g_s, 72.8e0 as rate_recomputed_g_s,
    1e0 as rate_ratio, 320e0 as limit_value, false as is_exceedance, 'egat_stack' as source_id
from range(36) as months(m), (values ('STACK-8', 8), ('STACK-9', 9), ('STACK-10', 10)) as stacks(stack, stack_no),
    (values ('SO2'), ('NOX')) as quantities(quantity);
"""

TABLES = {
    "observation": "silver",
    "fct_air_quality_hourly": "gold",
    "fct_air_quality_daily": "gold",
    "fct_aqi_hourly": "gold",
    "fct_aqi_daily": "gold",
    "fct_weather_hourly": "gold",
    "fct_stack_emission_monthly": "gold",
}


@pytest.fixture(scope="module")
def clean() -> CleanTables:
    return CleanTables(SILVER, TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_clean_table_passes(clean: CleanTables, table: str) -> None:
    assert clean.failing(table, previous=clean.address(table)) == {}


def test_fewer_rows_than_last_published_are_a_warning_and_only_when_there_is_a_last(
    clean: CleanTables,
) -> None:
    more = "(select * from silver.observation union all select * from silver.observation limit 5761)"
    assert clean.failing("observation", previous=more) == {"rows_not_fewer": 1}
    assert "rows_not_fewer" not in {rule.id for rule in load_suites()["observation"]}


def test_only_broken_promises_of_ours_withhold_and_a_partner_s_slip_warns(clean: CleanTables) -> None:
    by_action = clean.rules_by_action()
    assert by_action["warn"] == {
        "hours_evenly_present",
        "tsp_not_below_pm10",
        "pm10_not_below_pm25",
        "station_registered",
        "days_copied_across_deliveries",
        "unit_slip_between_deliveries",
        "level_shift_between_deliveries",
        "level_beside_others_steady",
        "pm10_of_neighbours_agrees",
        "so2_of_neighbours_agrees",
        "low_cost_follows_reference",
        "rows_not_fewer",
        "coverage_not_shorter",
        "known_time_not_swollen",
        "magnitude_steady",
        "days_with_enough_hours",
        "days_with_an_index",
        "rate_agrees_with_flow",
        "rate_formula_steady",
        "flow_not_copied",
        "concentration_not_zero",
    }
    assert by_action["withhold_publish"].isdisjoint(by_action["warn"])


def test_every_suite_is_found_and_speaks_both_languages() -> None:
    assert set(load_suites()) == {path.stem.removeprefix("silver_") for path in FOLDER.glob("*.yml")} > set(TABLES)
    for rules in load_suites().values():
        for rule in rules:
            assert rule.reason_en.endswith((".", "?")) and any(
                "\u0e00" <= letter <= "\u0e7f" for letter in rule.reason_th
            )


GOOD = """
table: gold.t
rules:
  - {id: a, dimension: validity, scope: row, severity: major, action: warn, sql: "from {table}", reason: {en: x, th: y}}
"""


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (("table: gold.t", "tabel: gold.t"), "suite.yml: is not a suite"),
        (("severity: major, ", ""), "suite.yml, rule 1, rule 'a': 'severity' is missing"),
        (("severity: major", "severity: grave"), "severity is 'grave'; write one of critical, major, minor"),
        (("scope: row", "scop: row"), "'scope' is missing; 'scop' is not known"),
        (("scope: row", "scope: table, expectation: X"), "has both 'sql' and 'expectation'; keep one"),
        (("action: warn", "action: quarantine_row, mostly: 2"), "mostly is 2.0"),
        (("scope: row", "scope: table"), None),
        (
            ("scope: row, severity: major, action: warn", "scope: table, severity: major, action: quarantine_row"),
            "cannot quarantine",
        ),
        (("th: y", "th: ''"), "reason_th is empty"),
        (("from {table}", "from {table} where {outside:SO9:a}"), "names no quantity"),
        (("- {id", "- 7\n  - {id"), "7 is not a rule"),
        (("rules:\n", "rules:\n" + GOOD.splitlines()[3] + "\n"), "a stands twice"),
    ],
)
def test_a_suite_that_is_written_wrongly_says_where_and_what(
    tmp_path: Path, change: tuple[str, str], text: str | None
) -> None:
    path = tmp_path / "suite.yml"
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    if text is None:
        assert read_suite(path).table == "gold.t"
        return
    with pytest.raises(RuleError) as caught:
        read_suite(path)
    assert text in str(caught.value)
