"""Knowing, finding, downloading and skimming model files."""
