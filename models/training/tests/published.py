"""Checkpoints, records and norm files as the predecessor and U-TAE's own code write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from crop2seg_training.networks import NetworkConfig, build_network
from golden_recipe import weight

STORED_ORDER = ("B04", "B03", "B02", "B08", "B05", "B06", "B07", "B8A", "B11", "B12")
PUBLISHED = {
    "B02": (1261.5196533203125, 1922.9901123046875),
    "B03": (1415.5482177734375, 1778.927490234375),
    "B04": (1413.44482421875, 1763.0909423828125),
    "B05": (1791.673583984375, 1779.3594970703125),
    "B06": (2591.425537109375, 1706.66552734375),
    "B07": (2880.435791015625, 1741.59423828125),
    "B08": (2993.12353515625, 1794.1336669921875),
    "B8A": (3028.009521484375, 1710.9970703125),
    "B11": (2274.052734375, 1328.98388671875),
    "B12": (1713.2525634765625, 1255.100341796875),
}
"""Mean and standard deviation of S2TSCzCrop (specification, 1.6)."""


def state(name: str, config: NetworkConfig | None = None) -> dict[str, Tensor]:
    """The golden recipe's state dict."""
    own = build_network(name, config).state_dict()
    return {k: torch.from_numpy(weight(k, tuple(v.shape)).copy()) for k, v in own.items()}


def pastis_state() -> dict[str, Tensor]:
    """The same of a U-TAE with 20 classes, as U-TAE's own code names and shapes it."""
    own = state("utae", NetworkConfig(classes=20))
    query = "temporal_encoder.attention_head.Q"
    own[query] = own[query].squeeze(1)
    there = {
        "temporal_encoder.mlp.2.": "temporal_encoder.mlp.1.",
        "temporal_encoder.attention_head.": "temporal_encoder.attention_heads.",
    }
    for ours, theirs in there.items():
        own = {key.replace(ours, theirs): value for key, value in own.items()}
    return own


def save(path: Path, weights: dict[str, Tensor], **more: Any) -> Path:
    """A ``model.pth.tar``, with the state of an optimiser in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "best_mIoU": np.float64(73.48),
        "epoch": 23,
        "state_dict": weights,
        "optimizer": {"state": {0: {"step": 9, "exp_avg": torch.ones(3)}}, "param_groups": []},
    }
    torch.save({**content, **more}, path)
    return path


def save_json(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def stored_norm() -> dict[str, Any]:
    """The predecessor's norm file."""
    mean, std = zip(*(PUBLISHED[band] for band in STORED_ORDER))
    return {"train": {"mean": list(mean), "std": list(std)}}


def fold_norm() -> dict[str, Any]:
    """A norm file by fold: all means of fold k are 1000 k plus the band's number, stds 100 k."""
    return {
        f"Fold_{k}": {"mean": [1000.0 * k + band for band in range(10)], "std": [100.0 * k] * 10}
        for k in range(1, 6)
    }


def conf(model: str, **more: Any) -> dict[str, Any]:
    """A ``conf.json``; lists are text there, as on the command line."""
    return {
        "model": model, "encoder_widths": "[64,64,64,128]", "decoder_widths": "[32,32,64,128]",
        "out_conv": "[32, 15]", "str_conv_k": 4, "str_conv_s": 2, "str_conv_p": 1,
        "agg_mode": "att_group", "encoder_norm": "group", "n_head": 16, "d_model": 256, "d_k": 4,
        "input_dim": 10, "num_queries": 1, "conv_type": "2d", "padding_mode": "reflect",
        "use_mbconv": False, "add_squeeze": False, "add_linear": False, "use_doy": False,
        "use_abs_rel_enc": False, "add_ndvi": False, "num_classes": 15, "ignore_index": -1,
        "pad_value": 0, "ref_date": "2018-09-01", "fold": None, "rdm_seed": 1, **more,
    }  # fmt: skip
