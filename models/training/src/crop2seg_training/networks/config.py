"""What the three networks have in common, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Formulation = Literal["folded", "direct"]
"""Order of the operations in the temporal attention; parameters and mathematics are the same."""


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes of a network; the defaults are those of the published Time-Unet (1 052 589 parameters).

    All lists run from full resolution to the coarsest level.
    """

    bands: int = 10
    classes: int = 15
    encoder_widths: tuple[int, ...] = (64, 64, 64, 128)
    decoder_widths: tuple[int, ...] = (32, 32, 64, 128)
    heads: int = 16
    model_width: int = 256
    """Width of the temporal attention's values, cut evenly among the heads."""
    key_width: int = 4
    """Width of one head's key."""
    encoder_groups: int = 4
    """Groups of the GroupNorm behind each encoder convolution."""
    mlp_dropout: float = 0.2
    attention_dropout: float = 0.1
    pad_value: float = 0.0
    """A date whose every (normalised) value equals this is padding, looked for when batch > 1."""
    encoding_period: float = 1000.0
    """Base of the sinusoidal position encoding, in days."""
    formulation: Formulation = "folded"
    """"direct" repeats the predecessor's float32 rounding at a multiple of the time and memory."""

    def __post_init__(self) -> None:
        if len(self.encoder_widths) != len(self.decoder_widths):
            raise ValueError("encoder_widths and decoder_widths must name the same levels")
        if self.encoder_widths[-1] != self.decoder_widths[-1]:
            raise ValueError("the coarsest encoder and decoder level must have the same width")
        if self.model_width % self.heads:
            raise ValueError("model_width must be a multiple of heads")

    @property
    def levels(self) -> int:
        """Number of resolutions, the full one included."""
        return len(self.encoder_widths)

    @property
    def size_multiple(self) -> int:
        """Rows and columns of an input must be multiples of this."""
        return int(2 ** (self.levels - 1))
