"""Making a network ready to be trained: initial weights, precision, optimiser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from crop2seg_training.data.nomenclature import CROP2SEG, ClassScheme
from crop2seg_training.datasets import SeriesChoice, open_data
from crop2seg_training.datasets.s2tsczcrop import NORM_FILE, read_norm
from crop2seg_training.export import load_checkpoint, put_weights
from crop2seg_training.export.trained import network_config
from crop2seg_training.importer.dialect import in_own_words
from crop2seg_training.networks import SeriesNetwork, build_network
from crop2seg_training.train.config import SIMULATED, TrainConfig
from crop2seg_training.train.frozen import HEADS, freeze

# The logits leave a BatchNorm and a ReLU. With its usual shift of 0, half of them start at 0 and
# pass no gradient back; with this shift nearly all start above.
FINAL_SHIFT = 2.0
# Batches differ in dates and regions: a slow average of BatchNorm's statistics is steadier.
NORM_MOMENTUM = 0.03
PER_DATE_BLOCK = "in_conv"
BOUNDARY_SETTING = "boundary_head"  # of a network's configuration
PROCESSOR_FLAGS = Path("/proc/cpuinfo")
BFLOAT16_FLAGS = ("avx512_bf16", "amx_bf16")


def initialise(network: SeriesNetwork) -> None:
    """He-normal convolutions, neutral norms, and a head that cannot start dead."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Conv1d | nn.Linear):
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            else:
                nn.init.xavier_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum = NORM_MOMENTUM
    for name, head in network.named_children():
        norms = [m for m in head.modules() if isinstance(m, nn.BatchNorm2d)]
        if name in HEADS and norms:
            nn.init.constant_(norms[-1].bias, FINAL_SHIFT)


def device_of(config: TrainConfig) -> torch.device:
    """The device of a run; `auto` takes a GPU where there is one."""
    if config.device != "auto":
        return torch.device(config.device)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def has_mixed_norms() -> bool:
    """Whether this PyTorch takes bfloat16 values with float32 weights in GroupNorm (1.13: no)."""
    return int(torch.__version__.split(".")[0]) >= 2


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 in hardware; elsewhere it is slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    if not PROCESSOR_FLAGS.is_file():
        return False
    flags = PROCESSOR_FLAGS.read_text()
    return any(flag in flags for flag in BFLOAT16_FLAGS)


def uses_mixed_precision(config: TrainConfig, device: torch.device) -> bool:
    """Whether the run's encoder works in bfloat16."""
    wanted = has_bfloat16(device) if config.mixed_precision is None else config.mixed_precision
    return wanted and has_mixed_norms()


def encode_in_bfloat16(network: SeriesNetwork, device: torch.device) -> None:
    """Runs the per-date encoder, most of the work, in bfloat16; everything after it in float32.

    The attention stays in float32: its norm subtracts squares of sums, which bfloat16 spoils.
    """
    block = network.get_submodule(PER_DATE_BLOCK)
    plain = block.forward

    def forward(x: Tensor, valid: Tensor | None = None) -> Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            return plain(x, valid).float()

    block.forward = forward  # type: ignore[method-assign]


def scheme_of(config: TrainConfig) -> ClassScheme:
    """Classes of the run's data."""
    if config.data == SIMULATED:
        return CROP2SEG
    return open_data(config.data, SeriesChoice(config.season, config.months)).scheme


def with_own_norm(config: TrainConfig) -> TrainConfig:
    """The settings with the norm file of the data's own folder, where it has one and none is given.

    Of a file by fold, the mean of the folds that train.
    """
    path = Path(config.data.partition(":")[2]) / NORM_FILE
    if config.normalisation is not None or config.data == SIMULATED or not path.is_file():
        return config
    norm = read_norm(path, config.fold)
    numbers = {"mean": list(norm.mean), "std": list(norm.std)}
    return replace(config, normalisation=numbers)


def with_heads(config: TrainConfig) -> TrainConfig:
    """The settings with the number of classes of their data and the heads of their losses.

    So a reader of the run need not have its data.
    """
    known = network_config(config.model, config.network)
    changes: dict[str, Any] = {}
    if scheme_of(config).count != known.classes:
        changes["classes"] = scheme_of(config).count
    if config.boundary_loss and hasattr(known, BOUNDARY_SETTING):
        changes[BOUNDARY_SETTING] = True
    return replace(config, network=config.network | changes) if changes else config


def start_weights(network: SeriesNetwork, config: TrainConfig) -> None:
    """Puts the weights that are fine-tuned into the network, all of them but, with `new_head`,
    those of the heads. Raises CheckpointError where they do not fit."""
    assert config.start_from is not None
    weights, own = load_checkpoint(Path(config.start_from)), network.state_dict()
    if set(weights) != set(own):
        weights, _ = in_own_words(weights)
    if config.new_head:
        weights = {key: value for key, value in weights.items() if not key.startswith(HEADS)}
        weights |= {key: own[key].numpy() for key in own if key.startswith(HEADS)}
    put_weights(network, weights)


def make_network(config: TrainConfig) -> SeriesNetwork:
    """The network of a run: freshly initialised, or with the weights that it starts from."""
    settings = network_config(config.model, with_heads(config).network)
    torch.manual_seed(config.seed)
    network = build_network(config.model, settings)
    initialise(network)
    if config.start_from is not None:
        start_weights(network, config)
    freeze(network, config.freeze)
    device = device_of(config)
    if uses_mixed_precision(config, device) and PER_DATE_BLOCK in dict(network.named_children()):
        encode_in_bfloat16(network, device)
    return network.to(device)


def make_optimiser(
    network: SeriesNetwork, config: TrainConfig, auxiliary: nn.Conv2d | None = None
) -> torch.optim.AdamW:
    """AdamW on what is not frozen; norms and biases are not decayed."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    if not trained:
        raise ValueError("every part of the network is frozen: there is nothing to train")
    if auxiliary is not None:
        trained += auxiliary.parameters()
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.lr)
