"""Source nasa_firms_hotspot: see contract.yml."""
