"""Reading PyTorch's files without running them."""

from __future__ import annotations

import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import crop2seg_training
from crop2seg_training.export import TorchFileError, read_torch_file

OLD_MAGIC = 0x1950A86A20F9469CFC6C
SYSTEM = {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}


def pickled(*opcodes: bytes) -> bytes:
    return b"\x80\x02" + b"".join(opcodes) + b"."


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def text(value: str) -> bytes:
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def archive_of(content: bytes, path: Path, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("m/data.pkl", content)
        archive.writestr("m/data/0", np.arange(4, dtype="<f4").tobytes())
    return path


def old_file_of(content: bytes, path: Path) -> Path:
    header = b"".join(pickle.dumps(part, 2) for part in (OLD_MAGIC, 1001, SYSTEM))
    path.write_bytes(header + content + pickle.dumps([], 2))
    return path


CONTAINERS = pytest.mark.parametrize("container", [archive_of, old_file_of])

TYPE = name("numpy", "dtype") + text("f8") + b"\x89\x88\x87R"
POINTERS = (
    name("numpy.core.multiarray", "scalar"),
    name("numpy", "dtype") + text("V8") + b"\x89\x88\x87R",
    b"(K\x03" + text("|") + b"N(" + text("a") + b"t}" + text("a"),
    name("numpy", "dtype") + text("O8") + b"\x89\x88\x87RK\x00\x86sK\x08K\x01K\x00tb",
    name("_codecs", "encode") + text("AAAAAAAA") + text("latin1") + b"\x86R\x86R",
)
"""A scalar whose type, once its flags are wiped, takes eight bytes for an object's address."""


@CONTAINERS
@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("builtins.eval", pickled(name("builtins", "eval"), text("1"), b"\x85R")),
        ("posix.system", pickled(name("posix", "system"), text("true"), b"\x85R")),
        ("builtins.getattr", pickled(name("builtins", "getattr"))),
        ("torch.load", pickled(name("torch", "load"))),
        ("numpy type 'V8'", pickled(*POINTERS)),
        ("sets attributes", pickled(name("torch._utils", "_rebuild_tensor_v2"), b"}b")),
        ("unusual encoding", pickled(name("_codecs", "encode"), text("a"), text("hex"), b"\x86R")),
        ("unusual layout", pickled(TYPE, b"(K\x03", text(">"), b"NNNtb")),
    ],
)
def test_mischief_is_refused_by_name(
    tmp_path: Path, container: Callable[[bytes, Path], Path], what: str, content: bytes
) -> None:
    with pytest.raises(TorchFileError, match=re.compile(re.escape(what), re.IGNORECASE)):
        read_torch_file(container(content, tmp_path / "x.pt"))


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_file_is_not_run(tmp_path: Path, zipped: bool) -> None:
    class Mischief:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "x.pth.tar"
    content = {"state_dict": {"w": torch.zeros(2)}, "optimizer": Mischief()}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(TorchFileError):
        read_torch_file(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("zipped", [True, False])
def test_everything_a_training_run_saves_is_read(tmp_path: Path, zipped: bool) -> None:
    layer = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.002)
    layer(torch.rand(4, 3)).sum().backward()
    optimiser.step()
    content = {
        "epoch": 7,
        "best_mIoU": np.float64(61.25),
        "state_dict": layer.state_dict(),
        "optimizer": optimiser.state_dict(),
        "turned": torch.arange(6.0).view(2, 3).t(),
        "half": torch.tensor([0.5], dtype=torch.float16),
        "none": None,
    }
    path = tmp_path / "model.pth.tar"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    read: Any = read_torch_file(path)
    assert (read["epoch"], read["best_mIoU"], read["none"]) == (7, 61.25, None)
    assert list(read["state_dict"]) == list(layer.state_dict())
    for key, value in layer.state_dict().items():
        assert read["state_dict"][key].dtype == value.numpy().dtype
        np.testing.assert_array_equal(read["state_dict"][key], value.numpy())
    np.testing.assert_array_equal(read["turned"], [[0, 3], [1, 4], [2, 5]])
    assert read["half"].dtype == np.float16
    state = optimiser.state_dict()["state"]
    np.testing.assert_array_equal(
        read["optimizer"]["state"][0]["exp_avg"], state[0]["exp_avg"].numpy()
    )
    assert read["optimizer"]["param_groups"][0]["lr"] == 0.002


def tensor(key: str, offset: int, shape: bytes, stride: bytes) -> bytes:
    """A pickle of one tensor of storage ``key``, which claims to have four numbers."""
    storage = b"(" + text("storage") + name("torch", "FloatStorage")
    storage += text(key) + text("cpu") + b"K\x04tQ"
    places = b"K" + bytes([offset]) + shape + stride + b"\x89}"
    return pickled(name("torch._utils", "_rebuild_tensor_v2"), b"(", storage, places, b"tR")


@pytest.mark.parametrize(
    ("offset", "shape", "stride"),
    [
        (1, b"K\x04\x85", b"K\x01\x85"),
        (200, b"K\x01\x85", b"K\x01\x85"),
        (0, b"K\x02\x85", b"K\x04\x85"),
        (0, b"J\xff\xff\xff\xff\x85", b"K\x01\x85"),
        (0, b"J\xff\xff\xff\x7f\x85", b"K\x00\x85"),
        (0, b"K\x04\x85", b"J\xff\xff\xff\xff\x85"),
    ],
    ids=["offset", "far-offset", "stride", "negative", "repeated", "backwards"],
)
def test_tensors_stay_inside_their_storage(
    tmp_path: Path, offset: int, shape: bytes, stride: bytes
) -> None:
    assert read_torch_file(
        archive_of(tensor("0", 0, b"K\x04\x85", b"K\x01\x85"), tmp_path / "good.pt")
    ).tolist() == [0, 1, 2, 3]
    with pytest.raises(TorchFileError, match="tensor"):
        read_torch_file(archive_of(tensor("0", offset, shape, stride), tmp_path / "bad.pt"))


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TorchFileError, match="compressed"):
        read_torch_file(archive_of(pickled(b"N"), tmp_path / "a.pt", zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(tmp_path / "b.pt", "w") as archive:
        archive.writestr("notes.txt", "none")
    with pytest.raises(TorchFileError, match=r"without data\.pkl"):
        read_torch_file(tmp_path / "b.pt")
    for content in (b"", b"text", b"\x80\x02K\x01.", b"\x89HDF\r\n\x1a\n"):
        (tmp_path / "c.pt").write_bytes(content)
        with pytest.raises(TorchFileError):
            read_torch_file(tmp_path / "c.pt")
    with pytest.raises(FileNotFoundError):
        read_torch_file(tmp_path / "absent.pt")


@pytest.mark.parametrize("zipped", [True, False])
def test_files_cut_off_are_refused(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "whole.pt"
    torch.save({"w": torch.rand(50)}, path, _use_new_zipfile_serialization=zipped)
    content = path.read_bytes()
    for length in range(0, len(content), 37):
        (tmp_path / "part.pt").write_bytes(content[:length])
        with pytest.raises(TorchFileError):
            read_torch_file(tmp_path / "part.pt")


def test_nothing_else_unpickles() -> None:
    """One reader for the whole package: a second one would be another door."""
    folder = Path(crop2seg_training.__file__).parent
    callers = re.compile(r"torch\.load\(|pickle\.loads?\(|allow_pickle=True|joblib")
    found = [p.name for p in folder.rglob("*.py") if callers.search(p.read_text("utf-8"))]
    assert found == []
