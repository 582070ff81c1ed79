{{ config(
    month_of='observed_date',
    order_by=['station_key', 'quantity', 'level', 'interval_start_at'],
) }}

with latest as (
    select
        *,
        {{ local_date('interval_start_at') }} as observed_date
    from {{ ref('int_observation__latest') }}
),

station as (
    select
        station_key,
        instrument_class
    from {{ ref('seed_station') }}
),

quantity as (
    select
        quantity,
        unit,
        unit_at_stack
    from {{ ref('seed_quantity') }}
),

-- What the quantity is kept in here: stack gas keeps the unit of its limits, ambient gas is µg/m³ at 25 °C and 1 atm.
placed as (
    select
        latest.*,
        coalesce(station.instrument_class, latest.instrument_class) as class_of_instrument,
        case when {{ is_stack('latest.station_key') }} then quantity.unit_at_stack else quantity.unit end as unit
    from latest
    left join station on latest.station_key = station.station_key
    left join quantity on latest.quantity = quantity.quantity
),

-- A unit without a conversion stays as delivered; the test no_unit_is_left_unconverted then fails and says which.
converted as (
    select
        placed.*,
        case
            when placed.raw_unit = placed.unit then placed.value
            when conversion.factor is not null then placed.value * conversion.factor
            else placed.value
        end as canonical_value,
        case
            when placed.raw_unit = placed.unit or conversion.factor is not null then placed.unit
            else placed.raw_unit
        end as canonical_unit
    from placed
    left join {{ ref('seed_unit_conversion') }} as conversion
        on
            placed.quantity = conversion.quantity
            and placed.raw_unit = conversion.unit_from
            and placed.unit = conversion.unit_to
),

-- Low-cost particle hours also as dry mass (int_sensor_correction__hourly). An hour without humidity has no such value.
corrected as (
    select
        converted.*,
        correction.version,
        case
            when
                converted.averaging_period = 'PT1H'
                and converted.class_of_instrument = 'indicative'
                and converted.is_valid
                then
                    {{ dry_mass('converted.canonical_value', 'correction.rh', 'correction.growth_a') }}
                    * correction.slope + correction.intercept
        end as value_corrected
    from converted
    left join {{ ref('int_sensor_correction__hourly') }} as correction
        on
            converted.station_key = correction.station_key
            and converted.quantity = correction.quantity
            and converted.interval_start_at = correction.interval_start_at
)

select
    source_id,
    partner_id,
    station_key,
    station_name,
    quantity,
    level,
    averaging_period,
    interval_start_at,
    interval_end_at,
    observed_date,
    -- North is written 0 or 360; here it is 0.
    case when quantity = 'WD' and canonical_value = 360 then 0 else canonical_value end as value,
    canonical_unit as unit,
    value_corrected,
    case when value_corrected is not null then version end as correction_version,
    raw_value,
    raw_unit,
    flag,
    is_valid,
    class_of_instrument as instrument_class,
    batch_id,
    row_id,
    received_at
from corrected
