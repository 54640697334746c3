"""What every service shares: settings, saved state, local paths, controls, and errors for what is missing."""
