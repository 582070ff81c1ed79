"""Source gistda_pm25: see contract.yml."""
