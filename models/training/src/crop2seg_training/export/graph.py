"""A thin layer over onnx.helper: one call per operator, names made up on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
"""Highest operator set that every runtime in use here reads without conversion."""
IR_VERSION = 8
"""File format version that belongs to operator set 17."""

Shape = list[int | str]
"""Sizes; a text names a dynamic one."""


class Graph:
    """Collects the nodes and constants of one float32 graph."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, shape: Shape) -> str:
        """Declare an input and return its name."""
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def constant(self, value: npt.ArrayLike, dtype: npt.DTypeLike = np.float32) -> str:
        """Add a constant and return its name."""
        name = f"c{len(self._constants)}"
        array = np.ascontiguousarray(np.asarray(value, dtype))
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def sizes(self, *values: int) -> str:
        """Add an int64 constant: a shape, axes or pads."""
        return self.constant(values, np.int64)

    def op(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """Add an operator with one output and return the output's name."""
        name = output or f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def model(self, outputs: Mapping[str, Shape], description: str) -> onnx.ModelProto:
        """Close the graph with its outputs; the result has passed the ONNX checker."""
        infos = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in outputs.items()
        ]
        graph = helper.make_graph(
            self._nodes, self.name, self._inputs, infos, self._constants, description
        )
        model = helper.make_model(
            graph,
            producer_name="crop2seg-training",
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        onnx.checker.check_model(model, full_check=True)
        return model
