"""Time-Unet as three ONNX graphs with dynamic sizes: encoder, attention, decoder.

Cut this way a browser keeps 64 numbers per pixel and date instead of whole activations, and works
on a date as soon as it has arrived. The shapes are the contract with ``src/segment``.
"""

from __future__ import annotations

import numpy as np
import onnx

from crop2seg_training.export.graph import Graph, Shape
from crop2seg_training.export.layers import (
    EPSILON,
    Arrays,
    batch_norm_factors,
    conv_batch_norm,
    conv_group_norm,
    transposed_batch_norm,
)
from crop2seg_training.networks import NetworkConfig


def encoder(weights: Arrays, config: NetworkConfig) -> onnx.ModelProto:
    """``pixels [1, bands, H, W]`` (normalised, one date) to ``features [H * W, C]``."""
    width = config.encoder_widths[0]
    graph = Graph("encoder")
    x = graph.input("pixels", [1, config.bands, "rows", "columns"])
    for index in (0, 3):
        x = conv_group_norm(graph, weights, x, "in_conv.conv.conv", index, config.encoder_groups)
    last = graph.op("Transpose", x, perm=[0, 2, 3, 1])
    out = graph.op("Reshape", last, graph.sizes(-1, width), output="features")
    return graph.model(out, ["pixels", width], "One date: normalised bands to features.")


def attention(weights: Arrays, config: NetworkConfig) -> onnx.ModelProto:
    """``features [T, P, C]`` and ``days [T]`` to ``embedding [P, C]``: folded L-TAE.

    The algebra is that of ``networks.attention``; on top of it the widening to values, the linear
    layer and its BatchNorm become one matrix of heads x C rows.
    """
    width, heads = config.encoder_widths[0], config.heads
    graph = Graph("attention")
    features = graph.input("features", ["dates", "pixels", width])
    encoding = _encode_days(graph, graph.input("days", ["dates"]), config)
    by_pixel = graph.op("Transpose", features, perm=[1, 0, 2])
    scaled, shift = _normalise_over_dates(graph, weights, by_pixel, width, heads)

    prefix = "temporal_encoder.attention_head"
    keys = weights[f"{prefix}.fc1_k.weight"].astype(np.float64)
    keys = keys.reshape(heads, config.key_width, -1)
    query = weights[f"{prefix}.Q"].astype(np.float64)[:, 0] / np.sqrt(config.key_width)
    folded = np.einsum("hk,hkm->hm", query, keys)
    widen = weights["temporal_encoder.inconv.weight"].astype(np.float64)[:, :, 0]
    of_features = graph.constant((folded @ widen).T)
    of_encoding = graph.constant(folded.reshape(heads, heads, -1).sum(1).T)
    scores = graph.op(
        "Add", graph.op("MatMul", scaled, of_features), graph.op("MatMul", encoding, of_encoding)
    )
    share = graph.op("Softmax", graph.op("Transpose", scores, perm=[0, 2, 1]), axis=2)

    scale, offset = batch_norm_factors(weights, "temporal_encoder.mlp.2")
    linear = weights["temporal_encoder.mlp.0.weight"].astype(np.float64) * scale[:, None]
    bias = weights["temporal_encoder.mlp.0.bias"] * scale + offset
    bias = bias + linear @ weights["temporal_encoder.inconv.bias"]
    by_head = linear.reshape(width, heads, -1), widen.reshape(heads, -1, width)
    joined = np.einsum("ohm,hmc->hco", *by_head)  # [heads, C, out]
    of_values = _project(graph, graph.op("MatMul", share, scaled), joined.reshape(-1, width))
    of_place = _project(graph, graph.op("MatMul", share, encoding), linear.T)
    of_shift = graph.op("MatMul", shift, graph.constant(joined.sum(0)))
    total = graph.op("Add", graph.op("Add", of_values, of_place), of_shift)
    hidden = graph.op("Relu", graph.op("Add", total, graph.constant(bias)))
    out = _group_norm_of_vector(graph, weights, hidden, width, heads)
    return graph.model(out, ["pixels", width], "Features of all dates to one vector a pixel.")


