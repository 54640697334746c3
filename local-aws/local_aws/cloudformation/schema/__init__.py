"""AWS's resource schemas, and what follows from them: checks, attributes, replacements."""
