{{ stage_record(source('bronze', 'pea_electricity_use__use'), 'pea_electricity_use', 'pea') }}
