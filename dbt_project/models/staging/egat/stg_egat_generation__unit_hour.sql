{{ stage_record(source('bronze', 'egat_generation__unit_hour'), 'egat_generation', 'egat') }}
