"""ECR: repositories, images, scans and the registry."""
