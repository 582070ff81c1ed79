{{ stage_record(source('bronze', 'open_power_plants__capacity'), 'open_power_plants', 'open') }}
