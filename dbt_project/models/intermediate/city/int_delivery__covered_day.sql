-- Days of which accepted deliveries of fires and burn scars speak: only there does "none seen" mean none. Of hotspots
-- the sensor of the headline number counts: GISTDA's files hold it together with the others, FIRMS' answers are named
-- for it (snpp) and files of its archive for their satellites (N).
with accepted as (
    select distinct
        entity,
        period_start,
        period_end
    from {{ ref('int_delivery__batch') }}
    where
        source_id in ('gistda_hotspot', 'nasa_firms_hotspot', 'gistda_burn_scar')
        and status = 'accepted'
        and (
            source_id <> 'nasa_firms_hotspot'
            or series = 'snpp'
            or '+' || series || '+' like '%+N+%'
        )
)

select distinct
    accepted.entity,
    calendar.calendar_date as observed_date
from {{ ref('dim_date') }} as calendar
inner join accepted on calendar.calendar_date between accepted.period_start and accepted.period_end
