"""Source gistda_burn_scar: see contract.yml."""
