"""Makes and changes ONNX graphs."""
