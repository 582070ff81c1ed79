{{ stage_record(source('bronze', 'nesdc_gpp__per_capita'), 'nesdc_gpp', 'nesdc') }}
