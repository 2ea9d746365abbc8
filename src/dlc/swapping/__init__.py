"""The swap engines."""
