{{ stage_observation(source('bronze', 'gistda_pm25__observation'), 'gistda_pm25', 'gistda', 'satellite_model') }}
