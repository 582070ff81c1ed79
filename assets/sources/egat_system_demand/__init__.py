"""Source egat_system_demand: see contract.yml."""
