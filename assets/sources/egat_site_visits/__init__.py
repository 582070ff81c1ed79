"""Source egat_site_visits: see contract.yml."""
