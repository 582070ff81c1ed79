"""G3: what marts share: no personal columns, nothing lost or doubled since the last publication, partners who agree."""

from __future__ import annotations

from .mutation import table

DAILY, UNIT_DAY, FUEL, STATION = (
    "gold.fct_air_quality_daily", "gold.fct_generation_unit_daily", "gold.fct_fuel_price", "gold.dim_station"
)  # fmt: skip
EQUITY, HAZE, COUNTRY = (
    "gold.mart_energy_equity",
    "gold.mart_haze_attribution_daily",
    "gold.fct_electricity_statistic_monthly",
)
SENSOR = """insert into gold.dim_station by name
select 'CU-1' as station_key, 'indicative' as instrument_class, 18.31 as lat, 99.71 as lon, true as has_position;
insert into {t} select * replace ('PM25' as quantity, 30 + 5e0 * (dayofyear(observed_date) % 7) as mean_value, 90 as max_1h,
    37.5 as limit_value, true as is_exceedance) from {t} where station_key = 'EGAT-05' and quantity = 'PM10';
update {t} set is_exceedance = mean_value > limit_value where quantity = 'PM25';
insert into {t} select * replace ('CU-1' as station_key, 'indicative' as instrument_class, 90 - mean_value as mean_value,
    null as limit_value, null as is_exceedance, null as is_above_limit_today) from {t} where quantity = 'PM25'"""

KINDS = (
    table(
        "a column of telephone numbers",
        STATION,
        "no_personal_columns",
        "critical",
        "alter table {t} add column contact_phone varchar",
        ("contact_phone",),
    ),
    table(
        "a time covered no longer",
        UNIT_DAY,
        "coverage_not_shorter",
        "major",
        "update {t} set observed_date = observed_date + 1",
        ("egat_generation", "egat_generation"),
    ),
    table(
        "days that are counted twice",
        DAILY,
        "known_time_not_swollen",
        "minor",
        "insert into {t} select * from {t} where station_key = 'EGAT-05'",
        ("EGAT-05",),
        also={"one_row_per_day": 120, "hours_add_up": 2},
    ),
    table(
        "prices three times those published before",
        FUEL,
        "magnitude_steady",
        "major",
        "update {t} set price_thb_l = 3 * price_thb_l",
        ("gh95",),
    ),
    table(
        "a sensor that does not follow the station beside it",
        DAILY,
        "low_cost_follows_reference",
        "major",
        SENSOR,
        ("CU-1",) * 4,
        also={"hours_add_up": 2},
    ),
    table(
        "a branch of more people than its tambon",
        EQUITY,
        "population_is_the_register",
        "critical",
        "update {t} set population = population + 1 where place_code = '520205' and month_date = date '2026-02-01'",
        ("B1",),
    ),
    table(
        "fires that double while the air stays as it is",
        HAZE,
        "hotspots_up_particles_flat",
        "minor",
        "update {t} set pm25_ug_m3 = 60, n_hotspots_50_100_km = case when observed_date > date '2026-02-16' then 30 else 1 end",
        ("520204",) * 5,
        n=9,
    ),
    table(
        "a plant larger than the country",
        COUNTRY,
        "plant_within_the_country",
        "major",
        "update {t} set value_gwh = 900 where month_date = date '2026-01-01'",
        ("2026-01-01", "2026-01-01"),
    ),
)
