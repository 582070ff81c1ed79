{{ config(
    month_of='observed_date',
    order_by=['station_key', 'quantity', 'interval_start_at'],
) }}

with observation as (
    select * from {{ ref('observation') }}
    where {{ in_months('observed_date') }}
),

air as (
    select quantity
    from {{ ref('seed_quantity') }}
    where kind in ('gas', 'particle')
)

select
    observation.station_key,
    observation.quantity,
    observation.interval_start_at,
    observation.interval_end_at,
    observation.observed_date,
    observation.value,
    observation.unit,
    observation.value_corrected,
    observation.correction_version,
    observation.raw_value,
    observation.raw_unit,
    observation.flag,
    observation.is_valid,
    observation.instrument_class,
    observation.source_id,
    observation.partner_id,
    observation.batch_id
from observation
inner join air on observation.quantity = air.quantity
where
    observation.averaging_period = 'PT1H'
    -- A model's estimate for a district is no measurement of a station: it stays in silver.
    and observation.instrument_class <> 'satellite_model'
    and not {{ is_stack('observation.station_key') }}
