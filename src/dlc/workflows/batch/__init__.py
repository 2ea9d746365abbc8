"""A video or picture from file to file."""
