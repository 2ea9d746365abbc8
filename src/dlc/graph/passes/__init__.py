"""Rewrites of ONNX graphs, one a file; `dlc.graph.rewrite` puts them in order."""
