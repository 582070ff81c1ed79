{{ stage_record(source('bronze', 'nasa_firms_hotspot__hotspot'), 'nasa_firms_hotspot', 'nasa') }}
