"""What roles may do where the local AWS is started with `--iam`: the gaps of ministack, and a record."""
