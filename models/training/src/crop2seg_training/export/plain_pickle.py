"""Unpickling of containers, numbers, texts and tensors, and of nothing else.

A pickle is a program: it may fetch any function by name, call it, and set attributes of what it
got. Here a name leads to one of seven builders or nowhere, builders take no attributes, and no type
of NumPy is handed out (its dtype objects can be talked into reading bytes as object pointers).
"""

from __future__ import annotations

import math
import pickle
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
ReadStorage = Callable[[str, np.dtype[Any], int], Array]
"""Numbers of a storage, by key, type and count."""

_STORAGES: dict[str, np.dtype[Any]] = {
    "DoubleStorage": np.dtype("<f8"),
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("<i1"),
    "ByteStorage": np.dtype("<u1"),
    "BoolStorage": np.dtype("?"),
}
_SCALARS = frozenset(("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"))
"""Numbers NumPy may store one of, such as a best score."""


class TorchFileError(pickle.UnpicklingError):
    """A file that is no PyTorch file of tensors and plain values."""


class PlainUnpickler(pickle.Unpickler):
    """Raises :class:`TorchFileError` for names that are not on its list."""

    def __init__(self, stream: Any, read_storage: ReadStorage) -> None:
        super().__init__(stream)
        self._read_storage = read_storage

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _STORAGES:
            return name
        builder = _BUILDERS.get((module, name))
        if builder is None:
            raise TorchFileError(f"it holds {module}.{name}")
        return _Builder(builder)

    def persistent_load(self, pid: Any) -> Array:
        if not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage":
            raise TorchFileError("it holds an unknown kind of reference")
        _, kind, key, _, count = pid[:5]
        dtype = _STORAGES.get(kind)
        # A sixth entry, of the old format, would make it a part of another storage.
        if dtype is None or not _is_count(count) or pid[5:] not in ((), (None,)):
            raise TorchFileError("it holds an unknown kind of storage")
        return self._read_storage(str(key), dtype, count)


class _Builder:
    """A function that a pickle may call but not change."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, *values: Any) -> Any:
        return self._call(*values)

    def __setstate__(self, state: object) -> None:
        raise TorchFileError("it sets attributes of a function")


class _ScalarType:
    """What stands for the type of a NumPy scalar while it is read."""

    __slots__ = ("dtype",)

    def __init__(self, code: object, *_: object) -> None:
        if code not in _SCALARS:
            raise TorchFileError(f"it holds a NumPy type {code!r}")
        self.dtype = np.dtype(str(code)).newbyteorder("<")

    def __setstate__(self, state: Any) -> None:
        # (version, byte order, then four fields of structured types)
        if state[1] not in ("<", "|") or any(field is not None for field in state[2:5]):
            raise TorchFileError("it holds a NumPy type of an unusual layout")


def _scalar(kind: object, content: object) -> object:
    if not isinstance(kind, _ScalarType) or not isinstance(content, bytes):
        raise TorchFileError("it holds an unusual NumPy number")
    return np.frombuffer(content, kind.dtype, 1)[0]


def _latin_bytes(text: object, encoding: object) -> bytes:
    """Bytes, as pickles of version 2 write them."""
    if not isinstance(text, str) or encoding != "latin1":
        raise TorchFileError("it holds bytes in an unusual encoding")
    return text.encode("latin1")


def _tensor(
    storage: object, offset: Any, shape: Sequence[int], stride: Sequence[int], *_: object
) -> Array:
    """A tensor's numbers, none of them from outside its storage."""
    if not isinstance(storage, np.ndarray) or not _is_count(offset):
        raise TorchFileError("it holds a tensor without storage")
    if len(shape) != len(stride) or not all(_is_count(number) for number in (*shape, *stride)):
        raise TorchFileError("it holds a tensor of impossible shape")
    last = offset + sum((size - 1) * step for size, step in zip(shape, stride))
    count = math.prod(shape)
    # More values than the storage has are one value repeated: no weights, but room for any size.
    if count and (last >= len(storage) or count > len(storage)):
        raise TorchFileError("it holds a tensor that reaches beyond its storage")
    steps = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, steps).copy()


def _parameter(tensor: object, *_: object) -> object:
    return tensor


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_BUILDERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("numpy", "dtype"): _ScalarType,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("_codecs", "encode"): _latin_bytes,
}
