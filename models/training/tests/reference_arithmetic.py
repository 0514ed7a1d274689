"""The float32 arithmetic behind the golden arrays, spelled out so that any PyTorch repeats it.

The arrays come from PyTorch 1.13.1 with AVX2, oneDNN's AVX-512 convolutions and OpenBLAS's Haswell
matrix product. Other libraries add up in another order, and a norm of Time-Unet enlarges what that
changes to 3e-4. Here every sum up to that norm is taken in the order of those kernels, found by
comparing with their results bit by bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

CHANNEL_BLOCK = 16
"""Channels that oneDNN adds up in registers (one AVX-512 register) before it adds to memory."""
BATCH_ROWS = 4
"""Rows of a small product that OpenBLAS takes at once; what is left over goes one by one."""
LANES = 8
"""Floats in an AVX2 register: PyTorch's moments are taken in so many interleaved parts."""
CHUNK = 16
"""Registers that PyTorch's moments take in a row before they are joined pairwise."""

Moments = tuple[int, Tensor, Tensor]
"""Count, mean and sum of squared deviations, the tensors of any one shape."""


class RunningSum:
    """Float32 sums of products where ``a * b + sum`` is rounded once (fused multiply-add).

    A product of two float32 is exact in float64, so the sum is kept there and rounded after each
    step.
    """

    def __init__(self, start: Tensor) -> None:
        self._sum = start.double().contiguous()

    def add(self, a: Tensor, b: Tensor) -> None:
        """Add ``a * b``, float64 tensors that broadcast to the sum's shape."""
        self._sum.addcmul_(a, b)
        self._sum.copy_(self._sum.float())

    def value(self) -> Tensor:
        """The sums so far."""
        return self._sum.float()


def product(a: Tensor, b: Tensor) -> Tensor:
    """``a [..., M, K]`` times the transposed ``b [N, K]``, K in turn into one sum."""
    total = RunningSum(a.new_zeros((*a.shape[:-1], b.shape[0])))
    a, b = a.double(), b.double()
    for k in range(a.shape[-1]):
        total.add(a[..., k, None], b[:, k])
    return total.value()


def paired_product(a: Tensor, b: Tensor) -> Tensor:
    """As :func:`product`, with one sum for the even and one for the odd places of K."""
    return product(a[..., ::2], b[:, ::2]) + product(a[..., 1::2], b[:, 1::2])


def linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Linear layer on one matrix, or on a batch of small ones ``[B, T, K]``."""
    if x.ndim == 2:
        return product(x, weight) + bias
    whole = x.shape[-2] // BATCH_ROWS * BATCH_ROWS
    parts = paired_product(x[..., :whole, :], weight), product(x[..., whole:, :], weight)
    return torch.cat(parts, dim=-2) + bias


def conv1d(x: Tensor, weight: Tensor, bias: Tensor, *_: object) -> Tensor:
    """1 x 1 convolution of ``x [B, C, T]``; the sums start from the bias."""
    total = RunningSum(bias[:, None].expand(x.shape[0], -1, x.shape[-1]))
    x, weight = x.double(), weight.double()
    for k in range(x.shape[1]):
        total.add(x[:, k, None], weight[:, k])
    return total.value()


def conv2d(
    x: Tensor, weight: Tensor, bias: Tensor, stride: tuple[int, int], *others: Any
) -> Tensor:
    """3 x 3 convolution of a padded ``x``: block by block of channels, onto the bias.

    Others, which lie behind the norm that enlarges rounding, are left to the library.
    """
    if weight.shape[-1] != 3 or stride != (1, 1):
        return functional.conv2d(x, weight, bias, stride, *others)
    rows, columns = x.shape[-2] - 2, x.shape[-1] - 2
    out = bias[:, None, None]
    x, weight = x.double(), weight.double()
    for start in range(0, x.shape[1], CHANNEL_BLOCK):
        total = RunningSum(out.new_zeros((x.shape[0], weight.shape[0], rows, columns)))
        for i in range(3):
            for j in range(3):
                seen = x[:, start : start + CHANNEL_BLOCK, i : i + rows, j : j + columns]
                for k in range(seen.shape[1]):
                    total.add(seen[:, k, None], weight[:, start + k, i, j, None, None])
        out = out + total.value()
    return out


def joined(part: Moments, whole: Moments) -> Moments:
    """Moments of two parts together."""
    count = part[0] + whole[0]
    share = torch.tensor(part[0] / count, dtype=torch.float32)
    delta = part[1] - whole[1]
    squares = part[2] + delta * delta * share * whole[0]
    return count, whole[1] + share * delta, whole[2] + squares


def moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance ``[R]`` of the rows of ``x [R, N]`` by Welford's method."""
    registers = x.shape[1] // LANES
    body = x[:, : registers * LANES].unflatten(1, (registers, LANES)) if registers else x[:, :0]
    empty = 0, x.new_zeros((x.shape[0], LANES)), x.new_zeros((x.shape[0], LANES))
    chunks = math.ceil(registers / CHUNK)
    stack = [empty] * max(math.ceil(math.log2(max(chunks, 1))), 1)
    for chunk in range(chunks):
        part = body[:, chunk * CHUNK : (chunk + 1) * CHUNK]
        mean, squares = empty[1], empty[2]
        for j in range(part.shape[1]):
            delta = part[:, j] - mean
            mean = mean + delta * torch.tensor(1 / (j + 1), dtype=torch.float32)
            squares = squares + delta * (part[:, j] - mean)
        stack[0] = joined((part.shape[1], mean, squares), stack[0])
        level, passed = 1, chunk + 1
        while level < len(stack) and passed % 2 == 0:
            stack[level], stack[level - 1] = joined(stack[level - 1], stack[level]), empty
            level, passed = level + 1, passed // 2
    for part in stack[1:]:
        stack[0] = joined(part, stack[0]) if part[0] else stack[0]
    total: Moments = 0, x.new_zeros(x.shape[0]), x.new_zeros(x.shape[0])
    for i in range(registers * LANES, x.shape[1]):
        delta = x[:, i] - total[1]
        mean = total[1] + delta / (total[0] + 1)
        total = total[0] + 1, mean, total[2] + delta * (x[:, i] - mean)
    for lane in range(LANES if registers else 0):
        total = joined((stack[0][0], stack[0][1][:, lane], stack[0][2][:, lane]), total)
    return total[1], total[2] / x.shape[1]


def group_norm(x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """GroupNorm as ``x * scale + shift``, rounded once."""
    mean, variance = moments(x.reshape(x.shape[0] * groups, -1))
    # Libraries' float32 square roots may be a digit off; by way of float64 they are exact.
    rstd = 1.0 / torch.sqrt((variance + eps).double()).float()
    scale = rstd.view(-1, groups, 1) * weight.view(groups, -1)
    shift = -scale * mean.view(-1, groups, 1) + bias.view(groups, -1)
    shape = (*x.shape[:2], *[1] * (x.ndim - 2))
    total = RunningSum(shift.reshape(shape).expand(x.shape))
    total.add(x.double(), scale.reshape(shape).double())
    return total.value()


_IN_REFERENCE_ORDER: dict[Callable[..., Any], Callable[..., Tensor]] = {
    functional.linear: linear,
    functional.conv1d: conv1d,
    functional.conv2d: conv2d,
    functional.group_norm: group_norm,
}


class ReferenceArithmetic(TorchFunctionMode):
    """Within this context the layers above are computed as described there."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        return _IN_REFERENCE_ORDER.get(func, func)(*args, **(kwargs or {}))
