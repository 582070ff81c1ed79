"""What is published, for other tools: a copy in Postgres, and files."""
