"""The kinds of image files, byte by byte, and decoders of those that OpenCV does not read whole."""
