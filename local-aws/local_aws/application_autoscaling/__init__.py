"""Application Auto Scaling for ECS services."""
