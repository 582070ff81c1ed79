"""SQL of patterns in series of hours, for G1 (within a batch, `pattern_rules.py`) and G2 (across batches, ``suites/``).

The rows are named ``{table}``; both gates' tables have the columns that are used here. Hours are made days first, so that
windows run over a 24th of the rows.
"""

from __future__ import annotations

from expectations.series_rules import DAY_NO, HOUR_NO, HOURLY

MEASURED = f"value is not null and is_valid and {HOURLY}"
STEADY = ("PM10", "PM25", "TSP", "NO2", "NO", "NOX", "O3", "CO", "WS", "WD_DEV", "TEMP", "RH", "BP")
"""Quantities whose daily mean goes up and down by degrees. SO2, rain and direction jump by nature, the sun's with clouds."""
STEADY_SQL = f"quantity in ({', '.join(repr(key) for key in STEADY)})"


def copied_days_sql(series: str, across: str = "true") -> str:
    """SQL of the days that repeat an earlier day of their series: `series`, day_no, apart (days between the two).

    Days are alike when all their hours are. Chance makes a few days of small whole numbers alike, so that what
    counts is a stretch of days, all as far from their originals, with enough different values in them: two days of lively
    dust, three weeks of sluggish pressure, never one day by itself.

    The print of a day is a sum of one hash an hour. The hour is part of what is hashed: a hash of two things is itself a
    sum in DuckDB, and would make a day like any other with the same values in another order.

    Args:
        series: columns that name a series; days of one series only are compared.
        across: SQL on `earlier_batch` and `batch_of_day` that a pair has to keep to.
    """
    return f"""with prints as (
            select {series}, {DAY_NO} as day_no, bit_xor(hash(value + 1e6 * ({HOUR_NO} % 24))) as print,
                max(batch_id) as batch_of_day
            from {{table}} where {MEASURED}
            group by all having count(*) >= 18 and max(value) > min(value)
        ),
        twice as (select hash({series}, print) as key from prints group by key having count(*) > 1),
        alike as (select * from prints where hash({series}, print) in (select key from twice)),
        varied as (
            select hash({series}, {DAY_NO}) as series_day, count(distinct value) as n_values from {{table}}
            where {MEASURED} and hash({series}, {DAY_NO}) in (select hash({series}, day_no) from alike)
            group by series_day
        ),
        pairs as (
            select alike.*, n_values, day_no - lag(day_no) over same as apart, lag(batch_of_day) over same as earlier_batch
            from alike join varied on hash({series}, day_no) = series_day
            window same as (partition by {series}, print order by day_no)
        ),
        stretches as (
            select *, day_no - row_number() over (partition by {series}, apart order by day_no) as stretch
            from pairs where apart is not null and {across}
        )
        select {series}, day_no, apart, batch_of_day from stretches
        window one as (partition by {series}, apart, stretch)
        qualify sum(n_values - 3) over one >= 24"""


def level_changes_sql(series: str, wanted: str, days: int = 7, across: str = "true") -> str:
    """SQL of the days on which a series changes its level at once and for good: `wanted`, day_no, ratio, is_unit_slip,
    is_shift.

    All daily means of the `days` days from it lie above (or below) all those of the `days` days before, with room between
    them that years of EGAT's and PCD's data never show.

    Args:
        series: columns that name a series.
        wanted: columns to give back, of `series` or row_id (the first row of the day) or batch_id.
        days: length of the two stretches that are compared.
        across: SQL on `first_batch` and `last_batch` of the two stretches that a change has to keep to.
    """
    enough = round(0.7 * days)
    named = ", ".join(dict.fromkeys([*series.split(", "), "quantity"]))
    return f"""with means as (
            select {named}, {DAY_NO} as day_no, avg(value) as mean, min(row_id) as row_id,
                min(batch_id) as batch_of_day
            from {{table}} where {MEASURED} and {STEADY_SQL}
            group by {named}, {DAY_NO} having count(*) >= 12
        ),
        sides as (
            select *, min(mean) over before as low_before, max(mean) over before as high_before,
                min(mean) over after as low_after, max(mean) over after as high_after,
                count(*) over before as n_before, count(*) over after as n_after,
                min(batch_of_day) over both_sides as first_batch, max(batch_of_day) over both_sides as last_batch,
                avg(mean) over after / nullif(avg(mean) over before, 0) as ratio,
                greatest(low_after - high_before, low_before - high_after) as room,
                greatest(low_after / nullif(high_before, 0), low_before / nullif(high_after, 0)) as gap
            from means
            window before as (partition by {series} order by day_no range between {days} preceding and 1 preceding),
                after as (partition by {series} order by day_no range between current row and {days - 1} following),
                both_sides as (partition by {series} order by day_no range between {days} preceding and {days - 1} following)
        ),
        changes as (
            select *, gap > 2.5 and (
                    greatest(ratio, 1 / ratio) between 6.5 and 15 or greatest(ratio, 1 / ratio) between 65 and 150
                    or greatest(ratio, 1 / ratio) between 650 and 1500
                ) as is_unit_slip,
                case quantity when 'TEMP' then room > 4 when 'BP' then room > 8 when 'RH' then room > 15
                    else gap > 1.5 and ratio not between 0.5 and 2 end as is_shift
            from sides where n_before >= {enough} and n_after >= {enough} and room > 0 and {across}
        )
        select {wanted}, day_no, ratio, is_unit_slip, is_shift from changes where is_unit_slip or is_shift
        qualify room = max(room) over (partition by {series} order by day_no range between 3 preceding and 3 following)"""


def level_beside_others_sql(days: int = 14) -> str:
    """SQL of the days on which a station's level changes at once beside that of all others that measure the same: source_id,
    station_key, quantity, day_no, factor.

    The weather moves all stations alike, so that the quotient to their median shows what no station shows by itself: ppb
    delivered as µg/m³, a doubled span. It takes three stations, and days on which about as many measure.
    """
    enough = round(0.7 * days)
    return f"""with means as (
            select station_key, quantity, {DAY_NO} as day_no, avg(value) as mean, max(source_id) as source_id
            from {{table}}
            where {MEASURED} and instrument_class = 'reference' and quantity in ('PM10', 'PM25', 'TSP', 'NO2', 'O3', 'CO')
            group by station_key, quantity, {DAY_NO} having count(*) >= 18 and avg(value) > 0
        ),
        beside as (
            select *, count(*) over stations as n_stations, ln(mean / median(mean) over stations) as log_quotient
            from means
            window stations as (partition by quantity, day_no)
            qualify n_stations > 2
        ),
        sides as (
            select *, exp(greatest(
                    min(log_quotient) over after - max(log_quotient) over before,
                    min(log_quotient) over before - max(log_quotient) over after
                )) as gap,
                exp(avg(log_quotient) over after - avg(log_quotient) over before) as factor
            from beside
            window before as (partition by station_key, quantity order by day_no range between {days} preceding and 1 preceding),
                after as (partition by station_key, quantity order by day_no range between current row and {days - 1} following),
                all_days as (
                    partition by station_key, quantity
                    order by day_no range between {days} preceding and {days - 1} following
                )
            qualify count(*) over before >= {enough} and count(*) over after >= {enough}
                and 3 * min(n_stations) over all_days >= 2 * max(n_stations) over all_days
        )
        select source_id, station_key, quantity, day_no, factor from sides
        where gap > 1.15 and factor not between 0.67 and 1.5
        qualify gap = max(gap) over (
            partition by station_key, quantity order by day_no range between 3 preceding and 3 following
        )"""
