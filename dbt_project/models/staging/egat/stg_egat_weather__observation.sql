{{ stage_observation(source('bronze', 'egat_weather__observation'), 'egat_weather', 'egat') }}
