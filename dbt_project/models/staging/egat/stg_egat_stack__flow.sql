{{ stage_observation(source('bronze', 'egat_stack__flow'), 'egat_stack', 'egat') }}
