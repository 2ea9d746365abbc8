"""What an output says of itself, and how it is checked."""
