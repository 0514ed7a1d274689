"""L-TAE in the order in which the predecessor computes it, to compare rounding, not to run fast.

Mathematically this is :class:`TemporalAttention`, with the same parameters. In float32 the order of
the operations shows: the normalisation behind the attention enlarges rounding up to 300-fold.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from crop2seg_training.networks.attention import (
    HALF,
    MASKED_SCORE,
    TemporalAttention,
    attended,
)
from crop2seg_training.networks.masked import masked_norm


class DirectTemporalAttention(TemporalAttention):
    """L-TAE with keys and values of every date: needs ``dates x model_width`` numbers a pixel."""

    def weights(
        self,
        x: Tensor,
        days: Tensor,
        padding: Tensor | None,
        valid: Tensor | None = None,
        scale: Tensor | None = None,
    ) -> Tensor:
        """See the folded form; ``scale`` is of no use here."""
        if valid is not None:
            valid = attended(valid)
        return self._by_date(self._attend(self._widen(x, days, valid), padding, valid), x)

    def forward(
        self, x: Tensor, days: Tensor, padding: Tensor | None, valid: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """See the folded form."""
        batch, _, pixels, _ = x.shape
        if valid is not None:
            valid = attended(valid)
        wide = self._widen(x, days, valid)
        attention = self._attend(wide, padding, valid)
        heads = self.config.heads
        values = torch.stack(wide.chunk(heads, dim=-1))
        summed = torch.matmul(attention.unsqueeze(2), values).squeeze(2)
        joined = summed.transpose(0, 1).reshape(batch * pixels, -1)
        out: Tensor = self.out_norm(self.mlp(joined))
        return out.view(batch, pixels, -1), self._by_date(attention, x)

    def _widen(self, x: Tensor, days: Tensor, valid: Tensor | None) -> Tensor:
        """Values with the date in them, ``[B * P, T, model_width]``, of ``x [B, T, P, C]``."""
        batch, dates, pixels, width = x.shape
        sequences = x.transpose(1, 2).reshape(batch * pixels, dates, width).transpose(1, 2)
        if valid is None:
            normed = self.in_norm(sequences)
        else:
            seen = valid.transpose(1, 2).reshape(batch * pixels, 1, dates, 1)
            normed = masked_norm(self.in_norm, sequences.unsqueeze(-1), seen).squeeze(-1)
        wide: Tensor = self.inconv(normed).transpose(1, 2)
        encoding = self.encoding(days)
        encoding = encoding.repeat(1, 1, wide.shape[-1] // encoding.shape[-1])
        return wide + encoding.repeat_interleave(pixels, 0)

    def _attend(self, wide: Tensor, padding: Tensor | None, valid: Tensor | None) -> Tensor:
        """Attention ``[heads, B * P, T]`` of the values of :meth:`_widen`."""
        heads, key_width = self.config.heads, self.config.key_width
        keys = self.attention_head.fc1_k(wide).unflatten(-1, (heads, key_width)).permute(2, 0, 3, 1)
        query = self.attention_head.Q.unsqueeze(1)
        scores = torch.matmul(query, keys) / math.sqrt(key_width)
        if padding is not None:
            pixels = wide.shape[0] // padding.shape[0]
            masked = padding.repeat_interleave(pixels, 0).unsqueeze(1)
            scores = scores.masked_fill(masked, MASKED_SCORE)
        if valid is not None:
            unseen = valid.transpose(1, 2).flatten(0, 1).unsqueeze(1) < HALF
            scores = scores.masked_fill(unseen, MASKED_SCORE)
        attention: Tensor = self.dropout(torch.softmax(scores, dim=-1).mean(2))
        return attention

    def _by_date(self, attention: Tensor, x: Tensor) -> Tensor:
        """``[heads, B * P, T]`` to ``[B, T, P, heads]``."""
        return attention.unflatten(1, (x.shape[0], x.shape[2])).permute(1, 3, 2, 0)
