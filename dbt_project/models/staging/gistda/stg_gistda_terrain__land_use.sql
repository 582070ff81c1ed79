{{ stage_record(source('bronze', 'gistda_terrain__land_use'), 'gistda_terrain', 'gistda') }}
