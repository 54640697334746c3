"""Firehose: what a stream buffers and delivers, and what CloudWatch Logs sends to it."""
