"""Convolution layers of the networks as graph operators, with norms folded where they can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crop2seg_training.export.graph import Graph

EPSILON = 1e-5
"""Added to each variance, as PyTorch's norms do."""

LEAST_SHARE = 1e-6
"""Stands for the share of valid pixels where there is none: what is divided by it is 0 then."""

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


@dataclass(frozen=True)
class ValidPixels:
    """Validity of one level in the graph: the map ``[1, 1, H, W]``, and its mean, never 0."""

    map: str
    share: str


def valid_pixels(graph: Graph, valid: str) -> ValidPixels:
    """The validity of a level with its share, for the norms that take statistics by it."""
    mean = graph.op("ReduceMean", valid, axes=[2, 3], keepdims=0)
    return ValidPixels(valid, graph.op("Max", mean, graph.constant(LEAST_SHARE)))


def coarser(graph: Graph, valid: str) -> str:
    """Validity one level down: a pixel is valid if any of its four is."""
    return graph.op("MaxPool", valid, kernel_shape=[2, 2], strides=[2, 2])


def conv_group_norm(
    graph: Graph,
    weights: Arrays,
    x: str,
    layer: str,
    index: int,
    groups: int,
    valid: ValidPixels | None = None,
) -> str:
    """Place ``index`` of a ConvLayer: reflected edges, convolution, GroupNorm, ReLU.

    A depthwise-separable convolution is told by its keys. With ``valid``, of the output's size, the
    norm takes its statistics from valid pixels and the others become 0.
    """
    if f"{layer}.{index}.depthwise.weight" in weights:
        raw = _separable(graph, weights, x, f"{layer}.{index}")
    else:
        kernel = weights[f"{layer}.{index}.weight"]
        bias = graph.constant(weights[f"{layer}.{index}.bias"])
        operands = reflect_pad(graph, x), graph.constant(kernel), bias
        raw = graph.op("Conv", *operands, strides=_strides(kernel))
    norm = weights[f"{layer}.{index + 1}.weight"], weights[f"{layer}.{index + 1}.bias"]
    if valid is not None:
        return _masked_norm(graph, raw, valid, groups, *norm)
    # GroupNorm of one image is InstanceNormalization of its groups laid out as rows; operator set
    # 17 has no GroupNormalization, and this is as fast in the browser.
    rows = graph.op("Reshape", raw, graph.sizes(1, groups, -1))
    one, zero = graph.constant(np.ones(groups)), graph.constant(np.zeros(groups))
    normed = graph.op("InstanceNormalization", rows, one, zero, epsilon=EPSILON)
    image = graph.op("Reshape", normed, graph.op("Shape", raw))
    gamma, beta = (graph.constant(values[:, None, None]) for values in norm)
    return graph.op("Relu", graph.op("Add", graph.op("Mul", image, gamma), beta))


def _masked_norm(
    graph: Graph,
    raw: str,
    valid: ValidPixels,
    groups: int,
    weight: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
) -> str:
    """GroupNorm and ReLU over valid pixels, 0 elsewhere.

    The browser's kernels know this norm by exactly these operators in this order. All sums are
    means, so that half precision does not leave its range.
    """
    width = len(weight) // groups
    spread = np.kron(np.eye(groups), np.ones((width, width))) / width
    average = graph.constant(spread)

    def mean(values: str) -> str:
        by_channel = graph.op("ReduceMean", values, axes=[2, 3], keepdims=0)
        return graph.op("Div", graph.op("MatMul", by_channel, average), valid.share)

    middle = graph.op("Unsqueeze", mean(graph.op("Mul", raw, valid.map)), graph.sizes(2, 3))
    kept = graph.op("Mul", graph.op("Sub", raw, middle), valid.map)
    variance = mean(graph.op("Mul", kept, kept))
    deviation = graph.op("Sqrt", graph.op("Add", variance, graph.constant(EPSILON)))
    scale = graph.op("Mul", graph.op("Reciprocal", deviation), graph.constant(weight))
    sized = graph.op("Mul", kept, graph.op("Unsqueeze", scale, graph.sizes(2, 3)))
    shifted = graph.op("Add", sized, graph.constant(bias[:, None, None]))
    return graph.op("Mul", graph.op("Relu", shifted), valid.map)


def _separable(graph: Graph, weights: Arrays, x: str, conv: str) -> str:
    """Depthwise convolution with reflected edges, then 1 x 1, neither with a bias."""
    kernel = weights[f"{conv}.depthwise.weight"]
    operands = reflect_pad(graph, x), graph.constant(kernel)
    by_channel = graph.op("Conv", *operands, strides=_strides(kernel), group=kernel.shape[0])
    return graph.op("Conv", by_channel, graph.constant(weights[f"{conv}.pointwise.weight"]))


def _strides(kernel: npt.NDArray[np.float32]) -> list[int]:
    """Kernels of 4 x 4 halve rows and columns."""
    return [2, 2] if kernel.shape[-1] == 4 else [1, 1]
