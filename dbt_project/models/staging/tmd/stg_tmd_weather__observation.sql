{{ stage_observation(source('bronze', 'tmd_weather__observation'), 'tmd_weather', 'tmd', 'reference') }}
