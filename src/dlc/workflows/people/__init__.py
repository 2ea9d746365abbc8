"""Who is in a target, and who of them gets which face."""
