"""Source egat_stack: see contract.yml."""
