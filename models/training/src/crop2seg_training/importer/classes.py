"""Names and colours of the classes of an imported network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crop2seg_training.export import Legend, legend_of
from crop2seg_training.importer.json_file import read_json
from crop2seg_training.importer.problem import BadInputError

_NEXT_STEP = (
    'Write it as a list in the order of the codes: [{"name": "Background", "color": "#000000"}, '
    '...], each with an optional "short" label.'
)


def choose_legend(classes: int, path: Path | None, ignored: int | None) -> Legend:
    """The legend in ``path``, else the known one with this number of classes.

    ``ignored`` is the predecessor's ``ignore_index``: negative numbers count from the end; None
    leaves the last class. Raises BadInputError.
    """
    if path is not None:
        names, short, colours = _read(path)
    else:
        known = legend_of(classes)
        if known is None:
            raise BadInputError(
                f"The checkpoint has {classes} classes, whose names are not known.",
                "Name them with --classes classes.json.",
            )
        names, short, colours = known.names, known.short, known.colours
    if len(names) != classes:
        raise BadInputError(
            f"{path} names {len(names)} classes, but the checkpoint has {classes}.", _NEXT_STEP
        )
    code = -1 if ignored is None else ignored
    try:
        return Legend(names, short, colours, code + classes if code < 0 else code)
    except ValueError as error:
        cause = f"{path or 'The configuration'} makes no legend: {error}."
        raise BadInputError(cause, _NEXT_STEP if path else "Correct ignore_index.") from error


def _read(path: Path) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    content = read_json(path, _NEXT_STEP)
    if not isinstance(content, list) or not all(_is_class(entry) for entry in content):
        raise BadInputError(f"{path} is no list of classes with a name and a color.", _NEXT_STEP)
    return (
        tuple(entry["name"] for entry in content),
        tuple(entry.get("short") or entry["name"] for entry in content),
        tuple(entry["color"] for entry in content),
    )


def _is_class(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    texts = (entry.get("name"), entry.get("color"), entry.get("short", ""))
    return all(isinstance(text, str) for text in texts)
