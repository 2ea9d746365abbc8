"""The source person as one complete texture."""
