{{ stage_record(source('bronze', 'tat_visitors__province_month'), 'tat_visitors', 'tat') }}
