"""Convolutional recurrent cells, and a walk over the dates of a series."""

from __future__ import annotations

import torch
from torch import Tensor, nn

KERNEL = 3


class LstmCell(nn.Module):
    """ConvLSTM (Shi et al., 2015) without peepholes."""

    def __init__(self, d_in: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.conv = nn.Conv2d(d_in + width, 4 * width, KERNEL, padding=KERNEL // 2)

    def start(self, x: Tensor) -> tuple[Tensor, ...]:
        """State before the first date of ``x [B, T, C, H, W]``: output and cell."""
        zero = x.new_zeros((x.shape[0], self.width, *x.shape[-2:]))
        return zero, zero

    def forward(self, x: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        hidden, cell = state
        gates = self.conv(torch.cat([x, hidden], dim=1)).chunk(4, dim=1)
        taken, kept, shown = (torch.sigmoid(gate) for gate in gates[:3])
        cell = kept * cell + taken * torch.tanh(gates[3])
        return shown * torch.tanh(cell), cell


class GruCell(nn.Module):
    """ConvGRU (Ballas et al., 2016)."""

    def __init__(self, d_in: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.conv_gates = nn.Conv2d(d_in + width, 2 * width, KERNEL, padding=KERNEL // 2)
        self.conv_can = nn.Conv2d(d_in + width, width, KERNEL, padding=KERNEL // 2)

    def start(self, x: Tensor) -> tuple[Tensor, ...]:
        """State before the first date of ``x [B, T, C, H, W]``."""
        return (x.new_zeros((x.shape[0], self.width, *x.shape[-2:])),)

    def forward(self, x: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        (hidden,) = state
        gates = torch.sigmoid(self.conv_gates(torch.cat([x, hidden], dim=1)))
        reset, update = gates.chunk(2, dim=1)
        candidate = torch.tanh(self.conv_can(torch.cat([x, reset * hidden], dim=1)))
        return ((1 - update) * hidden + update * candidate,)


class RecurrentEncoder(nn.Module):
    """One cell walked over the dates; padding dates leave the state as it is."""

    def __init__(self, cell: LstmCell | GruCell) -> None:
        super().__init__()
        self.cell_list = nn.ModuleList([cell])

    def forward(self, x: Tensor, padding: Tensor | None) -> Tensor:
        """Last state ``[B, width, H, W]`` of ``x [B, T, C, H, W]``.

        Of an LSTM that is the cell, of a GRU its output.
        """
        (cell,) = self.cell_list
        state = cell.start(x)
        for date in range(x.shape[1]):
            after = cell(x[:, date], state)
            if padding is not None:
                skipped = padding[:, date, None, None, None]
                after = tuple(torch.where(skipped, old, new) for old, new in zip(state, after))
            state = after
        last: Tensor = state[-1]
        return last
