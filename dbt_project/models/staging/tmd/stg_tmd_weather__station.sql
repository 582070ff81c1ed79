{{ stage_record(source('bronze', 'tmd_weather__station'), 'tmd_weather', 'tmd') }}
