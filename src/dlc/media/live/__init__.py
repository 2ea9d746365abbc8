"""Pictures in real time: sources, and where they go."""
