{{ stage_observation(source('bronze', 'egat_ambient__observation'), 'egat_ambient', 'egat') }}
