{{ stage_observation(
    source('bronze', 'pcd_air4thai_history__observation'), 'pcd_air4thai_history', 'pcd', 'reference'
) }}
