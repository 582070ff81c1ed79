"""G3: marts of stacks, fires, land and stations before they are published."""

from __future__ import annotations

from .mutation import table

MONTH = "stack_key = 'STACK-8' and quantity = 'SO2' and month_date = date '2014-02-01'"
PIXEL = "sensor = 'viirs_snpp' and latitude = 18.3"
STACK, FIRES = "gold.fct_stack_emission_monthly", "gold.fct_hotspot"
LAND, STATION = "gold.fct_land_use", "gold.dim_station"

KINDS = (
    table(
        "a month of a stack twice",
        STACK,
        "one_row_per_period",
        "critical",
        f"insert into {{t}} select * from {{t}} where {MONTH}",
        ("STACK-8",),
    ),
    table(
        "a stack that no dimension has",
        STACK,
        "stack_in_dimension",
        "critical",
        "update {t} set stack_key = 'STACK-99' where stack_key = 'STACK-8' and month_date = date '2014-02-01'",
        ("STACK-99",),
        n=1,
    ),
    table(
        "a month that begins on its second day",
        STACK,
        "period_starts_on_first_day",
        "critical",
        f"update {{t}} set month_date = date '2014-02-02' where {MONTH}",
        ("2014-02-02",),
    ),
    table(
        "a stack above its limit, not told",
        STACK,
        "exceedance_matches_limit",
        "critical",
        f"update {{t}} set concentration = 321 where {MONTH}",
        ("321",),
    ),
    table(
        "grams a second that do not follow",
        STACK,
        "rate_agrees_with_flow",
        "major",
        f"update {{t}} set rate_ratio = 1.06 where {MONTH}",
        ("STACK-8",),
    ),
    table(
        "a year reckoned with another formula",
        STACK,
        "rate_formula_steady",
        "major",
        "update {t} set rate_ratio = 1.39 where quantity = 'NOX' and year(month_date) = 2014",
        ("2014",) * 5,
        n=36,
        also={"rate_agrees_with_flow": 36},
    ),
    table(
        "a year's flow copied from another",
        STACK,
        "flow_not_copied",
        "major",
        "update {t} set flow_m3_h = flow_m3_h - 2 where year(month_date) = 2015",
        ("2013",),
    ),
    table(
        "zeros for a unit that stood still",
        STACK,
        "concentration_not_zero",
        "minor",
        f"update {{t}} set concentration = 0 where {MONTH}",
        ("STACK-8",),
    ),
    table(
        "a detection lost on the way into the mart",
        FIRES,
        "every_detection_is_here",
        "critical",
        f"delete from {{t}} where {PIXEL}",
        ("viirs_snpp",),
    ),
    table(
        "fires of two sensors in one figure",
        FIRES,
        "headline_counts_one_sensor",
        "critical",
        "update {t} set is_headline = true where sensor = 'modis_aqua' and latitude = 18.3",
        ("modis_aqua",),
    ),
    table(
        "a fire in the wrong ring",
        FIRES,
        "distance_of_its_ring",
        "critical",
        f"update {{t}} set ring = '10-50' where {PIXEL}",
        ("10-50",),
    ),
    table(
        "shares of land that are not the whole",
        LAND,
        "shares_add_up",
        "critical",
        "delete from {t} where ce_year = 2025 and class_code = 'A202'",
        ("2025",),
    ),
    table(
        "land drawn larger than told",
        LAND,
        "area_as_drawn",
        "minor",
        "update {t} set drawn_area_rai = 60 where class_code = 'F201'",
        ("F201",) * 5,
        n=16,
    ),
    table(
        "a station outside its tambon",
        STATION,
        "position_in_tambon",
        "major",
        "update {t} set position_place_code = '520106' where station_key = 'PCD-37t-2'",
        ("PCD-37t-2",),
    ),
    table(
        "two current sites of one station",
        STATION,
        "one_current_site_per_code",
        "critical",
        "update {t} set is_current = true where station_key = 'PCD-37t-1'",
        ("37t",),
    ),
)
