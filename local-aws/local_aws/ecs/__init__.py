"""ECS: services, container instances and tasks."""
