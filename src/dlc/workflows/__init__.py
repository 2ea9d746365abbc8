"""Wires one use case end to end from the other rooms."""
