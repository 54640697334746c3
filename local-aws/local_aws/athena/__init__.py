"""Athena: queries, CREATE TABLE AS, errors."""
