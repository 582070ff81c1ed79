{{ stage_record(source('bronze', 'egat_generation__fuel_day'), 'egat_generation', 'egat') }}
