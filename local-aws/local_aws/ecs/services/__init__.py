"""Services: deployments, rollouts, failures, and the loop that acts on them."""
