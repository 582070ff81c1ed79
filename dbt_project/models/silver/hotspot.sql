{{ config(
    year_of='observed_date',
    order_by=['observed_date', 'sensor', 'detected_at', 'latitude', 'longitude'],
) }}

with placed as (
    select
        *,
        extract(year from observed_date) as ce_year
    from {{ ref('int_hotspot__placed') }}
),

-- What is hot in the same place on ten days of a year is a stack, a kiln or a spoil heap on fire, not a wildfire. VIIRS
-- counts, because the cells are its pixels.
cells as (
    select
        ce_year,
        cell_row,
        cell_column,
        count(distinct observed_date) as n_days
    from placed
    where sensor like 'viirs%'
    group by
        ce_year,
        cell_row,
        cell_column
),

judged as (
    select
        placed.*,
        cells.n_days,
        case
            when placed.distance_km <= 3 then 'near_plant'
            when cells.n_days >= 10 then 'repeated'
        end as static_reason
    from placed
    left join cells
        on
            placed.ce_year = cells.ce_year
            and placed.cell_row = cells.cell_row
            and placed.cell_column = cells.cell_column
)

select
    satellite,
    sensor,
    detected_at,
    observed_date,
    latitude,
    longitude,
    confidence_class,
    confidence_pct,
    frp_mw,
    brightness_k,
    scan_km,
    track_km,
    daynight,
    version,
    place_code,
    district_code,
    province_code,
    delivered_place_code,
    country,
    land_use_th,
    responsible_area_th,
    distance_km,
    bearing_deg,
    cast(coalesce(n_days, 0) as bigint) as n_days_in_cell,
    static_reason is not null as is_static_source,
    static_reason,
    is_in_gistda,
    is_in_firms,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from judged
