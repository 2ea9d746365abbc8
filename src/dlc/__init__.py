"""Headless face swapping for video files and live cameras."""
