"""A live picture from its source to its outputs."""
