"""Source tat_visitors: see contract.yml."""
