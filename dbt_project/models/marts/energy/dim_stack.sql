select
    stack.stack_key,
    station.name_th,
    station.name_en,
    stack.flue_gas_treatment,
    station.lat,
    station.lon,
    stack.valid_from,
    stack.valid_to,
    stack.valid_to is null as is_current,
    stack.is_verified,
    stack.source,
    stack.note
from {{ ref('seed_stack') }} as stack
-- A stack is measured, so its name and point are those of the station it is.
left join {{ ref('seed_station') }} as station on stack.stack_key = station.station_key
