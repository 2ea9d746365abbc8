"""What is in front of a face and stays there."""
