"""Cameras, and the way to the pictures they can deliver."""
