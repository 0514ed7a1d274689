"""Lightweight temporal attention (L-TAE) over the dates of each pixel, in folded form.

As usually written, every date's features are widened to 256 channels, from which keys and values
are taken. The query is a learned constant, so the same numbers come out of much less work:

* a head's score of a date is one dot product with the 64 normalised features, plus a term of the
  position encoding. Whatever is constant over the dates (biases, the group mean) cancels in the
  softmax.
* values: first add up the 64 features over dates with the head's weights, then widen the sum once.

That saves the ``dates x 256`` tensor and nine tenths of the multiplications, is differentiable, and
holds with dropout on the attention weights because their sum is carried along.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from crop2seg_training.networks.config import NetworkConfig
from crop2seg_training.networks.positional import PositionEncoder

MASKED_SCORE = -1e6
"""Score of a padding date: its weight becomes exactly 0 in float32."""
HALF = 0.5
"""Tells 0 from 1."""


class AttentionHead(nn.Module):
    """Holder of the learned queries ``Q [heads, queries, key]`` and the key projection."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.Q = nn.Parameter(torch.empty(config.heads, config.num_queries, config.key_width))
        self.fc1_k = nn.Linear(config.model_width, config.heads * config.key_width)
        nn.init.normal_(self.Q, std=math.sqrt(2.0 / config.key_width))
        nn.init.xavier_normal_(self.fc1_k.weight)


