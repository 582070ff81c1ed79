"""Source tat_places: see contract.yml."""
