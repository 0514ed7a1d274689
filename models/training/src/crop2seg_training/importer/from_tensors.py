"""Reading a network's name and sizes off the keys and shapes of its tensors."""

from __future__ import annotations

import itertools

from crop2seg_training.export import Weights
from crop2seg_training.importer.architecture import Architecture, importable, refuse_option
from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.networks import NetworkConfig

_OPTIONS = (
    ("temporal_encoder.positional_encoder.fc.", "a learned date encoding (add_linear or use_doy)"),
    ("temporal_encoder.positional_encoder_abs.", "two date encodings (use_abs_rel_enc)"),
    (".sae.", "squeeze-and-excitation blocks (add_squeeze)"),
    ("down_blocks.0.down.conv.0.depthwise.", "separable convolutions (conv_type)"),
    ("in_conv.conv.conv.1.running_mean", "BatchNorm in its encoder (encoder_norm)"),
)
"""Parts of keys that only networks with an option have."""
_UNSEEN = (
    "GroupNorm of 4 groups, edges reflected, dates relative to the reference day",
    "skip connections weighted by head (agg_mode att_group)",
)


def architecture_of(weights: Weights, model: str | None = None) -> Architecture:
    """The network that these tensors belong to, as far as can be seen.

    ``model`` settles the name. Raises BadInputError where they are of no known network, have an
    option that cannot be carried over, or fit two networks.
    """
    for part, option in _OPTIONS:
        if any(part in key for key in weights):
            raise refuse_option(option, "The checkpoint")
    try:
        config = _sizes(weights)
        name = importable(model, "--model") if model else _name(weights, config)
    except (KeyError, IndexError, ValueError) as error:
        if isinstance(error, BadInputError):
            raise
        raise BadInputError(
            f"The checkpoint's {len(weights)} tensors are of no known network ({error}).",
            "Import a checkpoint of timeunet, wtae or utae, or name its network and sizes with "
            "--config conf.json to see the difference.",
        ) from error
    if weights["temporal_encoder.attention_head.Q"].shape[1] != 1:
        raise refuse_option("several queries (num_queries)", "The checkpoint")
    unseen = _UNSEEN[:1] if name == "timeunet" else _UNSEEN
    return Architecture(name, config, "keys and shapes of the tensors", unseen)


def _name(weights: Weights, config: NetworkConfig) -> str:
    if "spatial_reduction.0.down.conv.0.depthwise.weight" in weights:
        return "wtae"
    first, last = config.encoder_widths[0], config.encoder_widths[-1]
    if first == last:
        raise BadInputError(
            "The checkpoint fits timeunet and utae alike, since its widest and its finest level "
            f"have {first} channels.",
            "Say which with --config conf.json or --model.",
        )
    attended = len(weights["temporal_encoder.in_norm.weight"])
    if attended not in (first, last):
        raise ValueError(f"attention over {attended} channels")
    return "timeunet" if attended == first else "utae"


def _sizes(weights: Weights) -> NetworkConfig:
    """Raises KeyError, IndexError or ValueError where tensors are missing or impossible."""
    first = weights["in_conv.conv.conv.0.weight"].shape
    encoder = [first[0]]
    for level in itertools.count():
        key = f"down_blocks.{level}.conv1.conv.0.weight"
        if key not in weights:
            break
        encoder.append(weights[key].shape[0])
    decoder: list[int] = []
    for step in itertools.count():
        key = f"up_blocks.{step}.up.0.weight"
        if key not in weights:
            break
        decoder += weights[key].shape[:2] if step == 0 else weights[key].shape[1:2]
    heads, _, key_width = weights["temporal_encoder.attention_head.Q"].shape
    return NetworkConfig(
        bands=first[1],
        classes=weights["out_conv.conv.conv.3.weight"].shape[0],
        encoder_widths=tuple(encoder),
        decoder_widths=tuple(reversed(decoder)),
        heads=heads,
        model_width=weights["temporal_encoder.inconv.weight"].shape[0],
        key_width=key_width,
    )
