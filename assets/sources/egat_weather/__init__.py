"""Source egat_weather: see contract.yml."""
