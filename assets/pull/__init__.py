"""Fetching from partners' interfaces: what a contract's `pull` says, one well-kept client, every answer kept as it came."""
