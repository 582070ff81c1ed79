{{ stage_record(source('bronze', 'tat_visitors__inbound_year'), 'tat_visitors', 'tat') }}
