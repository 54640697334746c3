"""Elastic Load Balancing: load balancers, targets and their health."""
