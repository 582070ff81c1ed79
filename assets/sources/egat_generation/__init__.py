"""Source egat_generation: see contract.yml."""
