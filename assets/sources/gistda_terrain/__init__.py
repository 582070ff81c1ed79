"""Source gistda_terrain: see contract.yml."""
