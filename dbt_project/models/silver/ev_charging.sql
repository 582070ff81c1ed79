-- Station and day only: a session is a trail of one person, so no session, connector or user leaves bronze. A session
-- counts on the day on which it starts. There is no row number here: a row stands for all sessions of its day.
with session as (
    select
        *,
        {{ local_date('interval_start_at') }} as observed_date
    from {{ ref('stg_ptt_ev_charging__session') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'session_id']) }} as choice
    from session
),

latest as (
    select
        *,
        {{ latest_first(['source_id', 'station_id', 'observed_date']) }} as last_received
    from ranked
    where choice = 1
),

-- A station has the connectors that were ever used there up to the day.
connector as (
    select
        source_id,
        station_id,
        connector_id,
        min(observed_date) as first_date
    from latest
    group by source_id, station_id, connector_id
),

daily as (
    select
        source_id,
        partner_id,
        station_id,
        observed_date,
        max(case when last_received = 1 then station_name end) as station_name,
        count(*) as n_sessions,
        {{ exact_sum('energy_kwh') }} as energy_kwh,
        cast(sum({{ seconds_between('interval_start_at', 'ended_at') }}) as double) / 60 as minutes,
        count(distinct connector_id) as n_connectors_used,
        max(case when last_received = 1 then batch_id end) as batch_id,
        max(received_at) as received_at
    from latest
    group by source_id, partner_id, station_id, observed_date
),

known as (
    select
        daily.source_id,
        daily.station_id,
        daily.observed_date,
        count(*) as n_connectors
    from daily
    inner join connector
        on
            daily.source_id = connector.source_id
            and daily.station_id = connector.station_id
            and daily.observed_date >= connector.first_date
    group by daily.source_id, daily.station_id, daily.observed_date
)

select
    daily.station_id,
    daily.station_name,
    daily.observed_date,
    cast(daily.n_sessions as bigint) as n_sessions,
    daily.energy_kwh,
    daily.minutes,
    cast(daily.n_connectors_used as bigint) as n_connectors_used,
    cast(known.n_connectors as bigint) as n_connectors,
    daily.source_id,
    daily.partner_id,
    daily.batch_id,
    daily.received_at
from daily
inner join known
    on
        daily.source_id = known.source_id
        and daily.station_id = known.station_id
        and daily.observed_date = known.observed_date
