"""The reproducible weights and inputs behind the golden arrays (specification, section 2.9)."""

from __future__ import annotations

import math
import zlib

import numpy as np
import numpy.typing as npt

GOLDEN_DAYS = (10, 45, 97, 160, 228, 300)
PADDED_DATES = (4, 5)


def uniform(name: str, count: int) -> npt.NDArray[np.float64]:
    """``count`` numbers in [0, 1): the murmur3 finaliser of a counter seeded by the CRC-32."""
    h = np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B1)
    h = (h + np.uint64(zlib.crc32(name.encode()))).astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 2.0**32


def weight(name: str, shape: tuple[int, ...]) -> npt.NDArray[np.generic]:
    """The recipe's value of one state-dict tensor."""
    if name.endswith("num_batches_tracked"):
        return np.zeros(shape, np.int64)
    v = 2.0 * uniform(name, math.prod(shape)) - 1.0
    if name.endswith("running_mean"):
        value = 0.2 * v
    elif name.endswith("running_var"):
        value = 1.0 + 0.3 * v
    elif name.endswith(".Q"):
        value = 1.2 * v
    elif name == "out_conv.conv.conv.4.bias":
        value = 2.0 + 0.5 * v
    elif name.endswith(".bias"):
        value = 0.1 * v
    elif len(shape) == 1:
        value = 1.0 + 0.2 * v
    else:
        value = v * math.sqrt(6.0 / math.prod(shape[1:]))
    return value.reshape(shape).astype(np.float32)


def series(batch: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Input ``[batch, 6, 10, 32, 32]`` and days; the second sample ends in two padding dates."""
    shape = (batch, len(GOLDEN_DAYS), 10, 32, 32)
    x = (4.0 * uniform("input", math.prod(shape)) - 2.0).reshape(shape).astype(np.float32)
    days = np.tile(np.array(GOLDEN_DAYS, np.float32), (batch, 1))
    if batch > 1:
        x[1, PADDED_DATES, ...] = 0.0
        days[1, PADDED_DATES] = 0.0
    return x, days
