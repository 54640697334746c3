"""The page at `/_local/`: what exists in all accounts."""
