"""Networks: which connections security groups let through."""
