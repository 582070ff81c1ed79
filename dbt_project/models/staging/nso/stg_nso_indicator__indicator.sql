{{ stage_record(source('bronze', 'nso_indicator__indicator'), 'nso_indicator', 'nso') }}
