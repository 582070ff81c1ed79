"""Source pcd_air4thai: see contract.yml."""
