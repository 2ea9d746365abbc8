"""What CoreML takes of a graph, predicted without a Mac."""
