{{ stage_record(source('bronze', 'nesdc_gpp__industry'), 'nesdc_gpp', 'nesdc') }}
