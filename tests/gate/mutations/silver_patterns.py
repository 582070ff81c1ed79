"""G2: what shows only between deliveries, and between the instruments of two partners."""

from __future__ import annotations

from .mutation import table

OBSERVATION = "silver.observation"
SERIES = "station_key = 'EGAT-05' and quantity = 'PM10'"
LIVELY = f"update {{t}} set value = 20 + hour(interval_start_at) + 0.1 * dayofyear(observed_date) where {SERIES}"
LATER = "batch_id = 'b2' where station_key = 'EGAT-05' and quantity = 'TSP' and observed_date >= '2015-04-01'"


def pair(quantity: str, one: str, other: str, value: str) -> str:
    """Two stations of two partners with two months of a quantity; `value` is what the second one says."""
    rows = f"insert into {{t}} select * replace ({{replaced}}, '{quantity}' as quantity) from {{t}} where {SERIES}"
    return "; ".join(
        rows.replace("{replaced}", replaced)
        for replaced in (
            f"'{one}' as station_key",
            f"'{other}' as station_key, 'pcd_air4thai' as source_id, {value} as value",
        )
    )


KINDS = (
    table(
        "fine dust above coarse dust",
        OBSERVATION,
        "pm10_not_below_pm25",
        "major",
        f"insert into {{t}} select * replace ('PM25' as quantity, value + 20 as value) from {{t}} where {SERIES} "
        "and observed_date < '2015-03-03'",
        ("EGAT-05",) * 5,
        n=48,
    ),
    table(
        "days of one delivery in another",
        OBSERVATION,
        "days_copied_across_deliveries",
        "major",
        f"{LIVELY}; update {{t}} set batch_id = 'b2', value = 20 + hour(interval_start_at) + 0.1 * (dayofyear(observed_date) - 31) "
        f"where {SERIES} and observed_date between '2015-04-10' and '2015-04-11'",
        ("2015-04-10", "2015-04-11"),
    ),
    table(
        "a unit that changed between deliveries",
        OBSERVATION,
        "unit_slip_between_deliveries",
        "major",
        f"update {{t}} set value = 10 * value, {LATER}",
        ("EGAT-05",),
    ),
    table(
        "a level that changed between deliveries",
        OBSERVATION,
        "level_shift_between_deliveries",
        "minor",
        f"update {{t}} set value = 3 * value, {LATER}",
        ("EGAT-05",),
    ),
    table(
        "a station that leaves the level of the others",
        OBSERVATION,
        "level_beside_others_steady",
        "major",
        f"insert into {{t}} select * replace ('EGAT-06' as station_key) from {{t}} where {SERIES}; "
        f"update {{t}} set value = 1.88 * value where {SERIES} and observed_date >= '2015-04-01'",
        ("EGAT-05",),
    ),
    table(
        "dust of two partners in one village",
        OBSERVATION,
        "pm10_of_neighbours_agrees",
        "major",
        pair("PM10", "EGAT-09", "PCD-38t", "2 * value"),
        ("EGAT-09 / PCD-38t",) * 4,
    ),
    table(
        "sulphur dioxide of two partners in one village",
        OBSERVATION,
        "so2_of_neighbours_agrees",
        "major",
        pair("SO2", "EGAT-02", "PCD-39t", "value + 15"),
        ("EGAT-02 / PCD-39t",) * 4,
    ),
    table(
        "figures three times those published before",
        OBSERVATION,
        "magnitude_steady",
        "major",
        "update {t} set value = 3 * value where station_key = 'EGAT-05' and quantity = 'TSP'",
        ("EGAT-05",),
    ),
)
