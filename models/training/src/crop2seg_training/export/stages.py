"""Each network as ONNX graphs with dynamic sizes, cut where a season need not be whole.

``encoder`` sees one date, ``attention`` the coarse or full features of all dates, ``decoder`` one
map. Where features of finer levels are added up over the dates (W-TAE, U-TAE), ``aggregate`` does
so one date at a time, so that memory does not grow with the season. Names and shapes are the
contract with ``src/segment``; the package's README lists them.
"""

from __future__ import annotations

from collections.abc import Callable

import onnx

from crop2seg_training.data import BANDS
from crop2seg_training.export.attention_layers import attend, embed
from crop2seg_training.export.graph import Graph, Shape
from crop2seg_training.export.image_layers import (
    channels_first,
    divided,
    down_path,
    in_conv,
    pixels_of,
    up_path,
)
from crop2seg_training.export.layers import Arrays, coarser, valid_pixels
from crop2seg_training.networks import NetworkConfig

Builder = Callable[[Arrays, NetworkConfig, bool], onnx.ModelProto]
"""Of weights, sizes, and whether the stage leaves out invalid pixels."""


def _full_map(
    graph: Graph, weights: Arrays, config: NetworkConfig, masks: bool
) -> tuple[str, str | None]:
    """Full-resolution features of the input ``pixels``; and the input ``valid``, where it masks."""
    pixels = graph.input("pixels", [1, config.bands, "rows", "columns"])
    if not masks:
        return in_conv(graph, weights, pixels, config), None
    valid = graph.input("valid", [1, 1, "rows", "columns"])
    kept = graph.op("Mul", pixels, valid)
    return in_conv(graph, weights, kept, config, valid_pixels(graph, valid)), valid


def _map_shape(config: NetworkConfig, level: int) -> Shape:
    """``[1, C, rows, columns]`` of a level; 0 is full resolution."""
    return [1, config.encoder_widths[level], f"rows{level}", f"columns{level}"]


def _weights_shape(config: NetworkConfig, level: int) -> Shape:
    """``[1, heads, rows, columns]`` of a level."""
    return [1, config.heads, f"rows{level}", f"columns{level}"]


def _timeunet_encoder(weights: Arrays, config: NetworkConfig, masks: bool) -> onnx.ModelProto:
    graph, width = Graph("encoder"), config.encoder_widths[0]
    full, _ = _full_map(graph, weights, config, masks)
    out = pixels_of(graph, full, width, "features")
    return graph.model({out: ["pixels", width]}, "One date: normalised bands to features.")


def _wtae_encoder(weights: Arrays, config: NetworkConfig, masks: bool) -> onnx.ModelProto:
    graph, width = Graph("encoder"), config.encoder_widths[-1]
    full, valid = _full_map(graph, weights, config, masks)
    coarse = down_path(graph, weights, full, "spatial_reduction", config, valid)[-1]
    shapes: dict[str, Shape] = {
        pixels_of(graph, coarse, width, "features"): ["pixels", width],
        graph.op("Identity", full, output="skip0"): _map_shape(config, 0),
    }
    return graph.model(shapes, "One date: normalised bands to coarse features and a full map.")


def _utae_encoder(weights: Arrays, config: NetworkConfig, masks: bool) -> onnx.ModelProto:
    graph, width = Graph("encoder"), config.encoder_widths[-1]
    full, valid = _full_map(graph, weights, config, masks)
    *skips, coarse = down_path(graph, weights, full, "down_blocks", config, valid)
    shapes: dict[str, Shape] = {pixels_of(graph, coarse, width, "features"): ["pixels", width]}
    for level, skip in enumerate(skips):
        shapes[graph.op("Identity", skip, output=f"skip{level}")] = _map_shape(config, level)
    return graph.model(shapes, "One date: normalised bands to features of every level.")


def _attention(embedding: bool, maps: bool) -> Builder:
    """Of ``features [T, P, C]`` and ``days [T]``: one vector a pixel, weights of dates, or both.

    A stage that masks also reads ``valid [T, P]``, at the attended scale.
    """

    def build(weights: Arrays, config: NetworkConfig, masks: bool) -> onnx.ModelProto:
        graph = Graph("attention")
        width = weights["temporal_encoder.in_norm.weight"].shape[0]
        features = graph.input("features", ["dates", "pixels", width])
        days = graph.input("days", ["dates"])
        valid = graph.input("valid", ["dates", "pixels"]) if masks else None
        found = attend(graph, weights, features, days, config, valid)
        shapes: dict[str, Shape] = {}
        if embedding:
            out_width = weights["temporal_encoder.out_norm.weight"].shape[0]
            shapes[embed(graph, weights, found, config)] = ["pixels", out_width]
        if maps:
            by_date = graph.op("Transpose", found.share, perm=[2, 1, 0], output="weights")
            shapes[by_date] = ["dates", config.heads, "pixels"]
        return graph.model(shapes, "Features of all dates to what each pixel makes of them.")

    return build


