{{ stage_record(source('bronze', 'tat_places__place'), 'tat_places', 'tat') }}
