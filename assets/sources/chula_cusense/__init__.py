"""Source chula_cusense: see contract.yml."""
