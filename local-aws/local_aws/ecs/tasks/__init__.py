"""Tasks: definitions, secrets, start, health and stop."""
