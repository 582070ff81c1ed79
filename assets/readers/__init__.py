"""Readers: bytes in, rows out. They open no connection and know neither the orchestrator nor the lake."""
