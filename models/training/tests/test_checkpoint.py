"""Weights from files, without running what is in them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from crop2seg_training.export import (
    CheckpointError,
    load_checkpoint,
    put_weights,
    save_weights,
    weights_of,
)
from crop2seg_training.networks import SeriesNetwork, build_network


@pytest.mark.parametrize("suffix", [".npz", ".pt", ".pth.tar"])
def test_checkpoints_load(tmp_path: Path, network: SeriesNetwork, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    if suffix == ".npz":
        save_weights(path, weights_of(network))
    elif suffix == ".pt":
        torch.save(network.state_dict(), path)
    else:  # as the predecessor's
        torch.save(
            {"epoch": 3, "best_mIoU": np.float64(61.5), "state_dict": network.state_dict()}, path
        )
    other = build_network("timeunet")
    put_weights(other, load_checkpoint(path))
    for key, value in network.state_dict().items():
        assert torch.equal(value, other.state_dict()[key]), key


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    class Mischief:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"state_dict": {}, "x": Mischief()}, tmp_path / "a.pt")
    (tmp_path / "b.pt").write_bytes(pickle.dumps(Mischief()))
    np.savez(tmp_path / "c.npz", x=np.array([Mischief()], dtype=object))
    for name in ("a.pt", "b.pt", "c.npz"):
        with pytest.raises(CheckpointError, match=name):
            load_checkpoint(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="Weights of another network"):
        put_weights(build_network("timeunet"), weights_of(build_network("wtae")))
    with pytest.raises(CheckpointError, match="There is no weights file"):
        load_checkpoint(tmp_path / "absent.pt")
