"""What runs a network: torch, or the exported int8 graph in onnxruntime."""
