{{ stage_record(source('bronze', 'tat_visitors__visitor_origin'), 'tat_visitors', 'tat') }}
