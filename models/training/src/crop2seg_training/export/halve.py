"""Half-precision graphs for GPUs."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_KEPT = "InstanceNormalization"
"""Stays float32: its sum of squares over a tile leaves the range of half precision (65 504)."""


def halve(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of ``model`` that computes in float16; its inputs and outputs stay float32."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    kept = {name for node in graph.node if node.op_type == _KEPT for name in node.input[1:]}
    for constant in graph.initializer:
        if constant.data_type == TensorProto.FLOAT and constant.name not in kept:
            half = numpy_helper.to_array(constant).astype(np.float16)
            constant.CopyFrom(numpy_helper.from_array(half, constant.name))
    outer = {entry.name for entry in [*graph.input, *graph.output]}
    nodes = [_cast(entry.name, _inner(entry.name), TensorProto.FLOAT16) for entry in graph.input]
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [_inner(name) if name in outer else name for name in names]
        nodes += _between_casts(node) if node.op_type == _KEPT else [node]
    nodes += [_cast(_inner(entry.name), entry.name, TensorProto.FLOAT) for entry in graph.output]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(result, full_check=True)
    return result


def _inner(name: str) -> str:
    return f"{name}_half"


def _cast(source: str, target: str, to: int) -> onnx.NodeProto:
    return helper.make_node("Cast", [source], [target], to=to)


def _between_casts(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    source, target = node.input[0], node.output[0]
    node.input[0], node.output[0] = f"{target}_wide_in", f"{target}_wide_out"
    return [
        _cast(source, node.input[0], TensorProto.FLOAT),
        node,
        _cast(node.output[0], target, TensorProto.FLOAT16),
    ]
