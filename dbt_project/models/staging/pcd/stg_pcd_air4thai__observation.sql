{{ stage_observation(source('bronze', 'pcd_air4thai__observation'), 'pcd_air4thai', 'pcd', 'reference') }}
