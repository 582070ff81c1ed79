{{ stage_record(source('bronze', 'chula_cusense__station'), 'chula_cusense', 'cu') }}
