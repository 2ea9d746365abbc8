"""What changes a swapped face before it is pasted, whatever engine made it; one file an effect."""
