"""Reading and writing weights without ever running code from a file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from crop2seg_training.export.torch_file import TorchFileError, read_torch_file
from crop2seg_training.networks import SeriesNetwork

Weights = dict[str, npt.NDArray[np.float32]]
"""Arrays under the predecessor's state-dict keys."""


_STATE_NAMES = (
    "averaged",
    "state_dict",
    "ema_state_dict",
    "model_ema",
    "model_state_dict",
    "model_state",
)
"""Where weights lie in a checkpoint; averaged ones come first."""


class CheckpointError(ValueError):
    """A weights file that cannot be read, or that belongs to another network."""


def load_checkpoint(path: Path) -> Weights:
    """Read weights from ``.npz`` or from a PyTorch file (``.pt``, ``.pth``, ``.pth.tar``).

    A PyTorch file holds a state dict, by itself or under ``state_dict`` (as the predecessor's
    ``model.pth.tar`` does). Raises :class:`CheckpointError`; objects other than tensors and plain
    values are refused, not unpickled.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no weights file {path}.")
    if path.suffix == ".npz":
        return _load_arrays(path)
    return state_of(read_checkpoint(path), path)


def state_of(content: Mapping[str, object], path: Path) -> Weights:
    """The state dict in the content of a checkpoint at ``path``: itself, or under a known name.

    Of a run that averages its weights, the averaged ones. Raises :class:`CheckpointError`.
    """
    state = next((content[name] for name in _STATE_NAMES if content.get(name)), content)
    if not isinstance(state, Mapping) or not state:
        raise CheckpointError(f"{path} holds no state dict.")
    odd = [str(key) for key, value in state.items() if not isinstance(value, np.ndarray)]
    if odd:
        raise CheckpointError(
            f"The state dict in {path} holds other things than tensors ({', '.join(odd[:3])}). "
            f"Weights are looked for under {', '.join(_STATE_NAMES)}, or at the top of the file."
        )
    return {str(key): value.astype(np.float32) for key, value in state.items()}


def _load_arrays(path: Path) -> Weights:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {key: arrays[key].astype(np.float32) for key in arrays.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path} is no file of plain arrays: {error}") from error


def read_checkpoint(path: Path) -> Mapping[str, object]:
    """All that a PyTorch file holds by name, tensors as arrays. Raises :class:`CheckpointError`."""
    try:
        content = read_torch_file(path)
    except TorchFileError as error:
        raise CheckpointError(
            f"{path} is no PyTorch file of tensors and plain values ({error}). Save its state dict "
            'alone with a recent PyTorch: torch.save(checkpoint["state_dict"], "weights.pt").'
        ) from error
    if not isinstance(content, Mapping):
        raise CheckpointError(f"{path} holds a {type(content).__name__}, not a state dict.")
    return content


def weights_of(network: SeriesNetwork) -> Weights:
    """The network's weights as arrays."""
    state = network.state_dict()
    return {key: value.detach().cpu().numpy().astype(np.float32) for key, value in state.items()}


def put_weights(network: SeriesNetwork, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Load weights into the network; every key and shape must fit.

    Raises :class:`CheckpointError` otherwise.
    """
    own = network.state_dict()
    odd = sorted(set(own) ^ set(weights))
    odd += [key for key in own if key in weights and tuple(own[key].shape) != weights[key].shape]
    if odd:
        raise CheckpointError(
            f"Weights of another network: {len(odd)} tensors differ, first {odd[0]}."
        )
    tensors = {key: torch.from_numpy(weights[key].copy()).to(own[key].dtype) for key in own}
    network.load_state_dict(tensors, strict=True)


def save_weights(path: Path, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Write weights as compressed ``.npz``."""
    arrays: dict[str, Any] = dict(weights)
    np.savez_compressed(path, **arrays)
