"""Finding faces, and when to look for them."""
