{{ stage_record(source('bronze', 'cmu_dustboy__station'), 'cmu_dustboy', 'cmu') }}
