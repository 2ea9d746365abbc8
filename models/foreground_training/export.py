"""Writes trained weights as the model that dlc ships: `python export.py weights.pt OUT.onnx`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from network import ForegroundNet
from onnx import ModelProto, TensorProto, helper, numpy_helper
from torch import Tensor, nn

# Smaller arrays, such as the factors of a resize, stay as they are.
_LEAST = 16


class Certainties(nn.Module):
    """The network, with probabilities instead of logits."""

    def __init__(self, net: ForegroundNet) -> None:
        """Use a trained network."""
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> Tensor:
        """Return how certainly each pixel is hair, and eyewear."""
        return torch.sigmoid(self.net(image))


def with_half_weights(model: ModelProto) -> ModelProto:
    """Return a model whose weights are stored as fp16, each behind a Cast."""
    kept, casts = [], []
    for weights in model.graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype != np.float32 or values.size <= _LEAST:
            kept.append(weights)
            continue
        half = f"{weights.name}.fp16"
        kept.append(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [weights.name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    graph = helper.make_graph(
        nodes, "foreground", list(model.graph.input), list(model.graph.output), kept
    )
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


def main(weights: Path, output: Path) -> None:
    """Export the network for any batch size."""
    net = ForegroundNet()
    net.load_state_dict(torch.load(weights))
    written = io.BytesIO()
    torch.onnx.export(
        Certainties(net).eval(),
        (torch.zeros(1, 3, 128, 128),),
        written,
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        output_names=["mattes"],
        dynamic_axes={"image": {0: "batch"}, "mattes": {0: "batch"}},
    )
    model = with_half_weights(onnx.load_from_string(written.getvalue()))
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, output)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
