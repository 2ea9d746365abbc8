"""A small TFLite to ONNX converter: float models made of convolutions, in NCHW and opset 17."""
