{{ stage_record(source('bronze', 'gistda_terrain__elevation'), 'gistda_terrain', 'gistda') }}
