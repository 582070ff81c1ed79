"""Source cmu_dustboy: see contract.yml."""
