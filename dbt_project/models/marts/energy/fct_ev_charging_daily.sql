{{ config(order_by=['station_id', 'observed_date']) }}

select
    station_id,
    station_name,
    observed_date,
    n_sessions,
    energy_kwh,
    minutes,
    n_connectors_used,
    n_connectors,
    source_id,
    partner_id,
    batch_id
from {{ ref('ev_charging') }}
