"""Reading PyTorch's files as plain data.

``torch.load`` is not used: Debian's PyTorch 1.13.0 ignores the restricted unpickler it is given and
runs what the file says, and its ``weights_only`` cannot read a number. The formats are simple: from
PyTorch 1.6 on a zip archive with a pickle of the objects and one file of raw numbers per storage,
before that a sequence of pickles with the raw numbers behind them.
"""

from __future__ import annotations

import struct
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np

from crop2seg_training.export.plain_pickle import Array, PlainUnpickler, TorchFileError

_OLD_MAGIC = 0x1950A86A20F9469CFC6C
"""First pickle of the format before PyTorch 1.6."""
_OLD_PROTOCOL = 1001
"""Its second."""
_LFS_POINTER = b"version https://git-lfs"
_COUNT = struct.Struct("<q")
"""In front of the numbers of each storage."""

__all__ = ["TorchFileError", "read_torch_file"]


def read_torch_file(path: Path) -> object:
    """The object in ``path``, tensors as arrays. Nothing in the file is run.

    Raises :class:`TorchFileError` for anything but containers, numbers, texts and tensors, and for
    files of another format; ``OSError`` for files that cannot be opened.
    """
    with path.open("rb") as stream:
        if stream.read(len(_LFS_POINTER)) == _LFS_POINTER:
            raise TorchFileError("it is a Git LFS pointer in place of the file: git lfs pull")
        stream.seek(0)
        try:
            if zipfile.is_zipfile(stream):
                stream.seek(0)
                with zipfile.ZipFile(stream) as archive:
                    return _read_archive(archive)
            stream.seek(0)
            return _read_old(stream, path.stat().st_size)
        except (TorchFileError, OSError):
            raise
        except Exception as error:  # a damaged pickle makes its reader raise nearly anything
            raise TorchFileError(f"it is damaged or of another format: {error}") from error


def _read_archive(archive: zipfile.ZipFile) -> object:
    pickles = [n for n in archive.namelist() if PurePosixPath(n).name == "data.pkl"]
    if len(pickles) != 1:
        raise TorchFileError("it is an archive without data.pkl")
    if any(info.compress_type != zipfile.ZIP_STORED for info in archive.infolist()):
        # PyTorch never compresses, and a few bytes can unpack to any size.
        raise TorchFileError("it is a compressed archive")
    folder = PurePosixPath(pickles[0]).parent
    byte_order = str(folder / "byteorder")
    if byte_order in archive.namelist() and archive.read(byte_order) != b"little":
        raise TorchFileError("it was written on a big-endian machine")

    def storage(key: str, dtype: np.dtype[Any], count: int) -> Array:
        return np.frombuffer(archive.read(str(folder / "data" / key)), dtype, count)

    with archive.open(pickles[0]) as stream:
        return PlainUnpickler(stream, storage).load()


def _read_old(stream: BinaryIO, size: int) -> object:
    """Objects come before their numbers, so that they are read twice: blank, then filled."""
    plain = partial(PlainUnpickler, stream, _no_storage)
    if plain().load() != _OLD_MAGIC or plain().load() != _OLD_PROTOCOL:
        raise TorchFileError("it is no PyTorch file")
    system = plain().load()
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise TorchFileError("it was written on a big-endian machine")
    start = stream.tell()
    blanks: dict[str, Array] = {}

    def blank(key: str, dtype: np.dtype[Any], count: int) -> Array:
        if key not in blanks:
            if sum(b.nbytes for b in blanks.values()) + count * dtype.itemsize > size:
                raise TorchFileError("it is cut off")
            blanks[key] = np.zeros(count, dtype)
        return blanks[key]

    PlainUnpickler(stream, blank).load()
    keys = plain().load()
    if not isinstance(keys, list) or {str(key) for key in keys} != set(blanks):
        raise TorchFileError("its list of storages is not that of its tensors")
    filled = {str(key): _numbers(stream, blanks[str(key)]) for key in keys}
    stream.seek(start)
    return PlainUnpickler(stream, lambda key, dtype, count: filled[key]).load()


def _numbers(stream: BinaryIO, like: Array) -> Array:
    (count,) = _COUNT.unpack(stream.read(_COUNT.size))
    content = stream.read(like.nbytes)
    if count != like.size or len(content) != like.nbytes:
        raise TorchFileError("it is cut off")
    return np.frombuffer(content, like.dtype)


def _no_storage(key: str, dtype: np.dtype[Any], count: int) -> Array:
    raise TorchFileError("it holds tensors where its header should be")
