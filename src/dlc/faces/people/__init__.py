"""Telling people apart."""
