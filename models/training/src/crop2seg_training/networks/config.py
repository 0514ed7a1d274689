"""What a network is made of, as one frozen record for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Formulation = Literal["folded", "direct"]
"""Order of the operations in the temporal attention; parameters and mathematics are the same."""
EncoderNorm = Literal["group", "batch", "instance"]
ConvType = Literal["2d", "depthwise_separable"]
AggregationMode = Literal["att_group", "att_mean", "mean"]
PaddingMode = Literal["reflect", "zeros", "replicate", "circular"]

_CHOICES = {
    "encoder_norm": ("group", "batch", "instance"),
    "conv_type": ("2d", "depthwise_separable"),
    "agg_mode": ("att_group", "att_mean", "mean"),
    "padding_mode": ("reflect", "zeros", "replicate", "circular"),
    "formulation": ("folded", "direct"),
}


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes and options; the defaults are the published Time-Unet's (1 052 589 parameters).

    All lists run from full resolution to the coarsest level. A network ignores what it has no part
    for: `unet3d` has sizes of its own, only the attention networks have heads.
    """

    bands: int = 10
    classes: int = 15
    encoder_widths: tuple[int, ...] = (64, 64, 64, 128)
    decoder_widths: tuple[int, ...] = (32, 32, 64, 128)
    out_conv: tuple[int, ...] | None = None
    """Widths of the last block before the classes; None is once the width it is given."""
    str_conv_k: int = 4
    str_conv_s: int = 2
    str_conv_p: int = 1
    """Kernel, stride and padding of the convolutions between levels."""
    heads: int = 16
    model_width: int = 256
    """Width of the temporal attention's values, cut evenly among the heads."""
    key_width: int = 4
    """Width of one head's key."""
    num_queries: int = 1
    """Learned queries of each head; their weights of the dates are averaged."""
    encoder_norm: EncoderNorm = "group"
    encoder_groups: int = 4
    """Groups of the GroupNorm behind each encoder convolution."""
    conv_type: ConvType = "2d"
    """Of the first block and the down blocks."""
    use_mbconv: bool = False
    """Inverted bottlenecks in place of the down blocks' inner convolutions."""
    add_squeeze: bool = False
    """Squeeze and excitation behind the first block and each down block."""
    padding_mode: PaddingMode = "reflect"
    agg_mode: AggregationMode = "att_group"
    """How maps of finer levels are added up over the dates (W-TAE, U-TAE)."""
    add_linear: bool = False
    """A linear layer behind the position encoding."""
    use_doy: bool = False
    """The day of the year in place of the day of the season."""
    use_abs_rel_enc: bool = False
    """Both of them, added."""
    boundary_head: bool = False
    """A second head of two classes, field border or not."""
    hidden_width: int | None = None
    """Width of a recurrent network's state; None is the network's own."""
    max_temp: int = 61
    """Dates that `unet_naive` is built for."""
    mlp_dropout: float = 0.2
    attention_dropout: float = 0.1
    pad_value: float = 0.0
    """A date whose every (normalised) value equals this is padding, looked for when batch > 1."""
    encoding_period: float = 1000.0
    """Base of the sinusoidal position encoding, in days."""
    formulation: Formulation = "folded"
    """"direct" repeats the predecessor's float32 rounding at a multiple of the time and memory."""

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; known are {', '.join(known)}")
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
    def head_widths(self) -> tuple[int, ...]:
        """Widths of a head, from what it is given to the last before the classes."""
        given = self.decoder_widths[0]
        return (given, *((given,) if self.out_conv is None else self.out_conv))

    @property
    def size_multiple(self) -> int:
        """Rows and columns of an input must be multiples of this."""
        return int(self.str_conv_s ** (self.levels - 1))
