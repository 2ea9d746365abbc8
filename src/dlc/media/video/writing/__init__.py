"""From frames to a file: what it will be, and encoding it."""
