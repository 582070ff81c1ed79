-- One row per plant of the newest list: the row received last.
with plant as (
    select * from {{ ref('stg_open_power_plants__plant') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'plant_id'], 'interval_start_at desc') }} as choice
    from plant
)

select
    plant_id,
    name as plant_name,
    fuel,
    technology,
    units as units_as_written,
    capacity_mw,
    capacity_of_units_mw,
    commissioned,
    owner as plant_owner,
    operational_status,
    latitude,
    longitude,
    {{ local_date('interval_start_at') }} as list_date,
    source as figure_source,
    geolocation_source,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
