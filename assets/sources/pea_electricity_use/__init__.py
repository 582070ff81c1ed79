"""Source pea_electricity_use: see contract.yml."""
