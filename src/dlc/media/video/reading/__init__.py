"""From a file to the frames of its main video stream, with what is damaged or missing of them."""
