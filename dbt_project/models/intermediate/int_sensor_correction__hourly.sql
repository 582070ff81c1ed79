-- What corrects the hours of low-cost particle sensors: the humidity that the sensor itself had in that hour, and the
-- parameters in force. Only the humidity of low-cost sources is read, straight from their tables, so that reference
-- stations pay nothing for it: the union of all sources would be kept in memory to be read a second time.
with delivered as (
    {% for source_id, partner_id in low_cost_sources() %}
        select * from ({{ stage_observation(
            source('bronze', source_id ~ '__observation'), source_id, partner_id, 'indicative'
        ) }}) as {{ source_id }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

ranked as (
    select
        *,
        {{ local_date('interval_start_at') }} as observed_date,
        {{ choice_of_fact() }} as choice
    from delivered
    where
        quantity = 'RH'
        and averaging_period = 'PT1H'
        and level is null
),

humidity as (
    select
        source_id,
        station_key,
        interval_start_at,
        observed_date,
        value / 100 as rh
    from ranked
    where
        choice = 1
        and is_valid
)

select
    humidity.station_key,
    correction.quantity,
    humidity.interval_start_at,
    humidity.rh,
    correction.growth_a,
    correction.slope,
    correction.intercept,
    correction.version
from humidity
inner join {{ ref('seed_sensor_correction') }} as correction
    on
        humidity.source_id = correction.source_id
        and {{ in_force('correction', 'humidity.observed_date') }}
