"""Finding and verifying model files."""
