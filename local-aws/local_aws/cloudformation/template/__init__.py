"""Checks of a template: sections, members, functions, references, conditions and parameters."""
