"""The registry of ECR by the OCI distribution protocol."""
