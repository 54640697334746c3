"""Containers as processes of the host: unpacked images, programs, addresses, health."""
