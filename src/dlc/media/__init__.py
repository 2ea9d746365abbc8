"""Frames in and frames out; the only room that touches PyAV, cameras and virtual cameras."""
