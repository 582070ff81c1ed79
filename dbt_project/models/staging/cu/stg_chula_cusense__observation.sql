{{ stage_observation(source('bronze', 'chula_cusense__observation'), 'chula_cusense', 'cu', 'indicative') }}
