"""8-bit convolutions for the WASM backend."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from crop2seg_training.export.sensitive import kept_in_float

Array = npt.NDArray[Any]

ZERO_POINT = 128
"""Weights are uint8 around this: ONNX Runtime's ConvInteger is four times slower on int8."""


def quantise_convolutions(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of ``model`` whose convolutions multiply 8-bit integers (ConvInteger).

    Weights have one scale per output channel, where ONNX Runtime's own quantiser gives ConvInteger
    one per tensor. Activations find theirs at run time, so no calibration data is needed. The
    convolutions of :func:`kept_in_float`, transposed ones and everything else stay float32.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    constants = {constant.name: constant for constant in graph.initializer}
    kept = kept_in_float(model)
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        if node.op_type != "Conv" or node.output[0] in kept:
            nodes.append(node)
            continue
        kernel, *rest = (numpy_helper.to_array(constants[name]) for name in node.input[1:])
        bias = rest[0] if rest else np.zeros(kernel.shape[0], np.float32)
        added, arrays = _integer_convolution(node, kernel, bias)
        nodes += added
        graph.initializer.extend(numpy_helper.from_array(a, name) for name, a in arrays.items())
        for name in node.input[1:]:
            graph.initializer.remove(constants[name])
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(result, full_check=True)
    return result


def _integer_convolution(
    node: onnx.NodeProto, kernel: Array, bias: Array
) -> tuple[list[onnx.NodeProto], dict[str, Array]]:
    """Nodes and constants that stand for one convolution."""
    out = node.output[0]
    largest = np.abs(kernel).max(axis=(1, 2, 3), keepdims=True)
    scale = np.where(largest > 0, largest, 1.0).astype(np.float32) / np.float32(127)
    steps = np.rint(kernel / scale) + ZERO_POINT
    arrays = {
        f"{out}_kernel": steps.astype(np.uint8),
        f"{out}_zero": np.array(ZERO_POINT, np.uint8),
        f"{out}_scale": scale[:, 0],
        f"{out}_bias": bias[:, None, None].astype(np.float32),
    }
    quantised = [f"{out}_x", f"{out}_x_scale", f"{out}_x_zero"]
    integers = [quantised[0], f"{out}_kernel", quantised[2], f"{out}_zero"]
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    return [
        helper.make_node("DynamicQuantizeLinear", [node.input[0]], quantised),
        helper.make_node("ConvInteger", integers, [f"{out}_int"], **attributes),
        helper.make_node("Cast", [f"{out}_int"], [f"{out}_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [quantised[1], f"{out}_scale"], [f"{out}_step"]),
        helper.make_node("Mul", [f"{out}_float", f"{out}_step"], [f"{out}_scaled"]),
        helper.make_node("Add", [f"{out}_scaled", f"{out}_bias"], [out]),
    ], arrays
