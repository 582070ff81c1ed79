{{ stage_record(source('bronze', 'gistda_hotspot__hotspot'), 'gistda_hotspot', 'gistda') }}
