"""Source ptt_ev_charging: see contract.yml."""
