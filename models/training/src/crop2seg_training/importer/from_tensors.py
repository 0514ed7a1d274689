"""Reading a network's name and sizes off the keys and shapes of its tensors."""

from __future__ import annotations

import itertools

from crop2seg_training.export import Weights
from crop2seg_training.importer.architecture import (
    Architecture,
    importable,
    last_block,
    refuse_option,
)
from crop2seg_training.importer.problem import BadInputError
from crop2seg_training.networks import NetworkConfig

_OPTIONS = (
    ("temporal_encoder.positional_encoder.fc.", "a learned date encoding (add_linear or use_doy)"),
    ("temporal_encoder.positional_encoder_abs.", "two date encodings (use_abs_rel_enc)"),
    ("down_blocks.0.conv1.conv.3.", "inverted bottlenecks (use_mbconv)"),
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
    separable = "in_conv.conv.conv.0.depthwise.weight" in weights
    mixing = "pointwise.weight" if separable else "weight"
    bands_to = weights[f"in_conv.conv.conv.0.{mixing}"].shape
    encoder = [bands_to[0]]
    encoder += [shape[0] for shape in _shapes(weights, "down_blocks.{}.conv1.conv.0." + mixing)]
    steps = _shapes(weights, "up_blocks.{}.up.0.weight")
    decoder = [steps[0][0], *(shape[1] for shape in steps)]
    heads, queries, key_width = weights["temporal_encoder.attention_head.Q"].shape
    last = [shape[0] for shape in _shapes(weights, "out_conv.conv.conv.{}.weight", 3)]
    if not last:
        raise ValueError("out_conv.conv.conv.0.weight is missing: the last layer was left out")
    *hidden, classes = last
    return NetworkConfig(
        bands=bands_to[1],
        classes=classes,
        encoder_widths=tuple(encoder),
        decoder_widths=tuple(reversed(decoder)),
        out_conv=last_block(hidden, decoder[-1]),
        heads=heads,
        model_width=weights["temporal_encoder.inconv.weight"].shape[0],
        key_width=key_width,
        num_queries=queries,
        conv_type="depthwise_separable" if separable else "2d",
        add_squeeze=any(".sae." in key for key in weights),
    )


def _shapes(weights: Weights, pattern: str, step: int = 1) -> list[tuple[int, ...]]:
    """Shapes of the tensors named by ``pattern`` with 0, step, 2 step ... as long as there are."""
    keys = (pattern.format(number) for number in itertools.count(step=step))
    return [weights[key].shape for key in itertools.takewhile(weights.__contains__, keys)]
