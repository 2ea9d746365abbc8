"""Makes swapped faces sharper by restoration models."""
