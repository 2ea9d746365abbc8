"""Measures `dlc swap` from outside, as a whole process: `make bench` and `make bench-memory`."""
