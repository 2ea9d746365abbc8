"""Reading and writing still images."""
