"""Source dopa_population: see contract.yml."""