def decoder(weights: Arrays, config: NetworkConfig) -> onnx.ModelProto:
    """``embedding [H, W, C]`` to ``logits [1, classes, H, W]``; H and W multiples of 8, from 16."""
    graph = Graph("decoder")
    width, groups = config.encoder_widths[0], config.encoder_groups
    embedding = graph.input("embedding", ["rows", "columns", width])
    channels_first = graph.op("Transpose", embedding, perm=[2, 0, 1])
    maps = [graph.op("Unsqueeze", channels_first, graph.sizes(0))]
    for level in range(config.levels - 1):
        block = f"down_blocks.{level}"
        halved = conv_group_norm(graph, weights, maps[-1], f"{block}.down.conv", 0, groups)
        body = conv_group_norm(graph, weights, halved, f"{block}.conv1.conv", 0, groups)
        more = conv_group_norm(graph, weights, body, f"{block}.conv2.conv", 0, groups)
        maps.append(graph.op("Add", body, more))
    x = maps.pop()
    for step, skip in enumerate(reversed(maps)):
        block = f"up_blocks.{step}"
        doubled = transposed_batch_norm(graph, weights, x, f"{block}.up.0", f"{block}.up.1")
        beside = _conv_pair(graph, weights, skip, f"{block}.skip_conv", 0)
        body = graph.op("Concat", doubled, beside, axis=1)
        body = _conv_pair(graph, weights, body, f"{block}.conv1.conv", 0)
        x = graph.op("Add", body, _conv_pair(graph, weights, body, f"{block}.conv2.conv", 0))
    x = _conv_pair(graph, weights, x, "out_conv.conv.conv", 0)
    x = _conv_pair(graph, weights, x, "out_conv.conv.conv", 3)
    out = graph.op("Identity", x, output="logits")
    shape: Shape = [1, config.classes, "rows", "columns"]
    return graph.model(out, shape, "One vector a pixel to class scores.")


def _conv_pair(graph: Graph, weights: Arrays, x: str, layer: str, index: int) -> str:
    return conv_batch_norm(graph, weights, x, f"{layer}.{index}", f"{layer}.{index + 1}")


def _encode_days(graph: Graph, days: str, config: NetworkConfig) -> str:
    """Sines at even, cosines at odd places: ``[T, model_width / heads]``."""
    width = config.model_width // config.heads
    divisors = config.encoding_period ** (2.0 * np.arange(width // 2) / width)
    column = graph.op("Unsqueeze", days, graph.sizes(1))
    angle = graph.op("Unsqueeze", graph.op("Div", column, graph.constant(divisors)), graph.sizes(2))
    waves = graph.op("Concat", graph.op("Sin", angle), graph.op("Cos", angle), axis=2)
    return graph.op("Reshape", waves, graph.sizes(-1, width))


def _normalise_over_dates(
    graph: Graph, weights: Arrays, x: str, width: int, heads: int
) -> tuple[str, str]:
    """GroupNorm over (dates, channels of a group) of ``x [P, T, C]``: scaled x, and the shift.

    Group sums and their spreading back to channels are products with constant 0/1 matrices:
    broadcasting over a last axis of 4 is the slow path of the WASM kernels.
    """
    spread = np.kron(np.eye(heads), np.ones((1, width // heads)))
    average = graph.constant(spread.T / (width // heads))
    mean = graph.op("MatMul", _mean_over_dates(graph, x), average)
    square = graph.op("MatMul", _mean_over_dates(graph, graph.op("Mul", x, x)), average)
    variance = graph.op("Sub", square, graph.op("Mul", mean, mean))
    # Rounding may leave a variance a hair below 0.
    safe = graph.op("Add", graph.op("Relu", variance), graph.constant(EPSILON))
    rstd = graph.op("Reciprocal", graph.op("Sqrt", safe))
    gamma = graph.constant(spread * weights["temporal_encoder.in_norm.weight"])
    scale = graph.op("MatMul", rstd, gamma)
    centre = graph.op("Mul", graph.op("MatMul", mean, graph.constant(spread)), scale)
    shift = graph.op("Sub", graph.constant(weights["temporal_encoder.in_norm.bias"]), centre)
    return graph.op("Mul", x, graph.op("Unsqueeze", scale, graph.sizes(1))), shift


def _mean_over_dates(graph: Graph, x: str) -> str:
    return graph.op("ReduceMean", x, axes=[1], keepdims=0)


def _project(
    graph: Graph, x: str, matrix: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> str:
    """``[P, heads, n]`` with heads and n flattened, times ``matrix [heads * n, out]``."""
    flat = graph.op("Reshape", x, graph.sizes(-1, matrix.shape[0]))
    return graph.op("MatMul", flat, graph.constant(matrix))


def _group_norm_of_vector(graph: Graph, weights: Arrays, x: str, width: int, groups: int) -> str:
    """GroupNorm of single vectors ``[P, C]``, centred first: a group may be nearly constant."""
    size = width // groups
    average = graph.constant(np.kron(np.eye(groups), np.ones((size, size))) / size)
    centred = graph.op("Sub", x, graph.op("MatMul", x, average))
    variance = graph.op("MatMul", graph.op("Mul", centred, centred), average)
    deviation = graph.op("Sqrt", graph.op("Add", variance, graph.constant(EPSILON)))
    gamma = graph.constant(weights["temporal_encoder.out_norm.weight"])
    beta = graph.constant(weights["temporal_encoder.out_norm.bias"])
    scaled = graph.op("Mul", graph.op("Div", centred, deviation), gamma)
    return graph.op("Add", scaled, beta, output="embedding")
