"""Source gistda_hotspot: see contract.yml."""
