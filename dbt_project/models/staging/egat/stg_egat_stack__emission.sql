{{ stage_observation(source('bronze', 'egat_stack__emission'), 'egat_stack', 'egat') }}
