{{ config(
    month_of='month_date',
    order_by=['station_key', 'source_id'],
) }}

-- Who delivered in which month: the register of stations reads this instead of every observation.
with observation as (
    select
        *,
        {{ local_month('interval_start_at') }} as month_date
    from {{ ref('observation') }}
    where {{ in_months('observed_date') }}
)

select
    source_id,
    partner_id,
    station_key,
    month_date,
    max(station_name) as station_name,
    max(instrument_class) as instrument_class,
    count(*) as n_rows,
    count(case when is_valid then 1 end) as n_valid,
    min(interval_start_at) as first_start_at,
    max(interval_end_at) as last_end_at
from observation
group by
    source_id,
    partner_id,
    station_key,
    month_date
