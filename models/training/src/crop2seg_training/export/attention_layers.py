"""The folded temporal attention as graph operators.

The algebra is that of ``networks.attention``; on top of it the widening to values, the linear layer
and its BatchNorm become one matrix of heads x C rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crop2seg_training.export.graph import Graph
from crop2seg_training.export.layers import EPSILON, Array64, Arrays, batch_norm_factors
from crop2seg_training.networks import NetworkConfig
from crop2seg_training.networks.attention import MASKED_SCORE

_PREFIX = "temporal_encoder"


@dataclass(frozen=True)
class Attended:
    """Names of what the attention has found."""

    scaled: str
    """Normalised features ``[P, T, C]`` without their shift."""
    shift: str
    """``[P, C]``, constant over the dates."""
    encoding: str
    """``[T, model_width / heads]``."""
    share: str
    """Weights of the dates, ``[P, heads, T]``."""


@dataclass(frozen=True)
class _ValidDates:
    """Names of what ``valid [T, P]`` says of the dates of a pixel; all count where none does."""

    share: str
    """Share of the dates that count, ``[P, 1]``."""
    penalty: str
    """Added to scores ``[P, heads, T]``: 0, or so little that the weight becomes 0."""


def _valid_dates(graph: Graph, valid: str) -> _ValidDates:
    one = graph.constant(1.0)
    none = graph.op("Sub", one, graph.op("ReduceMax", valid, axes=[0], keepdims=0))
    by_pixel = graph.op("Transpose", graph.op("Max", valid, none), perm=[1, 0])
    share = graph.op("ReduceMean", by_pixel, axes=[1], keepdims=1)
    left_out = graph.op("Mul", graph.op("Sub", by_pixel, one), graph.constant(-MASKED_SCORE))
    return _ValidDates(share, graph.op("Unsqueeze", left_out, graph.sizes(1)))


def attend(
    graph: Graph,
    weights: Arrays,
    features: str,
    days: str,
    config: NetworkConfig,
    valid: str | None = None,
) -> Attended:
    """Weights of ``features [T, P, C]`` at ``days [T]``; 0 where ``valid [T, P]`` is."""
    heads = config.heads
    known = None if valid is None else _valid_dates(graph, valid)
    width = weights[f"{_PREFIX}.in_norm.weight"].shape[0]
    encoding = _encode_days(graph, days, config)
    by_pixel = graph.op("Transpose", features, perm=[1, 0, 2])
    scaled, shift = _normalise_over_dates(graph, weights, by_pixel, width, heads, known)
    keys = weights[f"{_PREFIX}.attention_head.fc1_k.weight"].astype(np.float64)
    keys = keys.reshape(heads, config.key_width, -1)
    query = weights[f"{_PREFIX}.attention_head.Q"].astype(np.float64) / np.sqrt(config.key_width)
    folded = np.einsum("hqk,hkm->hqm", query, keys).reshape(heads * config.num_queries, -1)
    of_features = graph.constant((folded @ _widening(weights)).T)
    # The encoding is the same for every head's slice, so the slices of the row add up.
    of_encoding = graph.constant(folded.reshape(len(folded), heads, -1).sum(1).T)
    scores = graph.op(
        "Add", graph.op("MatMul", scaled, of_features), graph.op("MatMul", encoding, of_encoding)
    )
    by_head = graph.op("Transpose", scores, perm=[0, 2, 1])
    if known is not None:
        by_head = graph.op("Add", by_head, known.penalty)
    share = graph.op("Softmax", by_head, axis=2)
    if config.num_queries > 1:
        # 0 keeps a size: [P, heads * queries, T] to [P, heads, queries, T].
        by_query = graph.op("Reshape", share, graph.sizes(0, heads, config.num_queries, -1))
        share = graph.op("ReduceMean", by_query, axes=[2], keepdims=0)
    return Attended(scaled, shift, encoding, share)


def embed(graph: Graph, weights: Arrays, found: Attended, config: NetworkConfig) -> str:
    """The output ``embedding [P, C_out]`` of what was attended to."""
    heads, widen = config.heads, _widening(weights)
    scale, offset = batch_norm_factors(weights, f"{_PREFIX}.mlp.2")
    linear = weights[f"{_PREFIX}.mlp.0.weight"].astype(np.float64) * scale[:, None]
    bias = weights[f"{_PREFIX}.mlp.0.bias"] * scale + offset
    bias = bias + linear @ weights[f"{_PREFIX}.inconv.bias"]
    out = linear.shape[0]
    by_head = linear.reshape(out, heads, -1), widen.reshape(heads, -1, widen.shape[1])
    joined = np.einsum("ohm,hmc->hco", *by_head)  # [heads, C, out]
    summed = graph.op("MatMul", found.share, found.scaled)
    of_values = _project(graph, summed, joined.reshape(-1, out))
    of_place = _project(graph, graph.op("MatMul", found.share, found.encoding), linear.T)
    of_shift = graph.op("MatMul", found.shift, graph.constant(joined.sum(0)))
    total = graph.op("Add", graph.op("Add", of_values, of_place), of_shift)
    hidden = graph.op("Relu", graph.op("Add", total, graph.constant(bias)))
    return _group_norm_of_vector(graph, weights, hidden, out, heads)


def _widening(weights: Arrays) -> Array64:
    """The matrix ``[model_width, C]`` that makes values of features."""
    return weights[f"{_PREFIX}.inconv.weight"].astype(np.float64)[:, :, 0]


def _encode_days(graph: Graph, days: str, config: NetworkConfig) -> str:
    """Sines at even, cosines at odd places: ``[T, model_width / heads]``."""
    width = config.model_width // config.heads
    divisors = config.encoding_period ** (2.0 * np.arange(width // 2) / width)
    column = graph.op("Unsqueeze", days, graph.sizes(1))
    angle = graph.op("Unsqueeze", graph.op("Div", column, graph.constant(divisors)), graph.sizes(2))
    waves = graph.op("Concat", graph.op("Sin", angle), graph.op("Cos", angle), axis=2)
    return graph.op("Reshape", waves, graph.sizes(-1, width))


def _normalise_over_dates(
    graph: Graph, weights: Arrays, x: str, width: int, heads: int, known: _ValidDates | None
) -> tuple[str, str]:
    """GroupNorm over (dates, channels of a group) of ``x [P, T, C]``: scaled x, and the shift.

    Group sums and their spreading back to channels are products with constant 0/1 matrices:
    broadcasting over a last axis of 4 is the slow path of the WASM kernels.
    """
    spread = np.kron(np.eye(heads), np.ones((1, width // heads)))
    average = graph.constant(spread.T / (width // heads))
    mean = graph.op("MatMul", _mean_over_dates(graph, x, known), average)
    square = graph.op("MatMul", _mean_over_dates(graph, graph.op("Mul", x, x), known), average)
    variance = graph.op("Sub", square, graph.op("Mul", mean, mean))
    # Rounding may leave a variance a hair below 0.
    safe = graph.op("Add", graph.op("Relu", variance), graph.constant(EPSILON))
    rstd = graph.op("Reciprocal", graph.op("Sqrt", safe))
    gamma = graph.constant(spread * weights[f"{_PREFIX}.in_norm.weight"])
    scale = graph.op("MatMul", rstd, gamma)
    centre = graph.op("Mul", graph.op("MatMul", mean, graph.constant(spread)), scale)
    shift = graph.op("Sub", graph.constant(weights[f"{_PREFIX}.in_norm.bias"]), centre)
    return graph.op("Mul", x, graph.op("Unsqueeze", scale, graph.sizes(1))), shift


def _mean_over_dates(graph: Graph, x: str, known: _ValidDates | None) -> str:
    mean = graph.op("ReduceMean", x, axes=[1], keepdims=0)
    return mean if known is None else graph.op("Div", mean, known.share)


def _project(graph: Graph, x: str, matrix: Array64) -> str:
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
    gamma = graph.constant(weights[f"{_PREFIX}.out_norm.weight"])
    beta = graph.constant(weights[f"{_PREFIX}.out_norm.bias"])
    scaled = graph.op("Mul", graph.op("Div", centred, deviation), gamma)
    return graph.op("Add", scaled, beta, output="embedding")