def _aggregate(levels: int | None) -> Builder:
    """Adds one date: ``totalN = sumN + skipN * weights``, N from 0 below ``levels`` (None: all).

    A stage that masks reads the date's ``valid`` at full resolution, counts valid pixels alone and
    adds up their weights, too: ``weighttotalN = weightsumN + weights``.
    """

    def build(_: Arrays, config: NetworkConfig, masks: bool) -> onnx.ModelProto:
        graph, heads = Graph("aggregate"), config.heads
        weights = graph.input("weights", [1, heads, "coarse_rows", "coarse_columns"])
        valid = graph.input("valid", [1, 1, "rows", "columns"]) if masks else None
        shapes: dict[str, Shape] = {}
        for level in range(config.levels - 1 if levels is None else levels):
            shape = _map_shape(config, level)
            if valid is not None and level > 0:
                valid = coarser(graph, valid)
            skip, before = graph.input(f"skip{level}", shape), graph.input(f"sum{level}", shape)
            sizes = graph.op("Shape", skip, start=2)
            sizes = graph.op("Concat", graph.sizes(1, heads), sizes, axis=0)
            enlarged = graph.op(
                "Resize", weights, "", "", sizes,
                mode="linear", coordinate_transformation_mode="half_pixel",
            )  # fmt: skip
            if valid is not None:
                enlarged = graph.op("Mul", enlarged, valid)
            grouped = graph.op(
                "Concat", graph.sizes(heads, -1), graph.op("Shape", skip, start=2), axis=0
            )
            by_head = graph.op("Reshape", skip, grouped)
            weighed = graph.op("Mul", by_head, graph.op("Transpose", enlarged, perm=[1, 0, 2, 3]))
            added = graph.op("Reshape", weighed, graph.op("Shape", skip))
            shapes[graph.op("Add", before, added, output=f"total{level}")] = shape
            if valid is not None:
                of_weights = _weights_shape(config, level)
                carried = graph.input(f"weightsum{level}", of_weights)
                total = graph.op("Add", carried, enlarged, output=f"weighttotal{level}")
                shapes[total] = of_weights
        return graph.model(shapes, "One date's maps added with its attention weights.")

    return build


def _total(graph: Graph, config: NetworkConfig, level: int, masks: bool) -> str:
    """The input ``totalN`` of a level, divided by the input ``weighttotalN`` where dates mask."""
    total = graph.input(f"total{level}", _map_shape(config, level))
    if not masks:
        return total
    weights = graph.input(f"weighttotal{level}", _weights_shape(config, level))
    return divided(graph, total, weights, config.heads)


def _decode_embedding(weights: Arrays, config: NetworkConfig, _: bool) -> onnx.ModelProto:
    graph = Graph("decoder")
    embedding = graph.input("embedding", ["rows", "columns", config.encoder_widths[0]])
    *skips, deepest = down_path(
        graph, weights, channels_first(graph, embedding), "down_blocks", config
    )
    return _logits(graph, up_path(graph, weights, deepest, skips, config), config)


def _decode_full_map(weights: Arrays, config: NetworkConfig, masks: bool) -> onnx.ModelProto:
    graph = Graph("decoder")
    full = _total(graph, config, 0, masks)
    *skips, deepest = down_path(graph, weights, full, "down_blocks", config)
    return _logits(graph, up_path(graph, weights, deepest, skips, config), config)


def _decode_levels(weights: Arrays, config: NetworkConfig, masks: bool) -> onnx.ModelProto:
    graph = Graph("decoder")
    width = config.encoder_widths[-1]
    embedding = graph.input("embedding", ["coarse_rows", "coarse_columns", width])
    skips = [_total(graph, config, level, masks) for level in range(config.levels - 1)]
    deepest = channels_first(graph, embedding)
    return _logits(graph, up_path(graph, weights, deepest, skips, config), config)


def _logits(graph: Graph, scores: str, config: NetworkConfig) -> onnx.ModelProto:
    out = graph.op("Identity", scores, output="logits")
    shape: Shape = [1, config.classes, "rows", "columns"]
    return graph.model({out: shape}, "Maps of the season to class scores.")


_TIMEUNET: dict[str, Builder] = {
    "encoder": _timeunet_encoder,
    "attention": _attention(embedding=True, maps=False),
    "decoder": _decode_embedding,
}
STAGES: dict[str, dict[str, Builder]] = {
    "timeunet": _TIMEUNET,
    "timeunet-lite": _TIMEUNET,
    "wtae": {
        "encoder": _wtae_encoder,
        "attention": _attention(embedding=False, maps=True),
        "aggregate": _aggregate(1),
        "decoder": _decode_full_map,
    },
    "utae": {
        "encoder": _utae_encoder,
        "attention": _attention(embedding=True, maps=True),
        "aggregate": _aggregate(None),
        "decoder": _decode_levels,
    },
}
"""Stages of each network that can be exported, in the order in which they run."""

_EXPORTABLE_VALUES = {
    "bands": len(BANDS),
    "encoder_norm": "group",
    "padding_mode": "reflect",
    "agg_mode": "att_group",
    "str_conv_k": 4,
    "str_conv_s": 2,
    "str_conv_p": 1,
    "use_mbconv": False,
    "add_linear": False,
    "use_doy": False,
    "use_abs_rel_enc": False,
}


def require_exportable(name: str, config: NetworkConfig) -> None:
    """Raises ``ValueError`` for a network, or an option, that the stages do not know."""
    if name not in STAGES:
        raise ValueError(f"cannot export {name!r}; only {', '.join(STAGES)}")
    odd = [k for k, value in _EXPORTABLE_VALUES.items() if getattr(config, k) != value]
    if odd:
        found = ", ".join(f"{key} {getattr(config, key)!r}" for key in odd)
        raise ValueError(f"cannot export a network with {found}: the browser has no part for it")
