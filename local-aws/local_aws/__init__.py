"""The local AWS: ministack, started in-process, with its gaps closed (see ../README.md)."""
