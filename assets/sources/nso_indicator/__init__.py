"""Source nso_indicator: see contract.yml."""
