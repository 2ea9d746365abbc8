"""One use case end to end per file."""
