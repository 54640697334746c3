"""HTTP APIs: of all accounts, VPC links, private integrations, access logs."""
