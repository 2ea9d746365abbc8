"""The points of a face, and whether they can be trusted."""
