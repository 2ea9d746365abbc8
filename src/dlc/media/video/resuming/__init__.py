"""Outputs that are made in segments, so that a killed run can go on."""
