"""Refuse what no faces should be swapped in."""
