"""Other ways to write the same weights: the first U-TAE code, parallel training, a second head."""

from __future__ import annotations

from crop2seg_training.export import Weights

_PARALLEL = "module."
"""What PyTorch's data parallel wrappers put in front of every key."""
_BOUNDARY_HEAD = "boundary_conv."
_OWN_HEAD = "temporal_encoder.attention_head."
_PLURAL_HEAD = "temporal_encoder.attention_heads."
"""U-TAE's own code calls the module by the plural."""
_QUERY = "temporal_encoder.attention_head.Q"
_OWN_NORM = "temporal_encoder.mlp.2."
_FIRST_NORM = "temporal_encoder.mlp.1."
"""The U-TAE code that came with PASTIS has no reshape layer in front of the norm of its MLP."""


def in_own_words(weights: Weights) -> tuple[Weights, tuple[str, ...]]:
    """Weights under the keys and shapes of this package, and what had to be changed for it.

    The class scores do not depend on the boundary head, which is left out.
    """
    own, changes = dict(weights), []
    if own and all(key.startswith(_PARALLEL) for key in own):
        own = {key.removeprefix(_PARALLEL): value for key, value in own.items()}
        changes.append(f"'{_PARALLEL}' taken off all keys")
    if any(key.startswith(_PLURAL_HEAD) for key in own):
        own = {key.replace(_PLURAL_HEAD, _OWN_HEAD): value for key, value in own.items()}
        changes.append(f"{_PLURAL_HEAD}* renamed {_OWN_HEAD}*")
    if any(key.startswith(_BOUNDARY_HEAD) for key in own):
        own = {key: value for key, value in own.items() if not key.startswith(_BOUNDARY_HEAD)}
        changes.append("boundary head left out")
    if not any(key.startswith(_OWN_NORM) for key in own) and f"{_FIRST_NORM}weight" in own:
        own = {_renumbered(key): value for key, value in own.items()}
        changes.append(f"{_FIRST_NORM}* renamed {_OWN_NORM}*")
    if _QUERY in own and own[_QUERY].ndim == 2:
        heads, width = own[_QUERY].shape
        own[_QUERY] = own[_QUERY].reshape(heads, 1, width)
        changes.append(f"{_QUERY} of {heads} x {width} written as {heads} x 1 x {width}")
    return own, tuple(changes)


def _renumbered(key: str) -> str:
    own = key.startswith(_FIRST_NORM)
    return _OWN_NORM + key.removeprefix(_FIRST_NORM) if own else key
