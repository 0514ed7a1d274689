"""Weights stored in 8 bits, computed with in float32: for the download, not for speed."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

_CHANNEL_AXIS = {"Conv": 0, "ConvTranspose": 1, "MatMul": 1}
"""Axis of a weight's output channels, each of which has a scale of its own."""
SMALLEST = 1024
"""Weights with fewer numbers stay as they are: their bytes do not count."""


def store_weights_in_8_bits(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of ``model`` whose large weights are int8 with a scale per output channel."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    weights = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    added: list[onnx.TensorProto] = []
    shrunk: set[str] = set()
    for node in graph.node:
        name = node.input[1] if node.op_type in _CHANNEL_AXIS else ""
        if name in weights and name not in shrunk and weights[name].size >= SMALLEST:
            axis = _CHANNEL_AXIS[node.op_type]
            stored = [f"{name}_steps", f"{name}_scale"]
            arrays = _in_steps(weights[name], axis)
            added += [numpy_helper.from_array(array, key) for array, key in zip(arrays, stored)]
            nodes.append(helper.make_node("DequantizeLinear", stored, [name], name, axis=axis))
            shrunk.add(name)
        nodes.append(node)
    kept = [entry for entry in graph.initializer if entry.name not in shrunk]
    del graph.initializer[:]
    graph.initializer.extend([*kept, *added])
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(result, full_check=True)
    return result


def _in_steps(weight: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """``weight`` as int8 steps, and the size of a step along ``axis``."""
    others = tuple(place for place in range(weight.ndim) if place != axis)
    largest = np.abs(weight).max(axis=others, keepdims=True)
    scale = np.where(largest > 0, largest, 1.0).astype(np.float32) / np.float32(127)
    return np.rint(weight / scale).astype(np.int8), scale.reshape(-1)
