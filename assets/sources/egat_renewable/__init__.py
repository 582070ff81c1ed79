"""Source egat_renewable: see contract.yml."""
