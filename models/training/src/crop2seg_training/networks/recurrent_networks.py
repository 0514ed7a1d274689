"""Networks that walk over the dates: ConvLSTM, ConvGRU, and a U-Net with a ConvLSTM inside."""

from __future__ import annotations

from torch import Tensor, nn

from crop2seg_training.networks.aggregate import aggregate
from crop2seg_training.networks.base import LevelledNetwork, SeriesNetwork, SeriesOutput, per_date
from crop2seg_training.networks.blocks import Style
from crop2seg_training.networks.config import NetworkConfig
from crop2seg_training.networks.recurrent import KERNEL, GruCell, LstmCell, RecurrentEncoder

LSTM_WIDTH = 160
GRU_WIDTH = 180
UNET_LSTM_WIDTH = 64


class ConvLSTM(SeriesNetwork):
    """One ConvLSTM on the series itself, its last cell to classes; days are not looked at."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        width = config.hidden_width or LSTM_WIDTH
        self.convlstm_encoder = RecurrentEncoder(LstmCell(config.bands, width))
        self.classification_layer = nn.Conv2d(width, config.classes, KERNEL, padding=1)

    def forward_parts(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> SeriesOutput:
        """Logits and the last cell."""
        self.refuse_validity(valid)
        last = self.convlstm_encoder(x, self.padding_of(x))
        return SeriesOutput(self.classification_layer(last), temporal=last)


class ConvGRU(SeriesNetwork):
    """One ConvGRU on the series itself, its last output to classes; days are not looked at."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        width = config.hidden_width or GRU_WIDTH
        self.convgru_encoder = RecurrentEncoder(GruCell(config.bands, width))
        self.classification_layer = nn.Conv2d(width, config.classes, KERNEL, padding=1)

    def forward_parts(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> SeriesOutput:
        """Logits and the last state."""
        self.refuse_validity(valid)
        last = self.convgru_encoder(x, self.padding_of(x))
        return SeriesOutput(self.classification_layer(last), temporal=last)


class UConvLSTM(LevelledNetwork):
    """A U-Net encoder per date, a ConvLSTM at the coarsest level, skips averaged over the dates."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        width, coarse = config.hidden_width or UNET_LSTM_WIDTH, config.encoder_widths[-1]
        self.in_conv = self._make_in()
        self.down_blocks = self._make_down()
        self.up_blocks = self._make_up()
        self.temporal_encoder = RecurrentEncoder(LstmCell(coarse, width))
        self.out_convlstm = nn.Conv2d(width, coarse, KERNEL, padding=1)
        self._make_heads()

    def _decoder_style(self) -> Style:
        return Style("group", self.config.encoder_groups, padding_mode=self.config.padding_mode)

    def forward_parts(self, x: Tensor, days: Tensor, valid: Tensor | None = None) -> SeriesOutput:
        """Logits, and the coarse map after the walk; days are not looked at."""
        self.refuse_validity(valid)
        padding = self.padding_of(x)
        maps = [per_date(self.in_conv, x, padding)]
        for block in self.down_blocks:
            maps.append(per_date(block, maps[-1], padding))
        temporal = self.out_convlstm(self.temporal_encoder(maps[-1], padding))
        skips = [aggregate(level, level, "mean", padding) for level in maps[:-1]]
        logits, boundary = self.decode(temporal, skips)
        return SeriesOutput(logits, None, temporal, boundary)
