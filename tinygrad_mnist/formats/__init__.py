"""What is written and read: weights, modules, ONNX files, notebooks, and whole files."""
