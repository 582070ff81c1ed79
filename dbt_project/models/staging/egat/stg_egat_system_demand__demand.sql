{{ stage_record(source('bronze', 'egat_system_demand__demand'), 'egat_system_demand', 'egat') }}
