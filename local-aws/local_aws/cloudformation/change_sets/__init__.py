"""Change sets and the changes that they list."""
