"""Which models do the work of a run, loaded on their routes."""
