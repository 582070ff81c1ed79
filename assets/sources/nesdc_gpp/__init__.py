"""Source nesdc_gpp: see contract.yml."""
