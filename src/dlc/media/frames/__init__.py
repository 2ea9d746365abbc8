"""Decoded pictures in memory: their samples, what is noted beside these, and arithmetic on them."""