class TemporalAttention(nn.Module):
    """L-TAE. With ``out_width`` None it only yields attention weights (W-TAE)."""

    def __init__(self, in_width: int, out_width: int | None, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.inconv = nn.Conv1d(in_width, config.model_width, 1)
        self.positional_encoder = PositionEncoder(config, config.use_doy, config.add_linear)
        if config.use_abs_rel_enc:
            self.positional_encoder_abs = PositionEncoder(config, yearly=True, linear=False)
        self.attention_head = AttentionHead(config)
        self.in_norm = nn.GroupNorm(config.heads, in_width)
        self.dropout = nn.Dropout(config.attention_dropout)
        if out_width is not None:
            self.out_norm = nn.GroupNorm(config.heads, out_width)
            self.mlp = nn.Sequential(
                nn.Linear(config.model_width, out_width),
                nn.Identity(),  # the predecessor's reshape: keeps the norm's key `mlp.2`
                nn.BatchNorm1d(out_width),
                nn.ReLU(inplace=True),
                nn.Dropout(config.mlp_dropout),
            )

    def score_weights(self) -> tuple[Tensor, Tensor]:
        """Rows that give a query's score: of features ``[heads * queries, in]``, of encodings
        ``[heads * queries, d]``.
        """
        heads, key = self.config.heads, self.config.key_width
        keys = self.attention_head.fc1_k.weight.view(heads, key, -1)
        folded = torch.bmm(self.attention_head.Q / math.sqrt(key), keys).flatten(0, 1)
        of_features = folded @ self.inconv.weight.squeeze(-1)
        if self.config.add_linear:
            return of_features, folded
        # The encoding is the same for every head's slice, so the slices of the row add up.
        return of_features, folded.view(len(folded), heads, -1).sum(1)

    def weights(
        self,
        x: Tensor,
        days: Tensor,
        padding: Tensor | None,
        valid: Tensor | None = None,
        scale: Tensor | None = None,
    ) -> Tensor:
        """Attention weights ``[B, T, P, heads]`` of features ``x [B, T, P, C]``.

        ``valid`` as of :meth:`forward`; ``scale`` is the first answer of :meth:`scale_and_shift`,
        where the caller has it already.
        """
        if valid is not None:
            valid = attended(valid)
        if scale is None:
            scale, _ = self.scale_and_shift(x, valid)
        of_features, of_encoding = self.score_weights()
        # The norm's shift is constant over the dates; its scale moves into the rows of the score.
        rows = scale.unsqueeze(2) * of_features
        scores = torch.stack([_per_pixel(s, r.transpose(1, 2)) for s, r in zip(x, rows)])
        scores = scores + (self.encoding(days) @ of_encoding.t()).unsqueeze(2)
        if padding is not None:
            scores = scores.masked_fill(padding[:, :, None, None], MASKED_SCORE)
        if valid is not None:
            scores = scores.masked_fill(valid.unsqueeze(-1) < HALF, MASKED_SCORE)
        share = torch.softmax(scores, dim=1)
        if self.config.num_queries > 1:
            share = share.unflatten(-1, (self.config.heads, -1)).mean(-1)
        weights: Tensor = self.dropout(share)
        return weights

    def scale_and_shift(self, x: Tensor, valid: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """GroupNorm of ``x [B, T, P, C]`` over dates and a group as ``x * scale + shift``.

        Both are ``[B, P, C]``: constant over the dates, so nothing of the size of x is made. Dates
        that are not ``valid [B, T, P]`` must be 0; each pixel has at least one that is.
        """
        batch, dates, pixels, width = x.shape
        groups = self.in_norm.num_groups
        count: int | Tensor = dates * width // groups
        if valid is not None:
            count = (valid.sum(1) * (width // groups))[:, :, None, None]

        def group_mean(sums: Tensor) -> Tensor:
            return sums.view(batch, pixels, groups, -1).sum(-1, keepdim=True) / count

        mean = group_mean(x.sum(1))
        # E[x^2] - m^2 is safe in float32 here: features follow a GroupNorm and a ReLU, so a
        # group's mean is of the size of its deviation.
        variance = (group_mean(x.square().sum(1)) - mean.square()).clamp_min(0.0)
        gamma = self.in_norm.weight.view(groups, -1)
        scale = torch.rsqrt(variance + self.in_norm.eps) * gamma
        shift = self.in_norm.bias.view(groups, -1) - mean * scale
        return scale.view(batch, pixels, width), shift.view(batch, pixels, width)

    def widening_bias(self) -> Tensor:
        """Bias ``[model_width]`` of the widening to values."""
        bias = self.inconv.bias
        assert bias is not None  # typed as optional; nn.Conv1d makes one unless told not to
        return bias

    def encoding(self, days: Tensor) -> Tensor:
        """Position encoding ``[B, T, d]`` of ``days [B, T]``.

        d is ``model_width / heads`` where the heads share it, else ``model_width``.
        """
        encoded: Tensor = self.positional_encoder(days)
        if self.config.use_abs_rel_enc:
            yearly: Tensor = self.positional_encoder_abs(days)
            encoded = encoded + yearly.repeat(1, 1, encoded.shape[-1] // yearly.shape[-1])
        return encoded.to(self.inconv.weight.dtype)

    def forward(
        self, x: Tensor, days: Tensor, padding: Tensor | None, valid: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Reduce features ``x [B, T, P, C]`` to ``[B, P, out]``; and weights ``[B, T, P, heads]``.

        ``padding [B, T]`` is true for dates that do not exist, or None where all do. ``valid
        [B, T, P]`` is 1 where a date counts at a pixel, whose features are 0 elsewhere; a pixel
        with no such date counts all of them.
        """
        batch, _, pixels, width = x.shape
        heads = self.config.heads
        if valid is not None:
            valid = attended(valid)
        scale, shift = self.scale_and_shift(x, valid)
        weights = self.weights(x, days, padding, valid, scale)
        total = weights.sum(1).unsqueeze(-1)  # differs from 1 under attention dropout
        summed = torch.stack([_weighted_sum(w, s) for w, s in zip(weights, x)])
        summed = summed * scale.unsqueeze(2) + total * shift.unsqueeze(2)
        widen = self.inconv.weight.view(heads, -1, width)
        value = torch.bmm(summed.view(-1, heads, width).transpose(0, 1), widen.transpose(1, 2))
        value = value.transpose(0, 1).reshape(batch, pixels, heads, -1)
        value = value + total * self.widening_bias().view(heads, -1)
        places = self.encoding(days)
        if self.config.add_linear:
            by_head = places.unflatten(-1, (heads, -1))
            value = value + torch.einsum("btph,bthd->bphd", weights, by_head)
        else:
            value = value + torch.einsum("btph,btd->bphd", weights, places)
        out: Tensor = self.out_norm(self.mlp(value.reshape(batch * pixels, -1)))
        return out.view(batch, pixels, -1), weights


def attended(valid: Tensor) -> Tensor:
    """Validity ``[B, T, P]`` in which a pixel without a valid date has all of them."""
    none = valid.amax(1, keepdim=True) < HALF
    return torch.where(none, torch.ones_like(valid), valid)


def _per_pixel(x: Tensor, right: Tensor) -> Tensor:
    """``[T, P, C]`` times one matrix ``[C, heads]`` per pixel: ``[T, P, heads]``."""
    return torch.bmm(x.transpose(0, 1), right).transpose(0, 1)


def _weighted_sum(weights: Tensor, x: Tensor) -> Tensor:
    """``[T, P, heads]`` and ``[T, P, C]`` to ``[P, heads, C]``, one small product per pixel."""
    return torch.bmm(weights.permute(1, 2, 0), x.transpose(0, 1))
