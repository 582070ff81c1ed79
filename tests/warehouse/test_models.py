"""What the models promise, on a few days of rows that hold the traps."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .conftest import Warehouse

JAN_31, FEB_29 = date(2020, 1, 31), date(2020, 2, 29)


def test_every_delivered_fact_is_in_silver_once(warehouse: Warehouse) -> None:
    facts = warehouse.ask(
        """
        select source_id, count(*), count(distinct (station_key, quantity, level, averaging_period, interval_start_at))
        from silver.observation group by 1 order by 1
        """
    )
    assert facts == [
        ("egat_ambient", 24 * 5 + 1, 24 * 5 + 1),
        ("egat_stack", 4, 4),
        ("egat_weather", 24 * 3 + 1, 24 * 3 + 1),
    ]


def test_the_hour_that_ends_at_midnight_belongs_to_the_day_it_closes(warehouse: Warehouse) -> None:
    last = warehouse.ask(
        "select interval_start_at, interval_end_at, observed_date from silver.observation where value = 780"
    )
    assert [tuple(at.astimezone(UTC) for at in row[:2]) for row in last] == [
        (datetime(2020, 1, 31, 16, tzinfo=UTC), datetime(2020, 1, 31, 17, tzinfo=UTC))
    ]
    assert last[0][2] == JAN_31


def test_a_later_blank_takes_nothing_away_and_a_later_value_corrects(warehouse: Warehouse) -> None:
    hours = warehouse.ask(
        "select raw_value, batch_id from silver.observation where quantity = 'PM10' order by interval_start_at"
    )
    assert hours == [("120.5", "b" * 16)] * 12 + [("60.0", "e" * 16)] * 12


def test_flags_stay_and_are_no_values(warehouse: Warehouse) -> None:
    flags = warehouse.ask(
        f"""
        select flag, count(*), count(value), bool_or(is_valid) from fct_air_quality_hourly
        where quantity = 'SO2' and observed_date = '{FEB_29}' group by flag order by flag nulls last
        """
    )
    assert flags == [("C", 4, 0, False), ("D", 3, 0, False), (None, 17, 17, True)]


def test_units_are_canonical_and_the_delivered_ones_stay_beside(warehouse: Warehouse) -> None:
    units = warehouse.ask("select distinct quantity, unit, raw_unit from silver.observation where unit <> raw_unit")
    assert units == [("BP", "hPa", "mbar")]
    north = warehouse.ask("select distinct value, raw_value from silver.observation where raw_value = '360.0'")
    assert north == [(0.0, "360.0")]


def test_a_day_is_judged_against_the_limits_of_its_date(warehouse: Warehouse) -> None:
    days = warehouse.ask(
        """
        select station_key, quantity, observed_date, method, mean_value, n_valid, has_sufficient_data, limit_value,
            limit_1h, n_hours_above_1h_limit, is_exceedance
        from fct_air_quality_daily order by 1, 2, 3
        """
    )
    assert days == [
        ("EGAT-02", "TSP", FEB_29, "sample_24h", 331.0, 1, True, 330.0, None, None, True),
        ("EGAT-09", "PM10", FEB_29, "mean_of_hours", 90.25, 24, True, 120.0, None, None, False),
        ("EGAT-09", "SO2", date(2020, 1, 1), "mean_of_hours", 12.5, 24, True, 300.0, 780.0, 0, False),
        ("EGAT-09", "SO2", JAN_31, "mean_of_hours", (781.0 + 780.0) / 24, 24, True, 300.0, 780.0, 1, False),
        ("EGAT-09", "SO2", FEB_29, "mean_of_hours", 10.0, 17, False, 300.0, 780.0, 0, None),
        ("EGAT-99", "NO2", FEB_29, "mean_of_hours", 321.0, 24, True, None, 320.0, 24, None),
    ]


def test_wind_is_averaged_as_a_vector_with_calm_hours_as_none(warehouse: Warehouse) -> None:
    (row,) = warehouse.ask(
        """
        select round(ws_mean, 4), round(ws_vector, 4), round(wd_vector, 4), n_wind, n_calm from fct_weather_daily
        where station_key = 'EGAT-05' and level = 'H'
        """
    )
    assert row == (1.15, 0.9848, 0.0, 24, 12)


def test_a_reported_daily_mean_is_told_apart_from_a_computed_one(warehouse: Warehouse) -> None:
    rows = warehouse.ask("select station_key, method, temp_mean, bp_mean from fct_weather_daily order by all")
    assert rows == [
        ("EGAT-01", "reported", 25.5, None),
        ("EGAT-05", "mean_of_hours", None, 968.0),
        ("EGAT-05", "mean_of_hours", None, None),
    ]


def test_a_stack_month_has_reported_and_recomputed_rates_and_its_limit(warehouse: Warehouse) -> None:
    rows = warehouse.ask(
        """
        select quantity, averaging_period, month_date, concentration, concentration_unit, flow_m3_h, rate_reported_g_s,
            round(rate_recomputed_g_s, 4), round(rate_ratio, 4), limit_value, is_exceedance, limit_is_verified
        from fct_stack_emission_monthly order by 1
        """
    )
    day = date(2020, 1, 1)
    assert rows == [
        ("SO2", "P1M", day, 100.0, "[ppm]", 1.2e6, 97.0, 87.3347, 1.1107, 320.0, False, True),
        ("TSP", "P1Y", day, 10.0, "mg/m3", 1.2e6, None, 3.3333, None, 180.0, False, False),
    ]


def test_an_unknown_station_has_a_row_that_says_so(warehouse: Warehouse) -> None:
    rows = warehouse.ask(
        "select station_key, name_th, instrument_class, is_verified from dim_station where station_key = 'EGAT-99'"
    )
    assert rows == [("EGAT-99", "ชื่อ EGAT-99", "unknown", False)]
    assert warehouse.ask("select count(*) from dim_station") == [(27,)]


def test_dates_know_era_fiscal_year_holidays_and_haze(warehouse: Warehouse) -> None:
    rows = warehouse.ask(
        """
        select date_key, be_year, month_th, fiscal_year_be, fiscal_quarter, day_of_week, is_weekend, holiday_en,
            haze_season
        from dim_date where calendar_date in ('2026-01-10', '2026-02-01', '2026-05-16', '2026-10-01', '2026-12-07')
        order by 1
        """
    )
    in_lieu = (
        "HM King Bhumibol Adulyadej the Great's Birthday (in lieu); National Day (in lieu); "
        "National Father's Day (in lieu)"
    )
    assert rows == [
        (20260110, 2569, "มกราคม", 2569, 2, 6, True, None, "extended"),  # Children's Day is no day off
        (20260201, 2569, "กุมภาพันธ์", 2569, 2, 7, True, None, "core"),
        (20260516, 2569, "พฤษภาคม", 2569, 3, 6, True, None, "none"),
        (20261001, 2569, "ตุลาคม", 2570, 1, 4, False, None, "none"),
        (20261207, 2569, "ธันวาคม", 2570, 1, 1, False, in_lieu, "none"),
    ]
    assert warehouse.ask("select count(*), min(calendar_date), max(calendar_date) from dim_date") == [
        (8035, date(2009, 1, 1), date(2030, 12, 31))
    ]


def test_no_two_limits_are_in_force_for_the_same_thing(warehouse: Warehouse) -> None:
    overlaps = warehouse.ask(
        """
        select a.quantity, a.averaging_period, a.limit_unit, a.station_key
        from dim_standard as a join dim_standard as b
            on a.quantity = b.quantity and a.medium = b.medium and a.limit_unit = b.limit_unit
            and a.averaging_period is not distinct from b.averaging_period
            and a.station_key is not distinct from b.station_key
            and (a.medium = 'ambient' or a.station_key is not null)
            and (a.limit_value, a.applies_to) > (b.limit_value, b.applies_to)
            and coalesce(a.valid_from, date '1900-01-01') <= coalesce(b.valid_to, date '9999-12-31')
            and coalesce(b.valid_from, date '1900-01-01') <= coalesce(a.valid_to, date '9999-12-31')
        """
    )
    assert overlaps == []


def test_a_station_s_months_are_counted_without_reading_its_hours_again(warehouse: Warehouse) -> None:
    months = warehouse.ask(
        "select month_date, n_rows, n_valid from silver.station_month where station_key = 'EGAT-09' order by 1"
    )
    assert months == [(date(2020, 1, 1), 48, 48), (date(2020, 2, 1), 48, 41)]
