"""Convolution layers of the networks as graph operators, with norms folded where they can be."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from crop2seg_training.export.graph import Graph

EPSILON = 1e-5
"""Added to each variance, as PyTorch's norms do."""

Arrays = Mapping[str, npt.NDArray[np.float32]]
Array64 = npt.NDArray[np.float64]


def batch_norm_factors(weights: Arrays, norm: str) -> tuple[Array64, Array64]:
    """BatchNorm ``norm`` at inference as ``x * scale + shift``."""
    read = {key: weights[f"{norm}.{key}"].astype(np.float64) for key in _BATCH_NORM_KEYS}
    scale = read["weight"] / np.sqrt(read["running_var"] + EPSILON)
    return scale, read["bias"] - read["running_mean"] * scale


_BATCH_NORM_KEYS = ("weight", "bias", "running_mean", "running_var")


def reflect_pad(graph: Graph, x: str) -> str:
    """One pixel mirrored at each edge; rows and columns must be at least 2."""
    return graph.op("Pad", x, graph.sizes(0, 0, 1, 1, 0, 0, 1, 1), mode="reflect")


def conv_batch_norm(graph: Graph, weights: Arrays, x: str, conv: str, norm: str) -> str:
    """Convolution with BatchNorm folded into it, then ReLU; 3 x 3 kernels get reflected edges."""
    scale, shift = batch_norm_factors(weights, norm)
    kernel = weights[f"{conv}.weight"].astype(np.float64) * scale[:, None, None, None]
    bias = weights[f"{conv}.bias"] * scale + shift
    if kernel.shape[-1] > 1:
        x = reflect_pad(graph, x)
    return graph.op("Relu", graph.op("Conv", x, graph.constant(kernel), graph.constant(bias)))


def transposed_batch_norm(graph: Graph, weights: Arrays, x: str, conv: str, norm: str) -> str:
    """Transposed convolution (kernel 4, stride 2) with BatchNorm folded into it, then ReLU."""
    scale, shift = batch_norm_factors(weights, norm)
    kernel = weights[f"{conv}.weight"].astype(np.float64) * scale[None, :, None, None]
    bias = weights[f"{conv}.bias"] * scale + shift
    operands = graph.constant(kernel), graph.constant(bias)
    return graph.op(
        "Relu", graph.op("ConvTranspose", x, *operands, strides=[2, 2], pads=[1, 1, 1, 1])
    )


def conv_group_norm(
    graph: Graph, weights: Arrays, x: str, layer: str, index: int, groups: int
) -> str:
    """Place ``index`` of a ConvLayer: reflected edges, convolution, GroupNorm, ReLU.

    A depthwise-separable convolution is told by its keys.
    """
    if f"{layer}.{index}.depthwise.weight" in weights:
        raw = _separable(graph, weights, x, f"{layer}.{index}")
    else:
        kernel = weights[f"{layer}.{index}.weight"]
        bias = graph.constant(weights[f"{layer}.{index}.bias"])
        operands = reflect_pad(graph, x), graph.constant(kernel), bias
        raw = graph.op("Conv", *operands, strides=_strides(kernel))
    # GroupNorm of one image is InstanceNormalization of its groups laid out as rows; operator set
    # 17 has no GroupNormalization, and this is as fast in the browser.
    rows = graph.op("Reshape", raw, graph.sizes(1, groups, -1))
    one, zero = graph.constant(np.ones(groups)), graph.constant(np.zeros(groups))
    normed = graph.op("InstanceNormalization", rows, one, zero, epsilon=EPSILON)
    image = graph.op("Reshape", normed, graph.op("Shape", raw))
    gamma = graph.constant(weights[f"{layer}.{index + 1}.weight"][:, None, None])
    beta = graph.constant(weights[f"{layer}.{index + 1}.bias"][:, None, None])
    return graph.op("Relu", graph.op("Add", graph.op("Mul", image, gamma), beta))


def _separable(graph: Graph, weights: Arrays, x: str, conv: str) -> str:
    """Depthwise convolution with reflected edges, then 1 x 1, neither with a bias."""
    kernel = weights[f"{conv}.depthwise.weight"]
    operands = reflect_pad(graph, x), graph.constant(kernel)
    by_channel = graph.op("Conv", *operands, strides=_strides(kernel), group=kernel.shape[0])
    return graph.op("Conv", by_channel, graph.constant(weights[f"{conv}.pointwise.weight"]))


def _strides(kernel: npt.NDArray[np.float32]) -> list[int]:
    """Kernels of 4 x 4 halve rows and columns."""
    return [2, 2] if kernel.shape[-1] == 4 else [1, 1]
