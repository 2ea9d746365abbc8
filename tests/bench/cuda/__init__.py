"""What `make bench-cuda` measures: models, whole runs and videos on an NVIDIA GPU."""
