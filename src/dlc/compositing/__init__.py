"""Aligning, masking, color matching and pasting; pure numpy and OpenCV."""
