"""Source tmd_weather: see contract.yml."""
