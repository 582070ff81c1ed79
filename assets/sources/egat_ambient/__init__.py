"""Source egat_ambient: see contract.yml."""
