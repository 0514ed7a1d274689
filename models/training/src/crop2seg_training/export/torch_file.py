"""Reading PyTorch's zip files as plain data.

``torch.load`` is not used: Debian's PyTorch 1.13.0 ignores the restricted unpickler it is given and
runs what the file says, and its ``weights_only`` cannot read a number. The format is simple: a
pickle of the objects, and one file of raw numbers per storage.
"""

from __future__ import annotations

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

_STORAGE_DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
# Builders of NumPy scalars, such as a best score; they only turn bytes into one number.
_NUMPY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")

Array = npt.NDArray[Any]


def read_torch_file(path: Path) -> object:
    """The object in ``path``, tensors as arrays.

    Raises ``pickle.UnpicklingError`` for anything but containers, numbers, texts and tensors, and
    ``zipfile.BadZipFile`` for a file of another format (PyTorch before 1.6 wrote one).
    """
    with zipfile.ZipFile(path) as archive:
        pickles = [n for n in archive.namelist() if PurePosixPath(n).name == "data.pkl"]
        if len(pickles) != 1:
            raise zipfile.BadZipFile(f"{path} is no PyTorch file: it has no data.pkl")
        with archive.open(pickles[0]) as stream:
            return _PlainUnpickler(stream, archive, PurePosixPath(pickles[0]).parent).load()


class _PlainUnpickler(pickle.Unpickler):
    def __init__(self, stream: Any, archive: zipfile.ZipFile, folder: PurePosixPath) -> None:
        super().__init__(stream)
        self._archive = archive
        self._folder = folder

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _STORAGE_DTYPES:
            return np.dtype(_STORAGE_DTYPES[name])
        if module in _NUMPY_MODULES and name == "scalar":
            return np.float64(0).__reduce__()[0]
        allowed = _ALLOWED.get((module, name))
        if allowed is None:
            raise pickle.UnpicklingError(f"it holds {module}.{name}")
        return allowed

    def persistent_load(self, pid: Any) -> Array:
        kind, dtype, key, _, count = pid
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError(f"it holds an unknown kind of storage, {kind!r}")
        content = self._archive.read(str(self._folder / "data" / str(key)))
        return np.frombuffer(content, dtype, count)


def _tensor(
    storage: Array, offset: int, shape: Sequence[int], stride: Sequence[int], *_: object
) -> Array:
    """A tensor's numbers; checks that the strides stay inside the storage."""
    if len(shape) != len(stride) or offset < 0 or min((*shape, *stride), default=0) < 0:
        raise pickle.UnpicklingError("it holds a tensor of impossible shape")
    last = offset + sum((size - 1) * step for size, step in zip(shape, stride))
    if 0 not in shape and last >= len(storage):
        raise pickle.UnpicklingError("it holds a tensor that reaches beyond its storage")
    strides = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, strides).copy()


def _parameter(tensor: Array, *_: object) -> Array:
    return tensor


_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): str.encode,
}
