"""The convolutional parts that the stages of the networks share, as graph operators."""

from __future__ import annotations

from collections.abc import Sequence

from crop2seg_training.export.graph import Graph
from crop2seg_training.export.layers import (
    Arrays,
    ValidPixels,
    coarser,
    conv_batch_norm,
    conv_group_norm,
    transposed_batch_norm,
    valid_pixels,
)
from crop2seg_training.networks import NetworkConfig
from crop2seg_training.networks.aggregate import LEAST_WEIGHT

LAYERS_OF_A_CONVOLUTION = 3
"""Convolution, norm, ReLU: places in the state dict from one convolution to the next."""


def in_conv(
    graph: Graph,
    weights: Arrays,
    x: str,
    config: NetworkConfig,
    valid: ValidPixels | None = None,
) -> str:
    """Bands of one date ``[1, bands, H, W]`` to features at full resolution.

    With ``valid`` the bands must be 0 where they are not.
    """
    layer, groups = "in_conv.conv.conv", config.encoder_groups
    for index in (0, 3):
        x = conv_group_norm(graph, weights, x, layer, index, groups, valid)
    return _squeezed(graph, weights, x, f"{layer}.6.sae", valid)


def down_path(
    graph: Graph,
    weights: Arrays,
    full: str,
    blocks: str,
    config: NetworkConfig,
    valid: str | None = None,
) -> list[str]:
    """Maps of all levels, the full-resolution one first, through the down blocks ``blocks``.

    ``valid`` is the validity at full resolution, of the maps of one date.
    """
    maps, groups, seen = [full], config.encoder_groups, None
    for level in range(config.levels - 1):
        block = f"{blocks}.{level}"
        if valid is not None:
            valid = coarser(graph, valid)
            seen = valid_pixels(graph, valid)
        halved = conv_group_norm(graph, weights, maps[-1], f"{block}.down.conv", 0, groups, seen)
        body = conv_group_norm(graph, weights, halved, f"{block}.conv1.conv", 0, groups, seen)
        more = conv_group_norm(graph, weights, body, f"{block}.conv2.conv", 0, groups, seen)
        both = graph.op("Add", body, more)
        maps.append(_squeezed(graph, weights, both, f"{block}.sae.sae", seen))
    return maps


def up_path(
    graph: Graph, weights: Arrays, deepest: str, skips: Sequence[str], config: NetworkConfig
) -> str:
    """Logits from the coarsest map; ``skips`` run from full resolution downwards."""
    x = deepest
    for step, skip in enumerate(reversed(skips)):
        block = f"up_blocks.{step}"
        doubled = transposed_batch_norm(graph, weights, x, f"{block}.up.0", f"{block}.up.1")
        beside = _conv_pair(graph, weights, skip, f"{block}.skip_conv", 0)
        body = graph.op("Concat", doubled, beside, axis=1)
        body = _conv_pair(graph, weights, body, f"{block}.conv1.conv", 0)
        x = graph.op("Add", body, _conv_pair(graph, weights, body, f"{block}.conv2.conv", 0))
    for place in range(len(config.head_widths)):
        x = _conv_pair(graph, weights, x, "out_conv.conv.conv", LAYERS_OF_A_CONVOLUTION * place)
    return x


def channels_first(graph: Graph, x: str) -> str:
    """``[H, W, C]`` to ``[1, C, H, W]``."""
    return graph.op("Unsqueeze", graph.op("Transpose", x, perm=[2, 0, 1]), graph.sizes(0))


def pixels_of(graph: Graph, x: str, width: int, output: str) -> str:
    """``[1, C, H, W]`` to ``output [H * W, C]``, row by row."""
    last = graph.op("Transpose", x, perm=[0, 2, 3, 1])
    return graph.op("Reshape", last, graph.sizes(-1, width), output=output)


def _conv_pair(graph: Graph, weights: Arrays, x: str, layer: str, index: int) -> str:
    return conv_batch_norm(graph, weights, x, f"{layer}.{index}", f"{layer}.{index + 1}")


def divided(graph: Graph, total: str, weights: str, heads: int) -> str:
    """Sums of maps ``[1, C, H, W]`` divided by those of their heads' weights ``[1, heads, H, W]``.

    Where the weights are next to nothing, the sum stays as it is.
    """
    small = graph.op("Less", weights, graph.constant(LEAST_WEIGHT))
    by = graph.op("Where", small, graph.constant(1.0), weights)
    shape = graph.op("Concat", graph.sizes(heads, -1), graph.op("Shape", total, start=2), axis=0)
    by_head = graph.op("Reshape", total, shape)
    shares = graph.op("Div", by_head, graph.op("Transpose", by, perm=[1, 0, 2, 3]))
    return graph.op("Reshape", shares, graph.op("Shape", total))


def _squeezed(graph: Graph, weights: Arrays, x: str, layer: str, valid: ValidPixels | None) -> str:
    """Squeeze and excitation ``layer`` of ``x [1, C, H, W]``, where the network has it."""
    if f"{layer}.1.weight" not in weights:
        return x
    mean = graph.op("ReduceMean", x, axes=[2, 3], keepdims=0)
    if valid is not None:
        mean = graph.op("Div", mean, valid.share)
    narrow = graph.op("MatMul", mean, graph.constant(weights[f"{layer}.1.weight"].T))
    wide = graph.constant(weights[f"{layer}.3.weight"].T)
    share = graph.op("Sigmoid", graph.op("MatMul", graph.op("Relu", narrow), wide))
    return graph.op("Mul", x, graph.op("Unsqueeze", share, graph.sizes(2, 3)))
