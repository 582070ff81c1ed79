{{ stage_record(source('bronze', 'open_power_plants__plant'), 'open_power_plants', 'open') }}
