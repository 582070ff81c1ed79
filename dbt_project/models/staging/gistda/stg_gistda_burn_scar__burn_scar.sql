{{ stage_record(source('bronze', 'gistda_burn_scar__burn_scar'), 'gistda_burn_scar', 'gistda') }}
