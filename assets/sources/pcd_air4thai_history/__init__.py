"""Source pcd_air4thai_history: see contract.yml."""
