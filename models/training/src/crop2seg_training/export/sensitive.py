"""Convolutions that lose more in 8 bits than they gain."""

from __future__ import annotations

from collections.abc import Mapping

import onnx

_FIRST_INPUT, _LAST_OUTPUT = "pixels", "logits"
_VALIDITY = "valid"
_UNCHANGED = frozenset({"Pad", "Identity", "Relu"})
"""Operators that leave the numbers as they are, but for their sign."""


def kept_in_float(model: onnx.ModelProto) -> frozenset[str]:
    """Outputs of the convolutions of a stage that stay float32 where others multiply integers.

    Measured with each alone in 8 bits (the package's README has the numbers), these cost labels:

    * the first, on the bands: one bright cloud stretches the range that 255 steps have to cover,
      and what it loses every later stage enlarges;
    * the last, whose results are the scores, with none but its ReLU between them;
    * those of 1 x 1: they read maps that no norm has just brought to one range, and with a ninth
      of the products of a 3 x 3 convolution they have the least to gain.

    Depthwise ones are slower in 8 bits.
    """
    graph = model.graph
    kernels = {constant.name: list(constant.dims) for constant in graph.initializer}
    makers = {node.output[0]: node for node in graph.node}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    kept = {node.output[0] for node in convolutions if kernels[node.input[1]][2:] == [1, 1]}
    kept |= {node.output[0] for node in convolutions if _is_depthwise(node)}
    kept |= {
        node.output[0] for node in convolutions if _source(node.input[0], makers) == _FIRST_INPUT
    }
    last = makers.get(_source(_LAST_OUTPUT, makers))
    while last is not None and last.op_type == "Conv":
        kept.add(last.output[0])
        last = makers.get(_source(last.input[0], makers))
    return frozenset(kept)


def _is_depthwise(node: onnx.NodeProto) -> bool:
    return any(a.name == "group" and a.i > 1 for a in node.attribute)


def _source(name: str, makers: Mapping[str, onnx.NodeProto]) -> str:
    """What ``name`` is but for operators that change nothing: an input, or another's output.

    Nor does validity, the second factor, change what it keeps.
    """
    while name in makers and _leaves_numbers(makers[name]):
        name = makers[name].input[0]
    return name


def _leaves_numbers(node: onnx.NodeProto) -> bool:
    return node.op_type in _UNCHANGED or (node.op_type == "Mul" and node.input[1] == _VALIDITY)
