"""Following faces from frame to frame."""
