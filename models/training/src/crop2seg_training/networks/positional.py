"""Encoding of the day count."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from crop2seg_training.networks.config import NetworkConfig

FIRST_DAY_OF_YEAR = 244
"""1 September, from which day counts run, in a common year."""
DAYS_OF_YEAR = 365
LAST_KNOWN_DAY = DAYS_OF_YEAR - 1
"""The table of the predecessor ends here: 31 December shares the entry of the day before."""


def encode_days(days: Tensor, width: int, period: float) -> Tensor:
    """Encode day counts of any shape ``[...]`` as ``[..., width]`` float32.

    Even places hold the sine, odd places the cosine of ``day / period ** (2 * (j // 2) / width)``.
    """
    place = torch.arange(width, device=days.device)
    divisor = period ** (2.0 * torch.div(place, 2, rounding_mode="floor").float() / width)
    angle = days.float().unsqueeze(-1) / divisor
    return torch.where(torch.remainder(place, 2).eq(0), torch.sin(angle), torch.cos(angle))


def day_of_year(days: Tensor) -> Tensor:
    """Day of the year, 1 to 365, of days since 1 September of the year before the season.

    The calendar is that of a common year: from March of a leap year on it is a day ahead.
    """
    return torch.remainder(days + (FIRST_DAY_OF_YEAR - 1), DAYS_OF_YEAR) + 1


class PositionEncoder(nn.Module):
    """Encoding of a date, with a learned layer where the configuration asks for one.

    ``yearly`` encodes the day of the year: by a table, or by waves and the layer (`add_linear`).
    Only the layer tells heads apart; otherwise one copy serves them all.
    """

    def __init__(self, config: NetworkConfig, yearly: bool, linear: bool) -> None:
        super().__init__()
        self.config, self.yearly, self.linear = config, yearly, linear
        self.width = config.model_width // config.heads
        if linear:
            self.fc = nn.Linear(config.model_width, config.model_width)
        elif yearly:
            self.fc = nn.Linear(DAYS_OF_YEAR, self.width)

    def forward(self, days: Tensor) -> Tensor:
        """Of ``days [B, T]`` since 1 September ``[B, T, model_width / heads]``.

        With the layer, ``[B, T, model_width]``: one after the other for each head.
        """
        position = day_of_year(days) if self.yearly else days
        if self.yearly and not self.linear:
            index = position.round().long().clamp(0, LAST_KNOWN_DAY)
            picked: Tensor = self.fc.weight.t()[index] + self.fc.bias
            return picked
        waves = encode_days(position, self.width, self.config.encoding_period)
        if not self.linear:
            return waves
        repeated = waves.repeat(1, 1, self.config.heads).to(self.fc.weight.dtype)
        encoded: Tensor = self.fc(repeated)
        return encoded
