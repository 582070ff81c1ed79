{{ stage_observation(source('bronze', 'cmu_dustboy__observation'), 'cmu_dustboy', 'cmu', 'indicative') }}
