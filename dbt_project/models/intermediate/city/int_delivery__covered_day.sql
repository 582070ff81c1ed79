-- Days of which accepted deliveries of fires and burn scars speak: only there does "none seen" mean none. A
-- delivery's latest event is its state. Of hotspots the sensor of the headline number counts; GISTDA's files hold it
-- together with the others.
with event as (
    select
        *,
        row_number() over (partition by batch_id order by event_seq desc) as choice
    from {{ source('ops', 'batch') }}
    where source_id in ('gistda_hotspot', 'nasa_firms_hotspot', 'gistda_burn_scar')
),

accepted as (
    select distinct
        entity,
        period_start,
        period_end
    from event
    where
        choice = 1
        and status = 'accepted'
        and (source_id <> 'nasa_firms_hotspot' or series = 'snpp')
)

select distinct
    accepted.entity,
    calendar.calendar_date as observed_date
from {{ ref('dim_date') }} as calendar
inner join accepted on calendar.calendar_date between accepted.period_start and accepted.period_end
