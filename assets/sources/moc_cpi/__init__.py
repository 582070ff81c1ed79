"""Source moc_cpi: see contract.yml."""
