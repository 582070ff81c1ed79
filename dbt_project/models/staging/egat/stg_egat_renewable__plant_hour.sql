{{ stage_record(source('bronze', 'egat_renewable__plant_hour'), 'egat_renewable', 'egat') }}
